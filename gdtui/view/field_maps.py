"""Maps of many runs of the selected lane: over where they start, or over two of its settings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from gdtui.insight.field_survey import FieldSurvey, field_survey
from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.parameters import Hyper
from gdtui.plot.figure import Axis, Domain, Limits
from gdtui.session import LaneView, Snapshot
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fields.combinations import members_of
from gdtui.simulation.stopping import Status
from gdtui.text import _, number
from gdtui.view.basins import found_minima, has_others, known_minima, reach
from gdtui.view.map_window import MapWindow, Place, place_in
from gdtui.view.picture_kinds import STARTS

#: Columns and rows of a map.
COLUMNS, ROWS = 96, 72
#: Decades of the learning rate that are drawn, unless the lane's is outside.
LOWEST, HIGHEST = -5.0, 1.0
#: The values between which a logarithmic side can be moved.
SMALLEST, LARGEST = 1e-300, 1e300
#: Decades on either side of another setting without bounds, and its middle if its default is 0.
REACH, MIDDLE = 3.0, -2.0
#: What decides the runs of a lane besides its settings.
DECIDING = tuple(field.name for field in fields(Lane) if field.name not in ("name", "stream", "settings"))


class Sides(NamedTuple):
    """The settings that are wanted across and up in a map over two settings."""

    across: str
    up: str


#: The learning rate across, and the rule's second setting up.
LR = Sides("lr", "lr")


@dataclass(frozen=True)
class Scale:
    """One side of a map: what varies along it, its limits (as exponents of 10 if `log`), whether in whole numbers.

    `allowed` are the ends beyond which it has no values.
    """

    key: str
    low: float
    high: float
    log: bool = False
    whole: bool = False
    allowed: tuple[float, float] = (-np.inf, np.inf)

    def values(self, limits: tuple[float, float], count: int) -> Array:
        """Return the values in the middles of `count` cells between two limits, in digits that people can type."""
        low, high = limits
        middles = low + (np.arange(count) + 0.5) / count * (high - low)
        exact = 10.0**middles if self.log else np.round(middles) if self.whole else middles
        typed = np.array([float(f"{value:.6g}") for value in exact.tolist()])
        return np.where((typed > self.allowed[0]) & (typed < self.allowed[1]), typed, exact)

    def held(self, limits: Limits) -> Limits:
        """Return limits of the same width, or less, that hold nothing but allowed values."""
        (low, high), (first, last) = limits, self._ends
        if first <= low and high <= last:
            return limits
        width = min(high - low, last - first)
        low = max(first, min(low, last - width))
        return low, low + width

    @property
    def _ends(self) -> Limits:
        """Where the allowed values end on the scale."""
        low, high = self.allowed
        if self.log:
            return float(np.log10(max(low, SMALLEST))), float(np.log10(min(high, LARGEST)))
        return (low - 0.5, high + 0.5) if self.whole else (low, high)

    def place(self, value: float) -> float:
        """Return where a value is on the scale; nan: nowhere."""
        return float(np.log10(value)) if self.log and value > 0 else np.nan if self.log else value

    def at(self, position: float) -> float:
        """Return the value at a position on the scale."""
        return float(10.0**position) if self.log else position

    def axis(self, limits: tuple[float, float]) -> Axis:
        """Return the axis of a figure."""
        low, high = limits
        if self.log:
            return Axis("log", (10.0**low, 10.0**high), self.key)
        return Axis(limits=(low, high), title=self.key)


@dataclass(frozen=True, eq=False)
class FieldMap:
    """The map of a lane's runs: each from update 0 with its settings in force, up to the experiment's updates."""

    snapshot: Snapshot
    kind: str
    lane: LaneView
    across: Scale
    up: Scale

    @property
    def domain(self) -> Domain:
        """The region that is drawn, on the scales of its sides."""
        return (self.across.low, self.across.high), (self.up.low, self.up.high)

    @property
    def updates(self) -> int:
        """How many updates each run makes."""
        return self.snapshot.experiment.updates

    @property
    def template(self) -> Lane:
        """The lane with its settings in force."""
        return in_force(self.lane)

    def limits(self, window: MapWindow, selected: LaneView) -> Domain:
        """Return the limits of a window over the map, with this lane selected."""
        across, up = window.at(self.lane_at(selected)).of(self.domain)
        return self.across.held(across), self.up.held(up)

    def lane_at(self, lane: LaneView) -> Place | None:
        """Return where a lane is in the domain: where it started, or its settings."""
        if self.kind in STARTS:
            x, y = lane.spec.start or self.snapshot.objective.start.tolist()
        elif self.across.key in lane.settings and self.up.key in lane.settings:
            x, y = self.across.place(lane.settings[self.across.key]), self.up.place(lane.settings[self.up.key])
        else:
            return None
        return place_in(self.domain, x, y)

    def survey(self, limits: Domain) -> FieldSurvey:
        """Return the runs within these limits."""
        objective, lane, seed = self.snapshot.objective, self.template, self.snapshot.experiment.seed
        updates = self.updates
        if self.kind in STARTS:
            others = replace(lane, start=())
        else:  # what the map goes over does not matter
            swept = {side.key: float(side.values((side.low, side.high), 1)[0]) for side in (self.across, self.up)}
            others = replace(lane, settings={**lane.settings, **swept})
        key: Hashable = (self.across, self.up, limits, what_decides(others, objective), updates, seed)

        def make() -> FieldSurvey:
            x, y = self.across.values(limits[0], COLUMNS), self.up.values(limits[1], ROWS)
            points = {self.across.key: np.tile(x, ROWS), self.up.key: np.repeat(y, COLUMNS)}
            members = members_of(lane, objective, points, updates, seed)
            if self.kind not in STARTS:
                return FieldSurvey(replace(members, kept=0), objective, ROWS, COLUMNS)
            minima = known_minima(objective)
            find = partial(found_minima, objective) if has_others(objective) else None
            aimed = replace(members, targets=minima, reach=reach(objective))
            return FieldSurvey(aimed, objective, ROWS, COLUMNS, find)

        return field_survey(objective, key, make)

    def said_at(self, limits: Domain, place: Place) -> str:
        """Say what came of the run at a place in these limits."""
        survey = self.survey(limits)
        if not survey.stride:
            return _("the runs have not been made yet")
        member = survey.nearest(*place)
        found, values = survey.outcomes, self.values_at(limits, place)
        where = ", ".join(f"{key} = {number(value)}" for key, value in values.items())
        if found.status(member) == Status.DIVERGED:
            return _("{where}: diverged at update {update}").format(where=where, update=int(found.updates[member]))
        message = _("{where}: loss {loss} after {updates} updates")
        if found.arrived[member] >= 0:
            message = _("{where}: loss {loss} after {updates} updates, at a minimum since {arrived}")
        return message.format(
            where=where, loss=number(float(found.loss[member])), updates=int(found.updates[member]),
            arrived=int(found.arrived[member]),
        )  # fmt: skip

    def values_at(self, limits: Domain, place: Place) -> dict[str, float]:
        """Return what the two sides stand for at a place, of the run that is drawn there."""
        survey = self.survey(limits)
        row, column = divmod(survey.nearest(*place), COLUMNS)
        sides = ((self.across, limits[0], COLUMNS, column), (self.up, limits[1], ROWS, row))
        return {side.key: float(side.values(part, count)[at]) for side, part, count, at in sides}

    def lane_for(self, limits: Domain, place: Place, name: str) -> Lane:
        """Return the run at a place as a lane of that name, with the random stream that the run had."""
        values = self.values_at(limits, place)
        lane = replace(self.template, name=name, stream=self.template.stream or self.template.name)
        if self.kind in STARTS:
            return replace(lane, start=tuple(values.values()))
        return replace(lane, settings={**lane.settings, **values})

    def missing(self, window: MapWindow) -> FieldSurvey | None:
        """Return the runs of a window if some have not been made."""
        survey = self.survey(self.limits(window, self.lane))
        return None if survey.is_complete else survey


def field_map(snapshot: Snapshot, kind: str, lane: LaneView, sides: Sides = LR) -> FieldMap:
    """Return the map of a kind in `FIELDS` for a lane; over settings it has these sides, as far as the lane has them.

    Where both are the same or the lane lacks one, it is the learning rate, or else the rule's second setting.
    """
    if kind in STARTS:
        (x0, x1), (y0, y1) = snapshot.objective.domain
        names = snapshot.objective.names
        return FieldMap(snapshot, kind, lane, Scale(names[0], x0, x1), Scale(names[1], y0, y1))
    settings = lane.spec.ranges
    across = sides.across if sides.across in settings else "lr"
    rule = lane.trace.layout.rule
    second = next((key for key in rule.defaults if key != "lr"), next(iter(rule.common), ""))
    others = (key for key in (sides.up, "lr", second) if key in settings and key != across)
    return FieldMap(snapshot, kind, lane, _scale(lane, across), _scale(lane, next(others)))


def changed_settings(lane: LaneView) -> dict[str, float]:
    """Return the settings in force that are not those of the start."""
    own = lane.spec.values()
    return {key: value for key, value in lane.settings.items() if own.get(key) != value}


def in_force(lane: LaneView) -> Lane:
    """Return a lane with the settings in force as its own from the start."""
    changed = changed_settings(lane)
    return replace(lane.spec, settings={**lane.spec.settings, **changed}) if changed else lane.spec


def what_decides(lane: Lane, objective: Objective) -> Hashable:
    """Return what decides the runs of a lane: all but its name, which only chooses the stream of noise."""
    stream = (lane.stream or lane.name) if objective.noise else ""
    return repr([getattr(lane, name) for name in DECIDING]), frozenset(lane.values().items()), stream


def rate_scale(lane: LaneView) -> Scale:
    """Return the scale of the learning rate: whole decades that hold the lane's own."""
    rate = lane.settings["lr"]
    decade = np.log10(np.clip(rate, SMALLEST, LARGEST)) if rate > 0 else LOWEST
    low, high = float(min(LOWEST, np.floor(decade))), float(max(HIGHEST, np.ceil(decade)))
    return Scale("lr", low, high, log=True, allowed=_ends_of(lane.spec.ranges["lr"]))


def _scale(lane: LaneView, key: str) -> Scale:
    return rate_scale(lane) if key == "lr" else scale_of(key, lane.spec.ranges[key], lane.settings[key])


def scale_of(key: str, allowed: Hyper, value: float) -> Scale:
    """Return the scale of a setting: all that is allowed, or decades around the value if that has no end."""
    low, high = ends = _ends_of(allowed)
    if allowed.whole:
        first, last = max(1.0, low), min(high, max(20.0, 2 * value))
        return Scale(key, first - 0.5, last + 0.5, whole=True, allowed=(first, high))
    if np.isfinite(low) and np.isfinite(high):
        return Scale(key, low, high, allowed=ends)
    if low < 0:
        reach = max(1.0, abs(value))
        return Scale(key, max(low, value - reach), min(high, value + reach), allowed=ends)
    middle = np.log10(value) if value > 0 else MIDDLE
    least = np.log10(low) if low > 0 else -np.inf
    lowest, highest = float(max(least, np.floor(middle - REACH))), float(np.ceil(middle + REACH))
    return Scale(key, lowest, highest, log=True, allowed=ends)


def _ends_of(allowed: Hyper) -> Limits:
    return allowed.low, allowed.high
