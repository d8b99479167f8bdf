"""Solvers: optimizers that evaluate the objective at points of their choice.

The other rules move by one given gradient. A solver searches along a line or uses the Hessian before it moves, so it is
a NumPy function over whole vectors, with formulas for people. Its evaluations are counted: one evaluation is one value
with its gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from types import NoneType
from typing import Protocol

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array
from gdtui.optimizers.language.formula import Formula
from gdtui.optimizers.language.parameters import INF
from gdtui.optimizers.language.registry import enlist
from gdtui.optimizers.language.rule import Rule, Stepping, Task
from gdtui.optimizers.language.rule_text import Numbers
from gdtui.optimizers.language.signature import SlotInfo, read_signature
from gdtui.optimizers.language.writer import Line
from gdtui.text import _


class Problem(Protocol):
    """A function to minimise; it counts evaluations."""

    def evaluate(self, theta: Array) -> tuple[float, Array]:
        """Return value and gradient: one evaluation."""

    def hessian(self, theta: Array) -> tuple[Array, int]:
        """Return the Hessian, and its cost in evaluations."""


@dataclass(frozen=True, eq=False)
class SolverState:
    """A solver's parameters and memory, and value and gradient at theta if known; arrays are never changed."""

    theta: Array
    value: float = np.nan
    grad: Array | None = None

    def here(self, problem: Problem) -> tuple[float, Array]:
        """Return value and gradient at theta, evaluated if they are unknown."""
        return problem.evaluate(self.theta) if self.grad is None else (self.value, self.grad)

    @property
    def nbytes(self) -> int:
        """Bytes held by its arrays."""
        return sum(_size(getattr(self, field.name)) for field in fields(self))

    def repeats(self, before: SolverState) -> bool:
        """Say whether this is the state before the update, to the last bit: then every further update is the same."""
        return type(self) is type(before) and all(
            _same(getattr(self, field.name), getattr(before, field.name)) for field in fields(self)
        )


def _size(value: object) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    return sum(map(_size, value)) if isinstance(value, tuple) else 0


def _same(a: object, b: object) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.tobytes() == b.tobytes()
    if not isinstance(a, (bool, int, float, str, np.generic, NoneType)):
        return False  # of a rule from elsewhere: it may have been changed in place
    return bool(a == b)


@dataclass(frozen=True, eq=False)
class SolverUpdate:
    """One update of a solver: the state after it, value and gradient before it, and its numbers by name."""

    state: SolverState
    value: float
    grad: Array
    numbers: Numbers


@dataclass(frozen=True, eq=False, kw_only=True)
class Solver(Rule):
    """An optimizer that evaluates the objective itself; `function(problem, state, **hyper)` makes an update.

    Parameters
    ----------
    scalars
        numbers of an update that are recorded besides the slots.
    most, why
        the largest number of parameters, and the reason for this limit.
    """

    function: Callable[..., SolverUpdate]
    formulas: tuple[Formula, ...]
    scalars: tuple[str, ...]
    most: float = INF
    why: str = ""

    stepping = Stepping.SOLVER
    shared = ()
    counts_evaluations = True
    #: The effective learning rate is the length α that the line search finds.
    adapts_rate = True
    #: Its velocity is the direction of the step, θ + α·d.
    velocity_sign = 1

    @property
    def symbols(self) -> tuple[str, ...]:
        """The slots, numbers that are the same for every coordinate, "effective_lr"."""
        return (*(slot.name for slot in self.slots), *self.scalars, "effective_lr")

    def refusal(self, task: Task) -> ParameterError | None:
        """Return an error for too many parameters, a tape, batches or noise."""
        if task.dimension > self.most:
            key, message = "optimizer", _("{name} takes at most {most:g} parameters ({why}), and there are {count}")
        elif not task.has_loss:
            key = "optimizer"
            message = _("{name} compares values of the objective, and {objective} has none, only gradients")
        elif task.batch:
            key = "sampling"
            message = _(
                "{name} takes full batches only: on batches that change from one evaluation to the next, neither a "
                "line search nor a memory of curvature means anything; sampling is {batch}, say full"
            )
        elif task.noise > 0:
            key = "noise"
            message = _("{name} needs exact gradients: noise from one evaluation to the next would pass for curvature")
        else:
            return None
        places = {"name": self.name, "most": self.most, "why": _(self.why) if self.why else ""}
        places |= {"count": task.dimension, "objective": task.objective, "batch": task.batch}
        return ParameterError(key, message.format(**places))

    def lines(self, columns: int = 1) -> tuple[Line, ...]:
        """Return its formulas in symbols."""
        return tuple(Line(formula.name, formula.symbols) for formula in self.formulas)

    def explain(self, before: Mapping[str, float], results: Numbers, place: int, columns: int = 1) -> tuple[Line, ...]:
        """Return its formulas with the numbers of an update."""
        return tuple(formula.line(results, place) for formula in self.formulas)

    def update(self, problem: Problem, state: SolverState, hyper: Mapping[str, float]) -> SolverUpdate:
        """Make one update; its effective learning rate is the number "alpha", or nan.

        KeyError if the function leaves out a number that it has promised.
        """
        made = self.function(problem, state, **hyper)
        numbers = {"effective_lr": made.numbers.get("alpha", np.nan), **made.numbers}
        for name in self.symbols:
            numbers[name]  # before anything is changed
        return replace(made, numbers=numbers)


def solver(
    name: str,
    *dialects: str,
    title: str,
    reference: str,
    teaches: str,
    slots: Mapping[str, str],
    scalars: tuple[str, ...],
    formulas: tuple[Formula, ...],
    options: Mapping[str, bool] | None = None,
    most: float = INF,
    why: str = "",
) -> Callable[[Callable[..., SolverUpdate]], Solver]:
    """Register the decorated function as a solver; see also `optimizer` and `Solver`.

    `slots` are the recorded vectors with their roles.
    """

    def register(function: Callable[..., SolverUpdate]) -> Solver:
        _no_slots, hyper = read_signature(function, ("problem", "state"))
        return enlist(
            Solver(
                function=function, name=name, title=title, dialects=dialects or ("plain",), reference=reference,
                teaches=teaches, slots=tuple(SlotInfo(slot, role) for slot, role in slots.items()), hyper=hyper,
                options=options or {}, formulas=formulas, scalars=scalars, most=most, why=why,
            )
        )  # fmt: skip

    return register
