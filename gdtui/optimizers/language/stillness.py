"""Which coordinates an update leaves as they are: those that have no gradient, or with most rules never had one."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gdtui.optimizers.language.rule_text import RuleText
from gdtui.optimizers.language.writer import evaluate

_ZERO = ast.Constant(0.0)
#: Functions that are 0 at 0.
_THROUGH_ZERO = ("sqrt", "abs", "absolute", "sign", "maximum", "minimum")
#: Updates at which what multiplies a zero is looked at.
_UPDATES = (1.0, 2.0, 1e3, 1e9)


@dataclass(frozen=True, eq=False)
class Stillness:
    """What is known of a rule where the gradient is 0.

    Parameters
    ----------
    still
        whether neither θ nor any slot changes then, if the numbers in `finite` are finite.
    finite
        expressions over settings, t and slots: they stand before a zero.
    """

    still: bool
    finite: tuple[ast.expr, ...]
    space: dict[str, object]

    def holds(self, settings: Mapping[str, float], slots: Mapping[str, float]) -> bool:
        """Say whether nothing changes, with these settings and initial values of the slots."""
        if not self.still:
            return False
        numbers = {**settings, **slots, "theta": 1.0}
        values = ({name: np.float64(value) for name, value in {**numbers, "t": t}.items()} for t in _UPDATES)
        return all(np.isfinite(evaluate(node, at, self.space)) for at in values for node in self.finite)


def stillness_of(text: RuleText, zero: frozenset[str]) -> Stillness:
    """Return what is known of a text where the slots in `zero` are 0."""
    known: dict[str, ast.expr] = dict.fromkeys(("g", *zero), _ZERO)
    reduce = _Reduce(known)
    for name, value in text.statements:
        known[name] = reduce.visit(ast.parse(ast.unparse(value), mode="eval").body)
    before = {"theta": "theta", **{slot: "0.0" if slot in zero else slot for slot in text.slots}}
    still = all(ast.unparse(known[name]) == old for name, old in before.items() if name in known)
    return Stillness(still, tuple(reduce.finite), text.function.__globals__)


class _Reduce(ast.NodeTransformer):
    """Puts in what is known of names and reduces sums and products with 0, as floating-point numbers do."""

    def __init__(self, known: dict[str, ast.expr]) -> None:
        self.known = known
        self.finite: list[ast.expr] = []

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.known.get(node.id, node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        match node.op:
            case ast.Add() if _is_zero(left):
                return right
            case ast.Add() | ast.Sub() if _is_zero(right):
                return left
            case ast.Mult() if _is_zero(left) or _is_zero(right):
                self.finite.append(right if _is_zero(left) else left)
                return _ZERO
            case ast.Div() if _is_zero(left):
                self.finite.append(ast.BinOp(ast.Constant(1.0), ast.Div(), right))
                return _ZERO
        return ast.BinOp(left, node.op, right)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        arguments = [self.visit(argument) for argument in node.args]
        if ast.unparse(node.func).rpartition(".")[2] in _THROUGH_ZERO and all(map(_is_zero, arguments)):
            return _ZERO
        return ast.Call(node.func, arguments, node.keywords)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        match node.test:
            case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[ast.Constant(value=0)]):
                if _is_zero(self.visit(left)):
                    return self.visit(node.orelse)
        return self.generic_visit(node)


def _is_zero(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0
