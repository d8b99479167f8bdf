"""Writes the kernels of rules over blocks: loops around the lines of one or two texts."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence

from gdtui.optimizers.language.block_operations import OPERATIONS, operation_of
from gdtui.optimizers.language.kernel_source import ARGUMENTS
from gdtui.optimizers.language.rule_text import RuleText, Statement, symbols_of
from gdtui.optimizers.language.writer import names_in


class _Loops:
    """Writes the loops of one text for one block, as lines of Python in `out`.

    A name with one number per coordinate is kept in an array. Successive lines that work coordinate by coordinate
    share one loop, which first reads their arrays and writes them at the end.
    """

    def __init__(self, text: RuleText, kind: str, indent: str) -> None:
        self.text, self.probe, self.indent = text, kind == "probe", indent
        self.slots = list(text.slots)
        self.arrays = {"theta", "g", *self.slots}  # names with one number per coordinate
        self.scratch: dict[str, None] = {}  # names that need a new array
        self.out: list[str] = []

    def write(self) -> list[str]:
        steps = self._steps()
        for index, step in enumerate(steps):
            later = {name for s in steps[index + 1 :] for line in s for name in names_in(line[1])}
            name, value = step[0]
            if (operation := operation_of(value)) is not None:
                self._operation(name, *operation)
            elif name in self.arrays:
                self._loop(step, later)
            else:
                self.out.append(f"{self.indent}{name} = {ast.unparse(value)}")
        return self.out

    def _steps(self) -> list[list[Statement]]:
        """Return the lines, grouped by the loop that they share."""
        steps: list[list[Statement]] = []
        run: list[Statement] = []  # the lines of the current loop
        last = ("effective_lr", self.text.effective_lr) if self.probe else self.text.statements[-1]
        for name, value in (*self.text.statements[:-1], last):
            if (operation := operation_of(value)) is not None:
                run = []
                if not OPERATIONS[operation[0]].scalar:
                    self.arrays.add(name)
                steps.append([(name, value)])
            elif names_in(value) & self.arrays:
                self.arrays.add(name)
                if not run:
                    steps.append(run)
                run.append((name, value))
            else:  # a number for the whole block comes before the current loop, which may use it
                steps.insert(len(steps) - bool(run), [(name, value)])
        return steps

    def _element(self, name: str) -> str:
        """Return the source of the number of a name at coordinate i_."""
        if name in ("theta", "g"):
            return "theta_[i_]" if name == "theta" else "grad_[i_]"
        if name in self.slots and not self.probe:
            return f"slots_[{self.slots.index(name)}, i_]"
        self.scratch[name] = None
        return f"{name}_[i_]"

    def _loop(self, run: Sequence[Statement], later: set[str]) -> None:
        made: dict[str, None] = {}  # in order
        read: dict[str, None] = {}
        for name, value in run:
            read |= dict.fromkeys(sorted(names_in(value) & self.arrays - made.keys()))
            made[name] = None
        kept = {"theta", *self.slots, *later, *(made if self.probe else ())}
        self._each([f"{name} = {self._element(name)}" for name in read])
        self.out += [f"{self.indent}    {name} = {ast.unparse(value)}" for name, value in run]
        self.out += [f"{self.indent}    {self._element(name)} = {name}" for name in made if name in kept]

    def _operation(self, name: str, operation: str, argument: ast.expr) -> None:
        scalar = OPERATIONS[operation].scalar
        target = "arg_" if scalar else name
        self.scratch[target] = None
        self._each([f"{n} = {self._element(n)}" for n in sorted(names_in(argument) & self.arrays)])
        self.out.append(f"{self.indent}    {target}_[i_] = {ast.unparse(argument)}")
        self.out += textwrap.indent(_loops(operation, target, name), self.indent).split("\n")

    def _each(self, body: Sequence[str]) -> None:
        self.out.append(f"{self.indent}for i_ in range(first_, first_ + rows_ * cols_):")
        self.out += [f"{self.indent}    {line}" for line in body]


class _Inline(ast.NodeTransformer):
    """Turns the body of an operation's function into statements of a kernel."""

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
    """Return the source of an operation's loops over the array of `target`; its number is assigned to `result`."""
    definition = ast.parse(inspect.getsource(OPERATIONS[operation].loops)).body[0]
    return ast.unparse(ast.fix_missing_locations(_Inline(target, result).visit(definition)))


def _readings(symbols: Sequence[str], loops: _Loops, indent: str) -> list[str]:
    """Return the lines that copy every name to the probe's output, for the coordinates in this block."""
    out = [
        f"{indent}for k_ in range(coords_.shape[0]):",
        f"{indent}    i_ = coords_[k_]",
        f"{indent}    if first_ <= i_ and i_ < first_ + rows_ * cols_:",
    ]
    own = {*loops.text.names, "effective_lr"}
    for index, name in enumerate(symbols):
        value = "np.nan" if name not in own else f"{name}_[i_]" if name in loops.arrays else name
        out.append(f"{indent}        out_[{index}, k_] = {value}")
    return out


def write_block_kernel(texts: tuple[RuleText, ...], kind: str) -> str:
    """Return the Python source of a kernel of a kind, a key of `kernel_source.SIGNATURES`.

    `texts` are the text for vectors and, if it differs, the text for matrices.
    """
    deep = " " * (8 if len(texts) == 1 else 12)
    writers = [_Loops(text, kind, deep) for text in texts]
    bodies = [writer.write() for writer in writers]
    used = {name for text in texts for _name, value in text.statements for name in names_in(value)} | {"lr"}
    hyper, slots = texts[0].hyper, texts[0].slots
    out = [f"def kernel({ARGUMENTS[kind]}):"]
    out += [f"    {name} = hyper_[{i}]" for i, name in enumerate(hyper) if name in used]
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
            out += _readings(symbols_of(texts), writer, deep)
    if kind == "guarded":
        out += ["    outside_ = 0", "    for i_ in range(theta_.shape[0]):"]
        out += ["        outside_ += outside(grad_[i_]) | outside(theta_[i_])", "    return outside_"]
    return "\n".join(out) + "\n"
