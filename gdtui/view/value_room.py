"""Which values of its curves the y axis of a chart holds, and what is said of those that it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gdtui.columns import Column
from gdtui.kernel import Array
from gdtui.plot.axes import MOST_DECADES
from gdtui.plot.figure import Label, Limits, Scale, Series
from gdtui.session import Snapshot
from gdtui.simulation.stopping import Status
from gdtui.view.charts import Chart

#: A lane is far off if its loss is this many times the largest loss at the start.
FAR_OFF = 1e6
#: The y axis holds values of a lane that is far off up to this many times the largest value of the others.
NEAR_OTHERS = 1e3
#: On a linear axis a lane is far off, too, if its loss has ever been so many times the largest one at the start …
PRESSING = 20.0
#: … and is held up to so many times the largest value of the others: it leaves the chart where they can be told apart.
LINEAR_ROOM = 2.0

Numbered = Sequence[tuple[int, Series]]


def values_held(
    snapshot: Snapshot, curves: Numbered, seen: Numbered, chart: Chart, scale: Scale, selected: int
) -> list[Array]:
    """Return the values that the y axis must hold, of what is seen: for a lane that is far off, those near the others.

    On a logarithmic axis it may rise above the others by as many decades as they span themselves. Such an axis holds
    the newest value of the selected lane, and of the others what is at most `MOST_DECADES` above it.
    """
    base = [np.zeros(1)] if chart.from_zero else []
    far_off = _far_off(snapshot, scale, selected)
    if not far_off:
        return _near_selected([*base, *(series.y for _number, series in seen)], seen, scale, selected)
    finite = {number: np.abs(series.y[np.isfinite(series.y)]) for number, series in curves}
    others = [values for number, values in finite.items() if number not in far_off and values.size]
    if scale != "linear" or not others:
        others = [values[:2] if number in far_off else values for number, values in finite.items()]
    near = np.concatenate([np.empty(0), *others])
    top = float(np.max(near, initial=0.0)) or 1.0
    high = (LINEAR_ROOM if scale == "linear" else NEAR_OTHERS) * top
    if scale == "log":
        lowest = max(float(np.min(near[near > 0], initial=top)), top / 10.0**MOST_DECADES)
        high = max(high, 10.0 ** min(308.0, 2 * np.log10(top) - np.log10(lowest), np.log10(lowest) + MOST_DECADES))
    held = [*base, *(s.y if number not in far_off else s.y[np.abs(s.y) <= high] for number, s in seen)]
    return held if selected in far_off else _near_selected(held, seen, scale, selected)


def _far_off(snapshot: Snapshot, scale: Scale, selected: int) -> set[int]:
    """Return the numbers of the lanes that would press the others flat.

    On a linear axis the selected lane may do so while its loss is below `NEAR_OTHERS` times the one at the start.
    """
    first = [abs(float(lane.trace.oldest[Column.LOSS])) for lane in snapshot.lanes]
    start = max((loss for loss in first if np.isfinite(loss)), default=np.inf)
    found = {
        number
        for number, lane in enumerate(snapshot.lanes)
        if lane.status == Status.DIVERGED or abs(lane.scalar("loss")) > max(FAR_OFF * start, FAR_OFF)
    }
    if scale == "linear" and start > 0:
        for number, lane in enumerate(snapshot.lanes):
            highest = np.fmax.reduce(lane.summary.trace.series(Column.LOSS)[1])
            if highest > PRESSING * start and (number != selected or lane.scalar("loss") > NEAR_OTHERS * start):
                found.add(number)
    return found


def _near_selected(data: list[Array], curves: Numbered, scale: Scale, selected: int) -> list[Array]:
    """Return the data without values so far above the selected lane that a logarithmic axis cannot hold both."""
    newest = next((series.y[-1:] for number, series in curves if number == selected), np.empty(0))
    if scale != "log" or not np.all(newest > 0) or not newest.size:
        return data
    with np.errstate(over="ignore"):
        highest = float(newest[0]) * 10.0**MOST_DECADES
    return [y if np.fmax.reduce(y, initial=0.0) <= highest else y[y <= highest] for y in data]


def peaks_left_out(seen: Numbered, limits: Limits | None, scale: Scale) -> Iterator[tuple[int, Label]]:
    """Yield the highest point of each curve that has left a linear chart and is back, to be pinned to its edge."""
    if limits is None or scale != "linear":
        return
    for number, series in seen:
        back = series.marker and series.y.size and limits[0] <= series.y[-1] <= limits[1]
        if back and np.fmax.reduce(series.y) > limits[1]:
            peak = int(np.nanargmax(series.y))
            x, y = float(series.x[peak]), float(series.y[peak])
            yield number, Label(x, y, series.marker, series.color, bold=True, pin=True)
