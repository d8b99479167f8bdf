"""Contour lines of a surface: a grid of values, levels, polylines.

This is the one file that imports contourpy.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.figure import Backdrop, Domain, Floats, Series
from gdtui.plot.palette import CONTOUR_STEPS

Evaluate = Callable[[Floats, Floats], Floats]
#: Values beyond it count as it, so that interpolating between neighbours stays finite.
_BOUND = 1e100
#: Points across and up at which a surface is sampled, and how many levels it has.
RESOLUTION, LEVELS = (160, 120), 10
#: The parts of the map that lie below the floor of a valley and below its rim: levels beyond them would be specks.
_FLOOR, _RIM = 0.02, 0.985
#: A valley is so many times as deep as its floor is high, and half of the map lies below this part of its rim.
_DEEP, _MOSTLY_LOW = 300, 0.35


@dataclass(frozen=True, eq=False)
class Contours:
    """Levels in ascending order, the polylines (n, 2) of each, and the sampled grid (row 0 has the lowest y)."""

    levels: tuple[float, ...]
    lines: tuple[tuple[Floats, ...], ...]
    grid: Floats


def choose_levels(grid: Floats, count: int = LEVELS) -> tuple[float, ...]:
    """Return levels that show the shape of the surface.

    If the heights span orders of magnitude (a banana valley), levels are spaced logarithmically above the minimum;
    otherwise they divide the map into parts of equal area.
    """
    values = grid[np.isfinite(grid)]
    if values.size < 4:
        return ()
    low = float(values.min())
    heights = np.sort(values - low)
    floor, middle, top = (float(h) for h in np.quantile(heights, (_FLOOR, 0.5, _RIM)))
    if top <= 0:
        return ()
    if floor <= 0:
        positive = heights[heights > 0]
        floor = max(float(positive[0]), top * 1e-6)
    levels: Floats
    if top / floor > _DEEP and middle < _MOSTLY_LOW * top:
        levels = low + np.geomspace(floor, top, count)
    else:
        levels = low + np.quantile(heights, (np.arange(count) + 0.5) / count)
    return tuple(sorted({float(v) for v in levels if low < v}))


def contour_lines(
    evaluate: Evaluate, domain: Domain, levels: int | Sequence[float] = LEVELS, resolution: tuple[int, int] = RESOLUTION
) -> Contours:
    """Trace the contours of a surface over ((x0, x1), (y0, y1)), sampled at `resolution` (columns, rows).

    `evaluate` takes two arrays of one shape and returns an array of that shape. NaN and infinities leave holes; values
    beyond 1e100 count as 1e100.
    """
    x, y = (np.linspace(*limits, max(2, count)) for limits, count in zip(domain, resolution, strict=True))
    with np.errstate(all="ignore"):
        values = np.asarray(evaluate(*np.meshgrid(x, y)), dtype=np.float64)
        grid = np.where(np.isfinite(values), np.clip(values, -_BOUND, _BOUND), np.nan)
    grid = np.broadcast_to(grid, (y.size, x.size))
    chosen = choose_levels(grid, levels) if isinstance(levels, int) else tuple(sorted(float(v) for v in levels))
    return Contours(chosen, _trace(x, y, grid, chosen), grid)


def borders(x: Floats, y: Floats, grid: Floats) -> list[tuple[Floats, Floats]]:
    """Return the lines on which `grid` (rows along y, columns along x) is 0, each as (xs, ys)."""
    if not np.any(grid > 0) or not np.any(grid < 0):
        return []
    return [(line[:, 0], line[:, 1]) for line in _trace(x, y, grid, (0.0,))[0]]


def _trace(x: Floats, y: Floats, grid: Floats, levels: Sequence[float]) -> tuple[tuple[Floats, ...], ...]:
    """Return the polylines (n, 2) of each level."""
    import contourpy  # late: only maps need it

    generator = contourpy.contour_generator(x, y, np.ma.masked_invalid(grid))
    return tuple(
        tuple(np.asarray(line, dtype=np.float64) for line in generator.lines(level) if len(line) > 1)
        if np.isfinite(level)
        else ()
        for level in levels
    )


def surface_backdrop(
    key: Hashable, evaluate: Evaluate, domain: Domain, resolution: tuple[int, int] = RESOLUTION
) -> Backdrop:
    """Return contours and shading of a surface, to be drawn under the paths of a map.

    `key` must identify everything that the backdrop depends on: surface, parameters and domain.
    """
    contours = contour_lines(evaluate, domain, resolution=resolution)
    last = max(1, len(contours.levels) - 1)
    series = []
    for index, lines in enumerate(contours.lines):
        if lines:
            gap = np.full((1, 2), np.nan)
            joined = np.concatenate([part for line in lines for part in (line, gap)])
            role = f"contour{round(index / last * (CONTOUR_STEPS - 1))}"
            series.append(Series(joined[:, 0], joined[:, 1], color=role))
    # high levels first: in a shared cell the lower level, nearer to the minimum, is drawn last
    series.reverse()
    if not contours.levels:
        return Backdrop(key)
    return Backdrop(key, tuple(series), _shades(contours))


def _shades(contours: Contours) -> NDArray[np.intp]:
    """Return the shade at each point of the grid: it rises evenly from one level to the next; -1 in holes."""
    seen = np.isfinite(contours.grid)
    levels = (float(np.min(contours.grid[seen])), *contours.levels)
    risen = np.interp(np.where(seen, contours.grid, 0.0), levels, np.linspace(0, CONTOUR_STEPS - 1, len(levels)))
    return np.where(seen, np.round(risen).astype(np.intp), -1)
