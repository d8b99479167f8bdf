"""Clocks for a running bench: the timers of its screen, or one that a script advances by hand."""

from __future__ import annotations

from collections.abc import Callable

#: Calls a function again and again, at intervals of so many seconds; `Screen.set_interval` is one.
Clock = Callable[[float, Callable[[], None]], object]


class ManualClock:
    """Stands still until it is told to tick: the same script then gives the same frames on every machine."""

    def __init__(self) -> None:
        self._ticks: list[Callable[[], None]] = []

    def __call__(self, _seconds: float, tick: Callable[[], None]) -> None:
        """Call `tick` whenever this clock ticks."""
        self._ticks.append(tick)

    def tick(self) -> None:
        """Let one interval pass."""
        for tick in self._ticks:
            tick()
