"""How fast a lane makes updates, and how many it therefore makes in one go."""

from __future__ import annotations

from dataclasses import dataclass

#: The duration of a chunk: short enough to stop a worker soon and to keep the screen responsive.
CHUNK_SECONDS = 0.03
#: The same for a run that no screen waits for: a chunk ends with a row, which may cost as much as many updates.
UNSEEN_SECONDS = 0.2
#: The most updates of a chunk, and of one of which nothing but a learning rate each is in memory: no row, no noise.
MOST, MOST_BARE = 65_536, 262_144


@dataclass(frozen=True)
class Tempo:
    """About how long an update takes, in seconds."""

    seconds: float

    def chunk(self, *, unseen: bool, bare: bool = False) -> int:
        """Return how many updates take about `CHUNK_SECONDS`, or `UNSEEN_SECONDS` where few are recorded."""
        seconds = UNSEEN_SECONDS if unseen else CHUNK_SECONDS
        return int(min(MOST_BARE if bare else MOST, max(1, seconds / self.seconds)))

    def after(self, seconds: float, made: int) -> Tempo:
        """Return the tempo once so many updates have taken so long; few are mostly overhead: they only speed it up."""
        cost = max(1e-8, seconds / made)
        return Tempo(cost) if made >= 16 or seconds > 5e-3 or cost < self.seconds else self
