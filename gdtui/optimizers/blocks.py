"""Rules over whole blocks of parameters: the second kind, for those that need a norm or a matrix.

The text of such a rule is written over the arrays of one block (a vector, or a matrix of rows x
columns). It holds two sorts of lines: mathematics that goes coordinate by coordinate, and
`name = operation(…)` with one of the operations below, which see the block as a whole.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.optimizers.base import (
    ARGUMENTS,
    Rule,
    effective_lr_source,
    enlist,
    read_signature,
)

# The operations, as a rule's text calls them -----------------------------------------------------
# Sums run in the order of the coordinates (cumsum, not sum), so that the kernel's agree to the bit.


def norm(x: Array) -> float:
    """Return the Euclidean length of a block: ‖x‖."""
    return float(np.sqrt(np.cumsum(x * x)[-1]))


def rms(x: Array) -> float:
    """Return the root of the mean square of a block."""
    return float(np.sqrt(np.cumsum(x * x)[-1] / x.size))


def mean(x: Array) -> float:
    """Return the mean over a block."""
    return float(np.cumsum(x)[-1] / x.size)


def aspect(x: Array) -> float:
    """Return rows / columns of a matrix."""
    return x.shape[0] / x.shape[1]


def row_mean(x: Array) -> Array:
    """Return the matrix with every entry replaced by the mean of its row."""
    return np.broadcast_to(np.cumsum(x, axis=1)[:, -1:] / x.shape[1], x.shape)


def column_mean(x: Array) -> Array:
    """Return the matrix with every entry replaced by the mean of its column."""
    return np.broadcast_to(np.cumsum(x, axis=0)[-1:] / x.shape[0], x.shape)


def newton_schulz(x: Array) -> Array:
    """Return X with its singular values nearly 1: five times X ← aX + b(XXᵀ)X + c(XXᵀ)²X."""
    if x.shape[0] > x.shape[1]:
        return newton_schulz(x.T).T
    for _ in range(5):
        gram = _product(x, x.T)
        x = NS_A * x + _product(NS_B * gram + NS_C * _product(gram, gram), x)
    return x


def _product(a: Array, b: Array) -> Array:
    return np.cumsum(a[:, :, None] * b[None, :, :], axis=1)[:, -1, :]


#: The coefficients of Jordan et al. 2024, as in torch.optim.Muon.
NS_A, NS_B, NS_C = 3.4445, -4.7750, 2.0315


# The same as loops over x[first : first + rows * cols], for the kernels --------------------------
# A kernel takes over their text; they return a number, or write their matrix back into x.


def _norm(x: Array, first: int, rows: int, cols: int) -> float:
    total = 0.0
    for i in range(first, first + rows * cols):
        total += x[i] * x[i]
    return np.sqrt(total)


def _rms(x: Array, first: int, rows: int, cols: int) -> float:
    total = 0.0
    for i in range(first, first + rows * cols):
        total += x[i] * x[i]
    return np.sqrt(total / (rows * cols))


def _mean(x: Array, first: int, rows: int, cols: int) -> float:
    total = 0.0
    for i in range(first, first + rows * cols):
        total += x[i]
    return total / (rows * cols)


def _aspect(x: Array, first: int, rows: int, cols: int) -> float:
    return rows / cols


def _row_mean(x: Array, first: int, rows: int, cols: int) -> None:
    for r in range(rows):
        total = 0.0
        for c in range(cols):
            total += x[first + r * cols + c]
        for c in range(cols):
            x[first + r * cols + c] = total / cols


def _column_mean(x: Array, first: int, rows: int, cols: int) -> None:
    sums = np.zeros(cols)
    for r in range(rows):
        for c in range(cols):
            sums[c] += x[first + r * cols + c]
    for r in range(rows):
        for c in range(cols):
            x[first + r * cols + c] = sums[c] / rows


def _newton_schulz(x: Array, first: int, rows: int, cols: int) -> None:
    # The matrix is `length` vectors of n numbers, n the smaller side: (XXᵀ)X = X(XᵀX). gram and mix
    # are symmetric, so each inner loop runs along a row of theirs.
    n = min(rows, cols)
    length = max(rows, cols)
    near = cols if rows <= cols else 1  # from one number of a vector to the next
    along = 1 if rows <= cols else cols  # from one vector to the next
    gram = np.empty((n, n))
    mix = np.empty((n, n))
    old = np.empty(n)
    new = np.empty(n)
    for _ in range(5):
        gram[:] = 0.0
        for k in range(length):
            for i in range(n):
                old[i] = x[first + i * near + k * along]
            for i in range(n):
                for j in range(n):
                    gram[i, j] += old[i] * old[j]
        for i in range(n):
            new[:] = 0.0
            for k in range(n):
                for j in range(n):
                    new[j] += gram[i, k] * gram[k, j]
            for j in range(n):
                mix[i, j] = NS_B * gram[i, j] + NS_C * new[j]
        for k in range(length):
            for i in range(n):
                old[i] = x[first + i * near + k * along]
            new[:] = 0.0
            for j in range(n):
                for i in range(n):
                    new[i] += mix[j, i] * old[j]
            for i in range(n):
                x[first + i * near + k * along] = NS_A * old[i] + new[i]


@dataclass(frozen=True)
class Operation:
    """One operation over a block.

    Parameters
    ----------
    loops
        its text for kernels.
    scalar
        whether it yields one number for the block.
    symbols, numbers
        how it is written; {} is what it is applied to, or what that is worth at one coordinate.
    """

    loops: Callable[..., Any]
    scalar: bool
    symbols: str
    numbers: str


#: Every operation, by the name that rules call it by.
OPERATIONS = {
    "norm": Operation(_norm, True, "√Σ{}²", "√(… + {}² + …)"),
    "rms": Operation(_rms, True, "√(Σ{}²/n)", "√((… + {}² + …)/n)"),
    "mean": Operation(_mean, True, "Σ{}/n", "(… + {} + …)/n"),
    "aspect": Operation(_aspect, True, "rows/columns", "rows/columns"),
    "row_mean": Operation(_row_mean, False, "Σⱼ{}/columns", "(… + {} + …)/columns"),
    "column_mean": Operation(_column_mean, False, "Σᵢ{}/rows", "(… + {} + …)/rows"),
    "newton_schulz": Operation(
        _newton_schulz, False, "(3.4445·{0} − 4.775·{0}{0}ᵀ{0} + 2.0315·({0}{0}ᵀ)²{0}) 5×", "(…, {}, …)"
    ),
}


def operation_of(node: ast.expr | None) -> tuple[str, ast.expr] | None:
    """Return (operation, what it is applied to) of a line `name = operation(…)`, or None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OPERATIONS:
        return node.func.id, node.args[0]
    return None


@dataclass(frozen=True, eq=False)
class BlockRule(Rule):
    """An optimizer over whole blocks: `function` is its text for vectors, and for matrices without another.

    Args:
        matrices: the text for matrices, with the same slots and hyperparameters; None: the same text.
        matrices_only: whether vectors are refused.
    """

    matrices: Callable[..., Array] | None = None
    matrices_only: bool = False

    @cached_property
    def _for_matrices(self) -> BlockRule:
        return self if self.matrices is None else replace(self, function=self.matrices, matrices=None)

    def for_columns(self, columns: int) -> BlockRule:
        """Return the rule whose text is in force on a block with that many columns (1: a vector)."""
        return self if columns == 1 else self._for_matrices

    @property
    def texts(self) -> tuple[BlockRule, ...]:
        """The rule for vectors, and the one for matrices where that differs."""
        return (self,) if self.matrices is None else (self, self._for_matrices)

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """What a probe yields: slots, the names of both texts, effective_lr."""
        names = [name for text in self.texts for name in text.names]
        return (*dict.fromkeys(names), "effective_lr")

    def refusal(self, blocks: Indices) -> str:
        """Say why the rule cannot be used on these blocks: it may want matrices only."""
        if self.matrices_only and any(cols == 1 for cols in blocks[:, 2]):
            return f"{self.name} takes matrices only, and some of the parameters are no matrix"
        return ""

    def _space(self) -> dict[str, Any]:
        ours = {"np": np, "NS_A": NS_A, "NS_B": NS_B, "NS_C": NS_C}  # what the operations' loops speak of
        return {**super()._space(), **ours}

    def write_kernel(self, kind: str) -> str:
        """Return the Python text of the kernel of that kind, named `kernel`."""
        return write_block_kernel(self, kind)


def block_optimizer(
    name: str,
    *dialects: str,
    title: str,
    reference: str,
    teaches: str,
    direction: str = "",
    rate: str = "",
    matrices: Callable[..., Array] | None = None,
    matrices_only: bool = False,
) -> Callable[[Callable[..., Array]], BlockRule]:
    """Register the decorated function as an optimizer's rule over whole blocks.

    Args:
        name, dialects, title, reference, teaches, direction, rate: as of `optimizer`.
        matrices: the text for matrices, where it differs from that for vectors.
        matrices_only: refuse vectors.
    """

    def register(function: Callable[..., Array]) -> BlockRule:
        slots, hyper = read_signature(function)
        if matrices is not None and read_signature(matrices) != (slots, hyper):
            raise TypeError(f"{name}: the texts for vectors and matrices differ in their signatures")
        return enlist(
            BlockRule(
                function, name, title, dialects, reference, teaches, direction, slots, hyper, {}, rate,
                matrices, matrices_only,
            )
        )  # fmt: skip

    return register


# The kernels: loops around a rule's own lines ----------------------------------------------------


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


Line = tuple[str, ast.expr]


class _Writer:
    """Writes the loops of one text for one block; `out` fills with lines of Python.

    A name with one number a coordinate lives in an array (its home); runs of lines that go
    coordinate by coordinate share one loop, which reads homes first and writes them last.
    """

    def __init__(self, rule: BlockRule, kind: str, indent: str) -> None:
        self.rule, self.probe, self.indent = rule, kind == "probe", indent
        self.slots = [slot.name for slot in rule.slots]
        self.arrays = {"theta", "g", *self.slots}  # names with one number a coordinate
        self.scratch: dict[str, None] = {}  # those that need an array of their own
        self.out: list[str] = []

    def write(self) -> list[str]:
        steps = self._steps()
        for index, step in enumerate(steps):
            later = {name for s in steps[index + 1 :] for line in s for name in _names(line[1])}
            name, value = step[0]
            operation = operation_of(value)
            if operation is not None:
                self._operation(name, *operation)
            elif name in self.arrays:
                self._loop(step, later)
            else:
                self.out.append(f"{self.indent}{name} = {ast.unparse(value)}")
        return self.out

    def _lines(self) -> Sequence[Line]:
        lines: list[Line] = []
        for line in self.rule.lines:
            assert line.value is not None
            if isinstance(line, ast.Assign):
                assert isinstance(line.targets[0], ast.Name)
                lines.append((line.targets[0].id, line.value))
            elif not self.probe:
                lines.append(("theta", line.value))
        if self.probe:
            lines.append(("effective_lr", ast.parse(effective_lr_source(self.rule), mode="eval").body))
        return lines

    def _steps(self) -> list[list[Line]]:
        """Return the lines, those that share a loop together."""
        steps: list[list[Line]] = []
        run: list[Line] = []  # the loop being gathered
        for name, value in self._lines():
            operation = operation_of(value)
            if operation is not None:
                run = []
                if not OPERATIONS[operation[0]].scalar:
                    self.arrays.add(name)
                steps.append([(name, value)])
            elif _names(value) & self.arrays:
                self.arrays.add(name)
                if not run:
                    steps.append(run)
                run.append((name, value))
            else:  # a number for the whole block: before the loop being gathered, which may need it
                steps.insert(len(steps) - bool(run), [(name, value)])
        return steps

    def _home(self, name: str) -> str:
        if name in ("theta", "g"):
            return {"theta": "theta_[i_]", "g": "grad_[i_]"}[name]
        if name in self.slots and not self.probe:
            return f"slots_[{self.slots.index(name)}, i_]"
        self.scratch[name] = None
        return f"{name}_[i_]"

    def _loop(self, run: Sequence[Line], later: set[str]) -> None:
        made: dict[str, None] = {}
        read: dict[str, None] = {}
        for name, value in run:
            read |= dict.fromkeys(n for n in sorted(_names(value) & self.arrays) if n not in made)
            made[name] = None
        kept = {"theta", *self.slots, *later, *(made if self.probe else ())}
        self._each([f"{name} = {self._home(name)}" for name in read])
        self.out += [f"{self.indent}    {name} = {ast.unparse(value)}" for name, value in run]
        self.out += [f"{self.indent}    {self._home(name)} = {name}" for name in made if name in kept]

    def _operation(self, name: str, operation: str, argument: ast.expr) -> None:
        scalar = OPERATIONS[operation].scalar
        target = "arg_" if scalar else name
        self.scratch[target] = None
        self._each([f"{n} = {self._home(n)}" for n in sorted(_names(argument) & self.arrays)])
        self.out.append(f"{self.indent}    {target}_[i_] = {ast.unparse(argument)}")
        text = _loops(operation, target, name)
        self.out += textwrap.indent(text, self.indent).split("\n")

    def _each(self, body: Sequence[str]) -> None:
        self.out.append(f"{self.indent}for i_ in range(first_, first_ + rows_ * cols_):")
        self.out += [f"{self.indent}    {line}" for line in body]


class _Inline(ast.NodeTransformer):
    """Turns the body of an operation's loops into statements of a kernel."""

    def __init__(self, target: str, result: str) -> None:
        self.arguments = {"x": f"{target}_", "first": "first_", "rows": "rows_", "cols": "cols_"}
        self.result = result
        self.own: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.Module:
        self.own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return ast.Module([self.visit(statement) for statement in node.body], [])

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = self.arguments.get(node.id, f"{node.id}__" if node.id in self.own else node.id)
        return ast.Name(name, node.ctx)

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        assert node.value is not None
        return ast.Assign([ast.Name(self.result, ast.Store())], self.visit(node.value))


def _loops(operation: str, target: str, result: str) -> str:
    """Return the text of an operation's loops over the array of `target`, its number into `result`."""
    definition = ast.parse(inspect.getsource(OPERATIONS[operation].loops)).body[0]
    return ast.unparse(ast.fix_missing_locations(_Inline(target, result).visit(definition)))


def _readings(rule: BlockRule, writer: _Writer, indent: str) -> list[str]:
    """Return the lines that copy every name to the probe's output, for the coordinates in this block."""
    out = [
        f"{indent}for k_ in range(coords_.shape[0]):",
        f"{indent}    i_ = coords_[k_]",
        f"{indent}    if first_ <= i_ and i_ < first_ + rows_ * cols_:",
    ]
    own = {*writer.rule.names, "effective_lr"}
    for index, name in enumerate(rule.symbols):
        value = "np.nan" if name not in own else f"{name}_[i_]" if name in writer.arrays else name
        out.append(f"{indent}        out_[{index}, k_] = {value}")
    return out


def write_block_kernel(rule: BlockRule, kind: str) -> str:
    """Write the kernel's Python text around the lines of a rule over blocks."""
    deep = " " * (8 if len(rule.texts) == 1 else 12)
    writers = [_Writer(text, kind, deep) for text in rule.texts]
    bodies = [writer.write() for writer in writers]
    used = {name for text in rule.texts for line in text.lines for name in _names(line)} | {"lr"}
    slots = [slot.name for slot in rule.slots]
    out = [f"def kernel({ARGUMENTS[kind]}):"]
    out += [f"    {info.name} = hyper_[{i}]" for i, info in enumerate(rule.hyper) if info.name in used]
    out += [
        f"    {name}_ = slots_[{slots.index(name)}].copy()"
        if name in slots
        else f"    {name}_ = np.empty(theta_.shape[0])"
        for name in dict.fromkeys([*(slots if kind == "probe" else []), *(n for w in writers for n in w.scratch)])
    ]
    out.append("    for b_ in range(blocks_.shape[0]):")
    out += [f"        {name} = blocks_[b_, {i}]" for i, name in enumerate(("first_", "rows_", "cols_"))]
    for number, (writer, body) in enumerate(zip(writers, bodies, strict=True)):
        if len(writers) > 1:
            out.append("        if cols_ == 1:" if number == 0 else "        else:")
        out += body
        if kind == "probe":
            out += _readings(rule, writer, deep)
    return "\n".join(out) + "\n"
