"""What all coordinates of an update share: powers and calls of hyperparameters and t alone, computed once."""

from __future__ import annotations

import ast

from gdtui.optimizers.language.rule_text import RuleText
from gdtui.optimizers.language.writer import names_in

#: As many expressions are taken out of the loop over coordinates at the most.
MOST = 8
#: Functions that cost no more in every coordinate than once.
_CHEAP = ("sqrt", "abs", "absolute", "maximum", "minimum")


def one_minus_power(base: float, exponent: float) -> float:
    """Return 1 − base**exponent, without the power where it is too small to be seen.

    For 0 ≤ base < 1 base**exponent ≤ exp(−exponent·(1 − base)), and what is less than 2⁻⁵⁴ does not change a 1:
    exp(−38) is 0.57 of that.
    """
    if 0.0 <= base < 1.0 and exponent * (1.0 - base) > 38.0:
        return 1.0
    power: float = base**exponent
    return 1.0 - power


class Invariants(ast.NodeTransformer):
    """Replaces what the coordinates share by names; `found` has the expressions by these names."""

    def __init__(self, text: RuleText) -> None:
        self.found: dict[str, ast.expr] = {}
        self._known = {*text.hyper, "t"} - {name for name, _value in text.statements}

    def reduced(self, node: ast.expr) -> str:
        """Return the source of an expression with what is shared replaced."""
        copy = ast.parse(ast.unparse(node), mode="eval").body  # `deepcopy` takes ten times as long
        return ast.unparse(self.visit(copy))

    def visit(self, node: ast.AST) -> ast.AST:
        """Return an expression with what is shared replaced."""
        match node:
            case ast.BinOp(ast.Constant(1), ast.Sub(), ast.BinOp(base, ast.Pow(), exponent)):
                short = ast.Call(ast.Name(one_minus_power.__name__, ast.Load()), [base, exponent], [])
                node = short if self._is_dear(short) else node
        if not isinstance(node, ast.expr) or len(self.found) == MOST or not self._is_dear(node):
            return self.generic_visit(node)
        source = ast.unparse(node)
        name = next((name for name, value in self.found.items() if ast.unparse(value) == source), "")
        name = name or f"shared{len(self.found)}_"
        self.found.setdefault(name, node)
        return ast.Name(name, ast.Load())

    def _is_dear(self, node: ast.expr) -> bool:
        """Say whether an expression is a power or a call of what all coordinates share."""
        match node:
            case ast.BinOp(op=ast.Pow()):
                names = names_in(node)
            case ast.Call() if ast.unparse(node.func).rpartition(".")[2] not in _CHEAP:
                names = names_in(node) - names_in(node.func)
            case _:
                return False
        return bool(names) and names <= self._known
