"""Comparing a measured quantity with an expected one.

- `eq ne lt le gt ge` compare as floating-point numbers do: with nan everything is false except `ne`.
- `near` with `abs` and `rel`: |got - wanted| ≤ max(abs, rel·|wanted|). Equal infinities are near each other; nan is
  near nothing, not even nan.
- A vector passes if every coordinate does (`ne`: if any does); vectors must have the same length.
- "finite": every coordinate is. "nan", "inf": any coordinate is.
- A trend is the slope of the least-squares line through the last rows of the trace (at least 2); nan and inf in them
  fail it.
"""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import NDArray

from gdtui.columns import Column
from gdtui.kernel import Array
from gdtui.session.lane_view import LaneView
from gdtui.session.quantities import Quantity
from gdtui.simulation.stopping import Status
from gdtui.text import _

SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
#: Those that bound a number, from above or below.
BOUNDS = ("lt", "le", "gt", "ge")
STATUSES = tuple(status.value for status in Status)


def unlike_a_status() -> str:
    """Return the sentence about a word that is no status."""
    return _("a status is one of {}").format(", ".join(STATUSES))


def given_bounds(keys: object) -> list[tuple[str, float]]:
    """Return those of `BOUNDS` that an act has as attributes and gives, each with its number."""
    return [(sign, bound) for sign in BOUNDS if (bound := getattr(keys, sign)) is not None]


def show(value: object) -> str:
    """Return a number, vector, word or quantity as text; numbers read back exactly."""
    if isinstance(value, (np.ndarray, tuple, list)):
        return "[" + ", ".join(show(float(v)) for v in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def compare_each(sign: str, got: Array, wanted: Array) -> NDArray[np.bool_]:
    """Say of each number whether it compares with the one that is wanted by a key of `SIGNS`."""
    return np.asarray(getattr(operator, sign)(got, wanted))


def compare(sign: str, got: Array, wanted: Array) -> bool:
    """Say whether `got` compares with `wanted` by a key of `SIGNS`."""
    each = compare_each(sign, got, wanted)
    return bool(np.any(each) if sign == "ne" else np.all(each))


def near(got: Array, wanted: Array, abs_: float, rel: float) -> bool:
    """Say whether |got - wanted| ≤ max(abs, rel·|wanted|) at every coordinate."""
    allowed = np.maximum(abs_, np.where(rel > 0, rel * np.abs(wanted), 0.0))
    close = np.isfinite(got) & np.isfinite(wanted) & (np.abs(got - wanted) <= allowed)
    return bool(np.all(close | (got == wanted)))


def is_kind(word: str, got: Array) -> bool:
    """Say whether numbers are "finite" (all), "nan" or "inf" (any)."""
    if word == "finite":
        return bool(np.all(np.isfinite(got)))
    return bool(np.any(np.isnan(got) if word == "nan" else np.isinf(got)))


def slope(lane: LaneView, quantity: Quantity, over: int) -> float:
    """Return the slope of the least-squares line through the newest `over` rows; nan for none."""
    column = lane.trace.layout.column(quantity.column)
    if column is None:
        return float("nan")
    rows = lane.trace.rows[-over:]
    if rows[0, Column.UPDATE] == 0.0 and np.isnan(rows[0, column]):  # at the start there is no gradient yet
        rows = rows[1:]
    x, y = rows[:, Column.UPDATE], rows[:, column]
    if len(rows) < 2 or not np.all(np.isfinite(y)):
        return float("nan")
    scale = float(np.max(np.abs(y))) or 1.0  # so that squares of huge numbers stay finite
    x = x - x.mean()
    return float(np.dot(x, y / scale - np.mean(y / scale)) / np.dot(x, x)) * scale
