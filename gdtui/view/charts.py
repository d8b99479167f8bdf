"""What the bench can show of a run, by name, and one record for every act of looking.

A key, the palette and a script's `show` all become a `Show`; `gdtui.charts` draws the charts that are listed here.
"""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.plot.figure import Scale


@dataclass(frozen=True)
class ChartKind:
    """One chart to choose from.

    Parameters
    ----------
    quantity
        a column of the trace, or a vector of which the norm or a coordinate is drawn.
    vector
        whether it has one number a coordinate.
    absent
        what is said of a lane that has none.
    symbol
        of a vector, for the title.
    signed
        the scale of a single coordinate, which may be negative.
    mean
        draw the mean over the coordinates in place of the norm.
    over
        a vector to divide by.
    from_zero
        the axis begins at 0.
    """

    name: str
    title: str
    quantity: str
    scale: Scale
    vector: bool = False
    absent: str = ""
    symbol: str = ""
    signed: Scale = "symlog"
    mean: bool = False
    over: str = ""
    from_zero: bool = False


KINDS: dict[str, ChartKind] = {
    kind.name: kind
    for kind in (
        ChartKind("loss", "loss", "loss", "log"),
        ChartKind("velocity", "velocity", "velocity", "log", True, "keeps no velocity", "v"),
        ChartKind("accumulator", "accumulator", "accumulator", "log", True, "keeps no accumulator", "s", "log"),
        ChartKind("effective_lr", "effective rate", "effective_lr", "log", True, "", "η", "log", True),
        ChartKind("grad_norm", "gradient norm ‖g‖", "grad_norm", "log"),
        ChartKind("step_norm", "step length ‖Δθ‖", "step_norm", "log"),
        ChartKind("theta", "parameters", "theta", "linear", True, "", "θ", "linear"),
        ChartKind("batch_loss", "batch loss", "batch_loss", "log"),
        ChartKind("lr", "learning rate", "lr", "linear", from_zero=True),
        ChartKind("angle", "angle to full gradient °", "angle", "linear", from_zero=True),
        ChartKind("snr", "signal to noise of the batch's gradient", "snr", "log"),
        ChartKind(
            "correction", "bias correction of m", "m_hat", "log", True, "corrects no bias in its m", "", "log", over="m"
        ),
    )
}

#: The order in which the bench fills its places.
ORDER = (
    "loss", "velocity", "accumulator", "effective_lr", "angle", "grad_norm", "step_norm", "theta", "batch_loss", "lr",
    "snr", "correction",
)  # fmt: skip


@dataclass(frozen=True)
class Show:
    """An act of looking: what is named here changes on the screen, all else stays.

    Parameters
    ----------
    show
        the chart that comes first, a key of `KINDS`.
    view
        "overlay" (a chart a quantity), "columns" (a column a lane) or "network" (inside it).
    coordinate
        of the parameters, counted from 0, or "norm".
    scale
        "log" or "linear".
    x_axis
        "updates", "epochs", "samples" or "evaluations".
    lane
        the one whose rule is shown.
    """

    show: str | None = None
    view: str | None = None
    coordinate: int | str | None = None
    scale: str | None = None
    x_axis: str | None = None
    lane: str | None = None
