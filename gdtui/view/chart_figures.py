"""The charts of the bench: a snapshot in, figures out.

`Charts` keeps nothing but the axis limits, so that they can stay where they are while the data fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.axes import fit
from gdtui.plot.figure import Axis, Figure, Limits, Scale, Series
from gdtui.plot.palette import lane_color, lane_glyph
from gdtui.session import LaneView, Snapshot
from gdtui.text import _
from gdtui.view.charts import KINDS, ORDER, ChartKind

__all__ = ["KINDS", "ORDER", "ChartKind", "Charts", "axes_of", "charts_of", "trace_of", "x_values"]


def axes_of(snapshot: Snapshot) -> tuple[str, ...]:
    """Return what the x axis may count: epochs and samples of data, evaluations where a solver counts its own."""
    data = ("epochs", "samples") if len(snapshot.objective.train) else ()
    solving = any(lane.trace.layout.rule.counts_evaluations for lane in snapshot.lanes)
    return ("updates", *data, *(("evaluations",) if solving else ()))


def charts_of(snapshot: Snapshot, order: Sequence[str]) -> tuple[str, ...]:
    """Return those charts that can come to show something here.

    Left out are the state that no lane keeps, the rate of a coordinate where it is that of all, the angle to a
    gradient that is the full one.
    """
    lanes = snapshot.lanes
    kept = {name for name in ("velocity", "accumulator") if any(lane.trace.layout.block(name) for lane in lanes)}
    noisy = snapshot.objective.noise > 0
    stochastic = noisy or (len(snapshot.objective.train) > 0 and any(lane.spec.sampling.batch for lane in lanes))
    corrected = any(lane.trace.layout.block(KINDS["correction"].quantity) for lane in lanes)
    own_rates = any(lane.trace.layout.rule.adapts_rate for lane in lanes)
    left_out = {
        *({"velocity", "accumulator"} - kept),
        *(() if own_rates else ("effective_lr",)),
        *(() if stochastic else ("angle", "snr")),
        *(() if corrected else ("correction",)),
    }
    return tuple(name for name in order if name not in left_out)


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
        if kind.vector and kind.quantity == "theta" and coordinate is None:
            coordinate = 0
        curves = [
            (index, series)
            for index, lane in enumerate(snapshot.lanes)
            for series in _curves(snapshot, index, lane, kind, coordinate, axis)
        ]
        every = [s for _index, s in curves]
        scale: Scale = kind.scale if not kind.vector or coordinate is None else kind.signed
        if linear:
            scale = "linear"
        if scale == "log" and any(np.any(s.y < 0) for s in every):
            scale = "symlog"  # a saddle's loss falls below 0
        axis_title = {
            "updates": _("updates"), "epochs": _("epochs"), "samples": _("samples"), "evaluations": _("evaluations"),
        }.get(axis, axis)  # fmt: skip
        x_axis = self._fit(("x", axis), Axis("linear", title=axis_title), [s.x for s in every])
        y_axis = self._fit((kind.name, coordinate, scale), Axis(scale), _within_reason(snapshot, curves, kind))
        shown = tuple(s for index, s in curves if only in (None, index))
        title = _title(snapshot, kind, coordinate, scale) if only is None else _(kind.title)
        return Figure(title, shown, x=x_axis, y=y_axis, message=_message(snapshot, kind, shown, only))


def _curves(
    snapshot: Snapshot, index: int, lane: LaneView, kind: ChartKind, coordinate: int | None, axis: str
) -> Iterator[Series]:
    """Yield a lane's curve, and the dots of its loss on the rows held out."""
    points = _points(lane, kind, coordinate)
    if points is None:
        return
    x, y = points
    color = lane_color(index)
    yield Series(x_values(lane, x, axis), y, color, label=lane.name, marker=lane_glyph(index))
    if kind.name == "loss" and len(snapshot.objective.held_out):
        held_x, held_y = trace_of(lane, "val_loss")
        yield Series(x_values(lane, held_x, axis), held_y, color, kind="points")


def _points(lane: LaneView, kind: ChartKind, coordinate: int | None) -> tuple[Array, Array] | None:
    if not kind.over:
        return _series(lane, kind, kind.quantity, coordinate)
    above, below = (_series(lane, kind, name, coordinate) for name in (kind.quantity, kind.over))
    if above is None or below is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        return above[0], above[1] / below[1]


def _series(lane: LaneView, kind: ChartKind, quantity: str, coordinate: int | None) -> tuple[Array, Array] | None:
    trace = lane.trace
    if kind.name == "lr":  # at update 0 no update has been made at any rate
        updates, rates = trace_of(lane, "lr")
        return updates[updates > 0], rates[updates > 0]
    if kind.vector and coordinate is None:
        return trace.over_coordinates(quantity, mean=kind.mean)
    column = trace.layout.column(f"{quantity}[{coordinate}]" if kind.vector else quantity)
    return None if column is None else trace.series(column)


def _title(snapshot: Snapshot, kind: ChartKind, coordinate: int | None, scale: Scale) -> str:
    """Return what is drawn: of a vector its norm, mean or coordinate; the scale where it is not linear."""
    names = snapshot.objective.names
    title = _(kind.title)
    if kind.vector and coordinate is None and not kind.over:
        title += f" {_('mean')} {kind.symbol}" if kind.mean else f" ‖{kind.symbol}‖"
    elif kind.vector and coordinate is not None and coordinate < len(names):
        title += f" · {names[coordinate]}"
    if scale != "linear":
        title += f" · {scale}"
    if kind.name == "loss" and len(snapshot.objective.held_out):
        title += f"   {_('dots: held-out rows')}"
    return title


def _message(snapshot: Snapshot, kind: ChartKind, shown: Sequence[Series], only: int | None) -> str:
    """Return what is said where there is nothing to draw."""
    if kind.name in ("loss", "batch_loss") and not snapshot.objective.has_loss:
        return _("a tape has no loss: c turns to other charts")
    if not shown:
        if not kind.absent:
            return _("nothing yet")
        one = f"{snapshot.lanes[only].name} {_(kind.absent)}" if only is not None else ""
        return one or f"{_('none of these lanes has')}: {_(kind.title)}"
    if all(not np.any(np.isfinite(s.y)) for s in shown):
        return _("nothing yet: space makes an update")
    return ""


def _within_reason(snapshot: Snapshot, curves: Sequence[tuple[int, Series]], kind: ChartKind) -> list[Array]:
    """Return the values that the y axis must hold: of a lane that has gone astray only what is near the others.

    A lane on its way to infinity would otherwise press every other curve flat.
    """
    base = [np.zeros(1)] if kind.from_zero else []
    first = [abs(float(trace_of(lane, "loss")[1][0])) for lane in snapshot.lanes]
    astray = 1e6 * max((v for v in first if np.isfinite(v)), default=np.inf)
    lost = {
        index
        for index, lane in enumerate(snapshot.lanes)
        if lane.status == "diverged" or abs(lane.scalar("loss")) > max(astray, 1e6)
    }
    if not lost:
        return [*base, *(s.y for _index, s in curves)]
    sane = [np.abs(s.y[np.isfinite(s.y)]) for index, s in curves if index not in lost]
    starts = [np.abs(s.y[np.isfinite(s.y)][:2]) for index, s in curves if index in lost]
    high = max((float(v.max()) for v in (*sane, *starts) if len(v)), default=1.0) * 1e3
    return [*base, *(s.y if index not in lost else s.y[np.abs(s.y) <= high] for index, s in curves)]
