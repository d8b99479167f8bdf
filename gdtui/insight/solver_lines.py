"""A solver's formulas with the numbers of its last update."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from gdtui.insight.line import Line
from gdtui.kernel import Array
from gdtui.optimizers.language.solver import Numbers, Solver
from gdtui.text import number

_PLACE = re.compile(r"\{(\w+)(?:@(\w+))?\}")
#: After these a negative number is put in parentheses.
_OPERATORS = "·+−/"
#: Terms of an inner product that are written out.
TERMS = 3


def formula_lines(solver: Solver, numbers: Numbers | None = None, place: int = 0) -> tuple[Line, ...]:
    """Return the solver's lines, with the numbers of an update at one coordinate where they are given.

    Parameters
    ----------
    solver
        whose lines.
    numbers
        what the update was made of, over all coordinates; empty or None: symbols alone.
    place
        the coordinate.
    """
    if not numbers:
        return tuple(Line(formula.name, formula.symbols, "", None) for formula in solver.formulas)
    lines = []
    for formula in solver.formulas:
        value = _at(numbers, formula.value, place) if formula.value else None
        lines.append(Line(formula.name, formula.symbols, _filled(formula.numbers, numbers, place), value))
    return tuple(lines)


def _at(numbers: Mapping[str, float | Array], name: str, place: int) -> float:
    found = np.asarray(numbers[name])
    return float(found[place]) if found.ndim else float(found)


def _filled(template: str, numbers: Numbers, place: int) -> str:
    text, end = "", 0
    for match in _PLACE.finditer(template):
        text += template[end : match.start()]
        if match[2] is None:
            text += _written(_at(numbers, match[1], place), text)
        else:
            left, right = np.asarray(numbers[match[1]]), np.asarray(numbers[match[2]])
            text = _product(text, left[place] if left.ndim == 2 else left, right)
        end = match.end()
    return text + template[end:]


def _product(text: str, left: Array, right: Array) -> str:
    """Append a·b + c·d + … to a text."""
    for i, (a, b) in enumerate(zip(left[:TERMS], right[:TERMS], strict=True)):
        text += " + " if i else ""
        text += _written(float(a), text) + "·"
        text += _written(float(b), text)
    return text + (" + …" if len(left) > TERMS else "")


def _written(value: float, before: str) -> str:
    written = number(value)
    return f"({written})" if written.startswith("−") and before.rstrip()[-1:] in tuple(_OPERATORS) else written
