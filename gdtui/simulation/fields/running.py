"""Runs the members of a field: side by side in tiles where the rule and the objective allow it, else one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Protocol
from uuid import uuid4

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Indices
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import Specification
from gdtui.optimizers import Stepping
from gdtui.simulation.fields.members import Halt, Members, Outcomes
from gdtui.simulation.fields.one_by_one import OneByOne
from gdtui.simulation.fields.side_by_side import FEWEST, bytes_of, kernels_of, seconds_of, tile_of
from gdtui.simulation.fields.tiles import SideBySide, in_turn
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.suitability import wrong_start

#: The most tiles in a part, and members that are run one by one.
TILES, ONE_BY_ONE = 4, 16
#: How long it takes to set up a lane, and an update of a solver; after about so many updates it stands still.
LANE_SECONDS, SOLVER_SECONDS, SOLVER_UPDATES = 2e-4, 2e-4, 100
#: About how long a part takes, and one while people wait for something else.
PART_SECONDS, SHORT = 1.0, 0.02
#: Jobs that wait for each thread.
AHEAD = 2

Build = Callable[[int], Objective]


class Field:
    """Members on an objective, run in parts.

    Parameters
    ----------
    build
        returns the objective for a seed. An executor of other processes needs one that can be pickled: `Built`.

    Raises
    ------
    ParameterError
        the lane does not fit the objective.
    """

    def __init__(self, members: Members, build: Build) -> None:
        self.members, self._build = members, build
        self.objective = objective = build(members.seed_of(0) if members.count else members.seed)
        if members.count:
            LaneRun(members.lane_of(0), objective, members.seed_of(0))  # raises if it does not fit
        if len(members.starts) and (wrong := wrong_start(objective, members.starts.shape[1])):
            raise ParameterError("start", wrong)
        self.outcomes = Outcomes.none_yet(members.count, objective.dimension if members.kept is None else members.kept)
        self._kernels = kernels_of(members, objective)

    @property
    def is_side_by_side(self) -> bool:
        """Whether the members are run side by side; else one by one."""
        return self._kernels is not None

    @cached_property
    def seconds(self) -> float:
        """About how long a member takes on one core of a usual machine, once everything is compiled."""
        members = self.members
        if not members.count:
            return 0.0
        if members.lane_of(0).rule.stepping == Stepping.SOLVER:
            return LANE_SECONDS + SOLVER_SECONDS * min(members.updates, SOLVER_UPDATES)
        return seconds_of(members, self.objective) * members.updates + LANE_SECONDS * (not self.is_side_by_side)

    @property
    def bytes(self) -> int:
        """About how much room a member takes while it is under way."""
        return bytes_of(self.members, self.objective)

    @property
    def most(self) -> int:
        """The most members of a part."""
        return TILES * tile_of(self.objective) if self.is_side_by_side else ONE_BY_ONE

    def _most(self, seconds: float) -> int:
        """Return the most members of a part that takes about so long."""
        least = FEWEST if self.is_side_by_side else 1
        return max(1, min(self.most, int(seconds / self.seconds)) // least) * least

    def warm(self) -> None:
        """Compile what the members call."""
        if self._kernels is not None:
            self._kernels.warm()
        elif self.members.count:
            LaneRun(self.members.lane_of(0), self.objective, self.members.seed_of(0)).warm()

    def run(self, members: Indices | None = None, halt: Halt | None = None) -> None:
        """Run these members that are not known yet (None: all)."""
        for _part in self.parts(members, halt=halt):
            pass

    def parts(
        self, members: Indices | None = None, executor: Executor | None = None, halt: Halt | None = None,
        threads: int = 1, seconds: float = PART_SECONDS,
    ) -> Iterator[Indices]:  # fmt: skip
        """Run these members that are not known yet (None: all) part by part; yield the numbers of each part.

        A part takes about so many seconds at most, unless it is as small as may be.
        """
        halt = halt or Halt()
        wanted = np.arange(self.members.count) if members is None else members
        left = wanted[~self.outcomes.known[wanted]]
        size = self._most(seconds) if len(left) else 1
        if executor is not None:
            size = max(1, min(size, -(-len(left) // (AHEAD * threads))))  # something for every thread
        pieces: Iterator[Indices] = (left[at : at + size] for at in range(0, len(left), size))
        if executor is None:
            for piece in pieces:
                if halt.is_set:
                    return
                self.outcomes.put(piece, outcomes_of(self.members.take(piece), self._build, halt))
                yield piece
            return
        self.warm()
        under_way: dict[Future[Outcomes], Indices] = {}
        try:
            while True:
                with in_turn():
                    for piece in islice(pieces, AHEAD * threads - len(under_way)):
                        under_way[executor.submit(outcomes_of, self.members.take(piece), self._build, halt)] = piece
                if not under_way:
                    return
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    self.outcomes.put(under_way[done], done.result())
                    yield under_way.pop(done)
        finally:
            if under_way:  # the caller has had enough
                halt.set()
                wait(under_way)


@lru_cache(maxsize=32)
def _built(spec: Specification, seed: int, _edition: str) -> Objective:
    return spec.build(seed)


@dataclass(frozen=True)
class Built:
    """Builds the objective of a specification for a seed; a process keeps those that it has built.

    Its `edition` differs from one to the next: a file may have been changed in between.
    """

    spec: Specification
    edition: str = field(default_factory=lambda: uuid4().hex)

    def __call__(self, seed: int) -> Objective:
        """Return the objective."""
        return _built(self.spec, seed, self.edition)


class Group(Protocol):
    """Members with the same batches and noise that are made further step by step."""

    made: int

    @property
    def at_once(self) -> int:
        """How many updates to make in one go, if somebody may wait for its end."""

    def advance(self, updates: int) -> None:
        """Make so many more updates of every member."""

    def outcomes(self) -> Outcomes:
        """Return what came of the members by now."""


def group_of(members: Members, objective: Objective, halt: Halt) -> Group:
    """Return members, of which the seeds decide no more than the noise, at update 0."""
    kernels = kernels_of(members, objective)
    return OneByOne(members, objective, halt) if kernels is None else SideBySide(members, objective, kernels, halt)


def outcomes_of(members: Members, build: Build, halt: Halt) -> Outcomes:
    """Run members, in this process and thread; what `halt` stops is not known."""
    objective = build(members.seed_of(0))
    if objective.model is None and kernels_of(members, objective) is not None:
        return _run(group_of(members, objective, halt), members)
    found = Outcomes.none_yet(members.count, objective.dimension)
    seeds = members.seeds_of(np.arange(members.count))
    for seed in np.unique(seeds).tolist():
        same = np.flatnonzero(seeds == seed)
        some = members.take(same)
        found.put(same, _run(group_of(some, build(seed), halt), some))
    return found


def _run(group: Group, members: Members) -> Outcomes:
    group.advance(members.updates)
    return group.outcomes()
