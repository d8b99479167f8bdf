"""States kept along the way, so that going back repeats only a few updates."""

from __future__ import annotations

from gdtui.simulation.stepping import State

#: Beyond either bound every other state is dropped.
MOST, MOST_BYTES = 512, 64 * 2**20


class Checkpoints:
    """States of one lane, from the start on, `spacing` updates apart; the spacing grows with their number."""

    def __init__(self, start: State, spacing: int) -> None:
        self._kept = [start.copy()]
        self._spacing = spacing

    def keep_if_due(self, state: State) -> None:
        """Keep a copy of the latest state, unless the one kept before is near."""
        if state.update - self._kept[-1].update < self._spacing:
            return
        self._kept.append(state.copy())
        if len(self._kept) > 2 and len(self._kept) > min(MOST, MOST_BYTES // max(1, state.nbytes)):
            # keep the start, the newest, and every other one of the rest
            self._kept = [self._kept[0], *self._kept[2:-1:2], self._kept[-1]]
            self._spacing *= 2

    def back_to(self, update: int) -> State:
        """Return a copy of the latest state at or before `update`, and forget those after it."""
        while self._kept[-1].update > update:
            self._kept.pop()
        return self._kept[-1].copy()
