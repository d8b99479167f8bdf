"""Marks over the curves: labels, markers at the ends of curves, arrows."""

import math
from collections.abc import Sequence

import numpy as np

from gdtui.plot.axes import place
from gdtui.plot.cells import Cells, cell_width
from gdtui.plot.figure import Arrow, Label, Series
from gdtui.plot.frame import Frame
from gdtui.plot.outline import Area, Dots

_ASIDE = (0, 1, -1, 2, -2, 3, -3, 4, -4)
_HEADS = "→↗↑↖←↙↓↘"
_SHORTEST, _LONGEST = 0.03, 0.35


def draw_labels(cells: Cells, frame: Frame, area: Area, labels: Sequence[Label], used: set[tuple[int, int]]) -> bool:
    """Draw the labels, later ones first, so that they keep their cells; return whether any was drawn."""
    placed = False
    for label in reversed(labels):
        spot = area.cell(label.x, label.y, label.pin)
        width = cell_width(label.text)
        if spot is None or not width:
            continue
        _put_free(cells, frame, area, spot, label.text, label.color, label.bold, used)
        placed = True
    return placed


def _put_free(
    cells: Cells,
    frame: Frame,
    area: Area,
    spot: tuple[int, int],
    text: str,
    color: str,
    bold: bool,
    used: set[tuple[int, int]],
) -> None:
    column, row = spot
    width = cell_width(text)
    if width > area.width:
        return
    for aside in _ASIDE:
        start = column + aside
        wanted = {(c, row) for c in range(start, start + width)}
        if start >= 0 and start + width <= area.width and not wanted & used:
            break
    else:
        start = min(column, area.width - width)
        wanted = {(c, row) for c in range(start, start + width)}
    used |= wanted
    cells.put(frame.left + start, frame.top + row, text, color, bold)


def draw_ends(cells: Cells, frame: Frame, area: Area, series: Sequence[Series], used: set[tuple[int, int]]) -> bool:
    """Draw each curve's marker on its last point, and an arrow at the edge if it then went to infinity."""
    placed = False
    for one in reversed(series):
        if not one.marker:
            continue
        last = _last_seen(one, area)
        if last is None:
            continue
        spot = area.cell(float(one.x[last]), float(one.y[last]))
        if spot is not None:
            _put_free(cells, frame, area, spot, one.marker, one.color, True, used)
            placed = True
        after = one.y[last + 1 : last + 2]
        if after.size and np.isinf(after[0]):
            _put_escape(cells, frame, area, float(one.x[last + 1]), bool(after[0] > 0), one.color, used)
    return placed


_TAIL = 64


def _last_seen(series: Series, area: Area) -> int | None:
    """Return the index of the last point that the axes can show."""
    size = series.x.size
    if size:
        across = place(float(series.x[-1]), area.x.scale, area.x_limits)
        up = place(float(series.y[-1]), area.y.scale, area.y_limits)
        if math.isfinite(across) and math.isfinite(up):
            return size - 1
    for tail in (_TAIL, size):
        u, v = area.units(series.x[-tail:], series.y[-tail:])
        good = np.flatnonzero(np.isfinite(u) & np.isfinite(v))
        if good.size:
            return int(good[-1]) + size - u.size
    return None


def _put_escape(
    cells: Cells, frame: Frame, area: Area, x: float, up: bool, color: str, used: set[tuple[int, int]]
) -> None:
    unit = place(x, area.x.scale, area.x_limits)
    if not 0 <= unit <= 1:
        return
    column = int(unit * (area.dots[0] - 1) + 0.5) // area.per_cell[0]
    spot = (min(column, area.width - 1), 0 if up else area.height - 1)
    _put_free(cells, frame, area, spot, "↑" if up else "↓", color, True, used)


def _screen_direction(arrow: Arrow, area: Area) -> tuple[float, float, float, float] | None:
    """Return the start and the unit direction of an arrow, in dots (down is positive)."""
    ends = np.array([arrow.x, arrow.dx, arrow.y, arrow.dy], dtype=np.float64)
    if not np.isfinite(ends).all() or (arrow.dx == 0 and arrow.dy == 0):
        return None
    u = place(arrow.x, area.x.scale, area.x_limits)
    v = place(arrow.y, area.y.scale, area.y_limits)
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


def shaft(arrow: Arrow, area: Area) -> Dots:
    """Return the arrow's shaft in dots, ending inside the area; empty if there is none."""
    none = np.empty((0, 2), dtype=np.int32)
    found = _screen_direction(arrow, area)
    if found is None:
        return none
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
    return np.array([foot, tip], dtype=np.int32) if inside and foot != tip else none


def draw_arrow_heads(cells: Cells, frame: Frame, arrows: Sequence[tuple[Arrow, Dots]], area: Area) -> bool:
    """Draw the heads, in one of eight directions; return whether there was any."""
    placed = False
    for arrow, dots in arrows:
        if not len(dots):
            continue
        (x0, y0), (x1, y1) = dots.tolist()
        # dots are as wide as they are high, so this is the angle on the screen
        turn = round(math.atan2(y0 - y1, x1 - x0) / (math.pi / 4)) % 8
        column, row = x1 // area.per_cell[0], y1 // area.per_cell[1]
        cells.put(frame.left + column, frame.top + row, _HEADS[turn], arrow.color, bold=True)
        placed = True
    return placed
