"""Faint curves of what lanes have not done: their futures, and the band of a run over seeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.figure import Series
from gdtui.session import LaneView, Snapshot
from gdtui.simulation.stopping import Status
from gdtui.view.charts import Chart
from gdtui.view.colors import ghost_color
from gdtui.view.curves import as_seen, curves_of, values_of
from gdtui.view.look import Look
from gdtui.view.x_axis import X_AXES

#: Between these quantiles lies what runs with several seeds have in common.
BAND = (0.1, 0.9)


def ahead(snapshot: Snapshot, chart: Chart, coordinate: int | None, look: Look) -> Iterator[tuple[int, Series]]:
    """Yield the number and the curves of each lane's future, and of those that it could have; of seeds their band."""
    for future in snapshot.futures:
        number = snapshot.lanes.index(snapshot.lane(future.lane.name))
        color, selected = ghost_color(future.lane), number == look.lane

        def curves(lane: LaneView, color: str = color) -> Iterator[Series]:
            for series in curves_of(snapshot, lane, chart, coordinate, look):
                if series.kind == "line":
                    yield replace(series, color=color, label="", marker="")

        bundle = [series for label, lane in future.others if not label for series in curves(lane)]
        for label, lane in future.others:
            if label:
                yield from ((number, replace(series, marker=label if selected else "")) for series in curves(lane))
        if bundle:
            shortest = min(bundle, key=lambda series: len(series.x))
            values = np.array([series.y[: len(shortest.x)] for series in bundle])
            for edge in np.quantile(values, BAND, axis=0):
                yield number, Series(shortest.x, edge, color)
        yield from ((number, replace(series, exits=selected)) for series in curves(future.lane))


def repeated(snapshot: Snapshot, chart: Chart, coordinate: int | None, look: Look) -> Iterator[tuple[int, Series]]:
    """Yield the number and the curves of a lane over other seeds: the edges of its band, and the median."""
    if snapshot.repeats is None:
        return
    lanes = [as_seen(snapshot, lane, look) for lane in snapshot.repeats.lanes]
    if (found := _quantiles(lanes, chart, coordinate)) is None:
        return
    updates, edges = found
    lane = snapshot.lane(snapshot.repeats.name)
    made = updates <= lane.position
    x, number = X_AXES[look.x_axis].values(lane, updates[made]), snapshot.lanes.index(lane)
    for values in edges:
        yield number, Series(x, values[made], ghost_color(lane))


def _quantiles(lanes: Sequence[LaneView], chart: Chart, coordinate: int | None) -> tuple[Array, Array] | None:
    """Return updates, and the quantiles 10, 90 and 50 % of the lanes' values at each of them; None if they have none.

    They reach as far as all lanes that still go on; one that has stopped stays where it is.
    """
    found = [(lane, values_of(lane, chart, coordinate)) for lane in lanes]
    curves = [(lane, *each) for lane, each in found if each is not None and len(each[0])]
    if len(curves) < len(lanes) or not curves:
        return None
    going = min((lane.update for lane, *_each in curves if lane.status == Status.GOING), default=np.inf)
    updates = max((updates for _lane, updates, _values in curves), key=len)
    updates = updates[updates <= going]
    with np.errstate(invalid="ignore"):  # between two that are infinite
        values = np.array([np.interp(updates, xs, ys) for _lane, xs, ys in curves])
        return updates, np.quantile(values, (*BAND, 0.5), axis=0)
