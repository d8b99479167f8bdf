"""The x axes of charts, one entry each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.figure import Axis, Label, Limits, Scale, Series
from gdtui.session import LaneView, Snapshot
from gdtui.text import N_
from gdtui.view.rate_test import suggestion


@dataclass(frozen=True)
class XAxis:
    """One x axis: whether it `applies` to a snapshot, and its values at a lane's updates, which it `counts` or not.

    `mark` points out a place on a curve of the loss.
    """

    name: str
    title: str
    applies: Callable[[Snapshot], bool]
    values: Callable[[LaneView, Array], Array]
    scale: Scale = "linear"
    counts: bool = True
    mark: Callable[[Series], Label | None] = lambda _curve: None


def _has_data(snapshot: Snapshot) -> bool:
    return len(snapshot.objective.train) > 0


def _epochs(lane: LaneView, updates: Array) -> Array:
    return updates if lane.epoch is None else lane.data_use.batches(updates) / lane.data_use.batches_per_epoch


def _samples(lane: LaneView, updates: Array) -> Array:
    batches = lane.data_use.batches(np.array([lane.update, *updates]))
    return batches[1:] * (lane.samples / batches[0]) if lane.update > 0 else updates


def _evaluations(lane: LaneView, updates: Array) -> Array:
    return np.interp(updates, *column_of(lane, "evaluations"))


def _scheduled(snapshot: Snapshot) -> bool:
    return any(not lane.spec.schedule.is_constant for lane in snapshot.lanes)


def _rates(lane: LaneView, updates: Array) -> Array:
    return np.where(updates > 0, np.interp(updates, *column_of(lane, "lr")), np.nan)  # the start had no rate


X_AXES: dict[str, XAxis] = {
    axis.name: axis
    for axis in (
        XAxis("updates", N_("updates"), lambda _snapshot: True, lambda _lane, updates: updates),
        XAxis("epochs", N_("epochs"), _has_data, _epochs),
        XAxis("samples", N_("samples"), _has_data, _samples),
        XAxis("evaluations", N_("evaluations"), lambda snapshot: snapshot.counts_evaluations, _evaluations),
        XAxis("lr", N_("learning rate"), _scheduled, _rates, "log", counts=False, mark=suggestion),
    )
}


def update_at(name: str, lane: LaneView, value: float) -> int:
    """Return the update of a lane that is nearest to a value on an x axis."""
    updates = np.unique(np.linspace(0.0, lane.update, 4096).round())
    away = np.abs(X_AXES[name].values(lane, updates) - value)
    return int(updates[np.nanargmin(away)]) if np.any(np.isfinite(away)) else 0


def axes_of(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the names of the x axes that apply."""
    return tuple(axis.name for axis in X_AXES.values() if axis.applies(snapshot))


def column_of(lane: LaneView, name: str) -> tuple[Array, Array]:
    """Return (update, value) of a column that every trace has."""
    column = lane.trace.layout.column(name)
    assert column is not None
    return lane.trace.series(column)


#: Where an x axis that begins at 0 may end, times a power of ten: counts grow all the time, and soon fill most of it.
ENDS = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 10.0)
#: The least share of such an axis that is used before it becomes shorter.
KEEP_SHARE = 0.35


def counted(axis: Axis, last: float, previous: Limits | None) -> Axis:
    """Return a linear axis from 0 that holds the `last` count; `previous` limits stay while they hold it well."""
    if previous is not None and previous[0] == 0 and KEEP_SHARE * previous[1] <= last <= previous[1]:
        return replace(axis, limits=previous)
    power = 10.0 ** math.floor(math.log10(last))
    return replace(
        axis, limits=(0.0, next(float(f"{end * power:.12g}") for end in ENDS if end * power >= last * (1 - 1e-9)))
    )
