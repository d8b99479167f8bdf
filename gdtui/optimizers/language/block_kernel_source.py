"""Writes the kernels of rules over blocks: loops around a rule's own lines."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdtui.optimizers.language.block_operations import OPERATIONS, operation_of
from gdtui.optimizers.language.kernel_source import ARGUMENTS, effective_lr_source

if TYPE_CHECKING:
    from gdtui.optimizers.language.block_rule import BlockRule


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
