"""`{ expect = "adam.loss", lt = 1e-3 }`; how each check compares: `gdtui.session.comparison`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Interval

from gdtui.columns import RECORDED, SCALARS
from gdtui.errors import QuantityError
from gdtui.kernel import Array
from gdtui.session import Session, Snapshot
from gdtui.session.comparison import SIGNS, STATUSES, compare, is_kind, near, show, slope, unlike_a_status
from gdtui.session.quantities import Quantity, parse_quantity
from gdtui.simulation.trace_view import watched
from gdtui.text import _, did_you_mean
from gdtui.toml.records import Reads, Schema, is_number
from gdtui.verbs.base import Verb, Verdict, failed, verb
from gdtui.verbs.point import Point

#: Rows that `trend` looks at unless `over` says otherwise.
OVER = 10


def _comparable(value: object) -> object:
    if isinstance(value, str):
        return value
    if is_number(value):
        return float(value)
    if isinstance(value, list) and value and all(map(is_number, value)):
        return tuple(map(float, value))
    raise ValueError(_("{key} must be a number, an array of numbers, or a quantity such as 'adam.loss'"))


_SCHEMA: Schema = {
    "anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 1}, {"type": "string"}],
    "description": "a number, an array of numbers, a status, or a quantity such as 'adam.loss'",
}
#: A number, numbers, a status, or the name of another quantity.
Value = float | tuple[float, ...] | str
Comparable = Annotated[Value | None, Reads(_comparable, _SCHEMA)]
_CHECKS = (*SIGNS, "near", "is", "trend")


@verb
class Expect(Verb):
    """Check a quantity; if there are several checks, all must hold."""

    expect: str
    eq: Comparable = None
    ne: Comparable = None
    lt: Comparable = None
    le: Comparable = None
    gt: Comparable = None
    ge: Comparable = None
    near: Comparable = None
    abs: Annotated[float, Ge(0.0)] | None = None
    rel: Annotated[float, Ge(0.0)] | None = None
    is_: Literal["finite", "nan", "inf", "going", "converged", "diverged", "ended"] | None = None
    trend: Literal["falling", "rising"] | None = None
    over: Annotated[int, Interval(ge=2, le=16_384)] | None = None

    asserts: ClassVar[bool] = True
    json_schema_extra: ClassVar[Schema] = {
        "dependentRequired": {"abs": ["near"], "rel": ["near"], "over": ["trend"]},
        "anyOf": [{"required": [key]} for key in _CHECKS],
        "if": {"required": ["near"]},
        "then": {"anyOf": [{"required": ["abs"]}, {"required": ["rel"]}]},
    }

    # Checking a scenario

    def check(self, point: Point) -> None:
        """Check that the quantity exists, and that it can be compared as asked."""
        try:
            quantity = parse_quantity(self.expect)
        except QuantityError as error:
            point.fault("expect", str(error))
            return
        known = point.has("expect", quantity)
        if not point.whole:  # a key at fault is missing, and more checks would only repeat that
            return
        for key, value in self.comparisons():
            self._check_value(point, key, value, quantity, known=known)
        self._check_companions(point)
        if quantity.name == "status" and self.is_ not in (None, *STATUSES):
            point.fault("is", unlike_a_status())
        no_trend = quantity.name in {*SCALARS} - {*RECORDED} | {"evaluations"}
        if self.trend is not None and known and (no_trend or point.is_vector(quantity)):
            point.fault("trend", _("only a recorded number has a trend; {} is none").format(quantity), key=True)
        if self.is_ is None and self.trend is None and not self.comparisons():
            wanted = ", ".join(_CHECKS)
            point.source.add(point.path, _("expect what? It needs one of: {}").format(wanted))

    def comparisons(self) -> list[tuple[str, Value]]:
        """Return what the quantity is compared with, by key."""
        return [(key, value) for key in (*SIGNS, "near") if (value := getattr(self, key)) is not None]

    def _check_companions(self, point: Point) -> None:
        """Note keys that need another one."""
        if self.near is not None and self.abs is None and self.rel is None:
            point.fault("near", _("near needs abs or rel: how near?"), key=True)
        for key, value in (("abs", self.abs), ("rel", self.rel)):
            if value is not None and self.near is None:
                point.fault(key, _("{} belongs to near").format(key), key=True)
        if self.over is not None and self.trend is None:
            point.fault("over", _("over belongs to trend"), key=True)

    def _check_value(self, point: Point, key: str, value: Value, quantity: Quantity, *, known: bool) -> None:
        if isinstance(value, str):
            self._check_word(point, key, value, quantity, known=known)
        elif known and quantity.name == "status":
            point.fault(key, unlike_a_status())
        elif known and isinstance(value, tuple):
            recorded = None if point.dimension is None else len(watched(point.dimension))
            if quantity.name in SCALARS or quantity.index is not None:
                point.fault(key, _("{} is one number, this is an array").format(quantity))
            elif recorded is not None and len(value) != recorded:
                point.fault(key, _("{} has {} numbers, this has {}").format(quantity, recorded, len(value)))

    def _check_word(self, point: Point, key: str, word: str, quantity: Quantity, *, known: bool) -> None:
        if quantity.name == "status" and "." not in word:
            if word not in STATUSES:
                point.fault(key, unlike_a_status() + did_you_mean(word, STATUSES))
            elif key not in ("eq", "ne"):
                point.fault(key, _("a status is compared with eq or ne"), key=True)
            return
        try:
            other = parse_quantity(word)
        except QuantityError as error:
            point.fault(key, str(error))
            return
        if point.has(key, other) and known:
            vectors = point.is_vector(quantity), point.is_vector(other)
            words = quantity.name == "status", other.name == "status"
            if words[0] != words[1] or vectors == (False, True):
                point.fault(key, _("{} and {} cannot be compared").format(quantity, other))
            elif words[0] and key not in ("eq", "ne"):
                point.fault(key, _("a status is compared with eq or ne"), key=True)

    def coordinates(self) -> set[int]:
        """Return the coordinates of all quantities in it."""
        words = [value for _key, value in self.comparisons() if isinstance(value, str) and "." in value]
        return {index for text in (self.expect, *words) if (index := parse_quantity(text).index) is not None}

    # Judging

    def verdict(self, session: Session) -> Verdict:
        """Judge the quantity as it is now."""
        return self.judge(session.snapshot())

    def judge(self, snapshot: Snapshot) -> Verdict:
        """Return passed, or the first check that failed; QuantityError if there is no such quantity at this point."""
        quantity = parse_quantity(self.expect)
        got = snapshot.measure(quantity)
        for holds, expected, shown, difference in self._judged(snapshot, quantity, got):
            if not holds:
                return failed(expected, shown, difference, quantity.lane)
        return Verdict("passed", got=show(got))

    def _judged(
        self, snapshot: Snapshot, quantity: Quantity, got: float | str | Array
    ) -> Iterator[tuple[bool, str, str, str]]:
        """Yield whether each check holds, what it expected, what it got, and the difference."""
        lane = snapshot.lane(quantity.lane)
        for key, value in self.comparisons():
            yield self._compared(snapshot, quantity, got, key, value)
        if self.is_ is not None:
            holds = lane.status == self.is_ if self.is_ in STATUSES else is_kind(self.is_, np.asarray(got, np.float64))
            yield holds, _("{} is {}").format(quantity, self.is_), show(got), ""
        if self.trend is not None:
            over = self.over or OVER
            rise = slope(lane, quantity, over)
            holds = rise < 0 if self.trend == "falling" else rise > 0
            expected = _("{} {} over {} rows").format(quantity, self.trend, over)
            yield holds, expected, _("a slope of {} an update").format(show(rise)), ""

    def _compared(
        self, snapshot: Snapshot, quantity: Quantity, got: float | str | Array, key: str, value: Value
    ) -> tuple[bool, str, str, str]:
        wanted: Value | Array = value
        expected = f"{quantity} {self._sign(key)}"
        if isinstance(value, str) and (quantity.name != "status" or "." in value):
            wanted = snapshot.measure(parse_quantity(value))
            expected += f" = {show(wanted)}"
        if isinstance(got, str) or isinstance(wanted, str):
            return (got == wanted) == (key == "eq"), expected, show(got), ""
        a, b = np.asarray(got, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
        if b.ndim and a.shape != b.shape:
            return False, expected, show(got), _("lengths {} and {}").format(a.size, b.size)
        with np.errstate(all="ignore"):
            holds = near(a, b, self.abs or 0.0, self.rel or 0.0) if key == "near" else compare(key, a, b)
            gap = a - b
        return holds, expected, show(got), show(gap if gap.ndim else float(gap))

    def _sign(self, key: str) -> str:
        """Return a check in signs: "≤ 0.5", "near 3 (abs 0.1)"."""
        value = show(getattr(self, key))
        if key != "near":
            return f"{SIGNS[key]} {value}"
        within = [f"{name} {bound!r}" for name, bound in (("abs", self.abs), ("rel", self.rel)) if bound]
        return _("near {value} ({within})").format(value=value, within=", ".join(within) or _("exactly"))
