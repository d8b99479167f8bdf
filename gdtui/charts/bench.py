"""The charts of the bench: a snapshot in, figures out.

`Charts` keeps nothing but the axis limits, so that they can stay where they are while the data fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.charts.axes import fit
from gdtui.charts.figure import Axis, Figure, Limits, Scale, Series
from gdtui.charts.palette import lane_color, lane_glyph
from gdtui.kernel import Array
from gdtui.optimizers.solvers import Solver
from gdtui.session import LaneView, Snapshot
from gdtui.words import _


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
    )
}

#: The order in which the bench fills its places.
ORDER = ("loss", "velocity", "accumulator", "effective_lr", "grad_norm", "step_norm", "theta", "batch_loss")


def axes_of(snapshot: Snapshot) -> tuple[str, ...]:
    """Return what the x axis may count: epochs and samples of data, evaluations where a solver counts its own."""
    data = ("epochs", "samples") if len(snapshot.objective.train) else ()
    solving = any(isinstance(lane.trace.layout.rule, Solver) for lane in snapshot.lanes)
    return ("updates", *data, *(("evaluations",) if solving else ()))


def x_values(lane: LaneView, updates: Array, axis: str) -> Array:
    """Return updates as epochs, samples or evaluations of this lane, where the axis asks for it."""
    if axis == "epochs" and lane.epoch is not None:
        return updates / lane.updates_per_epoch
    if axis == "samples" and lane.update > 0:
        return updates * (lane.samples / lane.update)
    if axis == "evaluations":
        column = lane.trace.layout.column("evaluations")
        assert column is not None
        at, evaluations = lane.trace.series(column)
        return np.interp(updates, at, evaluations)
    return updates


def trace_of(lane: LaneView, quantity: str) -> tuple[Array, Array]:
    """Return (update, value) of a column that every lane has."""
    column = lane.trace.layout.column(quantity)
    assert column is not None
    return lane.trace.series(column)


class Charts:
    """Makes the figures of the bench and remembers their limits."""

    def __init__(self) -> None:
        self._limits: dict[tuple[object, ...], Limits | None] = {}

    def forget(self) -> None:
        """Forget all limits: another objective is on the bench."""
        self._limits.clear()

    def _fit(self, key: tuple[object, ...], axis: Axis, data: list[Array]) -> Axis:
        fitted = fit(axis, data, previous=self._limits.get(key))
        self._limits[key] = fitted.limits
        return fitted

    def chart(
        self,
        snapshot: Snapshot,
        kind: ChartKind,
        *,
        axis: str = "updates",
        coordinate: int | None = None,
        only: int | None = None,
        linear: bool = False,
    ) -> Figure:
        """Return one quantity over time, a curve a lane.

        Parameters
        ----------
        snapshot
            what to draw.
        kind
            which quantity.
        axis
            "updates", "epochs", "samples" or "evaluations".
        coordinate
            of a vector; None for its norm (parameters: the first coordinate).
        only
            one lane alone, in its own colour; the limits are still those of all of them.
        linear
            a linear scale where the kind would have a logarithmic one.
        """
        names = snapshot.objective.names
        if kind.vector and kind.quantity == "theta" and coordinate is None:
            coordinate = 0
        series: list[Series] = []
        for index, lane in enumerate(snapshot.lanes):
            points = self._points(lane, kind, coordinate)
            if points is not None:
                x, y = points
                x = x_values(lane, x, axis)
                series.append(Series(x, y, lane_color(index), label=lane.name, marker=lane_glyph(index)))
                if kind.name == "loss" and len(snapshot.objective.held_out):
                    held_x, held_y = trace_of(lane, "val_loss")
                    series.append(Series(x_values(lane, held_x, axis), held_y, lane_color(index), kind="points"))
        scale: Scale = kind.scale if not kind.vector or coordinate is None else kind.signed
        if linear:
            scale = "linear"
        if scale == "log" and any(np.any(s.y < 0) for s in series):
            scale = "symlog"  # a saddle's loss falls below 0
        key = (kind.name, coordinate, scale)
        axis_title = {
            "updates": _("updates"), "epochs": _("epochs"), "samples": _("samples"), "evaluations": _("evaluations"),
        }.get(axis, axis)  # fmt: skip
        x_axis = self._fit(("x", axis), Axis("linear", title=axis_title), [s.x for s in series])
        y_axis = self._fit(key, Axis(scale), self._within_reason(snapshot, series))
        if only is not None:
            series = [s for s in series if s.color == lane_color(only)]
        title = _(kind.title)
        if kind.vector and only is None:
            if coordinate is None:
                title += f" {_('mean')} {kind.symbol}" if kind.mean else f" ‖{kind.symbol}‖"
            elif coordinate < len(names):
                title += f" · {names[coordinate]}"
        if scale != "linear" and only is None:
            title += f" · {scale}"
        if kind.name == "loss" and len(snapshot.objective.held_out) and only is None:
            title += f"   {_('dots: held-out rows')}"
        message = ""
        if kind.name in ("loss", "batch_loss") and not snapshot.objective.has_loss:
            message = _("a tape has no loss: c turns to other charts")
        elif not series:
            one = f"{snapshot.lanes[only].name} {_(kind.absent)}" if only is not None else ""
            message = (one or f"{_('none of these lanes has')}: {_(kind.title)}") if kind.absent else _("nothing yet")
        elif all(not np.any(np.isfinite(s.y)) for s in series):
            message = _("nothing yet: space makes an update")
        return Figure(title, tuple(series), x=x_axis, y=y_axis, message=message)

    def _within_reason(self, snapshot: Snapshot, series: list[Series]) -> list[Array]:
        """Return the values that the y axis must hold: of a lane that has gone astray only what is near the others.

        A lane on its way to infinity would otherwise press every other curve flat.
        """
        first = [abs(float(trace_of(lane, "loss")[1][0])) for lane in snapshot.lanes]
        astray = 1e6 * max((v for v in first if np.isfinite(v)), default=np.inf)
        lost = {
            lane_color(i)
            for i, lane in enumerate(snapshot.lanes)
            if lane.status == "diverged" or abs(lane.scalar("loss")) > max(astray, 1e6)
        }
        sane = [np.abs(s.y[np.isfinite(s.y)]) for s in series if s.color not in lost]
        starts = [np.abs(s.y[np.isfinite(s.y)][:2]) for s in series if s.color in lost]
        high = max((float(v.max()) for v in (*sane, *starts) if len(v)), default=1.0) * 1e3
        return [s.y if s.color not in lost else s.y[np.abs(s.y) <= high] for s in series]

    def _points(self, lane: LaneView, kind: ChartKind, coordinate: int | None) -> tuple[Array, Array] | None:
        trace = lane.trace
        if not kind.vector:
            column = trace.layout.column(kind.quantity)
            return None if column is None else trace.series(column)
        if coordinate is None:
            return trace.over_coordinates(kind.quantity, mean=kind.mean)
        column = trace.layout.column(f"{kind.quantity}[{coordinate}]")
        return None if column is None else trace.series(column)
