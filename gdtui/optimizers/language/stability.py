"""The learning rate up to which a rule is stable on a quadratic."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from gdtui.optimizers.language.writer import Writer, evaluate

#: The name of the largest curvature (Hessian eigenvalue) in a rule's formula.
CURVATURE = "lambda_max"


@dataclass(frozen=True)
class StabilityLimit:
    """The learning rate above which a rule diverges on a quadratic, and its formula: 0.0038, "2(1+μ)/λmax"."""

    lr: float
    formula: str


def stability_limit(formula: str, settings: Mapping[str, float], off: Collection[str]) -> StabilityLimit | None:
    """Evaluate and write the formula of a limit; return None if no positive rate is a limit.

    The formula is Python over hyperparameters and `lambda_max`: "2 * (1 + momentum) / lambda_max". The written formula
    leaves out the settings in `off`, which are 0.
    """
    values = {name: np.float64(value) for name, value in settings.items()}
    with np.errstate(divide="ignore"):  # a moving average that takes nothing in has no limit
        lr = float(evaluate(_parsed(formula), values, {}))
    return StabilityLimit(lr, _written(formula, frozenset(off))) if lr > 0 else None


@cache
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


@cache
def _written(formula: str, off: frozenset[str]) -> str:
    tree: ast.expr = _LeaveOut(off).visit(ast.parse(formula, mode="eval").body)
    return re.sub(r"(?<=[\d)])·(?=\D)", "", Writer().write(tree))  # 2·(1+μ) is written 2(1+μ)


class _LeaveOut(ast.NodeTransformer):
    """Drops terms that are 0, and then factors that are 1."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub(), right=ast.Name(id=name)) if name in self.names:
                return node.left
            case ast.BinOp(op=ast.Mult(), left=ast.Constant(value=1)):
                return node.right
        return node
