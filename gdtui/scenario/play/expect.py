"""Expectations: what a quantity must be at a point of the script, and the verdict on what it was.

- `eq ne lt le gt ge` compare as floating-point numbers do: with nan everything is false but `ne`.
- `near` with `abs` and `rel`: |got - wanted| ≤ max(abs, rel·|wanted|), both 0 unless given. Equal infinities are
  near each other; nan is near nothing, nan included.
- A vector holds what is asked of it if every coordinate does (`ne`: if any does); vectors must be of one length.
- `is = "finite"`: every coordinate is. `"nan"`, `"inf"`: any coordinate is. `"going"`, `"converged"`, `"diverged"`:
  the lane's status, whatever the quantity.
- `trend`: the least-squares line through the last `over` rows of the trace (10 unless given; fewer where there
  are fewer, at least 2) falls or rises; nan and inf in them fail it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array
from gdtui.session import Snapshot
from gdtui.session.quantities import Quantity
from gdtui.text import _

SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
STATUSES = ("going", "converged", "diverged", "ended")
#: Rows that `trend` looks at unless `over` says otherwise.
OVER = 10

#: What a quantity is compared with: numbers, a word, or another quantity at the same moment.
Wanted = float | tuple[float, ...] | str | Quantity


@dataclass(frozen=True)
class Check:
    """One check: a key of `SIGNS`, "near", "is" or "trend", and its arguments."""

    kind: str
    wanted: Wanted
    abs: float = 0.0
    rel: float = 0.0
    over: int = OVER

    def __str__(self) -> str:
        if self.kind in ("is", "trend"):
            over = f" over {self.over} rows" if self.kind == "trend" else ""
            return f"{'is ' if self.kind == 'is' else ''}{self.wanted}{over}"
        if self.kind == "near":
            within = [f"{key} {value!r}" for key, value in (("abs", self.abs), ("rel", self.rel)) if value]
            return f"near {show(self.wanted)} ({', '.join(within) or 'exactly'})"
        return f"{SIGNS[self.kind]} {show(self.wanted)}"


@dataclass(frozen=True)
class Expectation:
    """A quantity and the checks that all must hold of it."""

    quantity: Quantity
    checks: tuple[Check, ...]

    def judge(self, snapshot: Snapshot) -> Verdict:
        """Return the verdict: passed, or the first check that failed.

        Raises
        ------
        QuantityError
            there is no such quantity at this point.
        """
        got = snapshot.measure(self.quantity)
        for check in self.checks:
            verdict = _judge(self.quantity, got, check, snapshot)
            if not verdict.passed:
                return verdict
        return Verdict(True, got=show(got))


@dataclass(frozen=True)
class Verdict:
    """What came of an expectation; the texts are empty where they say nothing."""

    passed: bool
    expected: str = ""
    got: str = ""
    difference: str = ""


def show(value: object) -> str:
    """Return a number, vector, word or quantity so that numbers read back exactly."""
    if isinstance(value, (np.ndarray, tuple, list)):
        return "[" + ", ".join(show(float(v)) for v in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _judge(quantity: Quantity, got: float | str | Array, check: Check, snapshot: Snapshot) -> Verdict:
    expected = f"{quantity} {check}"
    if check.kind == "is":
        return Verdict(_is(str(check.wanted), got, snapshot, quantity), expected, show(got))
    if check.kind == "trend":
        slope = _slope(quantity, check.over, snapshot)
        holds = slope < 0 if check.wanted == "falling" else slope > 0
        return Verdict(holds, expected, _("a slope of {} an update").format(show(slope)))
    wanted = snapshot.measure(check.wanted) if isinstance(check.wanted, Quantity) else check.wanted
    if isinstance(check.wanted, Quantity):
        expected += f" = {show(wanted)}"
    if isinstance(got, str) or isinstance(wanted, str):
        return Verdict((got == wanted) == (check.kind == "eq"), expected, show(got))
    a, b = np.asarray(got, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    if b.ndim and a.shape != b.shape:
        return Verdict(False, expected, show(got), _("lengths {} and {}").format(a.size, b.size))
    with np.errstate(all="ignore"):
        gap = a - b
        each = _near(a, b, check) if check.kind == "near" else _COMPARE[check.kind](a, b)
        passed = bool(np.any(each) if check.kind == "ne" else np.all(each))
        return Verdict(passed, expected, show(got), show(gap if gap.ndim else float(gap)))


_COMPARE = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip


def _near(a: Array, b: Array, check: Check) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    allowed = np.maximum(check.abs, np.where(check.rel > 0, check.rel * np.abs(b), 0.0))
    close = np.isfinite(a) & np.isfinite(b) & (np.abs(a - b) <= allowed)
    result: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = close | (a == b)
    return result


def _is(word: str, got: float | str | Array, snapshot: Snapshot, quantity: Quantity) -> bool:
    if word in STATUSES:
        return snapshot.lane(quantity.lane).status == word
    values = np.asarray(got, dtype=np.float64)
    if word == "finite":
        return bool(np.all(np.isfinite(values)))
    return bool(np.any(np.isnan(values) if word == "nan" else np.isinf(values)))


def _slope(quantity: Quantity, over: int, snapshot: Snapshot) -> float:
    """Return the slope of the least-squares line through the newest rows; nan where there is none."""
    trace = snapshot.lane(quantity.lane).trace
    index = "" if quantity.index is None else f"[{quantity.index}]"
    column = trace.layout.column(quantity.name + index)
    if column is None:
        return float("nan")
    rows = trace.rows[-over:]
    if rows[0, 0] == 0.0 and np.isnan(rows[0, column]):  # at the start there is no gradient yet
        rows = rows[1:]
    x, y = rows[:, 0], rows[:, column]
    if len(rows) < 2 or not np.all(np.isfinite(y)):
        return float("nan")
    scale = float(np.max(np.abs(y))) or 1.0  # so that squares of huge numbers stay finite
    x = x - x.mean()
    return float(np.dot(x, y / scale - np.mean(y / scale)) / np.dot(x, x)) * scale
