"""The lines of a solver, which are written by hand: a solver's code is no text for one coordinate."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array
from gdtui.optimizers.language.rule_text import Numbers
from gdtui.optimizers.language.writer import Line
from gdtui.text import number

_PLACE = re.compile(r"\{(\w+)(?:@(\w+))?\}")
#: After these a negative number is put in parentheses.
_OPERATORS = "·+−/"
#: The number of terms of an inner product to write out.
TERMS = 3


@dataclass(frozen=True)
class Formula:
    """One line of a solver: name ← symbols.

    In `numbers`, ``{name}`` is a number of the update (the coordinate's number if it is a vector), ``{A@g}`` the
    coordinate's row of A times g, ``{g@d}`` the inner product of two vectors. `value` is the name of the result.
    """

    name: str
    symbols: str
    numbers: str = ""
    value: str = ""

    def line(self, results: Numbers, place: int) -> Line:
        """Return the line with the numbers of an update at one coordinate."""
        value = _at(results, self.value, place) if self.value else None
        return Line(self.name, self.symbols, self._filled(results, place), value)

    def _filled(self, results: Numbers, place: int) -> str:
        text, end = "", 0
        for match in _PLACE.finditer(self.numbers):
            text += self.numbers[end : match.start()]
            if match[2] is None:
                text += _written(_at(results, match[1], place), text)
            else:
                left, right = np.asarray(results[match[1]]), np.asarray(results[match[2]])
                text = _with_product(text, left[place] if left.ndim == 2 else left, right)
            end = match.end()
        return text + self.numbers[end:]


def _at(results: Numbers, name: str, place: int) -> float:
    found = np.asarray(results[name])
    return float(found[place]) if found.ndim else float(found)


def _with_product(text: str, left: Array, right: Array) -> str:
    """Append a·b + c·d + … to a text."""
    for i, (a, b) in enumerate(zip(left[:TERMS], right[:TERMS], strict=True)):
        text += " + " if i else ""
        text += _written(float(a), text) + "·"
        text += _written(float(b), text)
    return text + (" + …" if len(left) > TERMS else "")


def _written(value: float, before: str) -> str:
    written = number(value)
    return f"({written})" if written.startswith("−") and before.rstrip()[-1:] in tuple(_OPERATORS) else written
