"""Axis limits with hysteresis, and the maps from data to the unit interval.

Limits move in 1-2-5 steps, and only when the data leave them or use less than `KEEP_SHARE` of the span. One more data
point then changes a few cells of a chart, not all of them.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.figure import Axis, Floats, Limits, Scale

#: The smallest share of the previous span that data must use for its limits to stay.
KEEP_SHARE = 0.35
#: The largest limit of a linear or symlog axis that is fitted to data; a curve beyond it leaves the chart.
HUGE = 1e300
#: Data closer to 0 than this count as 0; a logarithmic axis near it has decades alone.
TINY = 1e-300
#: A log axis that is fitted to data reaches so far down from its highest value; a curve below it leaves the chart.
MOST_DECADES = 30
#: The smallest and about the largest positive float.
_LOG_LOW, _LOG_HIGH = 5e-324, 1.7e308
#: Data whose span is a smaller share of their size are drawn as one value.
_NARROW = 2e-4
#: Limits begin at 0 if the data begin below this part of their end.
_NEAR_ZERO = 0.4
#: Decades below which data of a log axis count as one value, have ticks like a linear axis, and have limits like 2 and
#: 50 in place of powers of ten.
_ONE_VALUE, LINEAR_BELOW, FEW_BELOW = 0.02, 0.5, 2
#: Values below this part of the largest are of no account on a symlog axis.
_LITTLE = 1e-3
#: How far a value may be from a round one, by rounding, and still count as it.
LOOSE = 1e-9
#: How far outside the limits a point may be placed, in spans of the axis.
_REACH = 1000.0


def step_125(value: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is not below `value` (> 0)."""
    exponent = math.floor(math.log10(value))
    for mantissa in (1, 2, 5, 10, 20):
        step = float(f"{mantissa}e{exponent}")
        if step >= value * (1 - LOOSE):
            return step
    return value


def step_125_down(value: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not above `value` (> 0)."""
    exponent = math.floor(math.log10(value))
    for mantissa in (5, 2, 1):
        step = float(f"{mantissa}e{exponent}")
        if 0 < step <= value * (1 + LOOSE):
            return step
    return float(f"5e{exponent - 1}") or _LOG_LOW


def _clean(value: float) -> float:
    """Round away the error of a multiplication (0.30000000000000004)."""
    return float(f"{value:.12g}")


def _linear_limits(low: float, high: float) -> Limits:
    size = max(abs(low), abs(high))
    if size < TINY:
        return (0.0, 1.0)
    if high - low < _NARROW * size:  # nearly one value: a step of its own size on either side
        step = step_125_down(size / 2)
        nearest = round((low / 2 + high / 2) / step)
        return (_clean((nearest - 1) * step), _clean((nearest + 1) * step))
    if 0 <= low <= _NEAR_ZERO * high:
        return (0.0, step_125(high))
    if high <= 0 and -high <= _NEAR_ZERO * -low:
        return (-step_125(-low), 0.0)
    step = step_125((high - low) / 4)
    return (_clean(math.floor(low / step + LOOSE) * step), _clean(math.ceil(high / step - LOOSE) * step))


def _log_limits(low: float, high: float) -> Limits:
    decades = math.log10(high) - math.log10(low)
    ordinary = low > TINY and high < HUGE
    if decades < _ONE_VALUE and ordinary:  # do not magnify what is nearly constant
        return (step_125_down(low * 0.99), step_125(high * 1.01))
    if decades < LINEAR_BELOW and ordinary:
        below, above = _linear_limits(low, high)
        return (below if below > 0 else step_125_down(low), above)
    if decades < FEW_BELOW and ordinary:
        return (step_125_down(low), min(step_125(high), _LOG_HIGH))
    stride = max(1, round(step_125(max(1.0, decades) / 10)))
    first = math.floor((math.log10(low) + LOOSE) / stride) * stride
    last = math.ceil((math.log10(high) - LOOSE) / stride) * stride
    return (power_of_ten(first), power_of_ten(max(last, first + stride)))


def power_of_ten(exponent: int) -> float:
    """Return 10**exponent, clipped to the range of floats."""
    if exponent < -323:
        return _LOG_LOW
    return float(f"1e{exponent}") if exponent <= 308 else _LOG_HIGH


def _symlog_limits(low: float, high: float) -> Limits:
    size = max(abs(low), abs(high))
    if size < TINY:
        return (0.0, 1.0)
    floor = size * _LITTLE
    top = step_125(max(high, floor)) if high > 0 else 0.0
    bottom = -step_125(max(-low, floor)) if low < 0 else 0.0
    return (bottom, top)


def drawable(values: Floats, scale: Scale) -> NDArray[np.bool_]:
    """Return the mask of the values that this scale can show."""
    mask: NDArray[np.bool_] = np.isfinite(values)
    if scale == "log":
        mask &= values > 0
    return mask


def all_drawable(values: Floats, scale: Scale) -> bool:
    """Say whether there are values, and this scale can show all of them."""
    if not values.size:
        return False
    low, high = values.min(), values.max()  # nan if any value is
    return bool(-math.inf < low and high < math.inf and (scale != "log" or low > 0))


def data_range(arrays: Iterable[Floats], scale: Scale) -> Limits | None:
    """Return the smallest and largest drawable value over all arrays; None if there is none."""
    low, high = math.inf, -math.inf
    for values in arrays:
        if not values.size:
            continue
        least, most = float(values.min()), float(values.max())  # nan if any value is
        if not (-math.inf < least <= most < math.inf) or (scale == "log" and least <= 0):
            kept = values[drawable(values, scale)]
            if not kept.size:
                continue
            least, most = float(kept.min()), float(kept.max())
        low, high = min(low, least), max(high, most)
    return (low, high) if low <= high else None


def choose_limits(low: float, high: float, scale: Scale = "linear", previous: Limits | None = None) -> Limits:
    """Return limits for data from `low` to `high`.

    `previous` is kept if the data lie inside it and use at least `KEEP_SHARE` of it, measured on the scale; otherwise
    the limits are the tightest round ones.
    """
    if previous is not None and previous[0] <= low and high <= previous[1]:
        share = place(high, scale, previous) - place(low, scale, previous)
        if share >= KEEP_SHARE:
            return previous
    least, most = (_LOG_LOW, _LOG_HIGH) if scale == "log" else (-HUGE, HUGE)
    low, high = (min(max(value, least), most) for value in (low, high))
    return {"linear": _linear_limits, "log": _log_limits, "symlog": _symlog_limits}[scale](low, high)


def fit(axis: Axis, arrays: Iterable[Floats], previous: Limits | None = None) -> Axis:
    """Return the axis with limits: its own, or chosen from the data with hysteresis against `previous`.

    Pass the `limits` of the result as `previous` for the next frame.
    """
    if axis.limits is not None and valid_limits(axis.limits, axis.scale):
        return axis
    found = data_range(arrays, axis.scale)
    if found is None:
        default = (1e-3, 1.0) if axis.scale == "log" else (0.0, 1.0)
        return replace(axis, limits=previous or default)
    low, high = found
    if axis.scale == "log":
        low = max(low, high / 10.0**MOST_DECADES)
    return replace(axis, limits=choose_limits(low, high, axis.scale, previous))


def valid_limits(limits: Limits, scale: Scale) -> bool:
    """Return whether a chart can be drawn between these limits."""
    low, high = limits
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return False
    if scale == "log":
        return low > 0
    return high - low >= 1e-305 and max(-low, high) <= 10 * HUGE


def symlog_threshold(limits: Limits) -> float:
    """Return where a symlog axis turns logarithmic: three decades below the decade of the larger limit."""
    size = max(abs(limits[0]), abs(limits[1]), TINY)
    return power_of_ten(math.floor(math.log10(size)) - 3)


def _transform(values: Floats, scale: Scale, limits: Limits) -> Floats:
    if scale == "log":
        return np.asarray(np.log10(values), dtype=np.float64)
    if scale == "symlog":
        return np.asarray(np.arcsinh(values / (2 * symlog_threshold(limits))), dtype=np.float64)
    return values


def to_unit(values: Floats, scale: Scale, limits: Limits, reach: float = _REACH) -> Floats:
    """Map data to 0 at the lower and 1 at the upper limit.

    Values that the scale cannot show become NaN; values far outside are clipped to ±`reach`, so that all others are
    finite.
    """
    with np.errstate(all="ignore"):
        mask = drawable(values, scale)
        placed = values if mask.all() else np.where(mask, values, np.nan)
        low, high = limits
        if scale != "log":
            room = (high - low) * reach
            if math.isfinite(room):
                placed = np.minimum(np.maximum(placed, low - room), high + room)
        return np.minimum(np.maximum(inner_unit(placed, scale, limits), -reach), reach)


def inner_unit(values: Floats, scale: Scale, limits: Limits) -> Floats:
    """Return `to_unit` of drawable values, as long as none lies far outside; the caller ignores floating point."""
    start, end = _transformed(scale, limits)
    return np.asarray((_transform(values, scale, limits) - start) / (end - start), dtype=np.float64)


@lru_cache(maxsize=256)
def _transformed(scale: Scale, limits: Limits) -> tuple[np.float64, np.float64]:
    """Return the limits on the scale."""
    with np.errstate(all="ignore"):
        low, high = _transform(np.array(limits), scale, limits)
    return low, high


def place(value: float, scale: Scale, limits: Limits) -> float:
    """Return `to_unit` of a single value, without the cost of an array."""
    value, low, high = float(value), float(limits[0]), float(limits[1])  # NumPy's scalars warn of what overflows
    if not math.isfinite(value) or (scale == "log" and value <= 0):
        return math.nan
    if scale == "log":
        start, end, at = math.log10(low), math.log10(high), math.log10(value)
    elif scale == "symlog":
        room, unit = (high - low) * _REACH, 2 * symlog_threshold(limits)
        kept = max(low - room, min(high + room, value))
        start, end, at = (math.asinh(v / unit) for v in (low, high, kept))
    else:
        start, end, at = low, high, value
    share = (at - start) / (end - start)
    return max(-_REACH, min(_REACH, share))


def value_at(share: float, scale: Scale, limits: Limits) -> float:
    """Return the value at a share of an axis, from 0 at the lower limit to 1 at the upper one."""
    if scale == "linear":
        return limits[0] + share * (limits[1] - limits[0])
    low, high = _transformed(scale, limits)
    between = float(low + share * (high - low))
    return 10.0**between if scale == "log" else math.sinh(between) * 2 * symlog_threshold(limits)


@lru_cache(maxsize=256)
def bucket_edges(count: int, scale: Scale, limits: Limits) -> Floats:
    """Return the `count` + 1 edges, in data coordinates, of buckets that are equally wide on the scale."""
    shares = np.linspace(0.0, 1.0, count + 1)
    low, high = limits
    if scale == "linear":
        return low + shares * (high - low)
    ends = _transform(np.array([low, high]), scale, limits)
    between = ends[0] + shares * (ends[1] - ends[0])
    if scale == "log":
        with np.errstate(over="ignore"):  # rounding may put the last edge beyond the largest float
            return np.asarray(np.minimum(10.0**between, _LOG_HIGH), dtype=np.float64)
    return np.asarray(np.sinh(between) * 2 * symlog_threshold(limits), dtype=np.float64)
