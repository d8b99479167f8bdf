"""From trees to a program: straight-line Python text that numba compiles and NumPy runs, to the same bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdtui.objectives.expression.functions import CALLABLE, FUNCTIONS, GUARDS
from gdtui.objectives.expression.tree import Node, postorder

#: Whole powers up to this one become multiplications; beyond, squaring loses more digits than `power`.
LARGEST_MULTIPLIED_POWER = 64


@dataclass(frozen=True)
class Program:
    """Straight-line source of a value and, as asked for, its gradient and Hessian.

    The inputs are ``x0`` … ``x{dimension-1}``. Each statement is (name of a local, source of its right side); a right
    side uses inputs, earlier locals, float literals, and the names in `FUNCTIONS` and `GUARDS`. `value`, `gradient[i]`
    and `hessian[i][j]` are each a local, an input, or a literal. `gradient` is empty at order 0, `hessian` at orders
    0 and 1. Nothing is computed twice.
    """

    dimension: int
    statements: tuple[tuple[str, str], ...]
    value: str
    gradient: tuple[str, ...] = ()
    hessian: tuple[tuple[str, ...], ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in order."""
        return tuple(f"x{i}" for i in range(self.dimension))

    @property
    def results(self) -> tuple[str, ...]:
        """Every result in one row: the value, the gradient, the Hessian row by row."""
        return (self.value, *self.gradient, *(entry for row in self.hessian for entry in row))


def literal(value: float) -> str:
    """Return source text that reads back as exactly `value`, without needing a name for inf or nan."""
    if math.isnan(value):
        return "(1e999 - 1e999)"
    return repr(value) if math.isfinite(value) else ("1e999" if value > 0 else "-1e999")


class _Writer:
    """Collects statements; no right side is written twice."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, str]] = []
        self._locals: dict[str, str] = {}

    def write(self, right_side: str) -> str:
        """Return the local that holds `right_side`."""
        name = self._locals.get(right_side)
        if name is None:
            name = self._locals[right_side] = f"t{len(self.statements)}"
            self.statements.append((name, right_side))
        return name

    def whole_power(self, base: str, exponent: int) -> str:
        """Return the local that holds base^exponent, by squaring (Knuth, TAOCP vol. 2, 4.6.3)."""
        result = base
        for bit in bin(exponent)[3:]:
            result = self.write(f"{result} * {result}")
            if bit == "1":
                result = self.write(" * ".join(sorted((result, base))))
        return result

    def power(self, base: str, exponent: Node, source: str) -> str:
        """Return the local that holds base^exponent."""
        if exponent.op == "number" and exponent.value.is_integer():
            size = abs(int(exponent.value))
            if 1 <= size <= LARGEST_MULTIPLIED_POWER:
                result = self.whole_power(base, size)
                return result if exponent.value > 0.0 else self.write(f"1.0 / {result}")
        return self.write(f"power({base}, {source})")

    def operation(self, node: Node, args: list[str]) -> str:
        """Return the local that holds `node`, given the locals of its arguments."""
        u, v = args[0], args[-1]
        match node.op:
            case "+" | "*":
                return self.write(f" {node.op} ".join(sorted(args)))
            case "-" | "/":
                return self.write(f"{u} {node.op} {v}")
            case "neg":
                return self.write(f"-{u}")
            case "^":
                return self.power(u, node.args[1], v)
            case "sech":
                return self.write(f"1.0 / {self.write(f'cosh({u})')}")
        name = node.op if node.op in GUARDS else CALLABLE[node.op][0]
        return self.write(f"{name}({', '.join(args)})")


def write_program(
    variables: tuple[str, ...], value: Node, gradient: tuple[Node, ...] = (), hessian: tuple[tuple[Node, ...], ...] = ()
) -> Program:
    """Return the program of simplified trees in `variables`."""
    writer = _Writer()
    inputs = {name: f"x{i}" for i, name in enumerate(variables)}
    source: dict[Node, str] = {}
    for node in postorder(value, *gradient, *(entry for row in hessian for entry in row)):
        if node.op == "number":
            source[node] = literal(node.value)
        elif node.op == "variable":
            source[node] = inputs[node.symbol]
        else:
            source[node] = writer.operation(node, [source[arg] for arg in node.args])
    return Program(
        len(variables),
        tuple(writer.statements),
        source[value],
        tuple(source[slope] for slope in gradient),
        tuple(tuple(source[entry] for entry in row) for row in hessian),
    )


@lru_cache(maxsize=256)
def interpreted(program: Program) -> Callable[..., tuple[np.float64, ...]]:
    """Return a Python function that runs `program` and returns its `results`.

    Call it under ``np.errstate(all="ignore")`` with NumPy scalars: Python floats raise on 1/0. A program of order 0
    also takes arrays.
    """
    lines = [f"def run({', '.join(program.inputs)}):"]
    lines += [f"    {name} = {right_side}" for name, right_side in program.statements]
    lines.append(f"    return ({', '.join(program.results)},)")
    namespace: dict[str, object] = {"__builtins__": {}, **FUNCTIONS, **GUARDS}
    exec(compile("\n".join(lines), "<gdtui program>", "exec"), namespace)
    run: Callable[..., tuple[np.float64, ...]] = namespace["run"]  # type: ignore[assignment]
    return run
