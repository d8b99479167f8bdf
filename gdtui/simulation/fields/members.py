"""Which runs a field has, and what came of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array, Indices
from gdtui.simulation.experiment import Lane
from gdtui.simulation.stopping import Reason, Status
from gdtui.text import _


@dataclass(frozen=True, eq=False)
class Members:
    """n runs of one lane, each from update 0 up to the same update.

    Parameters
    ----------
    lane
        the settings that all have in common.
    count, updates
        n, and the updates of each.
    settings
        settings that differ: n values by name.
    starts
        the first parameters [n, d]; empty for the lane's or the objective's own.
    seeds
        one a member; empty if all have the seed `seed`.
    targets, reach
        points [k, d], if any, and how near to one of them a run has arrived.
    kept
        how many of the last parameters are kept of each run; None: all.

    Raises
    ------
    ParameterError
        the lane takes no such setting or value.
    """

    lane: Lane
    count: int
    updates: int
    settings: Mapping[str, Array] = field(default_factory=dict)
    starts: Array = field(default_factory=lambda: np.zeros((0, 0)))
    seeds: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    seed: int = 0
    targets: Array = field(default_factory=lambda: np.zeros((0, 0)))
    reach: float = 0.0
    kept: int | None = None

    def __post_init__(self) -> None:
        if self.updates < 1:
            raise ParameterError("updates", _("updates must be at least 1, not {}").format(self.updates))
        lane = self.lane_of(0) if self.count else self.lane  # a setting may choose another form of the rule
        for key, values in self.settings.items():
            for value in np.unique(values).tolist():
                if not lane.ranges[key].contains(value):
                    lane.check(key, value)

    def __len__(self) -> int:
        return self.count

    def lane_of(self, member: int) -> Lane:
        """Return a member as a lane: its settings and its start."""
        own = {key: float(values[member]) for key, values in self.settings.items()}
        start = tuple(self.starts[member].tolist()) if len(self.starts) else self.lane.start
        return replace(self.lane, settings={**self.lane.settings, **own}, start=start)

    def seed_of(self, member: int) -> int:
        """Return the seed of a member."""
        return int(self.seeds[member]) if len(self.seeds) else self.seed

    def seeds_of(self, members: Indices) -> Indices:
        """Return the seeds of some of the members."""
        found: Indices = self.seeds[members] if len(self.seeds) else np.full(len(members), self.seed, dtype=np.int64)
        return found

    def take(self, members: Indices) -> Members:
        """Return some of the members."""
        return replace(
            self,
            count=len(members),
            settings={key: values[members] for key, values in self.settings.items()},
            starts=self.starts[members] if len(self.starts) else self.starts,
            seeds=self.seeds[members] if len(self.seeds) else self.seeds,
        )


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What came of n runs: last parameters [n, d]; last loss, updates made (−1: not run yet), why it stopped [n].

    `arrived` [n] is the update from which on a run has been near a target; −1: it is not.
    """

    theta: Array
    loss: Array
    updates: Indices
    reasons: Indices
    arrived: Indices

    @classmethod
    def none_yet(cls, count: int, dimension: int) -> Outcomes:
        """Return room for the outcomes of `count` runs."""
        nothing = np.full(count, np.nan)
        zeros = np.zeros(count, dtype=np.int64)
        return cls(np.full((count, dimension), np.nan), nothing, zeros - 1, zeros, zeros - 1)

    @property
    def known(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which have been run."""
        known: np.ndarray[tuple[int], np.dtype[np.bool_]] = self.updates >= 0
        return known

    def status(self, member: int) -> Status:
        """Return the status of a run that has been made."""
        return Reason(int(self.reasons[member])).status

    @property
    def diverged(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which have diverged."""
        diverged: np.ndarray[tuple[int], np.dtype[np.bool_]] = self.reasons == Reason.NOT_FINITE
        return diverged

    def put(self, members: Indices, of: Outcomes) -> None:
        """Write the outcomes of some members."""
        self.theta[members], self.loss[members] = of.theta[:, : self.theta.shape[1]], of.loss
        self.updates[members], self.reasons[members] = of.updates, of.reasons
        self.arrived[members] = of.arrived


@dataclass(frozen=True, eq=False)
class Halt:
    """A switch that compiled loops look at: once set, they give up what they are at."""

    switch: Indices = field(default_factory=lambda: np.zeros(1, dtype=np.int64))

    def set(self) -> None:
        """Give up."""
        self.switch[0] = 1

    @property
    def is_set(self) -> bool:
        """Whether to give up."""
        return bool(self.switch[0])
