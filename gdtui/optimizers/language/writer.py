"""Writes an expression of a rule as people do on paper: in symbols or with numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

import numpy as np

from gdtui.optimizers.language.block_operations import OPERATIONS, operation_of
from gdtui.optimizers.language.symbols import symbol
from gdtui.text import SUPERSCRIPTS, _, number

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


#: Writes an expression with the values of its names.
Form = Callable[[Values], str]


class Writer:
    """Writes expressions in symbols, or in `numbers`.

    In numbers, a subexpression of `constants` alone is one number: (1−β₁) as 0.1. Where it is `choosing`, values decide
    which branch of a choice is written; else both are. `space` holds the functions that the expressions call.
    """

    def __init__(
        self,
        *,
        numbers: bool = False,
        choosing: bool = False,
        constants: frozenset[str] = frozenset(),
        space: dict[str, object] | None = None,
    ) -> None:
        self.numbers, self.choosing, self.constants, self.space = numbers, choosing, constants, space or {}

    def write(self, node: ast.expr, values: Values | None = None) -> str:
        """Return the expression as text."""
        return self.form(node)(values or {})

    def form(self, node: ast.expr) -> Form:
        """Return what writes an expression: it is walked once, and written at each update."""
        inner = self._node(node, 0, spaced=True)
        return lambda values: _FIRST_NEGATIVE.sub(r"\1", inner(values))

    def _is_constant(self, node: ast.expr) -> bool:
        return all(name in self.constants for name in names_in(node) if not callable(self.space.get(name)))

    def _node(self, node: ast.expr, level: int, *, spaced: bool) -> Form:
        composite = isinstance(node, (ast.BinOp, ast.Call, ast.UnaryOp))
        if self.numbers and composite and self._is_constant(node):
            return lambda values: _number(evaluate(node, values, self.space), level)
        match node:
            case ast.Constant():
                return fixed(number(float(node.value)))  # type: ignore[arg-type]
            case ast.Name(id=name):
                return (lambda values: _number(values[name], level)) if self.numbers else fixed(symbol(name))
            case ast.UnaryOp(op=ast.USub()):
                operand = self._node(node.operand, 3, spaced=False)
                return lambda values: "−" + operand(values)
            case ast.BinOp():
                return self._binary(node, level, spaced=spaced)
            case ast.IfExp():
                return self._choice(node, level, spaced=spaced)
            case ast.Compare():
                left = self._node(node.left, 0, spaced=False)
                right, sign = self._node(node.comparators[0], 0, spaced=False), _COMPARE[type(node.ops[0])]
                return lambda values: f"{left(values)} {sign} {right(values)}"
            case ast.Call():
                return self._call(node)
        raise TypeError(f"a rule cannot hold {ast.unparse(node)}")

    def _binary(self, node: ast.BinOp, level: int, *, spaced: bool) -> Form:
        kind = type(node.op)
        own = _LEVEL[kind]
        match node:
            case ast.BinOp(ast.Name(id=one), ast.Mult(), ast.Name(id=other)) if one == other:
                squared = self._node(node.left, 4, spaced=False)
                return lambda values: squared(values) + "²"
            case ast.BinOp(ast.BinOp(first, ast.Mult(), ast.Name(id=one)), ast.Mult(), ast.Name(id=other)) if (
                one == other
            ):  # (a·g)·g is written a·g²
                factor, squared = self._node(first, own, spaced=False), self._node(node.right, 4, spaced=False)
                return lambda values: f"{factor(values)}·{squared(values)}²"
        if kind is ast.Pow:
            base, exponent = self._node(node.left, 4, spaced=False), self._node(node.right, 0, spaced=False)
            return lambda values: _power(base(values), exponent(values))
        inside = spaced and level == 0
        left = self._node(node.left, own, spaced=False) if not inside or own > 1 else self._sum(node.left)
        right = self._node(node.right, own + (kind in (ast.Sub, ast.Div)), spaced=False)
        sign = f" {_SIGN[kind]} " if inside and own == 1 else _SIGN[kind]
        if level > own:
            return lambda values: f"({left(values)}{sign}{right(values)})"
        return lambda values: f"{left(values)}{sign}{right(values)}"

    def _sum(self, node: ast.expr) -> Form:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            return self._node(node, 0, spaced=True)
        return self._node(node, 1, spaced=False)

    def _choice(self, node: ast.IfExp, level: int, *, spaced: bool) -> Form:
        if not self.choosing:
            body, test, orelse = (self._node(part, 0, spaced=False) for part in (node.body, node.test, node.orelse))
            return lambda values: f"{body(values)} if {test(values)}, else {orelse(values)}"
        yes, no = (self._node(part, level, spaced=spaced) for part in (node.body, node.orelse))
        return lambda values: (yes if evaluate(node.test, values, self.space) else no)(values)

    def _call(self, node: ast.Call) -> Form:
        if (found := operation_of(node)) is not None:
            operation = OPERATIONS[found[0]]
            form, argument = operation.numbers if self.numbers else operation.symbols, found[1]
            block = self._node(argument, 4, spaced=False)
            return lambda values: form.format(block(values))
        name = ast.unparse(node.func).rpartition(".")[2]
        arguments = [self._node(argument, 0, spaced=False) for argument in node.args]
        alone = len(node.args) == 1, len(node.args) == 1 and isinstance(node.args[0], ast.Name)
        return lambda values: _called(name, ", ".join(argument(values) for argument in arguments), *alone)


def fixed(text: str) -> Form:
    """Return what writes the same whatever the values are."""
    return lambda _values: text


def _number(value: float, level: int) -> str:
    text = number(value)
    return f"({text})" if text.startswith("−") and level > 0 else text


def _power(base: str, exponent: str) -> str:
    if all(c in "0123456789-t" for c in exponent):
        return base + exponent.translate(SUPERSCRIPTS)
    return f"{base}^({exponent})"


def _called(name: str, inner: str, one: bool, named: bool) -> str:
    """Return a call of a function with arguments that are written already: `one`, and that a name."""
    if name == "sqrt":
        return f"√{inner}" if named or (one and inner.startswith("(")) else f"√({inner})"
    if name in ("abs", "absolute"):
        return f"|{inner}|"
    return f"{ {'maximum': 'max', 'minimum': 'min'}.get(name, name) }({inner})".replace(" ", "", 1)
