"""Lines as dots, many at once: for contours, which have too many points to be drawn one by one, and for short lines."""

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.figure import Floats, Series
from gdtui.plot.outline import Area

#: The dots of a plot, rows from the top.
Canvas = NDArray[np.bool_]

#: The longest part of a line, in dots: longer ones cross the whole plot.
_LONGEST = 2000


def strokes(series: Series, area: Area) -> Canvas:
    """Return the dots of a curve whose points lie close together, with a gap at each point that is not finite."""
    across, down = area.dots
    canvas = np.zeros((down, across), dtype=bool)
    u, v = area.units(series.x, series.y)
    columns, rows = u * (across - 1), (1 - v) * (down - 1)
    steps = np.maximum(np.abs(np.diff(columns)), np.abs(np.diff(rows)))
    with np.errstate(invalid="ignore"):
        parts = np.flatnonzero(steps <= _LONGEST)
    counts = np.ceil(steps[parts]).astype(np.intp) + 1
    part = np.repeat(parts, counts)
    along = (np.arange(len(part)) - np.repeat(np.cumsum(counts) - counts, counts)) / np.repeat(
        np.maximum(counts - 1, 1), counts
    )
    column, row = (_rounded(at[part] + along * (at[part + 1] - at[part])) for at in (columns, rows))
    inside = (column >= 0) & (column < across) & (row >= 0) & (row < down)
    canvas[row[inside], column[inside]] = True
    return _thinned(canvas)


def _rounded(places: Floats) -> NDArray[np.intp]:
    return np.floor(places + 0.5).astype(np.intp)


def _thinned(canvas: Canvas) -> Canvas:
    """Take away the corner of each step, so that a slanted line is one dot wide."""
    odd = np.add.outer(np.arange(canvas.shape[0]), np.arange(canvas.shape[1])) % 2 == 1
    for half in (odd, ~odd):  # the corners of one colour of a chessboard are no neighbours
        around = np.pad(canvas, 1)
        above, below = around[:-2, 1:-1], around[2:, 1:-1]
        left, right = around[1:-1, :-2], around[1:-1, 2:]
        canvas = canvas & ~(half & (above ^ below) & (left ^ right))
    return canvas


#: The bit of each dot of a braille cell, from the upper left.
BRAILLE_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)


def bits_of(canvas: Canvas, area: Area) -> NDArray[np.uint8]:
    """Return the braille bits of each cell; in ASCII 1 for a cell with a dot."""
    across, down = area.per_cell
    blocks = canvas.reshape(area.height, down, area.width, across)
    weights = np.ones((1, 1), dtype=np.uint8) if area.plain else BRAILLE_BITS
    bits: NDArray[np.uint8] = np.einsum("hdwa,da->hw", blocks.astype(np.uint8), weights)
    return bits


def straight(ends: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the dots of straight lines, and the number of the line of each.

    `ends` has the first and the last dot of each line: (lines, 2, 2), column and row from the top. The dots are those
    that plotext takes: as many as the longer side has, evenly spaced; of two equally near ones that right or below.
    """
    start, way = ends[:, 0], ends[:, 1] - ends[:, 0]
    longest = np.abs(way).max(axis=1)
    line = np.repeat(np.arange(len(ends)), longest + 1)
    step = np.arange(len(line)) - np.repeat(np.cumsum(longest + 1) - longest - 1, longest + 1)
    whole = np.maximum(longest, 1)[line, None]
    return start[line] + (2 * step[:, None] * way[line] + whole) // (2 * whole), line
