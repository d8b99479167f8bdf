"""How the bench is looked at: one frozen record, and what the keys turn in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from gdtui.errors import LookError
from gdtui.objectives.network.model import Model
from gdtui.session import Snapshot
from gdtui.session.futures import SEEDS
from gdtui.text import _
from gdtui.view.charts import charts_of
from gdtui.view.field_maps import Sides
from gdtui.view.map_window import STEP, MapWindow
from gdtui.view.maps import map_of
from gdtui.view.picture_kinds import SETTINGS, kinds_of
from gdtui.view.time_window import TimeWindow
from gdtui.view.x_axis import axes_of


@dataclass(frozen=True)
class Look:
    """How the bench is looked at.

    `view` is one of `gdtui.view.layout.VIEWS`. `coordinate` is a recorded parameter, None for norms; in the network
    view any parameter, which stands for its unit. `picture` is a picture's name, "" for the first of the objective, and
    `window` is the part of a map that is seen. `sample` counts the rows of the network view from 0. `knob` is the
    setting of the selected lane that keys multiply, and that goes up in the map over two settings; `across` is the one
    that goes across. `future` is how many of their next updates lanes show, and
    `seeds` with how many other seeds the selected one is repeated. At the update `cursor` the charts read all lanes;
    `time` is the window of updates that they show; `full` gives the whole screen to the first chart, `bare` all of it
    to picture and charts.
    """

    chart: str = "loss"
    view: str = "overlay"
    coordinate: int | None = None
    linear: bool = False
    x_axis: str = "updates"
    lane: int = 0
    picture: str = ""
    window: MapWindow = field(default_factory=MapWindow)
    sample: int = 0
    knob: str = "lr"
    across: str = "lr"
    future: int = 0
    seeds: int = 0
    cursor: int | None = None
    time: TimeWindow = field(default_factory=TimeWindow)
    full: bool = False
    bare: bool = False

    def fitting(self, snapshot: Snapshot) -> Look:
        """Return the look with defaults for everything that this objective or these lanes lack."""
        objective, lanes = snapshot.objective, snapshot.lanes
        inside = self.view == "network" and objective.model is not None
        known = range(objective.dimension) if inside else lanes[0].trace.layout.coords
        lossless = self.chart == Look.chart and not objective.has_loss
        return replace(
            self,
            chart=charts_of(snapshot)[0] if lossless else self.chart,
            lane=min(self.lane, len(lanes) - 1),
            coordinate=self.coordinate if self.coordinate in known else None,
            view="network" if inside else "overlay" if self.view == "network" else self.view,
            sample=self.sample if self.sample < len(objective.data) else 0,
            picture=self.picture if self.picture in kinds_of(objective) else "",
            cursor=None if self.cursor is None else max(0, min(self.cursor, newest_update(snapshot))),
        )

    def kind(self, snapshot: Snapshot) -> str:
        """Return the name of the picture that is shown."""
        return self.picture or kinds_of(snapshot.objective)[0]

    @property
    def sides(self) -> Sides:
        """The settings that are wanted across and up in the map over two settings."""
        return Sides(self.across, self.knob)

    def map_window(self, snapshot: Snapshot) -> MapWindow:
        """Return the part of the map that is seen, where it is now; LookError: the picture is no map."""
        lane = snapshot.lanes[self.lane]
        shown = map_of(snapshot, self.kind(snapshot), lane, self.sides) if self.view == "overlay" else None
        if shown is None:
            raise LookError(_("there is no map here to zoom or to pan: {view} and {picture} turn to one"))
        return self.window.at(shown.lane_at(lane))

    def moved(self, by: int, snapshot: Snapshot) -> Look:
        """Return the look with its cursor moved by so many updates; the window of the charts moves with it."""
        look = replace(self, cursor=(self.cursor or 0) + by).fitting(snapshot)
        assert look.cursor is not None
        return replace(look, time=look.time.holding(look.cursor, newest_update(snapshot)))

    def charts(self, order: Sequence[str]) -> tuple[str, ...]:
        """Return the charts in this order, rotated so that the chosen one comes first."""
        if self.chart not in order:  # asked for, although it can only say that it has nothing to show
            return (self.chart, *order)
        first = order.index(self.chart)
        return (*order[first:], *order[:first])


def newest_update(snapshot: Snapshot) -> int:
    """Return the newest update of any lane."""
    return max(lane.update for lane in snapshot.lanes)


def opening(snapshot: Snapshot, line_counts: Sequence[int]) -> Look:
    """Return the look with which a bench opens: the lane with the longest rule is selected."""
    look = Look(x_axis=snapshot.experiment.x_axis, lane=line_counts.index(max(line_counts)))
    return look.fitting(snapshot)


#: How many updates ahead there are to choose from.
FUTURES = (50, 200, 1000)


# What the keys turn --------------------------------------------------------------------------------

#: Changes a look at a snapshot.
LookChange = Callable[[Look, Snapshot], Look]

#: (look, snapshot, 1 or -1, charts in order) → the next look.
Turn = Callable[[Look, Snapshot, int, Sequence[str]], Look]


def _network(look: Look, snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Look:
    if snapshot.objective.model is None:
        raise LookError(_("there is no network here: {objective} opens a dataset"))
    return replace(look, view="overlay" if look.view == "network" else "network")


def _coordinate(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    model = snapshot.objective.model
    if look.view == "network" and model is not None:
        return replace(look, coordinate=_next_unit(model, look.coordinate, by))
    choices = (None, *snapshot.lanes[0].trace.layout.coords)
    return replace(look, coordinate=choices[(choices.index(look.coordinate) + by) % len(choices)])


def _next_unit(model: Model, parameter: int | None, by: int) -> int:
    """Return the first weight of the unit after (or before) the one that a parameter belongs to."""
    from gdtui.objectives.network.inspection import first_weights, unit_of

    firsts = first_weights(model)
    at = [unit_of(model, first) for first in firsts].index(unit_of(model, parameter))
    return firsts[(at + by) % len(firsts)]


def _x_axis(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    axes = axes_of(snapshot)
    if len(axes) == 1:
        raise LookError(_("a surface has no epochs or samples: the x axis counts updates"))
    return replace(look, x_axis=axes[(axes.index(look.x_axis) + by) % len(axes)] if look.x_axis in axes else axes[0])


def _knob(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    settings = tuple(snapshot.lanes[look.lane].settings)
    at = settings.index(look.knob) if look.knob in settings else -by
    return replace(look, knob=settings[(at + by) % len(settings)])


def _map_setting(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    lane = snapshot.lanes[look.lane]
    if look.view != "overlay" or look.kind(snapshot) not in SETTINGS:
        raise LookError(_("there is no map over two settings here: {view} and {picture} turn to one"))
    settings = tuple(lane.settings)
    at = settings.index(look.across) if look.across in settings else -by
    return replace(look, across=settings[(at + by) % len(settings)], window=MapWindow())


def _sample(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    rows = len(snapshot.objective.data)
    return replace(look, sample=(look.sample + by) % rows if rows else 0)


def _picture(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    kinds = kinds_of(snapshot.objective)
    if len(kinds) == 1:
        raise LookError(_("there is one picture of this objective"))
    return replace(look, picture=kinds[(kinds.index(look.kind(snapshot)) + by) % len(kinds)], window=MapWindow())


def _window(change: Callable[[MapWindow, int], MapWindow]) -> Turn:
    def turn(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
        return replace(look, window=change(look.map_window(snapshot), by))

    return turn


def _future(look: Look, _snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Look:
    return replace(look, future=0 if look.future else FUTURES[0])


def _farther(look: Look, _snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    at = FUTURES.index(look.future) + by if look.future in FUTURES else 0
    return replace(look, future=FUTURES[at % len(FUTURES)])


def _seeds(look: Look, snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Look:
    if not snapshot.objective.seeded:
        raise LookError(_("no luck is in it: without noise and data every seed makes the same run"))
    return replace(look, seeds=0 if look.seeds else SEEDS)


def _cursor(look: Look, snapshot: Snapshot, _by: int, _order: Sequence[str]) -> Look:
    return replace(look, cursor=newest_update(snapshot) if look.cursor is None else None)


def _span(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    newest = newest_update(snapshot)
    return replace(look, time=look.time.narrowed(newest, look.cursor) if by > 0 else look.time.widened(newest))


def _time(look: Look, snapshot: Snapshot, by: int, _order: Sequence[str]) -> Look:
    newest = newest_update(snapshot)
    if look.time.limits(newest) is None:
        raise LookError(_("the charts show all updates: {time-narrower} narrows them"))
    return replace(look, time=look.time.moved(by, newest))


#: The turns by the name in their key bindings.
TURNS: dict[str, Turn] = {
    "chart": lambda look, _snapshot, by, order: replace(look, chart=look.charts(order)[by]),
    "view": lambda look, _snapshot, _by, _order: replace(look, view="columns" if look.view == "overlay" else "overlay"),
    "network": _network,
    "coordinate": _coordinate,
    "scale": lambda look, _snapshot, _by, _order: replace(look, linear=not look.linear),
    "x_axis": _x_axis,
    "lane": lambda look, snapshot, by, _order: replace(look, lane=(look.lane + by) % len(snapshot.lanes)),
    "picture": _picture,
    "zoom": _window(lambda window, by: window.zoomed(by)),
    "across": _window(lambda window, by: window.panned(by * STEP, 0.0)),
    "up": _window(lambda window, by: window.panned(0.0, by * STEP)),
    "follow": _window(lambda window, _by: replace(window, follows=not window.follows)),
    "whole_map": _window(lambda _window, _by: MapWindow()),
    "sample": _sample,
    "knob": _knob,
    "map_setting": _map_setting,
    "future": _future,
    "farther": _farther,
    "seeds": _seeds,
    "cursor": _cursor,
    "span": _span,
    "time": _time,
    "all_time": lambda look, _snapshot, _by, _order: replace(look, time=TimeWindow()),
    "bare": lambda look, _snapshot, _by, _order: replace(look, bare=not look.bare),
    "full": lambda look, _snapshot, _by, _order: replace(look, full=not look.full),
}


def turned(look: Look, snapshot: Snapshot, what: str, by: int, order: Sequence[str] | None = None) -> Look:
    """Return the look after turning `what`, a key of `TURNS`, by 1 or -1; LookError if there is nothing to turn to.

    Without an order, the charts are in the order of a terminal of usual size.
    """
    return TURNS[what](look, snapshot, by, charts_of(snapshot) if order is None else order).fitting(snapshot)
