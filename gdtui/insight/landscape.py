"""The loss on a part of a plane: measured while nobody waits, from a coarse grid to a fine one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count
from time import perf_counter

import numpy as np

from gdtui.insight import curvature
from gdtui.insight.plane import Plane
from gdtui.kernel import Array, Indices
from gdtui.objectives.expression.expression import Expression
from gdtui.objectives.objective import Objective
from gdtui.plot.figure import Domain
from gdtui.plot.recent import Recent

#: Intervals of the finest grid across and up, and the strides of the grids from coarse to fine.
ACROSS, UP = 96, 72
STRIDES = (8, 4, 2, 1)
#: Grids that would take longer than this are left out, apart from the first two.
MOST_SECONDS = 3.0
#: The domain is wider than the path by this part of it on every side.
MARGIN = 0.3
#: Landscapes kept of a plane, and planes of an objective.
KEPT = 8

_serial = count()


class Landscape:
    """Losses on a grid over a part of a plane; `stride` is that of the finest grid so far, 0 for none."""

    def __init__(self, objective: Objective, plane: Plane, limits: Domain) -> None:
        self.limits, self.serial, self.stride = limits, next(_serial), 0
        self._objective, self._plane = objective, plane
        self._x, self._y = np.linspace(*limits[0], ACROSS + 1), np.linspace(*limits[1], UP + 1)
        self._losses: Array = np.full((UP + 1, ACROSS + 1), np.nan)
        self._known = np.zeros(self._losses.shape, dtype=bool)
        cost = curvature.seconds_of_evaluation(objective)
        points = (ACROSS + 1) * (UP + 1)
        self._strides = [s for s in STRIDES if s >= STRIDES[1] or points / s**2 * cost <= MOST_SECONDS]

    @property
    def is_complete(self) -> bool:
        """Whether the finest grid has been measured."""
        return not self._strides

    def grid(self) -> Array:
        """Return the losses of the finest grid so far, row 0 at the bottom; NaN where there is none."""
        return self._losses[:: self.stride, :: self.stride]

    def measure(self, until: float) -> None:
        """Measure at least one point, and go on until that time on the clock of `perf_counter`."""
        if self._strides and self._objective.expression is not None:
            self._measure_all(self._objective.expression)
        while self._strides:
            stride = self._strides[0]
            for row, column in self._missing(stride):
                place = np.array([self._x[column], self._y[row]])
                self._losses[row, column] = self._objective.evaluate(self._plane.parameters(place))[0]
                self._known[row, column] = True
                if perf_counter() >= until:
                    break
            if len(self._missing(stride)):
                return
            self.stride = stride
            self._strides.pop(0)

    def _measure_all(self, formula: Expression) -> None:
        """Measure the finest grid at once."""
        x, y = np.meshgrid(self._x, self._y)
        points = self._plane.parameters(np.column_stack((x.ravel(), y.ravel())))
        self._losses = formula.evaluate(*points.T).reshape(x.shape)
        self._strides, self.stride = [], 1

    def _missing(self, stride: int) -> Indices:
        """Return (row, column) of the points of a grid that have not been measured."""
        found: Indices = np.argwhere(~self._known[::stride, ::stride]) * stride
        return found


class Survey:
    """A plane through a path that is yet to be found, and the losses on it.

    Attributes
    ----------
    was_searched
        whether the plane has been looked for.
    plane
        None before, and if there is none.
    domain
        the limits of the plane that hold the path.
    newest
        the newest point of the path.
    sharpest
        the curvature there; None before it is measured, and where it cannot be.
    """

    def __init__(self, objective: Objective, find: Callable[[], tuple[Plane, Array] | None], newest: Array) -> None:
        self._objective, self._find, self.newest = objective, find, newest
        self.sharpest: curvature.Spectrum | None = None
        self._is_curved = False  # whether that has been measured
        self.was_searched = False
        self.plane: Plane | None = None
        self.domain: Domain = ((0.0, 1.0), (0.0, 1.0))
        self._landscapes = Recent[Domain, Landscape](KEPT)

    def search(self) -> None:
        """Look for the plane."""
        if self.was_searched:
            return
        found = self._find()
        if found is not None:
            plane, path = found
            low, high = path.min(axis=0), path.max(axis=0)
            margin = MARGIN * (high - low)
            across, up = zip((low - margin).tolist(), (high + margin).tolist(), strict=True)
            self.plane, self.domain = plane, (across, up)
        self.was_searched = True

    @property
    def is_drawable(self) -> bool:
        """Whether at least a coarse grid of losses over the domain is known."""
        return self.plane is not None and self.landscape(self.domain).stride > 0

    def measure(self, limits: Domain | None, seconds: float) -> None:
        """Find the plane, or measure: coarsely over its domain, the curvature, then these limits (None: the domain)."""
        until = perf_counter() + seconds
        if not self.was_searched:
            self.search()
        elif self.plane is not None:
            if not self.is_drawable:
                self.landscape(self.domain).measure(until)
            elif not self._is_curved and curvature.is_ready(self._objective, seconds):
                self.sharpest, self._is_curved = curvature.leading(self._objective, self.newest), True
            elif not (part := self.landscape(limits or self.domain)).is_complete:
                part.measure(until)

    def is_complete(self, limits: Domain | None) -> bool:
        """Whether there is nothing left to measure within these limits (None: the domain)."""
        finest = self.was_searched and (self.plane is None or self.landscape(limits or self.domain).is_complete)
        return finest and (self.plane is None or self._is_curved)

    def landscape(self, limits: Domain) -> Landscape:
        """Return the landscape of a part of the plane, which must have been found."""
        plane = self.plane
        assert plane is not None
        return self._landscapes.one(limits, lambda: Landscape(self._objective, plane, limits))


# no weak keys: a survey refers to its objective, so that neither would ever go
_surveys: Recent[Objective, Recent[Hashable, Survey]] = Recent(KEPT)


def is_surveyed(objective: Objective) -> bool:
    """Say whether losses on planes are drawn: there are more than two parameters, and a loss is cheap enough."""
    return objective.dimension > 2 and curvature.measurable(objective)


def survey(
    objective: Objective, key: Hashable, find: Callable[[], tuple[Plane, Array] | None], newest: Array
) -> Survey:
    """Return the survey of that key of an objective, of a path with this newest point; it begins with `find`."""
    return _surveys.one(objective, lambda: Recent(KEPT)).one(key, lambda: Survey(objective, find, newest))
