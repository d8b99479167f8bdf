"""Bands as a tint behind what stands in a cell, and a light shade where nothing does: that needs no colours."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.cells import Cells, role
from gdtui.plot.figure import Band
from gdtui.plot.outline import Area

#: What fills a cell of a band in which no curve is, and that in ASCII.
_SHADE, _SHADE_ASCII = "░", ":"


def place_bands(cells: Cells, bands: Sequence[Band], area: Area, *, shaded: bool) -> None:
    """Draw bands into the cells of a plot, with `shaded` as a ground, too; the last ones are on top."""
    for band in bands:
        inside = cells_of(band, area)
        cells.chars[inside] = ord(_SHADE_ASCII if cells.plain else _SHADE)
        cells.fg[inside] = role(f"{band.color}-shade")
        if shaded:
            cells.bg[inside] = role(band.color)


def cells_of(band: Band, area: Area) -> NDArray[np.bool_]:
    """Return the cells that a band fills by half or more, rows from the top; none where x does not rise.

    An edge that is off the scale is outside: 0 on a logarithmic one is below.
    """
    (x, low), (_x, high) = (area.units(band.x, edge) for edge in (band.low, band.high))
    known = np.isfinite(x) & ~np.isnan(band.low) & ~np.isnan(band.high)
    x, low, high = x[known], low[known], high[known]
    if len(x) < 2 or np.any(np.diff(x) < 0):
        return np.zeros((area.height, area.width), dtype=bool)
    places = (np.arange(area.width) + 0.5) / area.width
    bottom = np.interp(places, x, np.where(np.isnan(low), -1.0, low))
    top = np.interp(places, x, np.where(np.isnan(high), np.where(band.high[known] > 0, 2.0, -1.0), high))
    edge = 1.0 - np.arange(area.height + 1)[:, None] / area.height  # upper edges of the cells, and the lowest one
    covered = np.minimum(top, edge[:-1]) - np.maximum(bottom, edge[1:])
    least = 0.5 * np.minimum(1.0 / area.height, top - bottom)  # a narrow one is in the cell that has most of it
    inside: NDArray[np.bool_] = (covered > 0) & (covered >= least) & (places >= x[0]) & (places <= x[-1])
    return inside
