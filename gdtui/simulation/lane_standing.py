"""Where a lane stands: its state, why it has stopped, its settings, and how much data its updates have used."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.simulation.data_use import DataUse
from gdtui.simulation.experiment import Lane
from gdtui.simulation.narrow import Narrow
from gdtui.simulation.sampling import has_random_gradients
from gdtui.simulation.stepping import State
from gdtui.simulation.stopping import Reason, Status, in_words
from gdtui.simulation.timeline import Edit, Timeline
from gdtui.simulation.trace import Trace
from gdtui.simulation.wrappers import Wrappers


class LaneStanding:
    """The half of `LaneRun` that is read; nothing here changes it."""

    spec: Lane
    objective: Objective
    trace: Trace
    coords: Indices
    position: int
    _state: State
    _narrow: Narrow | None
    _timeline: Timeline
    _blocks: Indices
    _fault: str

    @property
    def update(self) -> int:
        """How many updates have been made."""
        return self._state.update

    @property
    def theta(self) -> Array:
        """The parameters."""
        return self._narrow.all_theta(self._state.theta) if self._narrow else self._state.theta

    @property
    def slots(self) -> Array:
        """The rule's state (slots x d)."""
        return self._narrow.all_slots(self._state.slots) if self._narrow else self._state.slots

    @property
    def status(self) -> Status:
        """Whether it is still going, or how it stopped."""
        return self._state.reason.status

    @property
    def stopped(self) -> Reason:
        """Why it has stopped, or Reason.NONE."""
        return self._state.reason

    @property
    def reason(self) -> str:
        """Why it has converged or ended: "‖g‖ < 1e-6"; "" while it is going or if it diverged."""
        return self.fault or in_words(self._state.reason, self.spec.stop)

    @property
    def fault(self) -> str:
        """What has gone wrong inside the rule; "" for nothing."""
        return self._fault if self._state.reason == Reason.RULE_FAILED else ""

    @property
    def columns(self) -> tuple[int, ...]:
        """The number of columns of each recorded coordinate's block; 1 for a vector."""
        first = self._blocks[:, 0]
        return tuple(int(self._blocks[np.searchsorted(first, i, side="right") - 1, 2]) for i in self.coords)

    @property
    def row(self) -> Array:
        """The newest row of the trace."""
        newest: Array = self.trace.view().rows[-1]
        return newest

    @property
    def data_use(self) -> DataUse:
        """How much data its updates use."""
        return DataUse(self.spec, self.edits, len(self.objective.train))

    def _accumulate(self, update: int) -> int:
        """Return how many batches update `update` + 1 uses."""
        return Wrappers.of(self.values_at(update)).accumulate

    def end_of_epoch(self, n: int) -> int:
        """Return the position at which the n-th epoch from now is complete."""
        use = self.data_use
        used, per_epoch = use.batches_at(self.position), use.batches_per_epoch
        left = (used // per_epoch + n) * per_epoch - used
        return self.position + -(-left // self._accumulate(self.position))

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The settings changed in the middle of the run."""
        return self._timeline.edits

    def values_at(self, update: int) -> dict[str, float]:
        """Return the settings in force for update `update` + 1."""
        return self._timeline.values_at(update)

    def pending(self) -> list[Edit]:
        """Return the edits that lie ahead; stepping on makes them again."""
        return self._timeline.pending(self.update)

    @property
    def next_lr(self) -> float:
        """The learning rate of the next update."""
        return float(self._rates(self.values_at(self.update), 1)[0])

    def _all_values(self) -> list[dict[str, float]]:
        """Return the settings at the start and after each edit."""
        return [self.values_at(update) for update in (0, *(edit.update for edit in self.edits))]

    @property
    def noisy(self) -> bool:
        """Whether a seed decides its gradients: they have noise, or come from a part of the rows."""
        return has_random_gradients(self.objective, self.spec.sampling)

    def _updates_left(self) -> float:
        """Return how many updates the objective has batches for, with the settings in force."""
        batches = self.objective.last_update - self._state.batches
        return batches if batches == np.inf else batches // self._accumulate(self._state.update)

    def _rates(self, values: Mapping[str, float], n: int) -> Array:
        """Return the learning rates of the next n updates."""
        rates: Array = values["lr"] * self._state.plateau.factor * self.spec.schedule.factors(self.update, n)
        return rates
