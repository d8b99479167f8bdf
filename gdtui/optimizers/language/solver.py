"""Solvers: the third kind of optimizer, which asks for values and gradients where it wants them.

A rule is handed one gradient and moves; a solver looks along a line, or at the Hessian, before it does. So
it is no text for one coordinate: it is a function over whole vectors in NumPy, with its formulas written beside
it for people. What it costs is counted: an evaluation is one value with its gradient.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Protocol, get_args

import numpy as np

from gdtui.kernel import Array, Indices, Kernel
from gdtui.optimizers.language.decorator import enlist
from gdtui.optimizers.language.roles import INF, Hyper
from gdtui.optimizers.language.rule import HyperInfo, Rule, SlotInfo

#: A whole number from 1 up.
Count = Annotated[float, Hyper(1.0, INF, whole=True)]

#: What an update was made of, by name: numbers, vectors with one number a coordinate, matrices.
Numbers = Mapping[str, "float | Array"]


class Problem(Protocol):
    """What a solver is given to minimise; it counts what it is asked."""

    def evaluate(self, theta: Array) -> tuple[float, Array]:
        """Return value and gradient: one evaluation."""

    def hessian(self, theta: Array) -> tuple[Array, int]:
        """Return the Hessian, and how many evaluations it counts as: one a parameter, or what differences take."""


@dataclass(frozen=True, eq=False)
class Memory:
    """Where a solver stands and what it remembers; its arrays are never written to again.

    Parameters
    ----------
    theta
        the parameters.
    value, grad
        of the objective there; None: not known yet.
    """

    theta: Array
    value: float = np.nan
    grad: Array | None = None

    def here(self, problem: Problem) -> tuple[float, Array]:
        """Return value and gradient where it stands, evaluated where they are not known."""
        return problem.evaluate(self.theta) if self.grad is None else (self.value, self.grad)

    @property
    def nbytes(self) -> int:
        """Bytes held by its arrays."""
        return sum(_size(getattr(self, field.name)) for field in fields(self))


def _size(value: object) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    return sum(map(_size, value)) if isinstance(value, tuple) else 0


@dataclass(frozen=True, eq=False)
class Made:
    """One update: what is remembered after it, value and gradient before it, and what it was made of."""

    memory: Memory
    value: float
    grad: Array
    numbers: Numbers


@dataclass(frozen=True)
class Formula:
    """One line of a solver as people read it.

    Parameters
    ----------
    name
        what comes out.
    symbols
        how, in symbols.
    numbers
        the same with ``{name}`` where a number of the update goes: a number, or that of the coordinate;
        ``{A@g}`` is the coordinate's row of A times g, ``{g@d}`` the inner product of two vectors.
    value
        the name of the number that comes out; "" for a line without one.
    """

    name: str
    symbols: str
    numbers: str = ""
    value: str = ""


@dataclass(frozen=True, eq=False)
class Solver(Rule):
    """An optimizer that evaluates where it wants; `function(problem, memory, **hyper)` makes an update.

    Parameters
    ----------
    formulas
        the lines for people.
    scalars
        numbers of an update that are recorded besides the slots.
    most
        how many parameters it takes.
    why
        what would be too much beyond them.
    """

    formulas: tuple[Formula, ...] = ()
    scalars: tuple[str, ...] = ()
    most: float = INF
    why: str = ""

    @property
    def lines(self) -> tuple[()]:
        """No text that runs coordinate by coordinate: see `formulas`."""
        return ()

    @property
    def names(self) -> tuple[str, ...]:
        """What is recorded of an update: the slots, then numbers that are the same for every coordinate."""
        return (*(slot.name for slot in self.slots), *self.scalars)

    @property
    def kernel(self) -> Kernel:
        """There is none: a solver is not compiled."""
        raise TypeError(f"{self.name} is a solver: it has no kernel")

    @property
    def probe(self) -> Kernel:
        """There is none: a solver says itself what it did."""
        raise TypeError(f"{self.name} is a solver: it has no probe")

    def refusal(self, blocks: Indices) -> str:
        """Say why so many parameters are too many; "" where they are not."""
        count = int(np.sum(blocks[:, 1] * blocks[:, 2]))
        if count > self.most:
            return f"{self.name} takes at most {self.most:g} parameters ({self.why}), and there are {count}"
        return ""

    def update(self, problem: Problem, memory: Memory, hyper: Mapping[str, float]) -> Made:
        """Make one update; what its numbers do not hold counts as nan."""
        made: Made = self.function(problem, memory, **hyper)
        return replace(made, numbers={"effective_lr": made.numbers.get("alpha", np.nan), **made.numbers})


def read_settings(function: Callable[..., Made]) -> tuple[HyperInfo, ...]:
    """Read the hyperparameters off a solver's signature: (problem, memory, lr, …).

    Raises
    ------
    TypeError
        the signature says something that a solver cannot be.
    """
    parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    if [p.name for p in parameters[:3]] != ["problem", "memory", "lr"]:
        raise TypeError(f"{function.__name__}: a solver begins with (problem, memory, lr: Rate, …)")
    infos = []
    for p in parameters[2:]:
        allowed = next((a for a in get_args(p.annotation)[1:] if isinstance(a, Hyper)), None)
        if allowed is None or p.default is inspect.Parameter.empty:
            raise TypeError(f"{function.__name__}: {p.name} needs a range and a default: Rate, Small, Count …")
        infos.append(HyperInfo(p.name, float(p.default), allowed))
    return tuple(infos)


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
) -> Callable[[Callable[..., Made]], Solver]:
    """Register the decorated function as a solver.

    Parameters
    ----------
    name, dialects, title, reference, teaches, options
        as of `gdtui.optimizers.language.decorator.optimizer`.
    slots
        the role of each vector that is recorded.
    scalars, formulas, most, why
        as of `Solver`.
    """

    def register(function: Callable[..., Any]) -> Solver:
        return enlist(
            Solver(
                function, name, title, dialects or ("plain",), reference, teaches, "",
                tuple(SlotInfo(slot, role) for slot, role in slots.items()), read_settings(function),
                options or {}, "alpha", formulas, scalars, most, why,
            )
        )  # fmt: skip

    return register
