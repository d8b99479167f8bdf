"""From data to dots: series as polylines of whole dots inside a plot, to be rasterised."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.axes import all_drawable, bucket_edges, drawable, inner_unit, place, to_unit
from gdtui.plot.decimate import decimate, extremes, is_crowded, thin_path
from gdtui.plot.figure import Axis, Floats, Limits, Series
from gdtui.plot.recent import Recent

#: Whole dots (n, 2): column, row from the top.
Dots = NDArray[np.int32]
_MOST_SINGLE_DOTS = 2000
#: Cells for each dot of a curve of dots: closer together they look like a line.
_APART = 2
#: The most dots of a path, for each dot across.
_MOST_OF_PATH = 8
#: Points further outside are moved so near, in widths of the plot: the direction of a line to them stays exact.
_REACH = 1e150
#: How far outside the plot, in its widths, rounding may put a point that is at its edge.
EDGE = 1e-9


@dataclass(frozen=True)
class Area:
    """The plot area: its size in cells, and two axes with limits."""

    width: int
    height: int
    x: Axis
    y: Axis
    plain: bool = False

    def __hash__(self) -> int:
        return self._hash  # curves are looked up by their areas, a dozen times a frame

    @cached_property
    def _hash(self) -> int:
        return hash((self.width, self.height, self.x, self.y, self.plain))

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

    @cached_property
    def per_cell(self) -> tuple[int, int]:
        """Dots in a cell, across and down."""
        return (1, 1) if self.plain else (2, 4)

    @cached_property
    def dots(self) -> tuple[int, int]:
        """Dots in the area, across and down."""
        return self.width * self.per_cell[0], self.height * self.per_cell[1]

    def units(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return data as unit coordinates, (0, 0) at the lower left."""
        return to_unit(x, self.x.scale, self.x_limits, _REACH), to_unit(y, self.y.scale, self.y_limits, _REACH)

    def inside(self, x: Floats, y: Floats) -> Floats | None:
        """Return drawable data as `units` does, in two columns; None if any of it lies outside."""
        units = np.empty((x.size, 2))
        with np.errstate(all="ignore"):
            units[:, 0] = inner_unit(x, self.x.scale, self.x_limits)
            units[:, 1] = inner_unit(y, self.y.scale, self.y_limits)
        return units if units.min() >= 0 and units.max() <= 1 else None

    def shows(self, x: Floats, y: Floats) -> bool:
        """Say whether there are data, and the scales can show all of them."""
        return all_drawable(x, self.x.scale) and all_drawable(y, self.y.scale)

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
        if not (-EDGE <= a <= 1 + EDGE and -EDGE <= b <= 1 + EDGE):
            return None
        return self.column(a), self.row(b)


def polylines(series: Series, area: Area) -> list[Dots]:
    """Return polylines of dots inside the area; for dots and points, one array of dots that are not joined."""
    across, down = area.dots
    x, y = series.x, series.y
    if series.kind != "line":
        units = area.units(x, y)
        apart = units if series.kind == "points" else _apart(*units, across, _APART * area.per_cell[0])
        return _single_dots(*apart, across, down)
    whole = _grown(series, area)
    if whole is None:
        whole = _path(series, area)
    if whole is not None:
        return [whole]
    good = drawable(x, area.x.scale) & drawable(y, area.y.scale)
    placed: Floats = x if good.all() else x[good]
    forward = _goes_right(placed)
    if forward:
        x, y = decimate(x, y, _edges(area), good)
    u, v = area.units(x, y)
    out: list[Dots] = []
    good = np.isfinite(u) & np.isfinite(v)
    if forward and _inside(u[good], v[good]):
        return _parts(u, v, good, area)
    for first, last in _spans(good):
        for piece in _clipped(np.column_stack((u[first:last], v[first:last]))):
            dots = _to_dots(piece, across, down)
            out.append(dots if forward else thin_path(dots, _MOST_OF_PATH * across))
    return out


def _edges(area: Area) -> Floats:
    return bucket_edges(area.dots[0], area.x.scale, area.x_limits)


class _Head(NamedTuple):
    """The points of a curve to the left of the column of its newest point, and their dots.

    The first `skipped` points cannot be drawn; the column begins at the `edge`. Where points are `thinned`, columns
    keep their extremes alone.
    """

    x: Floats
    y: Floats
    skipped: int
    edge: float
    thinned: bool
    dots: Dots

    def begins(self, series: Series, edges: Floats) -> bool:
        """Say whether a curve begins with these points, drawn in the same way, and goes on to the right of them."""
        n, x, y = self.x.size, series.x, series.y
        return (
            n < x.size
            and x[n] >= self.edge
            and self.thinned == is_crowded(x.size - self.skipped, edges)
            and _same(x[:n], self.x)
            and _same(y[:n], self.y)
        )


def _same(a: Floats, b: Floats) -> bool:
    """Say whether arrays of one size are equal; as bits: nan equals nan."""
    return bool((a.view(np.int64) == b.view(np.int64)).all())


_NO_DOTS: Dots = np.empty((0, 2), dtype=np.int32)
#: New points after which a head is made longer.
_MANY = 64
_heads: Recent[tuple[Area, str, str], _Head] = Recent(64)


def _grown(series: Series, area: Area) -> Dots | None:
    """Return the dots of a curve without gaps that goes to the right and stays inside; None if it is another.

    Where it begins with the points of one that has been drawn, only the columns after them are worked out.
    """
    edges, key = _edges(area), (area, series.color, series.label)
    head = _heads.find(key)
    if head is None or not head.begins(series, edges):
        skipped = _not_shown(series, area)
        thinned = is_crowded(series.x.size - skipped, edges)
        head = _Head(series.x[:skipped], series.y[:skipped], skipped, -np.inf, thinned, _NO_DOTS)
    n = head.x.size
    x, y = series.x[n:], series.y[n:]
    if not area.shows(x, y) or not _goes_right(x):
        return None
    if head.thinned:
        chosen = extremes(y, np.searchsorted(x, edges))
        x, y = x[chosen], y[chosen]
    points = area.inside(x, y)
    if points is None:
        return None
    if series.x.size - n > _MANY:
        edge = float(edges[max(0, np.searchsorted(edges, x[-1], side="right") - 1)])
        end = int(np.searchsorted(series.x, edge))
        if end > n:
            older = _joined(head.dots, _to_dots(points[: np.searchsorted(x, edge)], *area.dots))
            _heads.keep(key, _Head(series.x[:end], series.y[:end], head.skipped, edge, head.thinned, older))
    return _joined(head.dots, _to_dots(points, *area.dots))


def _not_shown(series: Series, area: Area) -> int:
    """Return how many points of a curve come before the first that can be drawn; 0 if none can."""
    if area.shows(series.x[:1], series.y[:1]) or not series.x.size:
        return 0
    return int((drawable(series.x, area.x.scale) & drawable(series.y, area.y.scale)).argmax())


def _goes_right(x: Floats) -> bool:
    return bool((x[1:] >= x[:-1]).all())


def _path(series: Series, area: Area) -> Dots | None:
    """Return the dots of a curve without gaps that goes to and fro and stays inside; None if it is another."""
    if not area.shows(series.x, series.y) or _goes_right(series.x):
        return None
    points = area.inside(series.x, series.y)
    return None if points is None else thin_path(_to_dots(points, *area.dots), _MOST_OF_PATH * area.dots[0])


def _joined(older: Dots, newer: Dots) -> Dots:
    """Return dots one after the other, without the same one twice."""
    again = len(older) and len(newer) and older[-1].tolist() == newer[0].tolist()
    return np.concatenate((older, newer[1:] if again else newer))


def _inside(u: Floats, v: Floats) -> bool:
    return bool(u.size and min(u.min(), v.min()) >= 0 and max(u.max(), v.max()) <= 1)


def _parts(u: Floats, v: Floats, good: NDArray[np.bool_], area: Area) -> list[Dots]:
    """Return the dots of each part of a curve with gaps that stays inside, all parts at once."""
    begins = np.ones(good.size, dtype=bool)
    begins[1:] = ~good[:-1]
    dots, first = _placed(np.column_stack((u[good], v[good])), *area.dots), begins[good]
    moved = first.copy()
    moved[1:] |= (dots[1:] != dots[:-1]).any(axis=1)
    return np.split(dots[moved], np.flatnonzero(first[moved])[1:])


def _spans(good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate(([0], good.astype(np.int8), [0])))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _placed(points: Floats, across: int, down: int) -> Dots:
    dots = np.empty(points.shape, dtype=np.int32)
    dots[:, 0] = np.floor(points[:, 0] * (across - 1) + 0.5)
    dots[:, 1] = down - 1 - np.floor(points[:, 1] * (down - 1) + 0.5)
    return dots


def _to_dots(points: Floats, across: int, down: int) -> Dots:
    dots = _placed(points, across, down)
    both = dots.view(np.int64)[:, 0]  # column and row in one number
    moved = np.ones(len(dots), dtype=bool)
    np.not_equal(both[1:], both[:-1], out=moved[1:])
    return dots[moved]


def _apart(u: Floats, v: Floats, across: int, every: int) -> tuple[Floats, Floats]:
    """Return the first point in each of so many columns of dots."""
    good = np.isfinite(u) & np.isfinite(v)
    columns = np.floor(u[good] * (across - 1) + 0.5) // every
    kept = np.flatnonzero(good)[np.unique(columns, return_index=True)[1]]
    return u[kept], v[kept]


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
    seen &= ((middle >= -EDGE) & (middle <= 1 + EDGE)).all(axis=1)
    joined = np.zeros(len(step), dtype=bool)
    joined[1:] = inside[1:-1] & seen[1:] & seen[:-1]
    out: list[Floats] = []
    for i in np.flatnonzero(seen & ~joined).tolist():
        end = i + 1
        while end < len(step) and joined[end]:
            end += 1
        out.append(np.clip(np.concatenate((head[i : i + 1], tail[i:end])), 0, 1))
    return out
