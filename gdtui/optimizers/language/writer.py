"""Writes an expression of a rule as people do on paper: in symbols or with numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

import numpy as np

from gdtui.optimizers.language.block_operations import OPERATIONS, operation_of
from gdtui.optimizers.language.symbols import SUPERSCRIPT, symbol
from gdtui.text import _, number

#: Values at one coordinate, by name.
Values = Mapping[str, float]


@dataclass(frozen=True)
class Line:
    """One line of a rule as people read it: `name ← symbols`, the same with numbers, and the result after an update."""

    name: str
    symbols: str
    numbers: str = ""
    value: float | None = None

    @property
    def label(self) -> str:
        """The name in the user's language: a symbol, but for the effective rate."""
        return _(self.name)


_LEVEL = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.Pow: 4}
_SIGN = {ast.Add: "+", ast.Sub: "−", ast.Mult: "·", ast.Div: "/"}
_COMPARE = {ast.Gt: ">", ast.Lt: "<", ast.GtE: "≥", ast.LtE: "≤", ast.Eq: "=", ast.NotEq: "≠"}
#: A negative number at the very left needs no parentheses.
_FIRST_NEGATIVE = re.compile(r"^\((−[^()]+)\)(?![²³⁴⁵⁶⁷⁸⁹^ᵗ])")


@lru_cache(maxsize=2048)
def names_in(node: ast.AST) -> frozenset[str]:
    """Return every name in an expression."""
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def evaluate(node: ast.expr, values: Values, space: dict[str, object]) -> float:
    """Return the value of an expression of a rule; `space` holds the functions that it calls."""
    with np.errstate(all="ignore"):
        return eval(_code(node), space, values)  # text from the rule's own file


@lru_cache(maxsize=2048)
def _code(node: ast.expr) -> CodeType:
    return compile(ast.unparse(node), "<rule>", "eval")


class Writer:
    """Writes expressions in symbols, or in numbers if `values` of the names are given.

    A subexpression of `constants` alone is written as one number: (1−β₁) as 0.1. The values in `branch` decide which
    branch of a choice is written; without them both are. `space` holds the functions that the expressions call.
    """

    def __init__(
        self,
        values: Values | None = None,
        constants: frozenset[str] = frozenset(),
        space: dict[str, object] | None = None,
        branch: Values | None = None,
    ) -> None:
        self.values, self.constants, self.space, self.branch = values, constants, space or {}, branch

    def write(self, node: ast.expr) -> str:
        """Return the expression as text."""
        return _FIRST_NEGATIVE.sub(r"\1", self._node(node, 0, spaced=True))

    def _is_constant(self, node: ast.expr) -> bool:
        return all(name in self.constants for name in names_in(node) if not callable(self.space.get(name)))

    def _node(self, node: ast.expr, level: int, *, spaced: bool) -> str:
        composite = isinstance(node, (ast.BinOp, ast.Call, ast.UnaryOp))
        if self.values is not None and composite and self._is_constant(node):
            return self._number(evaluate(node, self.values, self.space), level)
        match node:
            case ast.Constant():
                return number(float(node.value))  # type: ignore[arg-type]
            case ast.Name():
                return symbol(node.id) if self.values is None else self._number(self.values[node.id], level)
            case ast.UnaryOp(op=ast.USub()):
                return "−" + self._node(node.operand, 3, spaced=False)
            case ast.BinOp():
                return self._binary(node, level, spaced=spaced)
            case ast.IfExp():
                return self._choice(node, level, spaced=spaced)
            case ast.Compare():
                left = self._node(node.left, 0, spaced=False)
                right = self._node(node.comparators[0], 0, spaced=False)
                return f"{left} {_COMPARE[type(node.ops[0])]} {right}"
            case ast.Call():
                return self._call(node)
        raise TypeError(f"a rule cannot hold {ast.unparse(node)}")

    def _number(self, value: float, level: int) -> str:
        text = number(value)
        return f"({text})" if text.startswith("−") and level > 0 else text

    def _binary(self, node: ast.BinOp, level: int, *, spaced: bool) -> str:
        kind = type(node.op)
        own = _LEVEL[kind]
        match node:
            case ast.BinOp(ast.Name(id=one), ast.Mult(), ast.Name(id=other)) if one == other:
                return self._node(node.left, 4, spaced=False) + "²"
            case ast.BinOp(ast.BinOp(first, ast.Mult(), ast.Name(id=one)), ast.Mult(), ast.Name(id=other)) if (
                one == other
            ):  # (a·g)·g is written a·g²
                return f"{self._node(first, own, spaced=False)}·{self._node(node.right, 4, spaced=False)}²"
        if kind is ast.Pow:
            exponent = self._node(node.right, 0, spaced=False)
            base = self._node(node.left, 4, spaced=False)
            if all(c in "0123456789-t" for c in exponent):
                return base + exponent.translate(SUPERSCRIPT)
            return f"{base}^({exponent})"
        inside = spaced and level == 0
        left = self._node(node.left, own, spaced=False) if not inside or own > 1 else self._sum(node.left)
        right = self._node(node.right, own + (kind in (ast.Sub, ast.Div)), spaced=False)
        gap = " " if inside and own == 1 else ""
        text = f"{left}{gap}{_SIGN[kind]}{gap}{right}"
        return f"({text})" if level > own else text

    def _sum(self, node: ast.expr) -> str:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            return self._node(node, 0, spaced=True)
        return self._node(node, 1, spaced=False)

    def _choice(self, node: ast.IfExp, level: int, *, spaced: bool) -> str:
        if self.branch is None:
            parts = (self._node(part, 0, spaced=False) for part in (node.body, node.test, node.orelse))
            return "{} if {}, else {}".format(*parts)
        taken = node.body if evaluate(node.test, self.branch, self.space) else node.orelse
        return self._node(taken, level, spaced=spaced)

    def _call(self, node: ast.Call) -> str:
        if (found := operation_of(node)) is not None:
            operation = OPERATIONS[found[0]]
            form = operation.symbols if self.values is None else operation.numbers
            return form.format(self._node(found[1], 4, spaced=False))
        name = ast.unparse(node.func).rpartition(".")[2]
        inner = ", ".join(self._node(a, 0, spaced=False) for a in node.args)
        simple = len(node.args) == 1 and (isinstance(node.args[0], ast.Name) or inner.startswith("("))
        if name == "sqrt":
            return f"√{inner}" if simple else f"√({inner})"
        if name in ("abs", "absolute"):
            return f"|{inner}|"
        return f"{ {'maximum': 'max', 'minimum': 'min'}.get(name, name) }({inner})".replace(" ", "", 1)
