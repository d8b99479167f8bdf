"""The learning-rate range test: the loss against a rate that grows, and the rate where the loss falls fastest."""

from __future__ import annotations

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.figure import Label, Series
from gdtui.text import number

#: Successive updates through which a line is laid; a single difference would be noise.
WINDOW = 5


def steepest_fall(rates: Array, losses: Array) -> int | None:
    """Return the place at which the loss falls fastest with the logarithm of the rate, up to its lowest value.

    The slope is that of the least-squares line through `WINDOW` points around it (after Smith 2017, "Cyclical learning
    rates", section 3.3). None: the rate does not grow throughout, or the loss does not fall.
    """
    known = np.flatnonzero(np.isfinite(rates) & np.isfinite(losses) & (rates > 0))
    if len(known) < WINDOW or np.any(np.diff(rates[known]) <= 0):
        return None
    known = known[: int(np.argmin(losses[known])) + 1]
    if len(known) < WINDOW:
        return None
    x, y = (np.lib.stride_tricks.sliding_window_view(v, WINDOW) for v in (np.log(rates[known]), losses[known]))
    x = x - x.mean(axis=1, keepdims=True)
    slopes = np.sum(x * y, axis=1) / np.sum(x * x, axis=1)
    place = int(np.argmin(slopes))
    return int(known[place + WINDOW // 2]) if slopes[place] < 0 else None


def suggestion(curve: Series) -> Label | None:
    """Return the mark on a curve of the loss against the rate."""
    place = steepest_fall(curve.x, curve.y)
    if place is None:
        return None
    return Label(curve.x[place], curve.y[place], f"◇ {number(curve.x[place], 2)}", "minimum", bold=True)
