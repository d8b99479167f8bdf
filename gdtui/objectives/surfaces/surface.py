"""What a loss surface of the catalogue is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from gdtui.objectives.expression.expression import Expression, parse


@dataclass(frozen=True)
class Surface:
    """A loss surface: the one line it is made from, where to look at it, where to start, what it teaches.

    `domain` is (low, high) for each variable, `start` a point in it. `minima` are rows (coordinates…,
    value): the global minima, and local ones only where they are what the surface is about; empty when
    unbounded below. `scale` says how to space contour levels.
    """

    name: str
    title: str
    formula: str
    domain: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    minima: tuple[tuple[float, ...], ...]
    teaches: str
    scale: Literal["linear", "log"] = "linear"

    @property
    def dimension(self) -> int:
        """The number of variables."""
        return len(self.domain)

    @cached_property
    def expression(self) -> Expression:
        """The parsed formula."""
        return parse(self.formula)
