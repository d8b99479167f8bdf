"""Marks over the curves: labels, markers at the ends of curves, arrows."""

import math
from collections.abc import Sequence

import numpy as np

from gdtui.plot.axes import drawable
from gdtui.plot.cells import Cells
from gdtui.plot.figure import Arrow, Label, Series
from gdtui.plot.outline import EDGE, Area, Dots
from gdtui.plot.ticks import short_number
from gdtui.plot.widths import cell_width

#: How many cells a mark may stand aside, in the order in which they are tried.
_ASIDE = (0, 1, -1, 2, -2, 3, -3, 4, -4)
_HEADS = "→↗↑↖←↙↓↘"
#: (right 1, left -1; above 1, below -1) → the arrow at that edge.
_TOWARDS = {
    (1, 0): "→", (1, 1): "↗", (0, 1): "↑", (-1, 1): "↖", (-1, 0): "←", (-1, -1): "↙", (0, -1): "↓", (1, -1): "↘",
}  # fmt: skip
#: The lengths of arrows, as shares of the width of the plot, between which they can be read.
_SHORTEST, _LONGEST = 0.03, 0.35
#: So many of the last points are looked at before all of them: the last known one is nearly always there.
_TAIL = 64


class Marks:
    """Draws marks into the cells of a plot; a mark moves aside where another one was drawn before it."""

    def __init__(self, cells: Cells, area: Area) -> None:
        self.cells, self.area = cells, area
        self.placed = False
        #: (column, row) of the cells of labels and ends.
        self.used: set[tuple[int, int]] = set()
        self._outside: list[tuple[tuple[int, int], tuple[str, ...], str]] = []

    def labels(self, labels: Sequence[Label]) -> None:
        """Draw labels, later ones first, so that they keep their cells."""
        for label in reversed(labels):
            spot = self.area.cell(label.x, label.y)
            if spot is not None and cell_width(label.text):
                self._put(spot, label.text, label.color, label.bold)
            elif spot is None and label.pin:
                at = f"({short_number(label.x)},{short_number(label.y)})"
                self._beyond(label.x, label.y, label.text, at, label.color)

    def ends(self, series: Sequence[Series]) -> None:
        """Draw each curve's marker on its last point, or at the edge with an arrow and the value if that is outside."""
        for one in reversed(series):
            last = _last_known(one, self.area) if one.marker or one.exits else None
            if last is None:
                continue
            x, y = float(one.x[last]), float(one.y[last])
            spot = self.area.cell(x, y)
            if spot is None:
                self._beyond(x, y, one.marker, short_number(y), one.color)
            elif one.marker:
                self._put(spot, one.marker, one.color, True)

    def heads(self, arrows: Sequence[tuple[Arrow, Dots]]) -> None:
        """Draw the heads of arrows with these shafts, in one of eight directions."""
        across, down = self.area.per_cell
        for arrow, dots in arrows:
            (x0, y0), (x1, y1) = dots.tolist()
            # dots are as wide as they are high, so this is the angle on the screen
            turn = round(math.atan2(y0 - y1, x1 - x0) / (math.pi / 4)) % 8
            self.cells.put(x1 // across, y1 // down, _HEADS[turn], arrow.color, bold=True)

    def edges(self) -> None:
        """Write at the nearest edge what lies beyond it: marker, arrow and value, as much of it as fits.

        It comes last, because it can stand anywhere in a row.
        """
        for spot, texts, color in self._outside:
            text = next((text for text in texts if cell_width(text) <= self.area.width), "")
            self._put(self._free_row(spot, cell_width(text)), text, color, True, far=True)

    def _beyond(self, x: float, y: float, marker: str, value: str, color: str) -> None:
        """Keep a position outside for `edges`."""
        places = [_unit_or_beyond(v, u) for v, u in zip((x, y), self.area.unit(x, y), strict=True)]
        if any(map(math.isnan, places)):
            return
        across, up = (int(unit > 1 + EDGE) - int(unit < -EDGE) for unit in places)
        column, row = (min(1.0, max(0.0, unit)) for unit in places)
        arrow = _TOWARDS[across, up]
        spot = (self.area.column(column), self.area.row(row))
        self._outside.append((spot, (f"{marker}{arrow}{value}", f"{marker}{arrow}", arrow), color))

    def _free_row(self, spot: tuple[int, int], width: int) -> tuple[int, int]:
        """Return the spot, or one in the nearest row towards the middle that has room for a text."""
        column, row = spot
        inwards = 1 if row < self.area.height / 2 else -1
        for nearby in range(row, self.area.height // 2, inwards):
            if any(self._is_free(start, nearby, width) for start in range(self.area.width - width + 1)):
                return column, nearby
        return spot

    def _is_free(self, start: int, row: int, width: int) -> bool:
        return not self.used & _cells_of(start, row, width)

    def _put(self, spot: tuple[int, int], text: str, color: str, bold: bool, *, far: bool = False) -> None:
        """Write text at a cell, or a few cells aside if another mark is there; `far`: anywhere in the row."""
        self.placed = True
        column, row = spot
        width = cell_width(text)
        last = self.area.width - width
        if last < 0:
            return
        if far:
            starts = sorted(range(last + 1), key=lambda start: abs(start - column))
        else:
            starts = [column + aside for aside in _ASIDE if 0 <= column + aside <= last]
        gaps = (1, 0) if width > 1 and not far else (0,)  # two words run together
        free = (start for gap in gaps for start in starts if self._is_free(start - gap, row, width + 2 * gap))
        start = next(free, min(column, last))
        self.used |= _cells_of(start, row, width)
        self.cells.put(start, row, text, color, bold)


def _cells_of(start: int, row: int, width: int) -> set[tuple[int, int]]:
    return {(column, row) for column in range(start, start + width)}


def _unit_or_beyond(value: float, unit: float) -> float:
    """Return the unit coordinate of a value; of one that the scale cannot show, infinity on its side."""
    if not math.isnan(unit) or math.isnan(value):
        return unit
    return math.inf if value > 0 else -math.inf


def _last_known(series: Series, area: Area) -> int | None:
    """Return the index of the last point whose x the axis can show and whose y is a number or infinite."""
    size = series.x.size
    least = 0 if area.x.scale == "log" else -math.inf
    if size and least < series.x[-1] < math.inf and not math.isnan(series.y[-1]):
        return size - 1
    for tail in (_TAIL, size):
        x, y = series.x[-tail:], series.y[-tail:]
        good = np.flatnonzero(drawable(x, area.x.scale) & ~np.isnan(y))
        if good.size:
            return int(good[-1]) + size - x.size
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
    # in Python's numbers, which divide by almost 0 without a warning
    return float(u * (across - 1)), float((1 - v) * (down - 1)), float(dx / norm), float(dy / norm)


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
