"""The part of a map that is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from gdtui.plot.figure import Domain

#: A position in a domain: (0, 0) at its lower left, (1, 1) at its upper right.
Place = tuple[float, float]

#: The most and the least that can be seen of a domain: 2⁴ times its width, and 2⁻²⁰ of it.
WIDEST, NARROWEST = -8, 40
#: The window moves by this part of itself: when it is panned, and when it follows a lane.
STEP = 0.25


@dataclass(frozen=True)
class MapWindow:
    """The part of a map that is looked at, whatever the map's domain.

    Two steps of `zoom` double the scale. `centre` is a place in the domain; a window that follows the selected lane has
    its centre near the lane instead.
    """

    zoom: int = 0
    centre: Place = (0.5, 0.5)
    follows: bool = False

    @property
    def size(self) -> float:
        """Width and height of the window, as a part of the domain's."""
        return float(2.0 ** (-self.zoom / 2))

    def zoomed(self, by: int, about: Place = (0.5, 0.5)) -> MapWindow:
        """Return the window after `by` steps of zoom; `about`, a place in the window, stays where it is."""
        zoom = max(WIDEST, min(NARROWEST, self.zoom + by))
        wider = self.size - replace(self, zoom=zoom).size
        x, y = (c + (a - 0.5) * wider for c, a in zip(self.centre, about, strict=True))
        return replace(self, zoom=zoom, centre=(x, y))

    def panned(self, right: float, up: float) -> MapWindow:
        """Return the window moved by these parts of itself; it follows no lane any more."""
        x, y = self.centre
        return replace(self, centre=(x + right * self.size, y + up * self.size), follows=False)

    def at(self, lane: Place | None) -> MapWindow:
        """Return the window where it is when the selected lane is at this place (None: it has none).

        While it follows, it moves in steps: the map under the lane seldom changes.
        """
        if not self.follows or lane is None or not all(map(math.isfinite, lane)):
            return self
        step = STEP * self.size
        x, y = (round(value / step) * step for value in lane)
        return replace(self, centre=(x, y))

    def of(self, domain: Domain) -> Domain:
        """Return the limits of the window in a domain; the domain itself, to the last bit, if it is seen whole."""
        x, y = (
            (low + (c - self.size / 2) * (high - low), high + (c + self.size / 2 - 1) * (high - low))
            for (low, high), c in zip(domain, self.centre, strict=True)
        )
        return x, y


def place_in(domain: Domain, x: float, y: float) -> Place:
    """Return a position as a place in a domain."""
    a, b = ((value - low) / (high - low) for value, (low, high) in zip((x, y), domain, strict=True))
    return a, b


def position_in(domain: Domain, place: Place) -> tuple[float, float]:
    """Return the position of a place in a domain."""
    x, y = (low + part * (high - low) for part, (low, high) in zip(place, domain, strict=True))
    return x, y
