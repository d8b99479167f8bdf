"""The curves of one lane in one chart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.figure import Series
from gdtui.session import LaneView, Snapshot
from gdtui.view.charts import Chart
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.look import Look, newest_update
from gdtui.view.x_axis import X_AXES, column_of


def curves_of(snapshot: Snapshot, lane: LaneView, chart: Chart, coordinate: int | None, look: Look) -> Iterator[Series]:
    """Yield a lane's curve, and as dots its second column if rows are held out."""
    lane = as_seen(snapshot, lane, look)
    found = values_of(lane, chart, coordinate)
    if found is None:
        return
    updates, values = found
    count, color = X_AXES[look.x_axis].values, lane_color(lane)
    value = _value_at(look.cursor, lane, updates, values)
    yield Series(count(lane, updates), values, color, label=lane.name, marker=lane_marker(lane), value=value)
    limits = chart.limits(lane)
    if limits is not None:
        yield Series(count(lane, limits[0]), limits[1], color, kind="dots")
    if chart.points and len(snapshot.objective.held_out):
        updates, values = column_of(lane, chart.points)
        yield Series(count(lane, updates), values, color, kind="dots")


def as_seen(snapshot: Snapshot, lane: LaneView, look: Look) -> LaneView:
    """Return the lane with as much of its history as the look can show."""
    whole = look.cursor is None and look.time.limits(newest_update(snapshot)) is None
    return lane.summary if whole else lane


def values_of(lane: LaneView, chart: Chart, coordinate: int | None) -> tuple[Array, Array] | None:
    """Return (update, value) of a lane's curve; None if it has none."""
    if chart.derived is not None:
        found = chart.derived(lane)
    else:
        found = _ratio(lane, chart, coordinate) if chart.divisor else _series(lane, chart, chart.quantity, coordinate)
    if found is None or not chart.first_update:
        return found
    updates, values = found
    later = updates >= chart.first_update
    return updates[later], values[later]


def _value_at(cursor: int | None, lane: LaneView, updates: Array, values: Array) -> float | None:
    """Return a lane's value at the cursor, nan if it has made no such update; None: there is no cursor."""
    if cursor is None:
        return None
    at = int(np.searchsorted(updates, cursor, side="right")) - 1
    return float(values[at]) if at >= 0 and cursor <= lane.update else float("nan")


def _series(lane: LaneView, chart: Chart, quantity: str, coordinate: int | None) -> tuple[Array, Array] | None:
    """Return (update, value) of a column or vector; None if the lane has none."""
    trace, vector = lane.trace, chart.vector
    if vector is not None and coordinate is None:
        return trace.over_coordinates(quantity, mean=vector.summary == "mean")
    column = trace.layout.column(f"{quantity}[{coordinate}]" if vector is not None else quantity)
    return None if column is None else trace.series(column)


def _ratio(lane: LaneView, chart: Chart, coordinate: int | None) -> tuple[Array, Array] | None:
    above, below = (_series(lane, chart, name, coordinate) for name in (chart.quantity, chart.divisor))
    if above is None or below is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        return above[0], above[1] / below[1]
