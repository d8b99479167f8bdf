"""A field over a grid, run while nobody waits, from a coarse grid to a fine one."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import count
from time import perf_counter
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from gdtui.insight import curvature
from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.simulation.fields.members import Halt, Members, Outcomes
from gdtui.simulation.fields.running import Build, Field, group_of

#: Strides of the grids from coarse to fine; the first is for runs of which an update takes long.
STRIDES = (24, 8, 4, 2, 1)
#: Grids that would take longer than this are left out, apart from the first.
MOST_SECONDS = 3.0
#: Members kept of an objective, apart from the newest survey.
KEPT = 100_000
#: Seconds of runs before the first picture.
PATIENCE = 0.01
#: Threads that make runs, where these take longer than so many seconds; the shortest time that is worth a look.
THREADS, ALONE, SHORTEST = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, 4e-3, 1e-3

_serial = count()
#: Floats or whole numbers.
Numbers = TypeVar("Numbers", Array, Indices)


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads besides the one that asks."""
    return ThreadPoolExecutor(max(1, THREADS - 1), "survey")


class _Under:
    """Members under way: all of them as many updates far, dealt out to threads."""

    def __init__(self, members: Members, numbers: Indices, objective: Objective, shares: int) -> None:
        dealt = (numbers[share::shares] for share in range(shares))  # neighbours stop together
        self.numbers = [some for some in dealt if len(some)]
        self.count, self.made = len(numbers), 0
        self._groups = [group_of(members.take(some), objective, Halt()) for some in self.numbers]

    @property
    def shares(self) -> int:
        """How many threads have something to do."""
        return len(self._groups)

    def advance(self, updates: int) -> None:
        """Make so many more updates of every member."""
        first, *others = self._groups
        waiting = [_pool().submit(group.advance, updates) for group in others]
        first.advance(updates)
        for each in waiting:
            each.result()
        self.made += updates

    def put(self, outcomes: Outcomes) -> None:
        """Write what came of the members by now."""
        for numbers, group in zip(self.numbers, self._groups, strict=True):
            outcomes.put(numbers, group.outcomes())


class FieldSurvey:
    """The outcomes of members on a grid; `stride` is that of the finest grid so far, 0 for none.

    The runs of the first grid are shown while they are under way, all after the same update: `made`.

    Parameters
    ----------
    members
        one for each point, row by row from the bottom.
    rows, columns
        of the grid.
    find
        finds targets for members without any in what comes of the coarsest grid.
    """

    def __init__(
        self, members: Members, objective: Objective, rows: int, columns: int,
        find: Callable[[Outcomes], Array] | None = None,
    ) -> None:  # fmt: skip
        self._build: Build = lambda _seed: objective
        self.field, self._find = Field(members, self._build), find
        self.rows, self.columns, self.serial, self.stride = rows, columns, next(_serial), 0
        self.made = 0
        self._early: Outcomes | None = None
        self._under: _Under | None = None
        self._cost = self.field.seconds / members.updates  # of an update of a member
        slow = self._grid(STRIDES[1]).size * self._cost > 3 * PATIENCE * THREADS
        cost = self.field.seconds / THREADS
        grids = STRIDES if slow else STRIDES[1:]
        self._first = grids[0]
        self._strides = [s for s in grids if s >= STRIDES[1] or self._grid(s).size * cost <= MOST_SECONDS]
        self._warming: threading.Thread | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the finest grid has been run."""
        return not self._strides

    @property
    def done(self) -> float:
        """The part of the runs that has been made, from 0 to 1; the runs may be under way on another thread."""
        finest, under = self._strides[-1:], self._under
        if not finest:
            return 1.0
        wanted, updates = self._grid(finest[0]).ravel(), self.field.members.updates
        ended = float(np.count_nonzero(self.field.outcomes.known[wanted]))
        return min(1.0, (ended + (under.count * under.made / updates if under else 0.0)) / wanted.size)

    @property
    def is_coarse(self) -> bool:
        """Whether this is all: finer grids take too long."""
        return self.is_complete and self.stride > 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The rows and columns of the grid that is shown."""
        return self._grid(self.stride).shape if self.stride else (0, 0)

    @property
    def outcomes(self) -> Outcomes:
        """What came of the runs by now."""
        return self.field.outcomes if self._early is None else self._early

    @property
    def state(self) -> tuple[int, int, int]:
        """What differs if there is something new to show."""
        return self.serial, self.stride, self.made

    def measure(self, seconds: float) -> bool:
        """Run members for about so long; while their code is being compiled, wait. Say whether there is news."""
        until, before = perf_counter() + (seconds if self.stride else min(seconds, PATIENCE)), self.state
        if not self._is_warm(seconds):
            return False
        while self._strides:
            self._go_on(max(SHORTEST, until - perf_counter()))
            if perf_counter() >= until or (self.stride and not before[1]):  # the first picture is wanted at once
                break
        return self.state != before

    def _go_on(self, seconds: float) -> None:
        """Make updates of the members that are under way, or else of the next ones."""
        members, known = self.field.members, self.field.outcomes.known
        if self._under is None:
            wanted = self._grid(self._strides[0]).ravel()
            left = wanted[~known[wanted]]
            if not len(left):
                self._end_grid()
                return
            most = left if self.stride == 0 else left[: THREADS * self.field.most]
            shares = THREADS if len(most) * members.updates * self._cost > ALONE else 1
            self._under = _Under(members, most, self.field.objective, shares)
            self._cost = max(self._cost, self.field.seconds / members.updates)
        under, begun = self._under, perf_counter()
        fit = int(seconds * under.shares / (under.count * self._cost))
        updates = max(1, min(fit, members.updates - under.made))
        under.advance(updates)
        self._cost = max(1e-10, (perf_counter() - begun) * under.shares / (under.count * updates))
        if under.made >= members.updates:
            under.put(self.field.outcomes)
            self._under = None
        elif self._strides[0] == self._first and self._find is None:
            self._early = self._early or Outcomes.none_yet(members.count, self.field.outcomes.theta.shape[1])
            under.put(self._early)
            self.stride, self.made = self._first, under.made

    def _end_grid(self) -> None:
        if self._find is not None:  # once more, and see how near they come
            targets, self._find = self._find(self.field.outcomes), None
            self.field = Field(replace(self.field.members, targets=targets), self._build)
            return
        self.stride, self.made, self._early = self._strides.pop(0), self.field.members.updates, None

    def finish(self) -> None:
        """Run everything."""
        while not self.is_complete:
            self.measure(1.0)

    def shown(self, values: Numbers) -> Numbers:
        """Return one number a member as a grid as fine as is known, row 0 at the bottom."""
        found: Numbers = values[self._grid(max(1, self.stride))]
        return found

    def nearest(self, across: float, up: float) -> int:
        """Return the member nearest to a place, from (0, 0) at the lower left to (1, 1), of those that are known."""
        stride = max(1, self.stride)
        grid = self._grid(stride)
        row, column = (min(n - 1, max(0, int(part * n))) for part, n in zip((up, across), grid.shape, strict=True))
        return int(grid[row, column])

    def _grid(self, stride: int) -> Indices:
        """Return the members of a grid, those in the middle of blocks of stride × stride."""
        numbers = np.arange(self.rows * self.columns).reshape(self.rows, self.columns)
        found: Indices = numbers[min(stride // 2, self.rows - 1) :: stride, stride // 2 :: stride]
        return found

    def _is_warm(self, seconds: float) -> bool:
        """Say whether everything is compiled; compile it on another thread, for keys must not wait."""
        if self._warming is None:
            self._warming = threading.Thread(target=self.field.warm, daemon=True)
            self._warming.start()
        self._warming.join(seconds)
        return not self._warming.is_alive()


_surveys: WeakKeyDictionary[Objective, dict[Hashable, FieldSurvey]] = WeakKeyDictionary()


def has_fields(objective: Objective) -> bool:
    """Say whether fields are drawn: there is a loss, cheap enough for thousands of runs."""
    return objective.has_loss and not objective.in_order and curvature.measurable(objective)


def field_survey(objective: Objective, key: Hashable, make: Callable[[], FieldSurvey]) -> FieldSurvey:
    """Return the survey of that key of an objective; recent ones are kept."""
    kept = _surveys.setdefault(objective, {})
    if key not in kept:
        while sum(survey.field.members.count for survey in kept.values()) > KEPT:
            del kept[next(iter(kept))]
        kept[key] = make()
    return kept[key]


def keeps_any(objective: Objective) -> bool:
    """Say whether there has been any survey of an objective lately."""
    return bool(_surveys.get(objective))


def kept_survey(objective: Objective, key: Hashable) -> FieldSurvey | None:
    """Return the survey of that key if there has been one lately."""
    return _surveys.get(objective, {}).get(key)
