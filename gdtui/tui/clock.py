"""Clocks for a running bench: the event loop's timers, or one that a script advances by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.message_pump import MessagePump


class Clock(Protocol):
    """Calls something at regular times."""

    def every(self, seconds: float, tick: Callable[[], None], host: MessagePump) -> None:
        """Call `tick` again and again, as long as `host` lives."""


class TimerClock:
    """The timers of the event loop."""

    def every(self, seconds: float, tick: Callable[[], None], host: MessagePump) -> None:
        """Call `tick` again and again, as long as `host` lives."""
        host.set_interval(seconds, tick)


class ManualClock:
    """Stands still until it is told to tick: the same script then gives the same frames on every machine."""

    def __init__(self) -> None:
        self._ticks: list[Callable[[], None]] = []

    def every(self, _seconds: float, tick: Callable[[], None], _host: MessagePump) -> None:
        """Call `tick` whenever this clock ticks."""
        self._ticks.append(tick)

    def tick(self) -> None:
        """Let one interval pass."""
        for tick in self._ticks:
            tick()
