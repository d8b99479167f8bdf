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
from gdtui.session.comparison import BOUNDS, SIGNS, compare_each, show
from gdtui.simulation.fields.combinations import members_of
from gdtui.simulation.fields.members import Halt
from gdtui.simulation.fields.ranges import Range
from gdtui.simulation.fields.running import SHORT, Field
from gdtui.simulation.stopping import Reason
from gdtui.text import _
from gdtui.toml.records import Schema
from gdtui.verbs.base import Count, Verb, Verdict, failed, verb
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
    json_schema_extra: ClassVar[Schema] = {"anyOf": [{"required": [key]} for key in _CHECKS]}

    def check(self, point: Point) -> None:
        """Check that the lane has the setting, and takes every value."""
        name, _dot, key = self.sweep.partition(".")
        lane = point.lane("sweep", name)
        if not point.whole:
            return
        if not self._checks() and self.is_ is None:
            point.source.add(point.path, _("expect what? It needs one of: {}").format(", ".join(_CHECKS)))
        if lane is None or point.objective is None:
            return
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
        simulation, halt = session.simulation, Halt()
        values = self.range.values
        try:
            run = simulation.lane(name)
            members = members_of(
                run.spec, simulation.objective, {key: values}, self.updates, simulation.experiment.seed
            )
            field = Field(members, lambda _seed: simulation.objective)
        except ParameterError as error:
            raise CommandError(str(error)) from error
        for part in field.parts(halt=halt, seconds=SHORT):
            budget.take(int(field.outcomes.updates[part].sum()))
            yield
        return self._judged(field, values)

    def _judged(self, field: Field, values: Array) -> Verdict:
        found = field.outcomes
        misses = np.zeros(len(values), dtype=bool)
        with np.errstate(invalid="ignore"):
            for sign, bound in self._checks():
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

    def _checks(self) -> list[tuple[str, float]]:
        return [(sign, bound) for sign in BOUNDS if (bound := getattr(self, sign)) is not None]

    def _expected(self) -> str:
        lane, _dot, key = self.sweep.partition(".")
        wanted = [f"{lane}.loss {SIGNS[sign]} {show(bound)}" for sign, bound in self._checks()]
        wanted += [] if self.is_ is None else [_("{} is {}").format(f"{lane}.status", self.is_)]
        return _("{what} for {low} ≤ {key} ≤ {high}").format(
            what=", ".join(wanted), low=show(self.from_), key=key, high=show(self.to)
        )
