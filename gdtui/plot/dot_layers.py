"""Draws dots into cells: the backdrop of a map, and the curves over it."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.cells import BRAILLE, Cells, role
from gdtui.plot.figure import Backdrop
from gdtui.plot.outline import Area, polylines
from gdtui.plot.palette import CONTOUR_STEPS
from gdtui.plot.raster_cache import Bits, Curve, PieceRaster

_FULL_ROWS = 15

Owners = NDArray[np.intp]
"""The number of the curve that gives each cell its colour."""


def place_curves(cells: Cells, curves: Sequence[Curve], area: Area, raster: PieceRaster) -> bool:
    """Draw curves into the cells of a plot; return whether there was a dot."""
    bits, owner = _merged(raster.draw(curves, area))
    _place(cells, curves, bits, owner)
    return bool(bits.any())


def place_backdrop(cells: Cells, backdrop: Backdrop, area: Area, raster: PieceRaster) -> None:
    """Draw contour dots and background shades into the cells of a plot."""
    _place(cells, *_backdrop_dots(backdrop, area, raster))
    levels = backdrop.shade
    if levels is not None and levels.size and not area.plain:
        rows = ((np.arange(area.height)[::-1] + 0.5) / area.height * levels.shape[0]).astype(np.intp)
        cols = ((np.arange(area.width) + 0.5) / area.width * levels.shape[1]).astype(np.intp)
        shades = np.array([0, *(role(f"shade{i}") for i in range(CONTOUR_STEPS))], dtype=np.int32)
        cells.bg[:] = shades[np.clip(levels[np.ix_(rows, cols)] + 1, 0, CONTOUR_STEPS)]


@lru_cache(maxsize=12)
def _backdrop_dots(backdrop: Backdrop, area: Area, raster: PieceRaster) -> tuple[list[Curve], Bits, Owners]:
    """Return the curves of a backdrop, its dots and their owners."""
    # on a small map all lines would run together
    stride = 3 if area.plain else 1 if area.height >= _FULL_ROWS else 2
    curves = [Curve(polylines(s, area), s.kind == "line", s.color, ".") for s in backdrop.series[::stride]]
    layers = raster.draw(curves, area)
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
