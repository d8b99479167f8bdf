"""All parameters of a lane at its milestones, for what is worked out of them later: the curvature along a run."""

from __future__ import annotations

from copy import copy

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.simulation.trace import milestones

#: Parameters up to which all of them are kept at each milestone.
MOST = 8192


class Waypoints:
    """All parameters of a lane at its milestones, where the trace records only some of them.

    Parameters
    ----------
    dimension, watched
        how many parameters there are, and how many of them the trace records.
    """

    def __init__(self, dimension: int, watched: int) -> None:
        self.kept = watched < dimension <= MOST
        self._points: list[tuple[int, Array]] = []

    def twin(self) -> Waypoints:
        """Return the same points, to be kept and forgotten apart from these."""
        other = copy(self)
        other._points = list(self._points)
        return other

    def next_due(self, update: int, target: int) -> int:
        """Return the first milestone after `update` and before `target`, or `target`."""
        due = milestones(update, target)
        return int(due[0]) if self.kept and len(due) else target

    def keep_if_due(self, update: int, theta: Array) -> None:
        """Keep the parameters after `update` if that is a new milestone."""
        last = self._points[-1][0] if self._points else -1
        if self.kept and update > last and len(milestones(update - 1, update)):
            self._points.append((update, theta.copy()))

    def forget_after(self, update: int) -> None:
        """Forget what lies after `update`."""
        while self._points and self._points[-1][0] > update:
            self._points.pop()

    def view(self) -> tuple[Indices, tuple[Array, ...]]:
        """Return the milestones, and the parameters at each."""
        return np.array([u for u, _theta in self._points], dtype=np.int64), tuple(t for _u, t in self._points)
