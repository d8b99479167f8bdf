"""Charts as figures: the curves of a snapshot, and axes that fit them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.axes import HUGE, data_range, fit
from gdtui.plot.figure import Axis, Band, Cursor, Figure, Label, Limits, Scale, Series
from gdtui.session import Snapshot
from gdtui.session.futures import SEEDS
from gdtui.text import N_, _
from gdtui.view.charts import Chart
from gdtui.view.curves import curves_of
from gdtui.view.ghosts import ahead, repeated
from gdtui.view.look import Look, newest_update
from gdtui.view.titles import shortened
from gdtui.view.value_room import peaks_left_out, values_held
from gdtui.view.x_axis import X_AXES, counted

#: Counts that begin beyond this share of their last have an axis that does not begin at 0.
MOST_EMPTY = 0.4
#: Said of a logarithmic chart of what is 0 until updates are made.
_NO_UPDATE = N_("0 until the first update")
#: The y axis holds the band of a lane over seeds up to this many times the largest value of the curves.
BAND_ROOM = 10.0


@dataclass(frozen=True, eq=False)
class ChartFigure:
    """A chart of all lanes, its axes fitted to all of them.

    `titles` begin with the longest. `curves` are (number of the lane, curve), `marks` (number of the lane, mark on its
    curve); `beside` are the curves that belong to no lane, `faint` (number of the lane, curve) are what lanes have not
    done, `bands` what lies between some of these.
    """

    snapshot: Snapshot
    chart: Chart
    titles: tuple[str, ...]
    curves: tuple[tuple[int, Series], ...]
    x: Axis
    y: Axis
    marks: tuple[tuple[int, Label], ...] = ()
    beside: tuple[Series, ...] = ()
    faint: tuple[tuple[int, Series], ...] = ()
    cursor: Cursor | None = None
    bands: tuple[tuple[int, Band], ...] = ()

    def of(self, lane: int | None = None) -> Figure:
        """Return the figure of one lane, or of all of them (None)."""
        shown = tuple(series for number, series in self.curves if lane in (None, number))
        title, *shorter = self.titles if lane is None else (_(self.chart.title),)
        marks = tuple(mark for number, mark in self.marks if lane in (None, number))
        message = self._message(shown, lane)
        faint = (series for number, series in self.faint if lane in (None, number))
        series = (*faint, *shown, *self.beside) if shown and message != _(_NO_UPDATE) else ()
        bands = tuple(band for number, band in self.bands if shown and lane in (None, number))
        return Figure(
            title, series, marks, self.x, self.y, message=message, cursor=self.cursor, bands=bands,
            shorter=tuple(shorter),
        )  # fmt: skip

    def _message(self, shown: Sequence[Series], lane: int | None) -> str:
        """Return the words for an empty chart; "" if there is something to draw."""
        unavailable = self.chart.unavailable(self.snapshot)
        if unavailable:
            return unavailable
        if not shown:
            if lane is not None and (alone := self.snapshot.lanes[lane]) not in self.snapshot.drawn:
                return _("{lane} is muted").format(lane=alone.name)
            if not self.chart.absent:
                return _("nothing yet")
            if lane is None:
                return _("none of these lanes has: {quantity}").format(quantity=_(self.chart.title))
            return _(self.chart.absent).format(lane=self.snapshot.lanes[lane].name)
        if not any(np.any(np.isfinite(series.y)) for series in shown):
            return _("nothing yet")
        begun = self.faint or self.bands or any(lane.update for lane in self.snapshot.lanes)
        if self.y.scale == "log" and not begun and not any(np.any(series.y > 0) for series in shown):
            return _(_NO_UPDATE)
        return ""


class ChartFigures:
    """Makes figures of charts, and keeps the limits of the axes between frames so that they seldom move."""

    def __init__(self) -> None:
        self._limits: dict[Hashable, Limits | None] = {}

    def forget(self) -> None:
        """Forget all limits, for another objective."""
        self._limits.clear()

    def figure(self, snapshot: Snapshot, chart: Chart, look: Look) -> ChartFigure:
        """Return the chart of a snapshot at this look."""
        coordinate = look.coordinate
        if chart.vector is not None and chart.vector.summary == "first" and coordinate is None:
            coordinate = 0
        curves = tuple(
            (number, series)
            for number, lane in enumerate(snapshot.lanes)
            if lane in snapshot.drawn
            for series in curves_of(snapshot, lane, chart, coordinate, look)
        )
        axis = X_AXES[look.x_axis]
        selected = snapshot.lanes[look.lane]
        beside = tuple(
            replace(series, x=axis.values(selected, series.x)) for series in chart.beside(snapshot, look.lane)
        )
        again, coming = (make(snapshot, chart, coordinate, look) for make in (repeated, ahead))
        faint = [*again.data, *coming.data]
        marks = ((number, axis.mark(series)) for number, series in curves if chart.quantity == "loss" and series.label)
        every = [*(series for _number, series in curves), *beside]
        scale: Scale = "linear" if look.linear else chart.scale_of(coordinate)
        if scale == "log" and any(np.fmin.reduce(series.y, initial=0.0) < 0 for series in every):
            scale = "symlog"  # the loss at a saddle falls below 0
        x = Axis(axis.scale, _window(snapshot, look), _(axis.title), axis.counts)
        seen = curves if x.limits is None else tuple((number, _inside(series, x.limits)) for number, series in curves)
        held = [*values_held(snapshot, curves, seen, chart, scale, look.lane), *(series.y for series in beside)]
        y = self._fitted((chart.name, coordinate, scale), Axis(scale), _with_faint(held, coming.data, again.data))
        bands = (*again.bands, *coming.bands)
        banded = bool(bands) and chart.name == look.chart  # said once on the screen: the others have less room
        return ChartFigure(
            snapshot, chart, _titles(snapshot, chart, coordinate, scale, banded=banded), curves,
            self._fitted_x(look.x_axis, x, [series.x for series in (*every, *faint)]), y,
            (*((number, mark) for number, mark in marks if mark is not None), *peaks_left_out(seen, y.limits, scale)),
            beside, (*again.curves, *coming.curves), _cursor(snapshot, look), bands,
        )  # fmt: skip

    def _fitted_x(self, name: str, axis: Axis, data: list[Array]) -> Axis:
        """Return the x axis with limits: from 0 to a round number soon after the data, if it counts and they do so."""
        found = data_range(data, axis.scale) if X_AXES[name].counts and axis.limits is None else None
        if found is None or not (0 <= found[0] <= MOST_EMPTY * found[1] and 0 < found[1] < HUGE):
            return self._fitted(("x", name), axis, data)
        fitted = counted(axis, found[1], self._limits.get(("x", name)))
        self._limits["x", name] = fitted.limits
        return fitted

    def _fitted(self, key: Hashable, axis: Axis, data: list[Array]) -> Axis:
        fitted = fit(axis, data, previous=self._limits.get(key))
        self._limits[key] = fitted.limits
        return fitted


def _window(snapshot: Snapshot, look: Look) -> Limits | None:
    """Return the limits of the x axis for the window of updates that is looked at; None: everything is shown."""
    shown = look.time.limits(newest_update(snapshot))
    if shown is None:
        return None
    first, last = X_AXES[look.x_axis].values(snapshot.lanes[look.lane], np.array(shown, dtype=float))
    return (float(first), float(last)) if first < last < np.inf else None


def _inside(series: Series, limits: Limits) -> Series:
    """Return the points of a series between these limits of the x axis."""
    shown = (series.x >= limits[0]) & (series.x <= limits[1])
    return replace(series, x=series.x[shown], y=series.y[shown])


def _cursor(snapshot: Snapshot, look: Look) -> Cursor | None:
    if look.cursor is None:
        return None
    place = X_AXES[look.x_axis].values(snapshot.lanes[look.lane], np.array([float(look.cursor)]))
    return Cursor(float(place[0]), _("update {update}").format(update=look.cursor))


def _with_faint(data: list[Array], future: Sequence[Series], band: Sequence[Series]) -> list[Array]:
    """Return the data with the values of faint curves: of a future up to the highest so far, of a band `BAND_ROOM`."""
    if not (future or band):
        return data
    highest = max((float(np.max(y[np.isfinite(y)], initial=-np.inf)) for y in data), default=np.inf)
    bounded = ((future, highest), (band, highest * BAND_ROOM if highest > 0 else highest))
    return [*data, *(series.y[series.y <= most] for curves, most in bounded for series in curves)]


def _titles(
    snapshot: Snapshot, chart: Chart, coordinate: int | None, scale: Scale, *, banded: bool
) -> tuple[str, ...]:  # fmt: skip
    """Return the quantity with the scale unless it is linear, and what else is drawn; then without the scale."""
    quantity, (how, dots) = _quantity(snapshot, chart, coordinate), chart.detail(snapshot)
    whole = " · ".join(filter(None, (quantity, scale if scale != "linear" else "", how)))
    band = _("band: {count} seeds").format(count=SEEDS) if banded else ""
    held_out = _("dots: held out") if chart.points and len(snapshot.objective.held_out) else ""
    return shortened([whole, quantity], (dots, band, held_out))


def _quantity(snapshot: Snapshot, chart: Chart, coordinate: int | None) -> str:
    """Return what a chart is of, with the norm, mean or coordinate of a vector."""
    names, vector, title = snapshot.objective.names, chart.vector, _(chart.title)
    if vector is not None and coordinate is not None:
        return f"{title} · {names[coordinate]}" if coordinate < len(names) else title
    if vector is None or not vector.symbol:
        return title
    words = _("{title} mean {symbol}") if vector.summary == "mean" else _("{title} ‖{symbol}‖")
    return words.format(title=title, symbol=vector.symbol)
