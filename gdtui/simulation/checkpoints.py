"""Full states kept along the way, so that going back needs few updates made again."""

from __future__ import annotations

from dataclasses import dataclass

from gdtui.kernel import Array
from gdtui.optimizers.language.solver import SolverState
from gdtui.simulation.schedules import PlateauState

#: Full states kept; beyond either bound every other one is dropped.
MOST, MOST_BYTES = 512, 64 * 2**20


@dataclass(frozen=True, eq=False)
class Moment:
    """A full state: what is needed to go on from `update`; of a solver its memory and its count, too."""

    update: int
    theta: Array
    slots: Array
    status: int
    plateau: PlateauState
    stops: tuple[float, ...]
    why: int
    memory: SolverState | None = None
    evaluations: int = 0

    @property
    def nbytes(self) -> int:
        """About how much memory it takes."""
        return self.theta.nbytes + self.slots.nbytes + (self.memory.nbytes if self.memory else 0)


class Moments:
    """The states kept of one lane, the start first; spread ever wider as they become many.

    Parameters
    ----------
    start
        the state at the start.
    spacing
        updates from one state to the next, at first.
    """

    def __init__(self, start: Moment, spacing: int) -> None:
        self._kept = [start]
        self._spacing = spacing

    def due(self, update: int) -> bool:
        """Say whether the state at `update` is to be kept."""
        return update - self._kept[-1].update >= self._spacing

    def keep(self, moment: Moment) -> None:
        """Keep a state, the latest so far."""
        self._kept.append(moment)
        if len(self._kept) > 2 and len(self._kept) > min(MOST, MOST_BYTES // max(1, moment.nbytes)):
            # the start and the newest stay; of the rest every other one
            self._kept = [self._kept[0], *self._kept[2:-1:2], self._kept[-1]]
            self._spacing *= 2

    def back_to(self, update: int) -> Moment:
        """Return the latest state at or before `update`, forgetting those after it."""
        while self._kept[-1].update > update:
            self._kept.pop()
        return self._kept[-1]
