"""Quantities by name, as conditions, expectations and charts use them: adam.loss, adam.theta[0]."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from gdtui.columns import Column
from gdtui.errors import QuantityError
from gdtui.objectives.objective import Objective
from gdtui.text import _

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip

_OF_CLASSES = {Column.ACCURACY.word, Column.VAL_ACCURACY.word}
_HELD_OUT = {Column.VAL_LOSS.word, Column.AVERAGE_VAL_LOSS.word, Column.VAL_ACCURACY.word}

_QUANTITY = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)\.([A-Za-z_]\w*)(?:\[(\d{1,18})\])?")


@dataclass(frozen=True)
class Quantity:
    """LANE.NAME or LANE.NAME[INDEX]."""

    lane: str
    name: str
    index: int | None = None

    @property
    def column(self) -> str:
        """NAME or NAME[INDEX], as the trace names its columns."""
        return self.name if self.index is None else f"{self.name}[{self.index}]"

    def __str__(self) -> str:
        return f"{self.lane}.{self.column}"


@dataclass(frozen=True)
class Condition:
    """A quantity compared with a number."""

    quantity: Quantity
    sign: str
    value: float

    def holds(self, measured: float) -> bool:
        """Say whether it holds for `measured`; nan satisfies only !=."""
        return bool(COMPARISONS[self.sign](measured, self.value))

    def __str__(self) -> str:
        return f"{self.quantity} {self.sign} {self.value!r}"


def never_a_number(name: str, objective: Objective) -> str:
    """Return why a scalar is nan at every update on this objective; "" if it is not."""
    if name in _HELD_OUT and not len(objective.held_out):
        return _("{objective} holds out no rows, so there is no {name}").format(objective=objective.name, name=name)
    if name in _OF_CLASSES and not objective.classes:
        return _("{objective} has no classes, so there is no {name}").format(objective=objective.name, name=name)
    return ""


def parse_quantity(text: str) -> Quantity:
    """Read LANE.NAME or LANE.NAME[INDEX]; QuantityError for other text."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise QuantityError(_("a quantity reads LANE.NAME or LANE.NAME[INDEX], not {!r}").format(text[:80]))
    return Quantity(match[1], match[2], None if match[3] is None else int(match[3]))


def parse_condition(text: str) -> Condition:
    """Read QUANTITY SIGN NUMBER, as in "adam.loss < 1e-3"; QuantityError with its column for other text."""
    sign = re.search("|".join(COMPARISONS), text)
    if sign is None:
        message = _("a condition reads QUANTITY < NUMBER (or <=, >, >=, ==, !=), not {!r}")
        raise QuantityError(message.format(text))
    quantity = parse_quantity(text[: sign.start()])
    return Condition(quantity, sign[0], read_bound(text[sign.end() :].strip(), sign.end() + 2))


def read_bound(text: str, column: int) -> float:
    """Read a number to compare with, which stands at a column; QuantityError if it is none, or not finite."""
    try:
        value = float(text)
    except ValueError:
        raise QuantityError(_("{!r} is not a number").format(text), column) from None
    if not math.isfinite(value):
        raise QuantityError(_("compare with a finite number, not {}").format(text), column)
    return value
