"""What the running rule is shown in: lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of a rule: `name ← symbols`, the same with numbers put in, and what comes out."""

    name: str
    symbols: str
    numbers: str
    value: float | None
