"""States kept along the way, so that going back repeats only a few updates."""

from __future__ import annotations

from copy import copy

from gdtui.simulation.stepping import State

#: Beyond either bound older states are dropped; the last is that of a lane that only undo could bring back.
MOST, MOST_BYTES, MOST_BYTES_ASIDE = 512, 64 * 2**20, 4 * 2**20
#: The part of them that are the newest and stay: a step back is as quick in a long run as in a short one.
NEWEST = 0.25


class Checkpoints:
    """States of one lane, from the start on, `spacing` updates apart; in a long run older ones are farther apart."""

    def __init__(self, start: State, spacing: int) -> None:
        self._kept = [start.copy()]
        self._spacing = self._apart = spacing

    def twin(self) -> Checkpoints:
        """Return the same states, to be kept and forgotten apart from these."""
        other = copy(self)
        other._kept = list(self._kept)
        return other

    def keep_if_due(self, state: State) -> None:
        """Keep a copy of the latest state, unless the one kept before is near."""
        if state.update - self._kept[-1].update < self._spacing:
            return
        self._kept.append(state.copy())
        most = max(2, min(MOST, MOST_BYTES // max(1, state.nbytes)))
        if len(self._kept) > most:
            self._thin(most - max(1, int(NEWEST * most)))

    def _thin(self, most: int) -> None:
        """Keep the start and at most `most` of the older states, evenly apart, and the newest as they are."""
        newest = len(self._kept) - max(1, int(NEWEST * len(self._kept)))
        old, new = self._kept[:newest], self._kept[newest:]
        old = self._spread(old)
        while len(old) > max(1, int(0.9 * most)):
            self._apart *= 2
            old = self._spread(old)
        self._kept = [*old, *new]

    def _spread(self, states: list[State]) -> list[State]:
        """Return the first of these states and those that are far enough from the one before."""
        kept = states[:1]
        for state in states[1:]:
            if state.update - kept[-1].update >= self._apart:
                kept.append(state)
        return kept

    def spare(self) -> None:
        """Keep the start and, evenly spread, as many of the others as a lane that is put aside may hold."""
        most = max(1, MOST_BYTES_ASIDE // max(1, self._kept[-1].nbytes))
        if len(self._kept) > most:
            last = len(self._kept) - 1
            self._kept = [self._kept[last * place // max(1, most - 1)] for place in range(most)]

    def back_to(self, update: int) -> State:
        """Return a copy of the latest state at or before `update`, and forget those after it."""
        while self._kept[-1].update > update:
            self._kept.pop()
        return self._kept[-1].copy()
