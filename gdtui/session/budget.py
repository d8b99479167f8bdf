"""Limits of a run, and the rest of them."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from gdtui.errors import LimitError
from gdtui.text import _


@dataclass(frozen=True)
class Limits:
    """Limits of a run: updates of each lane, counting those made again after `back`, and seconds of wall time."""

    updates: int | None = None
    seconds: float | None = None


class Budget:
    """Counts the updates and the time of a run against its limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.updates = 0
        self.began = perf_counter()

    @property
    def seconds(self) -> float:
        """Wall time so far."""
        return perf_counter() - self.began

    def expired(self) -> bool:
        """Say whether the time is up; serves as an interrupt of long steps."""
        return self.limits.seconds is not None and self.seconds > self.limits.seconds

    def check(self) -> None:
        """Raise LimitError if the time is up."""
        if self.expired():
            raise LimitError(_("the limit of {:g} seconds is passed").format(self.limits.seconds))

    def take(self, updates: int) -> None:
        """Count updates that are to be made; LimitError if fewer are left."""
        self.check()
        self.updates += updates
        if self.limits.updates is not None and self.updates > self.limits.updates:
            raise LimitError(_("the limit of {} updates is passed").format(self.limits.updates))
