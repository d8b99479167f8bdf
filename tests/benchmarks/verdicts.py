"""One line a budget: what, target, figure, verdict."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A measurement and its budget: `figure` is to be at most `target`, in `unit`; `beside` says more."""

    what: str
    target: float
    figure: float
    unit: str = "×"
    beside: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure is within the budget."""
        return self.figure <= self.target

    def __str__(self) -> str:
        unit = self.unit if self.unit == "×" else f" {self.unit}"
        target, figure = f"≤ {self.target:g}{unit}", f"{self.figure:.3g}{unit}"
        return (
            f"  {self.what:58} {target:>10}  {figure:>10}  {'met   ' if self.met else 'MISSED'}  {self.beside}".rstrip()
        )


def show(title: str, lines: Iterable[Line]) -> list[Line]:
    """Print the lines of a group as they are measured."""
    begun = time.monotonic()
    print(title)
    shown = []
    for line in lines:
        print(line, flush=True)
        shown.append(line)
    print(f"  ({time.monotonic() - begun:.0f} s)")
    return shown
