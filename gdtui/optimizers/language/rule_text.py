"""The text of a rule: a Python function that assigns, line by line, and returns θ's new value.

The text is used three times: it runs compiled (`kernel_source`), tests call it to check the machine code, and it is the
lesson (`RuleText.lines`).
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdtui.kernel import Array
from gdtui.optimizers.language.block_operations import OPERATIONS, operation_of
from gdtui.optimizers.language.signature import HyperInfo, SlotInfo, read_signature
from gdtui.optimizers.language.symbols import symbol
from gdtui.optimizers.language.writer import Form, Line, Writer, evaluate, fixed

#: Numbers of an update by name: one number, a vector with one number per coordinate, or a matrix.
Numbers = Mapping[str, "float | Array"]

#: One line of a text: `name = expression`. The last line, `return expression`, has the name "theta".
Statement = tuple[str, ast.expr]


@dataclass(frozen=True, eq=False)
class RuleText:
    """The text of a rule, and what can be derived from it.

    Parameters
    ----------
    function
        (theta, g, t, *slots, *hyper) -> θ's new value.
    direction
        the name that the effective learning rate multiplies in the last line; if empty, the rate is not shown.
    rate
        the name that is the effective learning rate; if empty, it is derived from `direction`, or is lr.
    """

    function: Callable[..., float | Array]
    slots: tuple[str, ...]
    hyper: tuple[str, ...]
    direction: str = ""
    rate: str = ""

    @cached_property
    def _definition(self) -> ast.FunctionDef:
        lines, first = inspect.getsourcelines(self.function)
        module = ast.parse(textwrap.dedent("".join(lines)))
        ast.increment_lineno(module, first - 1)
        definition = module.body[0]
        assert isinstance(definition, ast.FunctionDef)
        return definition

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The lines in order; the last is ("theta", θ's new value).

        Every other line must assign to one name; TypeError says which line does not.
        """
        found: list[Statement] = []
        body = self._definition.body
        if [line for line in body if isinstance(line, ast.Return)] != body[-1:]:
            raise TypeError(f"{self.function.__name__}: a rule has one return, in its last line")
        for line in body:
            match line:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    found.append((name, value))
                case ast.Return(value=ast.expr() as value):
                    found.append(("theta", value))
                case ast.Expr(value=ast.Constant()):
                    pass  # a docstring
                case _:
                    where = f"{self.function.__name__}: line {line.lineno}"
                    raise TypeError(f"{where}: a rule assigns and returns; no {type(line).__name__}")
        return tuple(found)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that the text assigns to: the slots first, then the others in order."""
        return tuple(dict.fromkeys([*self.slots, *(name for name, _value in self.statements[:-1])]))

    # -- the effective learning rate --------------------------------------------------------------

    @cached_property
    def effective_lr(self) -> ast.expr:
        """The factor of `direction` in the change of θ: from θ − η·m̂/(√v̂+ε) it is η/(√v̂+ε)."""
        if self.rate or not self.direction:
            return ast.Name(self.rate or "lr", ast.Load())
        match self.statements[-1]:
            case (_, ast.BinOp(op=ast.Add() | ast.Sub(), right=change)):
                return _factor(change, self.direction)
        raise TypeError(f"{self.function.__name__}: the last line must read `return theta - …` or `theta + …`")

    # -- the velocity -----------------------------------------------------------------------------

    def sign_of(self, slot: str) -> int:
        """Return the sign with which a slot enters θ's new value: 1, −1, or 0 if it does not.

        Factors and divisors are taken to be positive, as rates, decays and roots are.
        """
        signs = {slot: 1}
        for name, value in self.statements:
            signs[name] = _sign(value, signs)
        return signs["theta"]

    # -- the lesson -------------------------------------------------------------------------------

    @cached_property
    def _shown(self) -> tuple[Statement, ...]:
        """The statements, and the effective learning rate if it is derived and not just lr."""
        rate = self.effective_lr
        if self.rate or not self.direction or isinstance(rate, ast.Constant) or ast.unparse(rate) == "lr":
            return self.statements
        return (*self.statements, ("effective_lr", rate))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines in symbols."""
        return tuple(Line(symbol(name), Writer().write(node)) for name, node in self._shown)

    @cached_property
    def _forms(self) -> tuple[tuple[Form, Form], ...]:
        """What writes each line in symbols and in numbers; a choice is written as the branch that is taken."""
        constants, space = frozenset((*self.hyper, "t")), self.function.__globals__
        symbols = Writer(choosing=True, space=space)
        numbers = Writer(numbers=True, choosing=True, constants=constants, space=space)
        return tuple(
            (symbols.form(node) if _chooses(node) else fixed(line.symbols), numbers.form(node))
            for (_name, node), line in zip(self._shown, self.lines, strict=True)
        )

    def explain(self, before: Mapping[str, float], results: Numbers) -> tuple[Line, ...]:
        """Return the lines for one coordinate of one update, with numbers; see `Rule.explain`."""
        values: dict[str, float] = {name: np.float64(value) for name, value in before.items()}
        space, lines = self.function.__globals__, []
        for (name, node), (in_symbols, in_numbers) in zip(self._shown, self._forms, strict=True):
            symbols, numbers = in_symbols(values), in_numbers(values)
            # one coordinate is not enough to compute a norm or mean over the block
            of_block = operation_of(node) is not None
            value = np.float64(results.get(name, np.nan)) if of_block else evaluate(node, values, space)
            lines.append(Line(symbol(name), symbols, numbers, float(value)))
            if name != "theta":  # the effective rate, written after it, depends on θ before the update
                values[name] = value
        return tuple(lines)


def _chooses(node: ast.expr) -> bool:
    return any(isinstance(part, ast.IfExp) for part in ast.walk(node))


def read_texts(
    functions: Sequence[Callable[..., float | Array]], direction: str, rate: str
) -> tuple[tuple[SlotInfo, ...], tuple[HyperInfo, ...], tuple[RuleText, ...]]:
    """Return the slots, hyperparameters and texts of a rule, which is written as functions of the same signature."""
    slots, hyper = read_signature(functions[0])
    if any(read_signature(function) != (slots, hyper) for function in functions[1:]):
        raise TypeError(f"{functions[0].__name__}: the texts for vectors and matrices differ in their signatures")
    names = tuple(slot.name for slot in slots), tuple(info.name for info in hyper)
    return slots, hyper, tuple(RuleText(function, *names, direction, rate) for function in functions)


def symbols_of(texts: Sequence[RuleText]) -> tuple[str, ...]:
    """Return the names that a probe writes out, in order; "effective_lr" is the last."""
    return (*dict.fromkeys(name for text in texts for name in text.names), "effective_lr")


def _factor(change: ast.expr, name: str) -> ast.expr:
    """Return a copy of an expression with `name` replaced by 1, and products with that 1 reduced."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.Constant(1.0) if node.id == name else node

        def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
            self.generic_visit(node)
            if isinstance(node.op, ast.Mult) and isinstance(node.right, ast.Constant) and node.right.value == 1.0:
                return node.left
            return node

    factor: ast.expr = Replace().visit(ast.parse(ast.unparse(change), mode="eval").body)
    return factor


def _sign(node: ast.expr, signs: Mapping[str, int]) -> int:
    """Return the sign with which an expression grows with the names in `signs`; 0 if it has none of them."""
    match node:
        case ast.Name():
            return signs.get(node.id, 0)
        case ast.UnaryOp(op=ast.USub()):
            return -_sign(node.operand, signs)
        case ast.BinOp(op=ast.Sub()):
            return _sign(node.left, signs) or -_sign(node.right, signs)
        case ast.BinOp(op=ast.Add() | ast.Mult()):
            return _sign(node.left, signs) or _sign(node.right, signs)
        case ast.BinOp(op=ast.Div() | ast.Pow()):
            return _sign(node.left, signs)
        case ast.IfExp():
            return _sign(node.body, signs) or _sign(node.orelse, signs)
        case ast.Call(func=ast.Name(id=name)) if name in OPERATIONS and OPERATIONS[name].scalar:
            return 0
        case ast.Call() if node.args:
            return _sign(node.args[0], signs)
    return 0
