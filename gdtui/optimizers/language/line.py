"""One line of a rule as people read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of a rule: `name ← symbols`, the same with numbers filled in, and the result (None: no update yet)."""

    name: str
    symbols: str
    numbers: str = ""
    value: float | None = None
