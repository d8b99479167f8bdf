"""Pointing at a place on the bench: a mark on the map or in a chart, moved by cells."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence

from textual.geometry import Offset
from textual.widget import Widget

from gdtui.plot.axes import value_at
from gdtui.plot.canvas import has_shades, plot_place
from gdtui.plot.figure import Domain, Figure
from gdtui.text import _, number
from gdtui.tui.themes import is_plain, palette_of
from gdtui.tui.widgets.words import Words
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import MAP
from gdtui.view.frame_state import FrameState
from gdtui.view.map_window import place_in, position_in


class Mark(Words):
    """The mark over the bench."""

    DEFAULT_CSS = "Mark { layer: tour; position: absolute; width: 1; height: 1; text-style: bold reverse; }"

    def __init__(self) -> None:
        super().__init__("+", id="aim")

    @classmethod
    def over(cls, bench: Widget) -> Callable[[Offset], None]:
        """Put the mark over a bench, if it is not there yet; return what moves it to a cell."""
        if not bench.query(cls):
            bench.mount(cls())

        def follow(cell: Offset) -> None:
            bench.query_one(cls).styles.offset = cell

        return follow


class Aim(ABC):
    """A mark in a drawn figure.

    Parameters
    ----------
    view
        the widget that shows the figure.
    follow
        called when the mark has been moved, with its cell of the screen.
    """

    def __init__(self, view: Widget, figure: Figure, follow: Callable[[Offset], None]) -> None:
        self._view, self._figure, self._follow = view, figure, follow
        self._plain, self._shaded = is_plain(view.app), has_shades(figure, palette_of(view.app))
        self._cell, self._at = Offset(0, 0), (0.5, 0.5)

    def _share(self, cell: Offset) -> tuple[float, float]:
        return plot_place(self._figure, *self._view.size, *cell, ascii=self._plain, shaded=self._shaded)

    def _holds(self, cell: Offset) -> bool:
        return all(math.isfinite(part) and 0 <= part <= 1 for part in self._share(cell))

    def begin(self, x: float, y: float) -> None:
        """Put the mark at the cell nearest to a share of the plot's width and height."""
        width, height = self._view.size

        def away(share: float, wanted: float) -> float:
            return abs(share - wanted) if 0 <= share <= 1 else math.inf

        def nearest(cells: Iterable[Offset], axis: int, wanted: float) -> Offset:
            return min(cells, key=lambda cell: away(self._share(cell)[axis], wanted))

        row = nearest((Offset(width // 2, y) for y in range(height)), 1, min(1.0, max(0.0, y)))
        column = nearest((Offset(x, row.y) for x in range(width)), 0, min(1.0, max(0.0, x)))
        self._to(Offset(column.x, row.y))

    def renew(self) -> None:
        """Put the mark where it points after its figure has been moved or resized, however small that is meanwhile."""
        if self._view.is_mounted and self._view.size.width and self._view.size.height:
            at = self._at
            self.begin(*at)
            self._at = at

    def _to(self, cell: Offset) -> None:
        self._cell, self._at = cell, self._share(cell)
        self._follow(self._view.region.offset + cell)

    def move(self, right: int, down: int) -> None:
        """Move it by so many cells, within the plot."""
        cell = self._cell + Offset(right, down)
        if self._holds(cell):
            self._to(cell)

    def put(self, place: Offset) -> None:
        """Put it at a cell of the screen, if that is within the plot."""
        cell = place - self._view.region.offset
        if self._view.region.contains_point(place) and self._holds(cell):
            self._to(cell)

    def at(self, share: tuple[float, float]) -> tuple[float, ...]:
        """Return the numbers at a place of the plot: those of its axes, or the place itself."""
        return share

    def grain(self) -> tuple[float, ...]:
        """Return how much a cell is of each number."""
        here, beside = self._share(self._cell), self._share(self._cell + Offset(1, -1))
        return tuple(abs(a - b) for a, b in zip(self.at(here), self.at(beside), strict=True))

    def reaches(self, _right: float) -> bool:
        """Say whether it can point at a number."""
        return True

    @abstractmethod
    def value(self) -> float | tuple[float, float]:
        """Return where it points."""

    @abstractmethod
    def said(self) -> str:
        """Say where it points."""


class MapAim(Aim):
    """A mark on the map; `names` are those of the two parameters."""

    def __init__(
        self, view: Widget, figure: Figure, follow: Callable[[Offset], None], limits: Domain, names: Sequence[str]
    ) -> None:
        super().__init__(view, figure, follow)
        self._limits, self._names = limits, names

    def at(self, share: tuple[float, float]) -> tuple[float, float]:
        """Return the two parameters at a place of the map."""
        return position_in(self._limits, share)

    def value(self) -> tuple[float, float]:
        """Return the two parameters."""
        return self.at(self._share(self._cell))

    def said(self) -> str:
        """Name the two parameters."""
        return ", ".join(f"{name} = {number(value, 3)}" for name, value in zip(self._names, self.value(), strict=True))


class ChartAim(Aim):
    """A mark in a chart, moved up and down."""

    def __init__(self, view: Widget, figure: Figure, follow: Callable[[Offset], None], name: str) -> None:
        super().__init__(view, figure, follow)
        self._name = name

    def put(self, place: Offset) -> None:
        """Put it at the height of a cell of the screen, in its own column."""
        super().put(Offset(self._view.region.x + self._cell.x, place.y))

    def move(self, right: int, down: int) -> None:
        """Move it up or down."""
        super().move(0, down if down else -right)

    def at(self, share: tuple[float, float]) -> tuple[float, ...]:
        """Return the value at a place of the chart."""
        axis = self._figure.y
        assert axis.limits is not None
        return (float(value_at(share[1], axis.scale, axis.limits)),)

    def reaches(self, right: float) -> bool:
        """Say whether a number is within the limits of the chart."""
        limits = self._figure.y.limits
        return limits is not None and limits[0] <= right <= limits[1]

    def value(self) -> float:
        """Return the value at its height."""
        return self.at(self._share(self._cell))[0]

    def said(self) -> str:
        """Name the value."""
        return _("{quantity} = {value}").format(quantity=self._name, value=number(self.value(), 3))


def aim_at(ask: Ask, frame: FrameState, views: dict[str, Widget], follow: Callable[[Offset], None]) -> Aim | None:
    """Return a mark where the lane is now, for a question for a place; None if the place cannot be seen.

    `views` has the widgets that show the map (`MAP`) and charts, by name.
    """
    view, quantity = views.get(ask.place or ""), ask.quantity
    if view is None or quantity is None or not view.size.width or not view.size.height:
        return None
    lane = next(each for each in frame.snapshot.lanes if each.name == quantity.lane)
    if ask.place == MAP:
        shown = frame.map
        if shown is None:
            return None
        limits = shown.limits(frame.look.window, frame.lane)
        aim = MapAim(view, frame.picture, follow, limits, frame.snapshot.objective.names)
        at = lane.vector("theta")
        assert at is not None
        x, y = at
        aim.begin(*place_in(limits, float(x), float(y)))
        return aim
    figure = frame.chart(frame.charts.index(ask.place or ""))
    if figure.y.limits is None:
        return None
    chart = ChartAim(view, figure, follow, str(quantity))
    chart.begin(1.0, 0.5)
    return chart
