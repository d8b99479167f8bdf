"""From data to dots: series as polylines of whole dots inside a plot, to be rasterised."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.axes import bucket_edges, drawable, place, to_unit
from gdtui.plot.decimate import decimate, thin_path
from gdtui.plot.figure import Axis, Floats, Limits, Series

Dots = NDArray[np.int32]
"""Whole dots (n, 2): column, row from the top."""
_MOST_SINGLE_DOTS = 2000
_REACH = 1e150
"""Points further outside are moved so near, in widths of the plot: the direction of a line to them stays exact."""


@dataclass(frozen=True)
class Area:
    """The plot area: its size in cells, and two axes with limits."""

    width: int
    height: int
    x: Axis
    y: Axis
    plain: bool = False

    @property
    def x_limits(self) -> Limits:
        """The limits of the x axis."""
        assert self.x.limits is not None
        return self.x.limits

    @property
    def y_limits(self) -> Limits:
        """The limits of the y axis."""
        assert self.y.limits is not None
        return self.y.limits

    @property
    def per_cell(self) -> tuple[int, int]:
        """Dots in a cell, across and down."""
        return (1, 1) if self.plain else (2, 4)

    @property
    def dots(self) -> tuple[int, int]:
        """Dots in the area, across and down."""
        return self.width * self.per_cell[0], self.height * self.per_cell[1]

    def units(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return data as unit coordinates, (0, 0) at the lower left."""
        return to_unit(x, self.x.scale, self.x_limits, _REACH), to_unit(y, self.y.scale, self.y_limits, _REACH)

    def unit(self, x: float, y: float) -> tuple[float, float]:
        """Return a data position as unit coordinates."""
        return place(x, self.x.scale, self.x_limits), place(y, self.y.scale, self.y_limits)

    def column(self, unit: float) -> int:
        """Return the column of a unit coordinate."""
        return int(unit * (self.dots[0] - 1) + 0.5) // self.per_cell[0]

    def row(self, unit: float) -> int:
        """Return the row, from the top, of a unit coordinate."""
        down = self.dots[1]
        return (down - 1 - int(unit * (down - 1) + 0.5)) // self.per_cell[1]

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Return column and row of a data position; None outside."""
        a, b = self.unit(x, y)
        edge = 1e-9
        if not (-edge <= a <= 1 + edge and -edge <= b <= 1 + edge):
            return None
        return self.column(a), self.row(b)


def polylines(series: Series, area: Area) -> list[Dots]:
    """Return polylines of dots inside the area; for points, one array of dots that are not joined."""
    across, down = area.dots
    x, y = series.x, series.y
    if series.kind == "points":
        return _single_dots(*area.units(x, y), across, down)
    good = drawable(x, area.x.scale) & drawable(y, area.y.scale)
    placed: Floats = x if good.all() else x[good]
    forward = bool((placed[1:] >= placed[:-1]).all())
    if forward:
        x, y = decimate(x, y, bucket_edges(across, area.x.scale, area.x_limits), good)
    u, v = area.units(x, y)
    out: list[Dots] = []
    good = np.isfinite(u) & np.isfinite(v)
    for first, last in _spans(good):
        for piece in _clipped(np.column_stack((u[first:last], v[first:last]))):
            dots = _to_dots(piece, across, down)
            out.append(dots if forward else thin_path(dots, 8 * across))
    return out


def _spans(good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate(([0], good.astype(np.int8), [0])))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _to_dots(points: Floats, across: int, down: int) -> Dots:
    dots = np.floor(points * (across - 1, down - 1) + 0.5).astype(np.int32)
    dots[:, 1] = down - 1 - dots[:, 1]
    if len(dots) > 1:
        moved = np.ones(len(dots), dtype=bool)
        moved[1:] = (dots[1:] != dots[:-1]).any(axis=1)
        dots = dots[moved]
    return dots


def _single_dots(u: Floats, v: Floats, across: int, down: int) -> list[Dots]:
    inside = (u >= 0) & (u <= 1) & (v >= 0) & (v <= 1)
    if not inside.any():
        return []
    dots = _to_dots(np.column_stack((u[inside], v[inside])), across, down)
    codes = np.unique(dots[:, 0] * down + dots[:, 1])
    codes = codes[:: -(-codes.size // _MOST_SINGLE_DOTS)]
    return [np.column_stack((codes // down, codes % down)).astype(np.int32)]


def _clipped(points: Floats) -> list[Floats]:
    """Cut a polyline to the unit square (Liang-Barsky on all segments at once)."""
    inside: NDArray[np.bool_] = np.all((points >= 0) & (points <= 1), axis=1)
    if inside.all():
        return [points]
    if len(points) == 1:
        return []
    start, stop = points[:-1], points[1:]
    # from the end that is nearer: on the way from a point far outside, rounding would move the crossing
    turned = (np.abs(start).max(axis=1) > np.abs(stop).max(axis=1))[:, None]
    start, stop = np.where(turned, stop, start), np.where(turned, start, stop)
    step = stop - start
    with np.errstate(all="ignore"):
        to_low, to_high = -start / step, (1 - start) / step
    flat = step == 0
    outside = flat & ((start < 0) | (start > 1))
    enter = np.where(flat, 0.0, np.minimum(to_low, to_high)).max(axis=1).clip(0, 1)
    leave = np.where(flat, 1.0, np.maximum(to_low, to_high)).min(axis=1).clip(0, 1)
    seen = (enter <= leave) & ~outside.any(axis=1)
    # a segment that is entirely beyond one side has both parameters clipped to the same end
    near, far = start + step * enter[:, None], start + step * leave[:, None]
    head, tail = np.where(turned, far, near), np.where(turned, near, far)
    middle = (head + tail) / 2
    seen &= ((middle >= -1e-9) & (middle <= 1 + 1e-9)).all(axis=1)
    joined = np.zeros(len(step), dtype=bool)
    joined[1:] = inside[1:-1] & seen[1:] & seen[:-1]
    out: list[Floats] = []
    for i in np.flatnonzero(seen & ~joined).tolist():
        end = i + 1
        while end < len(step) and joined[end]:
            end += 1
        out.append(np.clip(np.concatenate((head[i : i + 1], tail[i:end])), 0, 1))
    return out
