"""Claims about quantities, as questions check them: "adam.loss < gd.loss and gd.status == diverged"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gdtui.errors import QuantityError
from gdtui.session import Snapshot
from gdtui.session.comparison import STATUSES, unlike_a_status
from gdtui.session.quantities import COMPARISONS, Quantity, parse_quantity, read_bound
from gdtui.text import _, did_you_mean, number
from gdtui.toml.positions import Path
from gdtui.verbs.point import Point

#: The word for the left quantity as it was when the question was asked.
BEFORE = "before"
#: How near a quantity must be, relatively, to what it is like (~).
LIKE = 1e-6

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    **COMPARISONS, "~": lambda a, b: math.isclose(a, b, rel_tol=LIKE, abs_tol=0.0),
}  # fmt: skip
_SIGN = re.compile("|".join(_SIGNS))
_FACTOR = re.compile(r"\s*([^\s*]+)\s*\*\s*")
_AND = re.compile(r"\s+and\s+")


@dataclass(frozen=True)
class Claim:
    """A quantity compared with a number, another quantity, its own value before, or a status.

    `other` is multiplied by `factor`; `column` is where it stands in its text, from 1.
    """

    quantity: Quantity
    sign: str
    other: float | Quantity | str
    factor: float = 1.0
    column: int = 1

    def holds(self, before: Snapshot, after: Snapshot) -> bool:
        """Say whether it holds; nan satisfies only !=. QuantityError if a lane lacks the quantity."""
        got = after.measure(self.quantity)
        if isinstance(self.other, str) and self.other != BEFORE:
            return bool(_SIGNS[self.sign](got, self.other))  # type: ignore[arg-type]
        wanted = self._other(before, after)
        if isinstance(got, str):
            raise QuantityError(_("{} is a word, not a number").format(self.quantity))
        with np.errstate(all="ignore"):
            return bool(np.all(_SIGNS[self.sign](got, self.factor * wanted)))  # type: ignore[arg-type]

    def _other(self, before: Snapshot, after: Snapshot) -> float:
        if isinstance(self.other, float):
            return self.other
        found = before.measure(self.quantity) if isinstance(self.other, str) else after.measure(self.other)
        if not isinstance(found, float):
            raise QuantityError(_("{} is not one number").format(self.other))
        return found

    def measured(self, before: Snapshot, after: Snapshot) -> Iterator[str]:
        """Yield the quantities in it with their values."""
        for quantity in (self.quantity, *((self.other,) if isinstance(self.other, Quantity) else ())):
            value = after.measure(quantity)
            yield f"{quantity} = {number(value) if isinstance(value, float) else value}"
        if self.other == BEFORE:
            value = before.measure(self.quantity)
            was = number(value) if isinstance(value, float) else value
            yield _("{quantity} was {value}").format(quantity=self.quantity, value=was)

    def check(self, point: Point, path: Path) -> None:
        """Note quantities that do not exist at this point, in the text at `path` of the act."""
        if isinstance(self.other, str) and self.other != BEFORE:
            if not point.has(path, self.quantity, self.column):
                return
            if self.quantity.name != "status":
                point.fault(path, _("{} is not a word: compare it with a number").format(self.quantity))
            elif self.other not in STATUSES:
                point.fault(path, unlike_a_status() + did_you_mean(self.other, STATUSES))
            return
        for quantity in (self.quantity, *((self.other,) if isinstance(self.other, Quantity) else ())):
            if not point.has(path, quantity, self.column):
                continue
            if quantity.name == "status":
                point.fault(path, _("{} is a word, not a number").format(quantity), column=self.column)
            elif point.is_vector(quantity):
                message = _("{0} is a vector: name one coordinate, {0}[0]").format(quantity)
                point.fault(path, message, column=self.column)

    def indices(self) -> set[int]:
        """Return the coordinates in it."""
        both = (self.quantity, self.other)
        return {each.index for each in both if isinstance(each, Quantity) and each.index is not None}


def parse_claims(text: str) -> tuple[Claim, ...]:
    """Read claims joined by "and"; QuantityError with its column for other text."""
    claims, begin = [], 0
    for found in [*_AND.finditer(text), None]:
        end = found.start() if found else len(text)
        try:
            claims.append(_parse(text[begin:end], begin))
        except QuantityError as error:
            raise QuantityError(error.message, begin + error.column, error.hint) from None
        begin = found.end() if found else end
    return tuple(claims)


def _parse(text: str, begin: int) -> Claim:
    sign = _SIGN.search(text)
    if sign is None:
        message = _("a claim reads QUANTITY < NUMBER, QUANTITY < QUANTITY or QUANTITY < before, not {!r}")
        raise QuantityError(message.format(text[:80]))
    quantity = parse_quantity(text[: sign.start()])
    rest, factor = text[sign.end() :], 1.0
    if found := _FACTOR.match(rest):
        factor = read_bound(found[1], sign.end() + 2)
        rest = rest[found.end() :]
    rest = rest.strip()
    if rest == BEFORE:
        return Claim(quantity, sign[0], rest, factor, begin + 1)
    if quantity.name == "status" and "." not in rest:
        if sign[0] not in ("==", "!="):
            raise QuantityError(_("a status is compared with == or !="), sign.start() + 1)
        return Claim(quantity, sign[0], rest, 1.0, begin + 1)
    if re.match(r"[A-Za-z_]\w*[\w-]*\.[A-Za-z_]", rest):
        return Claim(quantity, sign[0], parse_quantity(rest), factor, begin + 1)
    return Claim(quantity, sign[0], read_bound(rest, sign.end() + 2), factor, begin + 1)
