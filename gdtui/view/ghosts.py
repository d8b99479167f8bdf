"""Faint curves of what lanes have not done: their futures, and the band of a run over seeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.figure import Band, Series
from gdtui.session import LaneView, Snapshot
from gdtui.simulation.stopping import Status
from gdtui.view.charts import Chart
from gdtui.view.colors import band_color, ghost_color
from gdtui.view.curves import as_seen, curves_of, values_of
from gdtui.view.look import Look
from gdtui.view.x_axis import X_AXES

#: Between these quantiles lies what runs with several seeds have in common.
BAND = (0.1, 0.9)


class Ghosts:
    """What is drawn faintly, each with the number of its lane: `curves`, and `bands` between some of them."""

    def __init__(self) -> None:
        self.curves: list[tuple[int, Series]] = []
        self.bands: list[tuple[int, Band]] = []

    def add_band(self, number: int, lane: LaneView, x: Array, edges: Array) -> None:
        """Add a band of a lane with its edges, low and high [2, n]."""
        low, high = edges
        self.bands.append((number, Band(x, low, high, band_color(lane))))

    @property
    def data(self) -> list[Series]:
        """The curves, and the edges of the bands."""
        edges = [Series(band.x, edge) for _number, band in self.bands for edge in (band.low, band.high)]
        return [*(series for _number, series in self.curves), *edges]


def ahead(snapshot: Snapshot, chart: Chart, coordinate: int | None, look: Look) -> Ghosts:
    """Return each lane's future, and those that it could have; of seeds their band."""
    found = Ghosts()
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
                marker = label if selected else ""
                found.curves += [(number, replace(series, marker=marker)) for series in curves(lane)]
        if bundle:
            shortest = min(bundle, key=lambda series: len(series.x))
            values = np.array([series.y[: len(shortest.x)] for series in bundle])
            found.add_band(number, future.lane, shortest.x, np.quantile(values, BAND, axis=0))
        found.curves += [(number, replace(series, exits=selected)) for series in curves(future.lane)]
    return found


def repeated(snapshot: Snapshot, chart: Chart, coordinate: int | None, look: Look) -> Ghosts:
    """Return a lane over other seeds: its band and the median."""
    ghosts = Ghosts()
    if snapshot.repeats is None:
        return ghosts
    lanes = [as_seen(snapshot, lane, look) for lane in snapshot.repeats.lanes]
    if (found := _quantiles(lanes, chart, coordinate)) is None:
        return ghosts
    updates, edges = found
    lane = snapshot.lane(snapshot.repeats.name)
    made = updates <= lane.position
    x, number = X_AXES[look.x_axis].values(lane, updates[made]), snapshot.lanes.index(lane)
    low, high, median = edges[:, made]
    ghosts.add_band(number, lane, x, np.array([low, high]))
    ghosts.curves.append((number, Series(x, median, ghost_color(lane))))
    return ghosts


def _quantiles(lanes: Sequence[LaneView], chart: Chart, coordinate: int | None) -> tuple[Array, Array] | None:
    """Return updates, and the quantiles 10, 90 and 50 % of the lanes' values at each of them; None if they have none.

    They reach as far as all lanes that still go on; one that has stopped stays where it is.
    """
    found = [(lane, values_of(lane, chart, coordinate)) for lane in lanes]
    curves = [(lane, *each) for lane, each in found if each is not None and len(each[0])]
    if len(curves) < len(lanes) or not curves:
        return None
    going = min((updates[-1] for lane, updates, _values in curves if lane.status == Status.GOING), default=np.inf)
    updates = max((updates for _lane, updates, _values in curves), key=len)
    updates = updates[updates <= going]
    with np.errstate(invalid="ignore"):  # between two that are infinite
        values = np.array([np.interp(updates, xs, ys) for _lane, xs, ys in curves])
        return updates, np.quantile(values, (*BAND, 0.5), axis=0)
