"""Limits of a run, and the rest of them."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Annotated

from annotated_types import Gt, Interval

from gdtui.errors import LimitError
from gdtui.text import _


@dataclass(frozen=True)
class Limits:
    """`limits`: a run that passes them stops with exit code 4. Updates made again after `back` count again."""

    updates: Annotated[int, Interval(ge=1, le=10**15)] | None = None
    seconds: Annotated[float, Gt(0.0)] | None = None


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
