"""Ticks and their labels: round values; labels are short, exact and distinct."""

import math
from dataclasses import dataclass
from functools import lru_cache

from gdtui.plot.axes import FEW_BELOW, HUGE, LINEAR_BELOW, LOOSE, TINY, place, power_of_ten, step_125, symlog_threshold
from gdtui.plot.figure import Limits, Scale

_SUFFIXES = ((9, "G"), (6, "M"), (3, "k"))
_PLAIN_WIDTH = 4
#: How far outside the limits a tick may be, by rounding: in steps, and in spans of the axis.
_BESIDE = 1e-6


@dataclass(frozen=True)
class Tick:
    """A tick: its value, its label, and its position from 0 (lower limit) to 1 (upper)."""

    value: float
    label: str
    unit: float


def _plain(mantissa: int, exponent: int) -> str:
    """Write mantissa·10^exponent as a plain decimal."""
    if exponent >= 0:
        return str(mantissa * 10**exponent)
    digits = str(abs(mantissa)).rjust(1 - exponent, "0")
    text = f"{digits[:exponent]}.{digits[exponent:]}".rstrip("0").rstrip(".")
    return "-" + text if mantissa < 0 else text


def _short(mantissa: int, exponent: int) -> str:
    """Write mantissa·10^exponent as `20k`, `1.5M` or `1e-3`."""
    while mantissa % 10 == 0 and mantissa:
        mantissa, exponent = mantissa // 10, exponent + 1
    magnitude = len(str(abs(mantissa))) - 1 + exponent
    for power, suffix in _SUFFIXES:
        if power <= magnitude < power + 3 and magnitude < 9:
            return _plain(mantissa, exponent - power) + suffix
    if 0 <= magnitude < 3 and exponent > -3:
        return _plain(mantissa, exponent)
    return f"{_plain(mantissa, exponent - magnitude)}e{magnitude}"


def format_exact(mantissas: list[int], exponent: int) -> list[str]:
    """Return labels of mantissa·10^exponent, all in one style, exact and therefore distinct."""
    short = [_short(m, exponent) if m else "0" for m in mantissas]
    if -12 <= exponent <= 6:
        plain = [_plain(m, exponent) for m in mantissas]
        if _widest(plain) <= max(_PLAIN_WIDTH, _widest(short)):
            return plain
    return short


def _widest(labels: list[str]) -> int:
    """Return the length of the longest label without its sign."""
    return max((len(label.lstrip("-")) for label in labels), default=0)


def _linear(limits: Limits, most: int, least: float = 0.0) -> list[tuple[float, str]]:
    low, high = limits
    step = step_125(max(least, (high / 2 - low / 2) / max(1, most) * 2))
    while True:
        first, last = math.ceil(low / step - _BESIDE), math.floor(high / step + _BESIDE)
        if last - first + 1 <= max(1, most):
            break
        step = step_125(step * 1.5)
    exponent = math.floor(math.log10(step) + LOOSE)
    unit = max(1, round(step / power_of_ten(exponent)))
    counts = range(first, last + 1)
    labels = format_exact([k * unit for k in counts], exponent)
    return [(float(f"{k * unit}e{exponent}"), label) for k, label in zip(counts, labels, strict=True)]


def _decade_label(exponent: int, mantissa: int = 1) -> str:
    return _plain(mantissa, exponent) if -2 <= exponent <= 3 else f"{mantissa}e{exponent}"


def _log(limits: Limits, most: int) -> list[tuple[float, str]]:
    low, high = (math.log10(limits[0]), math.log10(limits[1]))
    first, last = math.ceil(low - LOOSE), math.floor(high + LOOSE)
    decades = high - low
    if decades < LINEAR_BELOW and limits[0] > TINY and limits[1] < HUGE:
        return _linear(limits, most)
    if decades < FEW_BELOW:
        for mantissas in ((1, 2, 5), (1, 3), (1,)):
            ticks = [
                (float(f"{m}e{e}"), _decade_label(e, m))
                for e in range(math.floor(low), last + 1)
                for m in mantissas
                if limits[0] * (1 - LOOSE) <= float(f"{m}e{e}") <= limits[1] * (1 + LOOSE)
            ]
            if len(ticks) <= most:
                return ticks
        return ticks[: max(1, most)]
    stride = 1
    for stride in (1, 2, 3, 5, 10, 20, 50, 100, 200, 500):
        if last // stride - -(-first // stride) + 1 <= most:
            break
    return [
        (power_of_ten(e), _decade_label(e)) for e in range(-(-first // stride) * stride, last + 1, stride) if e > -324
    ]


def _symlog(limits: Limits, most: int) -> list[tuple[float, str]]:
    low, high = limits
    floor = round(math.log10(symlog_threshold(limits)))
    sides = (low < 0) + (high > 0)
    room = max(0, (most - 1) // max(1, sides))
    ticks = [(0.0, "0")] if low <= 0 <= high else []
    for sign, end in ((-1, -low), (1, high)):
        if end <= 0 or room == 0:
            continue
        top = math.floor(math.log10(end) + LOOSE)
        stride = max(1, math.ceil((top - floor) / room))
        for e in list(range(top, floor, -stride))[:room]:
            text = _decade_label(e)
            ticks.append((sign * power_of_ten(e), "-" + text if sign < 0 else text))
    return sorted(ticks)


@lru_cache(maxsize=256)
def ticks(scale: Scale, limits: Limits, most: int, *, whole: bool = False) -> tuple[Tick, ...]:
    """Return at most `most` ticks inside the limits, in ascending order, with distinct labels.

    With `whole`, the ticks of a linear scale are whole numbers.
    """
    if most < 1:
        return ()
    if scale == "linear":
        pairs = _linear(limits, most, 1.0 if whole else 0.0)
    else:
        pairs = (_log if scale == "log" else _symlog)(limits, most)
    out: list[Tick] = []
    seen: set[str] = set()
    for value, label in pairs:
        unit = place(value, scale, limits)
        if -_BESIDE <= unit <= 1 + _BESIDE and label not in seen:
            seen.add(label)
            out.append(Tick(value, label, min(1.0, max(0.0, unit))))
    return tuple(out)


def short_number(value: float) -> str:
    """Write a value in at most 7 characters, for a legend: `1.2e-3`, `0.42`, `12.5`, `∞`; – if it is not known."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if value == 0:
        return "0"
    size = abs(value)
    if 0.01 <= size < 9999.5:
        digits = max(0, 2 - math.floor(math.log10(size)))
        return f"{value:.{min(3, digits)}f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"
