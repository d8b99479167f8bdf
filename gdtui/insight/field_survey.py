"""A field over a grid, run while nobody waits, from a coarse grid to a fine one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import replace
from itertools import count
from time import perf_counter
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from gdtui.insight import curvature
from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.simulation.fields.members import Members, Outcomes
from gdtui.simulation.fields.running import Build, Field

#: Strides of the grids from coarse to fine.
STRIDES = (8, 4, 2, 1)
#: Grids that would take longer than this are left out, apart from the first.
MOST_SECONDS = 3.0
#: Members kept of an objective, apart from the newest survey.
KEPT = 100_000

_serial = count()
#: Floats or whole numbers.
Numbers = TypeVar("Numbers", Array, Indices)


class FieldSurvey:
    """The outcomes of members on a grid; `stride` is that of the finest grid so far, 0 for none.

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
        cost = self.field.seconds
        self._strides = [s for s in STRIDES if s == STRIDES[0] or members.count / s**2 * cost <= MOST_SECONDS]
        self._warming: threading.Thread | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the finest grid has been run."""
        return not self._strides

    def measure(self, seconds: float) -> None:
        """Run members for about so long; while their code is being compiled, wait."""
        until = perf_counter() + seconds
        if not self._is_warm(seconds):
            return
        while self._strides:
            stride = self._strides[0]
            wanted = self._grid(stride).ravel()
            for _part in self.field.parts(wanted, seconds=seconds):
                if perf_counter() >= until:
                    break
            if not np.all(self.field.outcomes.known[wanted]):
                return
            if self._find is not None:  # once more, and see how near they come
                targets, self._find = self._find(self.field.outcomes), None
                self.field = Field(replace(self.field.members, targets=targets), self._build)
                continue
            self.stride = stride
            self._strides.pop(0)
            if perf_counter() >= until:
                return

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


def kept_survey(objective: Objective, key: Hashable) -> FieldSurvey | None:
    """Return the survey of that key if there has been one lately."""
    return _surveys.get(objective, {}).get(key)
