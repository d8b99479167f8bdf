"""A loss surface of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gdtui.objectives.expression.expression import Expression, parse


@dataclass(frozen=True)
class Surface:
    """A loss surface.

    `domain` is (low, high) for each variable, `start` a point in it. `minima` are rows (coordinates…, value) of the
    global minima, and of local ones if the surface is about them; there are none if it is unbounded below.
    """

    name: str
    title: str
    formula: str
    domain: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    minima: tuple[tuple[float, ...], ...]
    teaches: str

    @property
    def dimension(self) -> int:
        """The number of variables."""
        return len(self.domain)

    @cached_property
    def expression(self) -> Expression:
        """The parsed formula."""
        return parse(self.formula)
