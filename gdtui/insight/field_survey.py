"""A field over a grid, run while nobody waits, from a coarse grid to a fine one."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import replace
from itertools import count
from time import perf_counter
from typing import TypeVar
from weakref import WeakSet

import numpy as np

from gdtui.insight import curvature
from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.plot.recent import Recent
from gdtui.simulation.fields.members import Members, Outcomes
from gdtui.simulation.fields.running import Build, Field
from gdtui.simulation.fields.under_way import THREADS, UnderWay, never
from gdtui.simulation.lane_updates import Interrupt

#: Strides of the grids from coarse to fine; the first is for runs of which an update takes long.
STRIDES = (24, 8, 4, 2, 1)
#: Grids are left out, apart from the coarse ones, that would take a single core so many seconds, or so many bytes.
MOST_SECONDS, MOST_BYTES = 160.0, 2**28
#: The same where hundreds of benches are on a machine: little beside what each of them takes anyway.
FEW_BYTES = 2**24
#: A finest grid that takes longer is shown while its runs are under way, and those before it are not run to the end.
#: It is shown first so many seconds after the survey began: later its runs would be further, but people wait.
AT_ONCE, FINEST_AFTER = 0.6, 0.2
#: Objectives of which surveys are kept, and members of each, apart from the newest survey.
OBJECTIVES, KEPT = 4, 100_000
#: Seconds of runs before the first picture; the shortest time that is worth a look.
PATIENCE, SHORTEST = 0.01, 1e-3
#: If one update of the second grid takes longer, the first is run before it.
SLOW = 0.06
#: Runs under way are shown again after so many seconds, and so many times the updates: a slow line takes each picture.
INTERVAL, GROWTH = 0.1, 1.25

_room: ContextVar[int] = ContextVar("room", default=MOST_BYTES)
_serial = count()
#: Floats or whole numbers.
Numbers = TypeVar("Numbers", Array, Indices)


def take_little_room() -> None:
    """Let the surveys of this context take few bytes: it is one of many on its machine."""
    _room.set(FEW_BYTES)


class FieldSurvey:
    """The outcomes of members on a grid; `stride` is that of the finest grid so far, 0 for none.

    Some grids are shown while their runs are under way, all after the same update: `made`. They are the first one, and
    the finest one if it takes long.

    Parameters
    ----------
    members
        one for each point, row by row from the bottom.
    rows, columns
        of the grid.
    find
        finds the targets in what comes of the coarsest grid, if those of the members are not all there are.
    """

    def __init__(
        self, members: Members, objective: Objective, rows: int, columns: int,
        find: Callable[[Outcomes], Array] | None = None,
    ) -> None:  # fmt: skip
        self._build: Build = lambda _seed: objective
        self.field, self._find = Field(members, self._build), find
        self.rows, self.columns, self.serial, self.stride = rows, columns, next(_serial), 0
        self.made = 0
        self._under: UnderWay | None = None
        self._writing: Outcomes | None = None  # where what came of the runs under way is being written
        self._early: Outcomes | None = None
        self._begun = self._shown = math.inf  # when the first runs began, and when the runs under way were shown last
        self._cost = self.field.seconds / members.updates  # of an update of a member
        self._strides, self._is_long = _grids(self.field, lambda stride: self._grid(stride).size, finds=bool(find))
        self._first = self._strides[0]
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
        """Whether a finer grid would take too long."""
        return self.stride > 1 and self._strides in ([], [self.stride])

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

    def measure(self, seconds: float, interrupt: Interrupt = never) -> bool:
        """Run members for about so long; while their code is being compiled, wait. Say whether there is news."""
        until, before = perf_counter() + (seconds if self.stride else min(seconds, PATIENCE)), self.state
        if not self._is_warm(seconds):
            return False
        for other in [survey for survey in _under_way if survey is not self]:
            other.rest()
        self._begun = min(self._begun, perf_counter())
        while self._strides:
            self._go_on(until, interrupt)
            is_first = self.stride and not before[1]  # that is wanted at once
            if is_first or interrupt() or perf_counter() >= until:
                break
        return self.state != before

    def rest(self) -> None:
        """Forget the runs that are under way, which take much room; they begin again with the next `measure`."""
        self._under = self._writing = None
        _under_way.discard(self)

    def _go_on(self, until: float, interrupt: Interrupt) -> None:
        """Make updates of the members that are under way, or else of the next ones."""
        under = self._under = self._under or self._next()
        if under is None:
            self._end_grid()
            return
        begun = perf_counter()
        if not under.is_due:
            fit = self._fitting(under, max(SHORTEST, until - begun))
            under.advance(max(1, min(fit, self.field.members.updates - under.made)))
        if made := under.work(until, interrupt):
            self._cost = max(1e-10, (perf_counter() - begun) * under.threads / made)
        if under.is_due:
            return
        if self._writing is not None:
            self._show(under)
        elif self._is_worth_showing(under):
            known, members = self.field.outcomes, self.field.members
            is_whole = under.made >= members.updates
            self._writing = known if is_whole else Outcomes.none_yet(members.count, known.theta.shape[1])
            under.put(self._writing)

    def _fitting(self, under: UnderWay, seconds: float) -> int:
        """Return how many updates of every member to ask for, so that they take about so many seconds."""
        of_all = int(seconds * under.threads / (under.count * self._cost))
        if self.field.is_side_by_side:
            return of_all
        # one by one run solvers, which soon stand still: their first updates say little about the time of the others
        return max(of_all, under.made) if self._is_early else self.field.members.updates

    @property
    def _is_early(self) -> bool:
        """Whether this grid is shown while its runs are under way."""
        return self._find is None and (self._strides[0] == self._first or self._is_long)

    def _next(self) -> UnderWay | None:
        """Return the next members to run; None: all of the grid are known."""
        numbers = self._grid(self._strides[0]).ravel()
        left = numbers[~self.field.outcomes.known[numbers]]
        if not len(left):
            return None
        most = numbers if self._is_early else left if self.stride == 0 else left[: THREADS * self.field.most]
        members, self._cost = self.field.members, max(self._cost, self.field.seconds / self.field.members.updates)
        _under_way.add(self)
        return UnderWay(
            members, most, self.field.objective, self._cost, side_by_side=self.field.is_side_by_side
        )  # fmt: skip

    def _is_worth_showing(self, under: UnderWay) -> bool:
        """Say whether people want to see what has come of the members under way."""
        if under.made >= self.field.members.updates:
            return True
        if not self._is_early:
            return False
        if self.stride != self._strides[0]:
            return not self.stride or perf_counter() - self._begun > FINEST_AFTER
        return perf_counter() - self._shown > INTERVAL and under.made >= GROWTH * self.made

    def _show(self, under: UnderWay) -> None:
        """Show what has been written of the members under way."""
        is_whole, early = self._writing is self.field.outcomes, self._writing
        if is_whole:
            self.rest()
            return
        self._writing = None
        self._early, self.stride, self.made, self._shown = early, self._strides[0], under.made, perf_counter()
        if self._is_long and len(self._strides) > 1:  # a picture is there: now for the finest one
            self._strides.pop(0)
            self.rest()

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


def _grids(field: Field, size: Callable[[int], int], *, finds: bool) -> tuple[list[int], bool]:
    """Return the strides of the grids to run, of so many members each, and whether the finest is shown under way.

    It depends on no measurement, so that the same map is as fine for everyone, but for those with `take_little_room`.
    """
    together = field.is_side_by_side
    second = size(STRIDES[1]) * field.seconds  # of all its runs, which must end before targets are found in them
    slow = not together or (second > AT_ONCE if finds else second / field.members.updates > SLOW)
    most = min(MOST_SECONDS / field.seconds, _room.get() / field.bytes if together else math.inf)
    strides = [stride for stride in STRIDES[not slow :] if stride >= STRIDES[1] or size(stride) <= most]
    # runs that go one by one take long to begin: of them it is better to see the coarser grids first
    is_long = together and size(strides[-1]) * field.seconds > AT_ONCE
    return sorted({strides[0], strides[-1]}, reverse=True) if is_long else strides, is_long


# no weak keys: a survey refers to its objective, so that neither would ever go
_surveys: Recent[Objective, dict[Hashable, FieldSurvey]] = Recent(OBJECTIVES)
_under_way: WeakSet[FieldSurvey] = WeakSet()


def has_fields(objective: Objective) -> bool:
    """Say whether fields are drawn: there is a loss, cheap enough for thousands of runs."""
    return objective.has_loss and not objective.in_order and curvature.measurable(objective)


def field_survey(objective: Objective, key: Hashable, make: Callable[[], FieldSurvey]) -> FieldSurvey:
    """Return the survey of that key of an objective; recent ones are kept."""
    kept = _surveys.one(objective, dict)
    if key not in kept:
        while sum(survey.field.members.count for survey in kept.values()) > KEPT:
            del kept[next(iter(kept))]
        kept[key] = make()
    return kept[key]


def keeps_any(objective: Objective) -> bool:
    """Say whether there has been any survey of an objective lately."""
    return bool(_surveys.find(objective))


def kept_survey(objective: Objective, key: Hashable) -> FieldSurvey | None:
    """Return the survey of that key if there has been one lately."""
    return (_surveys.find(objective) or {}).get(key)
