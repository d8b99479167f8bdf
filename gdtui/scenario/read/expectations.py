"""From `{ expect = … }` to an expectation; that what it compares can be compared is checked here."""

from __future__ import annotations

from typing import Any

from gdtui.errors import QuantityError
from gdtui.scenario.play.expect import OVER, SIGNS, STATUSES, Check, Expectation, Wanted
from gdtui.scenario.read import model
from gdtui.scenario.read.stage import Checker
from gdtui.session.quantities import SCALARS, Quantity, parse_quantity
from gdtui.simulation.trace import watched
from gdtui.text import _, did_you_mean


def read_expectation(checker: Checker, table: model.ExpectAct, *, whole: bool = True) -> Expectation | None:
    """Return the expectation of a checked table, or None; faults are noted.

    Of a table that is not `whole`, keys at fault having been left out, only the quantity is looked at.
    """
    return _Reader(checker)._expectation(table, whole=whole)


class _Reader:
    def __init__(self, checker: Checker) -> None:
        self.checker, self.stage = checker, checker.stage
        self.fault = checker.fault

    def _expectation(self, table: model.ExpectAct, *, whole: bool) -> Expectation | None:
        try:
            quantity = parse_quantity(table.expect)
        except QuantityError as error:
            self.fault("expect", str(error))
            return None
        known = self.checker.exists("expect", quantity)
        if not whole:
            return None
        checks = list(self._checks(table, quantity, known=known))
        given = (*(getattr(table, kind) for kind in (*SIGNS, "near")), table.is_, table.trend)
        if all(value is None for value in given):
            hint = f"{', '.join(SIGNS)}, near, is, trend"
            self.checker.source.add(self.checker.path, _("expect what? It needs one of: {}").format(hint))
        return Expectation(quantity, tuple(checks))

    def _checks(self, table: model.ExpectAct, quantity: Quantity, *, known: bool) -> list[Check]:
        checks = []
        for kind in (*SIGNS, "near"):
            value = getattr(table, kind)
            wanted = None if value is None else self._wanted(kind, value, quantity, known=known)
            if wanted is not None:
                checks.append(Check(kind, wanted, table.abs_ or 0.0, table.rel or 0.0))
        if table.near is not None and table.abs_ is None and table.rel is None:
            self.fault("near", _("near needs abs or rel: how near?"), key=True)
        for key, value in (("abs", table.abs_), ("rel", table.rel)):
            if value is not None and table.near is None:
                self.fault(key, _("{} belongs to near").format(key), key=True)
        if table.is_ is not None:
            if quantity.name == "status" and table.is_ not in STATUSES:
                self.fault("is", _("a status is one of {}").format(", ".join(STATUSES)))
            checks.append(Check("is", table.is_))
        if table.trend is not None:
            self._trend(quantity, known=known)
            checks.append(Check("trend", table.trend, over=table.over or OVER))
        elif table.over is not None:
            self.fault("over", _("over belongs to trend"), key=True)
        return checks

    def _trend(self, quantity: Quantity, *, known: bool) -> None:
        counted = quantity.name in ("status", "epoch", "samples", "evaluations")
        if known and (counted or self.checker.is_vector(quantity)):
            self.fault("trend", _("only a recorded number has a trend; {} is none").format(quantity), key=True)

    def _wanted(self, key: str, value: Any, quantity: Quantity, *, known: bool) -> Wanted | None:
        if isinstance(value, str):
            return self._wanted_word(key, value, quantity, known=known)
        if known and quantity.name == "status":
            self.fault(key, _("a status is one of {}").format(", ".join(STATUSES)))
            return None
        if isinstance(value, list):
            if known:
                self._length(key, len(value), quantity)
            return tuple(map(float, value))
        return float(value)

    def _length(self, key: str, length: int, quantity: Quantity) -> None:
        dimension = self.stage.dimension
        if quantity.name in SCALARS or quantity.index is not None:
            self.fault(key, _("{} is one number, this is an array").format(quantity))
        elif dimension is not None and length != len(watched(dimension)):
            recorded = len(watched(dimension))
            self.fault(key, _("{} has {} numbers, this has {}").format(quantity, recorded, length))

    def _wanted_word(self, key: str, word: str, quantity: Quantity, *, known: bool) -> Wanted | None:
        if quantity.name == "status" and "." not in word:
            if word not in STATUSES:
                self.fault(key, _("a status is one of {}").format(", ".join(STATUSES)) + did_you_mean(word, STATUSES))
            elif key not in ("eq", "ne"):
                self.fault(key, _("a status is compared with eq or ne"), key=True)
            return word
        try:
            other = parse_quantity(word)
        except QuantityError as error:
            self.fault(key, str(error))
            return None
        if self.checker.exists(key, other) and known:
            vectors = self.checker.is_vector(quantity), self.checker.is_vector(other)
            words = quantity.name == "status", other.name == "status"
            if words[0] != words[1] or vectors == (False, True):
                self.fault(key, _("{} and {} cannot be compared").format(quantity, other))
            elif words[0] and key not in ("eq", "ne"):
                self.fault(key, _("a status is compared with eq or ne"), key=True)
        return other
