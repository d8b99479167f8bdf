"""The running rule with live numbers in it: its own lines, symbol by symbol, no second copy."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gdtui.insight.line import Line
from gdtui.insight.numerals import SUPERSCRIPT, symbol
from gdtui.insight.solver_lines import formula_lines
from gdtui.optimizers.language.block_operations import OPERATIONS, operation_of
from gdtui.optimizers.language.block_rule import BlockRule
from gdtui.optimizers.language.kernel_source import effective_lr_source
from gdtui.optimizers.language.rule import Rule
from gdtui.optimizers.language.solver import Solver
from gdtui.text import number

__all__ = ["Line", "explain", "formula_lines", "rule_lines"]

_LEVEL = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.Pow: 4}
_SIGN = {ast.Add: "+", ast.Sub: "−", ast.Mult: "·", ast.Div: "/"}
_COMPARE = {ast.Gt: ">", ast.Lt: "<", ast.GtE: "≥", ast.LtE: "≤", ast.Eq: "=", ast.NotEq: "≠"}


_FIRST_NEGATIVE = re.compile(r"^\((−[^()]+)\)(?![²³⁴⁵⁶⁷⁸⁹^ᵗ])")


class Writer:
    """Writes an expression of a rule for people; with `values`, in numbers.

    Parameters
    ----------
    values
        what each name is worth; None: write symbols.
    constants
        names that do not change from coordinate to coordinate. What is made of them
        alone is written as one number
        (1−β₁) as 0.1.
    branch
        what is known for choosing between branches (t).
    """

    def __init__(
        self, values: Mapping[str, Any] | None, constants: frozenset[str], space: Mapping[str, Any], branch: Any
    ) -> None:
        self.values, self.constants, self.space, self.branch = values, constants, space, branch

    def write(self, node: ast.expr) -> str:
        text = self._node(node, 0, spaced=True)
        return _FIRST_NEGATIVE.sub(r"\1", text)  # at the very left it needs no parentheses

    def evaluate(self, node: ast.expr, values: Mapping[str, Any]) -> Any:
        with np.errstate(all="ignore"):  # the rule's own text, from the rule's own file
            return eval(_code(node), dict(self.space), dict(values))

    def _constant(self, node: ast.expr) -> bool:
        return all(name in self.constants for name in _names(node) if not callable(self.space.get(name)))

    def _block(self, operation: str, argument: ast.expr) -> str:
        """Write an operation over a whole block, of which this coordinate is one number."""
        inner = self._node(argument, 4, spaced=False)
        written = OPERATIONS[operation]
        return (written.symbols if self.values is None else written.numbers).format(inner)

    def _node(self, node: ast.expr, level: int, *, spaced: bool) -> str:
        composite = isinstance(node, (ast.BinOp, ast.Call, ast.UnaryOp))
        if self.values is not None and composite and self._constant(node):
            return self._number(self.evaluate(node, self.values), level)
        if isinstance(node, ast.Constant):
            return number(float(node.value))  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return symbol(node.id) if self.values is None else self._number(self.values[node.id], level)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return "−" + self._node(node.operand, 3, spaced=False)
        if isinstance(node, ast.BinOp):
            return self._binary(node, level, spaced=spaced)
        if isinstance(node, ast.IfExp):
            return self._choice(node, level, spaced=spaced)
        if isinstance(node, ast.Compare):
            left = self._node(node.left, 0, spaced=False)
            right = self._node(node.comparators[0], 0, spaced=False)
            return f"{left} {_COMPARE[type(node.ops[0])]} {right}"
        if isinstance(node, ast.Call):
            return self._call(node)
        raise TypeError(f"a rule cannot hold {ast.unparse(node)}")

    def _number(self, value: Any, level: int) -> str:
        text = number(float(value))
        return f"({text})" if text.startswith("−") and level > 0 else text

    def _binary(self, node: ast.BinOp, level: int, *, spaced: bool) -> str:
        kind = type(node.op)
        own = _LEVEL[kind]
        if kind is ast.Mult and ast.dump(node.left) == ast.dump(node.right) and isinstance(node.left, ast.Name):
            return self._node(node.left, 4, spaced=False) + "²"
        if kind is ast.Mult and isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Mult):
            same = ast.dump(node.left.right) == ast.dump(node.right)
            if same and isinstance(node.right, ast.Name):  # (a·g)·g is a·g²
                front = self._node(node.left.left, own, spaced=False)
                return f"{front}·{self._node(node.right, 4, spaced=False)}²"
        if kind is ast.Pow:
            exponent = self._node(node.right, 0, spaced=False)
            base = self._node(node.left, 4, spaced=False)
            if all(c in "0123456789-t" for c in exponent):
                return base + exponent.translate(SUPERSCRIPT)
            return f"{base}^({exponent})"
        inside = spaced and level == 0
        left = self._node(node.left, own, spaced=False) if not inside or own > 1 else self._sum(node.left)
        right = self._node(node.right, own + (kind in (ast.Sub, ast.Div)), spaced=False)
        sign = _SIGN[kind]
        gap = " " if inside and own == 1 else ""
        text = f"{left}{gap}{sign}{gap}{right}"
        return f"({text})" if level > own else text

    def _sum(self, node: ast.expr) -> str:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            return self._node(node, 0, spaced=True)
        return self._node(node, 1, spaced=False)

    def _choice(self, node: ast.IfExp, level: int, *, spaced: bool) -> str:
        if self.branch is None:
            parts = (self._node(part, 0, spaced=False) for part in (node.body, node.test, node.orelse))
            return "{} if {}, else {}".format(*parts)
        taken = node.body if self.evaluate(node.test, self.branch) else node.orelse
        return self._node(taken, level, spaced=spaced)

    def _call(self, node: ast.Call) -> str:
        operation = operation_of(node)
        if operation is not None:
            return self._block(*operation)
        name = ast.unparse(node.func).rpartition(".")[2]
        inner = ", ".join(self._node(a, 0, spaced=False) for a in node.args)
        simple = len(node.args) == 1 and (isinstance(node.args[0], ast.Name) or inner.startswith("("))
        if name == "sqrt":
            return f"√{inner}" if simple else f"√({inner})"
        if name in ("abs", "absolute"):
            return f"|{inner}|"
        return f"{ {'maximum': 'max', 'minimum': 'min'}.get(name, name) }({inner})".replace(" ", "", 1)


@lru_cache(maxsize=2048)
def _code(node: ast.expr) -> Any:
    return compile(ast.unparse(node), "<rule>", "eval")


@lru_cache(maxsize=2048)
def _names(node: ast.expr) -> frozenset[str]:
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))


@lru_cache(maxsize=256)  # the trees stay, so that what is worked out of them can be kept
def _targets(rule: Rule) -> list[tuple[str, ast.expr]]:
    lines: list[tuple[str, ast.expr]] = []
    for line in rule.lines:
        assert line.value is not None
        if isinstance(line, ast.Assign):
            assert isinstance(line.targets[0], ast.Name)
            lines.append((line.targets[0].id, line.value))
        else:
            lines.append(("theta", line.value))
    if rule.direction:
        extra = ast.parse(effective_lr_source(rule), mode="eval").body
        if isinstance(extra, ast.BinOp) and not (isinstance(extra.op, ast.Mult) and ast.unparse(extra) == "lr * 1.0"):
            lines.append(("effective_lr", _without_one(extra)))
    return lines


class _DropOne(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mult) and isinstance(node.right, ast.Constant) and node.right.value == 1.0:
            return node.left
        return node


def _without_one(node: ast.expr) -> ast.expr:
    new: ast.expr = _DropOne().visit(node)
    return new


@lru_cache(maxsize=256)
def rule_lines(rule: Rule) -> tuple[Line, ...]:
    """Return the rule's lines in symbols alone, as it stands before any update."""
    if isinstance(rule, Solver):
        return formula_lines(rule)
    writer = Writer(None, frozenset(), rule.function.__globals__, None)
    return tuple(Line(symbol(name), writer.write(node), "", None) for name, node in _targets(rule))


def explain(
    rule: Rule,
    theta: float,
    g: float,
    t: int,
    slots: Mapping[str, float],
    hyper: Mapping[str, float],
    known: Mapping[str, float] | None = None,
    columns: int = 1,
) -> tuple[Line, ...]:
    """Return the rule's lines for one coordinate in one update, with numbers.

    Parameters
    ----------
    rule
        the rule.
    theta, slots
        of that coordinate, before the update.
    g
        its gradient as the rule got it.
    t
        the update's number, from 1.
    hyper
        the settings in force.
    known
        what a probe of a rule over blocks read off at that coordinate, by name: norms and the like cannot
        be worked out from one coordinate (nan where it is not given).
    columns
        of the block that the coordinate lies in; 1: it is a vector.
    """
    if isinstance(rule, BlockRule):
        rule = rule.for_columns(columns)
    values: dict[str, Any] = {k: np.float64(v) for k, v in {**hyper, **slots}.items()}
    values |= {"theta": np.float64(theta), "g": np.float64(g), "t": np.float64(t)}
    constants = frozenset((*hyper, "t"))
    space = rule.function.__globals__
    lines = []
    new_theta = None
    for name, node in _targets(rule):
        branch = dict(values)
        symbols = Writer(None, constants, space, branch).write(node)
        writer = Writer(values, constants, space, branch)
        if operation_of(node) is None:
            value = writer.evaluate(node, values)
        else:
            value = np.float64((known or {}).get(name, np.nan))
        lines.append(Line(symbol(name), symbols, writer.write(node), float(value)))
        if name == "theta":
            new_theta = value
        else:
            values = {**values, name: value}
    assert new_theta is not None
    return tuple(lines)
