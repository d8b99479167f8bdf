"""The charts of the bench, one entry each, in the order in which they fill the places on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gdtui.kernel import Array
from gdtui.plot.figure import Scale, Series
from gdtui.session import LaneView, Snapshot
from gdtui.simulation.sampling import has_random_gradients
from gdtui.text import N_, _
from gdtui.view.averages import plain_averages, weights_of
from gdtui.view.sharpness_curves import how_measured, not_measured, sharpness_of, stable_up_to


@dataclass(frozen=True)
class VectorStyle:
    """How a quantity with one value per coordinate is drawn.

    Parameters
    ----------
    scale
        of a single coordinate.
    summary
        the curve for all coordinates: their norm, their mean, or the first one.
    """

    symbol: str
    scale: Scale = "symlog"
    summary: Literal["norm", "mean", "first"] = "norm"


@dataclass(frozen=True)
class Chart:
    """One chart to choose from.

    Parameters
    ----------
    quantity
        a column of the trace, or the name of a vector; "" if it is derived.
    scale
        of the column, or of a vector's norm or mean.
    vector
        how coordinates are drawn; None for a column.
    divisor
        a vector to divide by, coordinate by coordinate.
    derived
        works out a lane's (update, value), where no column has it.
    beside
        curves that belong to no lane; the number is that of the selected lane.
    limits
        works out a lane's (update, value) that is drawn as points beside its curve.
    points
        a second column, drawn as dots if rows are held out.
    first_update
        the first update that is drawn.
    from_zero
        the y axis begins at 0.
    wide_first
        a large terminal shows it before other charts.
    applies
        whether it can ever show something of these lanes.
    unavailable
        why this objective leaves it empty; "" if it does not.
    detail
        what the title says besides, of this objective: of the quantity, and of what else is drawn.
    absent
        the words for a {lane} without this quantity.
    about
        what it shows, in a sentence.
    """

    name: str
    title: str
    quantity: str
    scale: Scale
    vector: VectorStyle | None = None
    divisor: str = ""
    derived: Callable[[LaneView], tuple[Array, Array] | None] | None = None
    limits: Callable[[LaneView], tuple[Array, Array] | None] = lambda _lane: None
    beside: Callable[[Snapshot, int], tuple[Series, ...]] = lambda _snapshot, _lane: ()
    points: str = ""
    first_update: int = 0
    from_zero: bool = False
    wide_first: bool = False
    applies: Callable[[Snapshot], bool] = lambda _snapshot: True
    unavailable: Callable[[Snapshot], str] = lambda _snapshot: ""
    detail: Callable[[Snapshot], tuple[str, str]] = lambda _snapshot: ("", "")
    absent: str = ""
    about: str = ""

    def scale_of(self, coordinate: int | None) -> Scale:
        """Return the scale for one coordinate, or for the column, norm or mean (None)."""
        return self.scale if self.vector is None or coordinate is None else self.vector.scale


def _without_loss(snapshot: Snapshot) -> str:
    return "" if snapshot.objective.has_loss else _("a tape has no loss: turn to other charts")


def _has_loss(snapshot: Snapshot) -> bool:
    return snapshot.objective.has_loss


def _kept(name: str) -> Callable[[Snapshot], bool]:
    """Return a test for lanes that record this vector."""
    return lambda snapshot: any(lane.trace.layout.block(name) for lane in snapshot.lanes)


def _own_rates(snapshot: Snapshot) -> bool:
    """Say whether any lane adapts the rate of single coordinates."""
    return any(lane.trace.layout.rule.adapts_rate for lane in snapshot.lanes)


def _noisy_gradients(snapshot: Snapshot) -> bool:
    """Say whether the gradient of an update can differ from the full one."""
    return any(has_random_gradients(snapshot.objective, lane.spec.sampling) for lane in snapshot.lanes)


def _averages(snapshot: Snapshot) -> bool:
    """Say whether any lane keeps an average of its parameters."""
    return any(lane.trace.layout.rule.answer or lane.settings.get("average_from") for lane in snapshot.lanes)


CHARTS: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        Chart(
            "loss", N_("loss"), "loss", "log", points="val_loss", wide_first=True,
            applies=_has_loss, unavailable=_without_loss,
            about=N_("how high each lane stands, the lower the better; on data it is the mean over all training rows"),
        ),
        Chart(
            "velocity", N_("velocity"), "velocity", "log", VectorStyle("v"),
            applies=_kept("velocity"), absent=N_("{lane} keeps no velocity"),
            about=N_("what the rule moves along: it grows while gradients agree and falls while they alternate"),
        ),
        Chart(
            "accumulator", N_("accumulator"), "accumulator", "log", VectorStyle("s", "log"),
            applies=_kept("accumulator"), absent=N_("{lane} keeps no accumulator"),
            about=N_("what the rule divides by: the squares of the gradients so far"),
        ),
        Chart(
            "effective_lr", N_("effective rate"), "effective_lr", "log", VectorStyle("η", "log", "mean"),
            applies=_own_rates,
            about=N_("the learning rate after that division: what a parameter really gets"),
        ),
        Chart(
            "angle", N_("angle to full gradient °"), "angle", "linear", from_zero=True, applies=_noisy_gradients,
            about=N_("how far the gradient of a batch points away from that of all rows"),
        ),
        Chart(
            "grad_norm", N_("gradient norm ‖g‖"), "grad_norm", "log", wide_first=True,
            about=N_("how steep the loss is where each lane stands; 0 at a minimum, a maximum and a saddle"),
        ),
        Chart("step_norm", N_("step length ‖Δθ‖"), "step_norm", "log", about=N_("how far updates move θ: 0 at rest")),
        Chart(
            "theta", N_("parameters"), "theta", "linear", VectorStyle("θ", "linear", "first"),
            about=N_("the parameters themselves, one at a time"),
        ),
        Chart(
            "batch_loss", N_("batch loss"), "batch_loss", "log", applies=_has_loss, unavailable=_without_loss,
            about=N_("the loss of the batch before its update: it jumps from batch to batch"),
        ),
        Chart(
            "lr", N_("learning rate"), "lr", "linear", first_update=1, from_zero=True,
            about=N_("the learning rate of each update, as its schedule has it"),
        ),
        Chart(
            "snr", N_("signal to noise of the batch's gradient"), "snr", "log", applies=_noisy_gradients,
            about=N_("how many times longer the gradient of all rows is than the noise in that of a batch"),
        ),
        Chart(
            "average_loss", N_("loss at the average of the parameters"), "average_loss", "log",
            points="average_val_loss", unavailable=_without_loss,
            applies=lambda snapshot: _has_loss(snapshot) and _averages(snapshot),
            about=N_("the loss at the average of the parameters, which jumps less than they do"),
        ),
        Chart(
            "velocity_angle", N_("angle of velocity to downhill °"), "velocity_angle", "linear", from_zero=True,
            derived=lambda lane: lane.trace.velocity_angle() if lane.whole else None,
            applies=lambda snapshot: any(lane.whole and lane.trace.layout.block("velocity") for lane in snapshot.lanes),
            absent=N_("{lane} keeps no velocity, or not every parameter is recorded"),
            about=N_("how far the velocity points away from downhill; above 90° the next step climbs"),
        ),
        Chart(
            "velocity_weights", N_("weight of each gradient in v"), "", "linear", from_zero=True,
            derived=weights_of, beside=plain_averages, applies=_kept("velocity"),
            absent=N_("{lane} has no velocity that is a weighted sum of the gradients"),
            about=N_("how much each gradient so far still counts in the velocity"),
        ),
        Chart(
            "sharpness", N_("sharpness λmax"), "", "linear", from_zero=True,
            derived=sharpness_of, detail=how_measured, limits=stable_up_to,
            applies=_has_loss, unavailable=not_measured,
            about=N_("the largest curvature of the loss; plain descent is stable while it is below 2/lr"),
        ),
        Chart(
            "correction", N_("bias correction of m"), "m_hat", "log", VectorStyle("", "log"), divisor="m",
            applies=_kept("m_hat"), absent=N_("{lane} corrects no bias in its m"),
            about=N_("how many times larger m̂ is than m, which begins at 0; it falls to 1"),
        ),
    )
}  # fmt: skip


def charts_of(snapshot: Snapshot, *, wide: bool = False) -> tuple[str, ...]:
    """Return the charts that can ever show something here, in the order in which they fill their places."""
    applying = [chart for chart in CHARTS.values() if chart.applies(snapshot)]
    if wide:
        applying.sort(key=lambda chart: not chart.wide_first)
    return tuple(chart.name for chart in applying)
