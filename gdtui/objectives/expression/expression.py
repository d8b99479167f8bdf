"""A loss surface as one line of mathematics: parse it, derive it exactly, lower it to a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdtui.errors import ExpressionError
from gdtui.objectives.expression.calculus import differentiate, singular_points
from gdtui.objectives.expression.lowering import Program, interpreted, write_program
from gdtui.objectives.expression.notation import pretty
from gdtui.objectives.expression.parsing import read
from gdtui.objectives.expression.tree import Node, simplify
from gdtui.text import _

#: Statements that value and gradient may take together: numba needs 2 to 4 ms for each, the user 2 s at most.
MOST_STATEMENTS = 450

Point: TypeAlias = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True)
class Expression:
    """A real function of one or more variables. Make it with `parse`; equal texts and variables are equal.

    `text` is what the user typed, `variables` their names in the order of the inputs, `tree` the expression
    exactly as written (nothing folded). Derivatives at singular points: see `gdtui.objectives.expression.calculus`.
    """

    text: str
    variables: tuple[str, ...]
    tree: Node = field(compare=False, repr=False)

    @property
    def dimension(self) -> int:
        """The number of variables."""
        return len(self.variables)

    @cached_property
    def pretty(self) -> str:
        """The expression in mathematical notation, in Unicode: ``½(x²+y²)``."""
        return pretty(self.tree)

    @cached_property
    def simplified(self) -> Node:
        """The tree with constants folded in float64 and terms merged: what derivatives start from."""
        return simplify(self.tree)

    @cached_property
    def singular(self) -> str:
        """One sentence about the points at which its slope is a convention; "" if there are none."""
        return singular_points(self.simplified)

    def evaluate(self, *arrays: ArrayLike) -> NDArray[np.float64]:
        """Return the value at `arrays`, one for each variable, broadcast together.

        Outside the domain it is inf or nan. Raises ValueError for a wrong number of arrays.
        """
        if len(arrays) != self.dimension:
            names = ", ".join(self.variables)
            message = _("{count} arrays are needed ({names}), not {given}")
            raise ValueError(message.format(count=self.dimension, names=names, given=len(arrays)))
        inputs = np.broadcast_arrays(*(np.asarray(array, dtype=np.float64) for array in arrays))
        result = np.empty(np.broadcast_shapes(*(array.shape for array in inputs)))
        with np.errstate(all="ignore"):
            result[...] = interpreted(lower(self, 0))(*inputs)[0]
        return result

    def evaluate_gradient(self, point: Point) -> tuple[float, NDArray[np.float64]]:
        """Return value and gradient (shape ``[dimension]``) at one point, from the same program that is compiled."""
        results = self._at(point, 1)
        return float(results[0]), np.array(results[1:], dtype=np.float64)

    def evaluate_hessian(self, point: Point) -> NDArray[np.float64]:
        """Return the Hessian (shape ``[dimension, dimension]``) at one point."""
        entries = self._at(point, 2)[1 + self.dimension :]
        return np.array(entries, dtype=np.float64).reshape(self.dimension, self.dimension)

    def _at(self, point: Point, order: int) -> tuple[np.float64, ...]:
        inputs = np.asarray(point, dtype=np.float64)
        if inputs.shape != (self.dimension,):
            message = _("a point needs {count} coordinates ({names})")
            raise ValueError(message.format(count=self.dimension, names=", ".join(self.variables)))
        with np.errstate(all="ignore"):
            return interpreted(lower(self, order))(*inputs)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the text, not the tree."""
        return parse, (self.text, self.variables)


def parse(text: str, variables: tuple[str, ...] | None = None) -> Expression:
    """Return the expression that `text` spells, or raise `ExpressionError` with the column of the error.

    The text is one line of ASCII, at most 1000 characters: ``+ - * / ^`` (or ``**``), parentheses, numbers, ``pi``,
    ``e``, the functions in `functions.CALLABLE`, and variables: ``x``; ``x`` and ``y``; or ``x1`` … ``x16``.
    `variables` are the allowed names in order, used or not; by default they are found in the text.
    """
    tree, names = read(text, variables)
    found = Expression(text, names, tree)
    steps = len(lower(found, 1).statements)
    if steps > MOST_STATEMENTS:
        message = _("its derivatives take {steps} steps of arithmetic, more than {most}: make it shorter")
        raise ExpressionError(message.format(steps=steps, most=MOST_STATEMENTS), 1, text)
    return found


@lru_cache(maxsize=256)
def gradient(expression: Expression) -> tuple[Node, ...]:
    """Return the exact partial derivatives, simplified, one for each variable."""
    return differentiate(expression.simplified, expression.variables)


@lru_cache(maxsize=256)
def hessian(expression: Expression) -> tuple[tuple[Node, ...], ...]:
    """Return the exact second derivatives, simplified, as rows; the lower half mirrors the upper half."""
    rows = [differentiate(slope, expression.variables) for slope in gradient(expression)]
    size = expression.dimension
    return tuple(tuple(rows[min(i, j)][max(i, j)] for j in range(size)) for i in range(size))


@lru_cache(maxsize=256)
def lower(expression: Expression, order: int) -> Program:
    """Return the program of the value (order 0), and gradient (1), and Hessian (2)."""
    if order not in (0, 1, 2):
        raise ValueError(_("order must be 0, 1 or 2, not {}").format(order))
    return write_program(
        expression.variables,
        expression.simplified,
        gradient(expression) if order >= 1 else (),
        hessian(expression) if order >= 2 else (),
    )
