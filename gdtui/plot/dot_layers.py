"""Draws dots into cells: the backdrop of a map, and the curves over it."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.cells import BRAILLE, Cells, role
from gdtui.plot.figure import Backdrop
from gdtui.plot.outline import Area
from gdtui.plot.raster_cache import Bits, Curve
from gdtui.plot.strokes import bits_of, strokes

#: Rows from which a map has room for every contour.
_FULL_ROWS = 15
_UPPER_HALF, _LOWER_HALF = "▀▄"
#: Where in a cell the middle of its lower half is, from the top.
LOWER_HALF = 0.75

#: The shade at each point of a grid, row 0 at the bottom; -1 for none.
Shades = NDArray[np.intp]

#: The number of the curve that gives each cell its colour.
Owners = NDArray[np.intp]


def place_curves(cells: Cells, curves: Sequence[Curve], layers: Bits) -> bool:
    """Draw curves with these dots into the cells of a plot; return whether there was a dot."""
    bits, owner = _merged(layers)
    _place(cells, curves, bits, owner)
    return bool(bits.any())


def place_backdrop(cells: Cells, backdrop: Backdrop, area: Area, *, shaded: bool) -> None:
    """Draw the contours of a backdrop into the cells of a plot, and with `shaded` its shades under them."""
    drawn = _drawn_backdrop(backdrop, area, shaded and not area.plain)
    cells.chars[:], cells.fg[:], cells.bg[:] = drawn.chars, drawn.fg, drawn.bg


@lru_cache(maxsize=12)
def _drawn_backdrop(backdrop: Backdrop, area: Area, shaded: bool) -> Cells:
    """Return a backdrop as cells of their own."""
    cells = Cells(area.width, area.height, area.plain)
    curves, bits, owner = _backdrop_dots(backdrop, area)
    if shaded and backdrop.shade is not None and backdrop.shade.size:
        _place_shades(cells, backdrop.shade, backdrop.role, area, bits > 0)
    elif backdrop.glyphs and backdrop.shade is not None and backdrop.shade.size:
        _place_glyphs(cells, backdrop.shade, backdrop.glyphs, area)
    _place(cells, curves, bits, owner)
    return cells


def _place_shades(cells: Cells, shade: Shades, name: str, area: Area, covered: NDArray[np.bool_]) -> None:
    """Draw the shades, two in a cell: the upper half is the foreground; a cell that is covered has the lower one.

    Over a half without a shade the other one is the foreground.
    """
    placed = _sampled(shade, area, 2)
    upper, lower = placed[0::2], placed[1::2]
    roles = np.array([0, *(role(f"{name}{i}") for i in range(int(shade.max()) + 1))], dtype=np.int32)
    halved = ~covered & (upper != lower)
    cells.bg[:] = roles[lower + 1]
    cells.fg[halved] = roles[upper[halved] + 1]
    cells.chars[halved] = ord(_UPPER_HALF)
    below = halved & (upper < 0)
    cells.fg[below], cells.bg[below] = roles[lower[below] + 1], 0
    cells.chars[below] = ord(_LOWER_HALF)


def _place_glyphs(cells: Cells, shade: Shades, glyphs: str, area: Area) -> None:
    """Draw the shades as characters, one a cell."""
    codes = np.array([ord(" "), *map(ord, glyphs)], dtype=np.uint32)
    cells.chars[:] = codes[_sampled(shade, area, 1) + 1]
    cells.fg[:] = role("label")


def _sampled(shade: Shades, area: Area, per_cell: int) -> Shades:
    """Return the shade in the middle of each column and of so many parts of each row, from the top.

    What is in the middle is counted by dots, as it is for curves and for `plot_place`.
    """
    columns = ((np.arange(area.width) + 0.5) * area.per_cell[0] - 0.5) / max(1, area.dots[0] - 1)
    parts = (np.arange(area.height * per_cell) + 0.5) / per_cell
    rows = (area.dots[1] - 0.5 - parts * area.per_cell[1]) / max(1, area.dots[1] - 1)
    places = ((part * count).astype(np.intp) for part, count in zip((rows, columns), shade.shape, strict=True))
    row, column = (np.clip(place, 0, count - 1) for place, count in zip(places, shade.shape, strict=True))
    return shade[np.ix_(row, column)]


def _backdrop_dots(backdrop: Backdrop, area: Area) -> tuple[list[Curve], Bits, Owners]:
    """Return the curves of a backdrop, its dots and their owners."""
    # on a small map all lines would run together
    stride = 3 if area.plain else 1 if area.height >= _FULL_ROWS else 2
    curves = [Curve([], True, series.color, ".") for series in backdrop.series[::stride]]
    drawn = [bits_of(strokes(series, area), area) for series in backdrop.series[::stride]]
    layers = np.array(drawn or [bits_of(np.zeros(area.dots[::-1], dtype=bool), area)])
    bits, owner = _merged(layers)
    # where many levels share a cell, one line is clearer than a blot
    crowded = (layers > 0).sum(axis=0) > 2
    bits[crowded] = np.take_along_axis(layers, owner[None], axis=0)[0][crowded]
    return curves, bits, owner


def _merged(layers: Bits) -> tuple[Bits, Owners]:
    """Merge layers of dots; the layer with most dots in a cell owns it, the later one of equals."""
    owner = len(layers) - 1 - np.argmax(np.bitwise_count(layers)[::-1], axis=0)
    return np.bitwise_or.reduce(layers, axis=0), owner


def _place(cells: Cells, curves: Sequence[Curve], bits: Bits, owner: Owners) -> None:
    on = bits > 0
    owner = owner[on]
    glyphs = np.array([ord(curve.glyph) for curve in curves], dtype=np.uint32)
    cells.chars[on] = glyphs[owner] if cells.plain else bits[on].astype(np.uint32) + BRAILLE
    cells.fg[on] = np.array([role(curve.color) for curve in curves], dtype=np.int32)[owner]
