"""Draws dots into cells: the backdrop of a map, and the curves over it."""

from collections import OrderedDict
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.cells import Cells
from gdtui.plot.figure import Backdrop, Series
from gdtui.plot.outline import Area, polylines
from gdtui.plot.palette import CONTOUR_STEPS
from gdtui.plot.raster_cache import Bits, Curve, PieceRaster

_BRAILLE = 0x2800
_LAYERS_KEPT = 12
_FULL_ROWS = 15
_Layer = tuple[Bits, list[str], NDArray[np.int32]]

_layers: OrderedDict[Hashable, _Layer] = OrderedDict()


def place_curves(
    cells: Cells,
    plot: tuple[slice, slice],
    bits: NDArray[np.uint8],
    roles: list[int],
    glyphs: list[str] | None,
) -> None:
    """Merge the layers; a cell takes the colour of the layer with most dots in it, of equals the later one."""
    if not len(bits):
        return
    weight = np.bitwise_count(bits)
    owner = len(bits) - 1 - np.argmax(weight[::-1], axis=0)
    merged = np.bitwise_or.reduce(bits, axis=0)
    on = merged > 0
    if glyphs is None:
        chars = merged.astype(np.uint32) + _BRAILLE
    else:
        chars = np.array([ord(g) for g in glyphs], dtype=np.uint32)[owner]
    cells.chars[plot][on] = chars[on]
    cells.fg[plot][on] = np.array(roles, dtype=np.int32)[owner][on]


def place_backdrop(
    cells: Cells, plot: tuple[slice, slice], backdrop: Backdrop, area: Area, raster: PieceRaster
) -> None:
    """Draw contour dots and background shades of a backdrop into the plot's cells."""
    merged, colors, owner = draw_layer(backdrop, area, raster)
    on = merged > 0
    if on.any():
        roles = np.array([cells.role(c) for c in colors], dtype=np.int32)
        chars = merged.astype(np.uint32) + _BRAILLE
        if area.plain:
            chars[:] = ord(".")
        cells.chars[plot][on] = chars[on]
        cells.fg[plot][on] = roles[owner][on]
    if backdrop.shade is not None and not area.plain and backdrop.shade.levels.size:
        levels = backdrop.shade.levels
        rows = ((np.arange(area.height)[::-1] + 0.5) / area.height * levels.shape[0]).astype(np.intp)
        cols = ((np.arange(area.width) + 0.5) / area.width * levels.shape[1]).astype(np.intp)
        shades = np.array([0, *(cells.role(f"shade{i}") for i in range(CONTOUR_STEPS))], dtype=np.int32)
        cells.bg[plot] = shades[np.clip(levels[np.ix_(rows, cols)] + 1, 0, CONTOUR_STEPS)]


def draw_layer(backdrop: Backdrop, area: Area, raster: PieceRaster) -> _Layer:
    """Return the dots of a backdrop, its colours, and the colour of each cell; cached for the next call."""
    key = (
        backdrop.key, area.width, area.height, area.x.scale, area.y.scale, area.x_limits, area.y_limits,
        area.plain
    )  # fmt: skip
    found = _layers.get(key)
    if found is not None:
        _layers.move_to_end(key)
        return found
    bits = raster.draw(
        [Curve(polylines(s, area), s.kind == "line") for s in _thinned(backdrop.series, area)],
        area,
        remember=False,
    )
    if len(bits):
        weight = np.bitwise_count(bits)
        owner = (len(bits) - 1 - np.argmax(weight[::-1], axis=0)).astype(np.int32)
        merged = np.bitwise_or.reduce(bits, axis=0)
        # if many levels share a cell, one line is clearer than a blot
        crowded = (weight > 0).sum(axis=0) > 2
        merged[crowded] = np.take_along_axis(bits, owner[None], axis=0)[0][crowded]
    else:
        merged = np.zeros((area.height, area.width), dtype=np.uint8)
        owner = np.zeros((area.height, area.width), dtype=np.int32)
    layer = (merged, [s.color for s in _thinned(backdrop.series, area)], owner)
    _layers[key] = layer
    while len(_layers) > _LAYERS_KEPT:
        _layers.popitem(last=False)
    return layer


def _thinned(series: tuple[Series, ...], area: Area) -> tuple[Series, ...]:
    """Return every second or third line for a small map, where all of them would run together."""
    if area.plain:
        return series[::3]
    return series if area.height >= _FULL_ROWS else series[::2]
