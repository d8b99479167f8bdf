"""Fewer points for the same picture: each column of the screen keeps its lowest and its highest point.

New data do not change old columns, so a growing curve keeps the part that is drawn already.
"""

import math

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.figure import Floats


def decimate(x: Floats, y: Floats, edges: Floats, good: NDArray[np.bool_] | None = None) -> tuple[Floats, Floats]:
    """Min-max decimation of a curve with ascending x.

    `edges` are the ascending edges of buckets in x; the points before and after them are in two more buckets. `good`
    masks the points to draw, by default all finite ones; a point that is not drawn leaves a gap. The result has at most
    two points for each bucket, the last point, and a NaN for each gap between two kept points. It contains the global
    minimum and maximum.
    """
    mask = np.isfinite(x) & np.isfinite(y) if good is None else good
    whole = bool(mask.all())
    kept = np.arange(x.size) if whole else np.flatnonzero(mask)
    if is_crowded(kept.size, edges):
        u, v = (x, y) if whole else (x[kept], y[kept])
        kept = kept[extremes(v, np.searchsorted(u, edges))]
    if whole:
        return x[kept], y[kept]
    return _with_breaks(x, y, kept, mask)


def is_crowded(count: int, edges: Floats) -> bool:
    """Say whether so many points are more than the buckets with these edges need."""
    return count > 2 * edges.size


def extremes(values: Floats, cuts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the indexes of the first minimum and first maximum of each bucket, and of the last value, in order."""
    begins = np.zeros(values.size + 1, dtype=bool)
    begins[cuts] = True
    begins[0] = True
    starts = begins[:-1].nonzero()[0]
    bucket = np.cumsum(begins[:-1]) - 1
    chosen = np.zeros(values.size, dtype=bool)
    chosen[-1] = True
    for extreme in (np.minimum, np.maximum):
        hits = (values == extreme.reduceat(values, starts)[bucket]).nonzero()[0]
        of = bucket[hits]
        first = np.ones(of.size, dtype=bool)
        first[1:] = of[1:] != of[:-1]
        chosen[hits[first]] = True
    return chosen.nonzero()[0]


def _with_breaks(x: Floats, y: Floats, kept: NDArray[np.intp], good: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    gaps_before = np.cumsum(~good)
    cuts = np.flatnonzero(np.diff(gaps_before[kept])) + 1
    if not cuts.size:
        return x[kept], y[kept]
    return np.insert(x[kept], cuts, np.nan), np.insert(y[kept], cuts, np.nan)


def thin_path(points: NDArray[np.int32], most: int) -> NDArray[np.int32]:
    """Thin a path of (n, 2) points to about `most`: the newest half in full, the older at a stride of 2^k."""
    n = len(points)
    if n <= most:
        return points
    recent = most // 2
    cut = n - recent
    stride = 1
    while cut // stride > most - recent:
        stride *= 2
    cut -= cut % stride
    return np.concatenate((points[:cut:stride], points[cut:]))


def simplify(points: list[tuple[int, int]], tolerance: float = 0.6) -> list[tuple[int, int]]:
    """Leave out the points of a polyline that are within `tolerance` dots of a straight line.

    It makes one pass from the start, so that a longer polyline begins with the same points.
    """
    if len(points) < 3:
        return points
    out = [points[0]]
    ax, ay = points[0]
    px, py = points[0]
    base, low, high, reach = 0.0, -math.inf, math.inf, 0.0
    for x, y in points[1:]:
        dx, dy = x - ax, y - ay
        distance = math.hypot(dx, dy)
        angle = math.atan2(dy, dx)
        if reach:
            turn = (angle - base + math.pi) % math.tau - math.pi
        else:
            base, turn = angle, 0.0
        if reach and (distance < reach or not low <= turn <= high):
            out.append((px, py))
            ax, ay = px, py
            dx, dy = x - ax, y - ay
            distance = math.hypot(dx, dy)
            base, turn, low, high = math.atan2(dy, dx), 0.0, -math.inf, math.inf
        if distance > 0:
            half = math.asin(min(1.0, tolerance / distance))
            low, high, reach = max(low, turn - half), min(high, turn + half), distance
        else:
            reach = 0.0
        px, py = x, y
    out.append((px, py))
    return out
