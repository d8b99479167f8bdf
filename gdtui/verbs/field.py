"""`{ field = "adam", updates = 500, near = [3.0, 2.0], abs = 0.1, ge = 0.2 }`."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Interval, MinLen

from gdtui.errors import CommandError, ParameterError
from gdtui.objectives.objective import Objective
from gdtui.session import Session
from gdtui.session.budget import Budget
from gdtui.session.comparison import BOUNDS, SIGNS, compare, given_bounds, show
from gdtui.simulation.fields.combinations import grid, members_of
from gdtui.simulation.fields.ranges import Range
from gdtui.simulation.fields.running import Field as Runs
from gdtui.text import _
from gdtui.toml.records import Schema
from gdtui.verbs.base import Count, Verb, Verdict, failed, verb
from gdtui.verbs.many_runs import made
from gdtui.verbs.point import Point

#: Starts along each side of the domain.
USUAL = 32
Share = Annotated[float, Interval(ge=0, le=1)]


@verb
class Field(Verb):
    """Run a lane from every start of a grid over the domain, and expect what share of the runs ends near a point."""

    field: str
    updates: Count
    near: Annotated[tuple[float, ...], MinLen(1)]
    abs: Annotated[float, Ge(0.0)]
    count: Annotated[int, Interval(ge=2, le=1000)] = USUAL
    lt: Share | None = None
    le: Share | None = None
    gt: Share | None = None
    ge: Share | None = None

    asserts: ClassVar[bool] = True
    of_lane: ClassVar[bool] = True
    json_schema_extra: ClassVar[Schema] = {"anyOf": [{"required": [key]} for key in BOUNDS]}

    def check(self, point: Point) -> None:
        """Check that there is a plane of starts, and a point on it."""
        point.lane("field", self.field)
        if not point.whole:
            return
        if not given_bounds(self):
            point.source.add(point.path, _("expect what? It needs one of: {}").format(", ".join(BOUNDS)))
        if point.objective is not None:
            wrong = _unfit(point.objective)
            if wrong:
                point.fault("field", wrong)
            elif len(self.near) != 2:
                point.fault("near", _("{} has {} numbers, this has {}").format("theta", 2, len(self.near)))

    def in_words(self) -> str:
        """Say what it runs."""
        message = _("{lane} from {count} starts over the map, {updates} updates each")
        return message.format(lane=self.field, count=self.count**2, updates=self.updates)

    def play(self, session: Session, budget: Budget, _frames: int = 1) -> Generator[None, None, Verdict]:
        """Make the runs, and judge the share; the lanes of the session stay as they are."""
        objective, seed = session.simulation.objective, session.simulation.experiment.seed
        try:
            lane = session.simulation.lane(self.field).spec
            if wrong := _unfit(objective):
                raise ParameterError("field", wrong)
            sides = zip(objective.names, objective.domain, strict=True)
            starts = grid([Range(name, (), low, high, self.count) for name, (low, high) in sides])
            runs = Runs(members_of(lane, objective, starts, self.updates, seed), lambda _seed: objective)
        except ParameterError as error:
            raise CommandError(str(error)) from error
        yield from made(runs, budget)
        with np.errstate(all="ignore"):
            close = np.all(np.abs(runs.outcomes.theta - np.array(self.near)) <= self.abs, axis=1)
        share = float(np.mean(close & ~runs.outcomes.diverged))
        for sign, bound in given_bounds(self):
            if not compare(sign, np.array(share), np.array(bound)):
                expected = _("{lane} ends near {place} from {sign} {bound} of its starts").format(
                    lane=self.field, place=show(self.near), sign=SIGNS[sign], bound=show(bound)
                )
                return failed(expected, show(round(share, 4)))
        return Verdict("passed", got=show(round(share, 4)))


def _unfit(objective: Objective) -> str:
    """Return why there is no plane of starts; "" if there is one."""
    if objective.dimension == 2 and len(objective.domain) == 2:
        return ""
    return _("starts over the map need an objective with two parameters and a domain; {name} has none").format(
        name=objective.name
    )
