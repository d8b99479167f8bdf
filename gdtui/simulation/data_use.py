"""How much data the updates of a lane use: batches, samples, epochs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdtui.kernel import Array
from gdtui.simulation.experiment import Lane
from gdtui.simulation.timeline import Edit
from gdtui.simulation.wrappers import Wrappers


@dataclass(frozen=True)
class DataUse:
    """The data that the updates of a lane with these edits use, of so many training rows; 0 rows: there are no data."""

    lane: Lane
    edits: tuple[Edit, ...]
    rows: int

    @cached_property
    def batches_per_epoch(self) -> int:
        """Batches of an epoch."""
        return self.lane.sampling.updates_per_epoch(self.rows)

    @cached_property
    def _accumulate(self) -> int:
        return Wrappers.of(self.lane.values()).accumulate

    def batches(self, updates: Array) -> Array:
        """Return how many batches the first `updates` updates use."""
        total, begun, each = np.zeros_like(updates), 0, float(self._accumulate)
        for edit in self.edits:
            if edit.key == "accumulate":
                total += each * np.clip(updates - begun, 0, edit.update - begun)
                each, begun = edit.value, edit.update
        total += each * np.maximum(updates - begun, 0)
        return total

    def batches_at(self, update: int) -> int:
        """Return how many batches the first `update` updates use."""
        return int(self.batches(np.array(float(update))))

    def epoch_at(self, update: int) -> float | None:
        """Return how many passes over the data the first `update` updates are; None without data."""
        return self.lane.sampling.epochs(self.batches_at(update), self.rows)

    def samples_at(self, update: int) -> int:
        """Return how many samples the first `update` updates have seen."""
        return self.lane.sampling.samples(self.batches_at(update), self.rows)
