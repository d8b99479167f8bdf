"""Marks over the curves: labels, markers at the ends of curves, arrows."""

import math
from collections.abc import Sequence

import numpy as np

from gdtui.plot.axes import place
from gdtui.plot.cells import Cells, cell_width
from gdtui.plot.figure import Arrow, Label, Series
from gdtui.plot.outline import Area, Dots

_ASIDE = (0, 1, -1, 2, -2, 3, -3, 4, -4)
_HEADS = "→↗↑↖←↙↓↘"
_SHORTEST, _LONGEST = 0.03, 0.35
_TAIL = 64


class Marks:
    """Draws marks into the cells of a plot; a mark moves aside where another one was drawn before it."""

    def __init__(self, cells: Cells, area: Area) -> None:
        self.cells, self.area = cells, area
        self.placed = False
        self._used: set[tuple[int, int]] = set()

    def labels(self, labels: Sequence[Label]) -> None:
        """Draw labels, later ones first, so that they keep their cells."""
        for label in reversed(labels):
            spot = self.area.cell(label.x, label.y, label.pin)
            if spot is not None and cell_width(label.text):
                self._put(spot, label.text, label.color, label.bold)

    def ends(self, series: Sequence[Series]) -> None:
        """Draw each curve's marker on its last point, and an arrow at the edge if it then went to infinity."""
        for one in reversed(series):
            last = _last_seen(one, self.area) if one.marker else None
            if last is None:
                continue
            spot = self.area.cell(float(one.x[last]), float(one.y[last]))
            if spot is not None:
                self._put(spot, one.marker, one.color, True)
            after = one.y[last + 1 : last + 2]
            if after.size and np.isinf(after[0]):
                self._escape(float(one.x[last + 1]), bool(after[0] > 0), one.color)

    def heads(self, arrows: Sequence[tuple[Arrow, Dots]]) -> None:
        """Draw the heads of arrows with these shafts, in one of eight directions."""
        across, down = self.area.per_cell
        for arrow, dots in arrows:
            (x0, y0), (x1, y1) = dots.tolist()
            # dots are as wide as they are high, so this is the angle on the screen
            turn = round(math.atan2(y0 - y1, x1 - x0) / (math.pi / 4)) % 8
            self.cells.put(x1 // across, y1 // down, _HEADS[turn], arrow.color, bold=True)

    def _escape(self, x: float, up: bool, color: str) -> None:
        unit = place(x, self.area.x.scale, self.area.x_limits)
        if 0 <= unit <= 1:
            spot = (self.area.column(unit), 0 if up else self.area.height - 1)
            self._put(spot, "↑" if up else "↓", color, True)

    def _put(self, spot: tuple[int, int], text: str, color: str, bold: bool) -> None:
        """Write text at a cell, or a few cells aside if another mark is there."""
        self.placed = True
        column, row = spot
        width = cell_width(text)
        last = self.area.width - width
        if last < 0:
            return
        starts = [column + aside for aside in _ASIDE if 0 <= column + aside <= last]
        free = (start for start in starts if not self._used & _cells_of(start, row, width))
        start = next(free, min(column, last))
        self._used |= _cells_of(start, row, width)
        self.cells.put(start, row, text, color, bold)


def _cells_of(start: int, row: int, width: int) -> set[tuple[int, int]]:
    return {(column, row) for column in range(start, start + width)}


def _last_seen(series: Series, area: Area) -> int | None:
    """Return the index of the last point that the axes can show."""
    size = series.x.size
    if size and all(map(math.isfinite, area.unit(float(series.x[-1]), float(series.y[-1])))):
        return size - 1
    for tail in (_TAIL, size):
        u, v = area.units(series.x[-tail:], series.y[-tail:])
        good = np.flatnonzero(np.isfinite(u) & np.isfinite(v))
        if good.size:
            return int(good[-1]) + size - u.size
    return None


def _screen_direction(arrow: Arrow, area: Area) -> tuple[float, float, float, float] | None:
    """Return the start and the unit direction of an arrow, in dots (down is positive)."""
    if not all(map(math.isfinite, (arrow.x, arrow.dx, arrow.y, arrow.dy))) or arrow.dx == arrow.dy == 0:
        return None
    u, v = area.unit(arrow.x, arrow.y)
    if not (0 <= u <= 1 and 0 <= v <= 1):
        return None
    across, down = area.dots
    # the direction is taken as on linear scales: a log scale does not bend it
    size = max(abs(arrow.dx), abs(arrow.dy))
    span_x = area.x_limits[1] - area.x_limits[0]
    span_y = area.y_limits[1] - area.y_limits[0]
    dx = arrow.dx / size / span_x * (across - 1)
    dy = -arrow.dy / size / span_y * (down - 1)
    norm = math.hypot(dx, dy)
    if not math.isfinite(norm) or norm == 0:
        return None
    return u * (across - 1), (1 - v) * (down - 1), dx / norm, dy / norm


def shaft(arrow: Arrow, area: Area) -> Dots | None:
    """Return the first and last dot of the arrow's shaft, inside the area; None if it cannot be seen."""
    found = _screen_direction(arrow, area)
    if found is None:
        return None
    x, y, dx, dy = found
    across, down = area.dots
    share = arrow.length if math.isfinite(arrow.length) else _LONGEST
    length = min(_LONGEST, max(_SHORTEST, share)) * across
    for start, step, end in ((x, dx, across - 1), (y, dy, down - 1)):
        if step:
            length = min(length, ((end if step > 0 else 0) - start) / step)
    tip = (round(x + dx * length), round(y + dy * length))
    foot = (round(x), round(y))
    inside = all(0 <= c < across and 0 <= r < down for c, r in (foot, tip))
    return np.array([foot, tip], dtype=np.int32) if inside and foot != tip else None
