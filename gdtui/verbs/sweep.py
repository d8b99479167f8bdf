"""`{ sweep = "adam.lr", from = 0.01, to = 0.3, updates = 500, le = 1e-3 }`."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Interval

from gdtui.errors import CommandError, ParameterError
from gdtui.kernel import Array
from gdtui.session import Session
from gdtui.session.budget import Budget
from gdtui.session.comparison import BOUNDS, SIGNS, compare_each, given_bounds, show
from gdtui.simulation.fields.combinations import SEED, members_of
from gdtui.simulation.fields.ranges import Range
from gdtui.simulation.fields.running import Built, Field
from gdtui.simulation.stopping import Reason
from gdtui.text import _
from gdtui.toml.records import Schema
from gdtui.verbs.base import Count, Verb, Verdict, failed, verb
from gdtui.verbs.many_runs import made
from gdtui.verbs.point import Point

#: Values if a sweep does not say how many.
USUAL = 21
_CHECKS = (*BOUNDS, "is")


@verb
class Sweep(Verb):
    """Run a lane from its start with many values of a setting, and expect something of the last loss of every run."""

    sweep: str
    from_: float
    to: float
    updates: Count
    count: Annotated[int, Interval(ge=2, le=100_000)] = USUAL
    spacing: Literal["even", "log"] | None = None
    lt: float | None = None
    le: float | None = None
    gt: float | None = None
    ge: float | None = None
    is_: Literal["finite", "going", "converged", "diverged", "ended"] | None = None

    asserts: ClassVar[bool] = True
    of_lane: ClassVar[bool] = True
    json_schema_extra: ClassVar[Schema] = {"anyOf": [{"required": [key]} for key in _CHECKS]}

    def check(self, point: Point) -> None:
        """Check that the lane has the setting, and takes every value."""
        name, dot, key = self.sweep.partition(".")
        lane = point.lane("sweep", name)
        if lane is not None and not (dot and key):
            point.fault("sweep", _("sweep names LANE.SETTING, as in 'adam.lr', not {!r}").format(self.sweep))
            return
        if not point.whole:
            return
        if not given_bounds(self) and self.is_ is None:
            point.source.add(point.path, _("expect what? It needs one of: {}").format(", ".join(_CHECKS)))
        if lane is None or point.objective is None:
            return
        of_loss = [*(sign for sign, _bound in given_bounds(self)), *(["is"] if self.is_ == "finite" else [])]
        if of_loss and not point.objective.has_loss:
            name = point.objective.name
            point.fault(of_loss[0], _("{objective} has gradients but no loss").format(objective=name))
        try:
            members_of(lane, point.objective, {key: self.range.values}, 1)
        except ParameterError as error:
            point.fault("sweep", str(error))

    @property
    def range(self) -> Range:
        """The values: by factors where the range spans a power of ten, unless it says otherwise."""
        key = self.sweep.partition(".")[2]
        log = self.from_ > 0 and self.to / self.from_ >= 10 if self.spacing is None else self.spacing == "log"
        return Range(key, (), self.from_, self.to, self.count, log)

    def in_words(self) -> str:
        """Say over what it goes."""
        lane, _dot, key = self.sweep.partition(".")
        message = _("{lane} with {count} values of {key} from {low:g} to {high:g}, {updates} updates each")
        return message.format(
            lane=lane, count=self.count, key=key, low=self.from_, high=self.to, updates=self.updates
        )  # fmt: skip

    def play(self, session: Session, budget: Budget, _frames: int = 1) -> Generator[None, None, Verdict]:
        """Make the runs, each from update 0, and judge them; the lanes of the session stay as they are."""
        name, _dot, key = self.sweep.partition(".")
        simulation = session.simulation
        values = self.range.values
        try:
            run = simulation.lane(name)
            members = members_of(
                run.spec, simulation.objective, {key: values}, self.updates, simulation.experiment.seed
            )
            # of data the seed splits the rows and draws the initial parameters
            own = key == SEED and len(simulation.objective.train) > 0
            build = Built(simulation.experiment.objective) if own else lambda _seed: simulation.objective
            field = Field(members, build)
        except ParameterError as error:
            raise CommandError(str(error)) from error
        yield from made(field, budget)
        return self._judged(field, values)

    def _judged(self, field: Field, values: Array) -> Verdict:
        found = field.outcomes
        misses = np.zeros(len(values), dtype=bool)
        with np.errstate(invalid="ignore"):
            for sign, bound in given_bounds(self):
                misses |= ~compare_each(sign, found.loss, np.array(bound))
        if self.is_ == "finite":
            misses |= ~np.isfinite(found.loss)
        elif self.is_ is not None:
            misses |= np.array([Reason(int(reason)).status != self.is_ for reason in found.reasons])
        if not np.any(misses):
            return Verdict("passed")
        first = int(np.flatnonzero(misses)[0])
        got = _("loss {loss} ({status}) at {value}, and {more} more of {count} values").format(
            loss=show(float(found.loss[first])), status=found.status(first), value=show(float(values[first])),
            more=int(misses.sum()) - 1, count=len(values),
        )  # fmt: skip
        return failed(self._expected(), got)

    def _expected(self) -> str:
        lane, _dot, key = self.sweep.partition(".")
        wanted = [f"{lane}.loss {SIGNS[sign]} {show(bound)}" for sign, bound in given_bounds(self)]
        what = "loss" if self.is_ == "finite" else "status"
        wanted += [] if self.is_ is None else [_("{} is {}").format(f"{lane}.{what}", self.is_)]
        return _("{what} for {low} ≤ {key} ≤ {high}").format(
            what=", ".join(wanted), low=show(self.from_), key=key, high=show(self.to)
        )
