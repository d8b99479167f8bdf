"""The interface between a lane and the stepper that makes its updates: the compiled loop or a solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from gdtui.kernel import Array, Indices, Kernel
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.rule_text import Numbers
from gdtui.optimizers.language.solver import SolverState
from gdtui.simulation.experiment import Lane
from gdtui.simulation.gradient_transforms import GradientTransform
from gdtui.simulation.schedules import PlateauState
from gdtui.simulation.stopping import Reason
from gdtui.simulation.trace_view import Layout
from gdtui.simulation.wrappers import Kept, Wrappers


@dataclass(eq=False)
class State:
    """Everything that decides a lane's further updates.

    Parameters
    ----------
    theta, slots
        parameters (d) and the rule's state (slots x d).
    watched
        the array of the stop rules: `stopping.Watch`.
    memory
        the state of a solver; None before its first update, and for other rules.
    update, batches, evaluations
        the numbers of updates made, of batches used, and of evaluations of value and gradient.
    reason
        why the lane has stopped.
    plateau
        the state of a schedule that reacts to the loss.
    kept
        the vectors of wrappers, which are the last rows of `slots`, each with the update since which it is kept.
    """

    theta: Array
    slots: Array
    watched: Array
    memory: SolverState | None = None
    update: int = 0
    batches: int = 0
    evaluations: int = 0
    reason: Reason = Reason.NONE
    plateau: PlateauState = field(default_factory=PlateauState)
    kept: Mapping[Kept, int] = field(default_factory=dict)

    def copy(self) -> State:
        """Return a state that shares no array with this one."""
        return replace(self, theta=self.theta.copy(), slots=self.slots.copy(), watched=self.watched.copy())

    @property
    def nbytes(self) -> int:
        """Bytes held by its arrays."""
        return self.theta.nbytes + self.slots.nbytes + (0 if self.memory is None else self.memory.nbytes)


@dataclass(frozen=True, eq=False)
class Wrapped:
    """What wrappers did around the last update, at the watched coordinates.

    Parameters
    ----------
    wrappers
        those in force.
    g_norm
        the norm of the gradient at the parameters.
    ascended, uphill
        where SAM took the gradient, and that gradient.
    kept
        the vectors that they keep, before the update.
    meets
        whether fast and slow weights met after it.
    weight
        with which the parameters entered their average.
    """

    wrappers: Wrappers
    g_norm: float
    ascended: Array
    uphill: Array
    kept: Mapping[Kept, Array]
    meets: bool
    weight: float


@dataclass(frozen=True, eq=False)
class Before:
    """The start of the last update at the watched coordinates, to explain the update.

    `theta` and `grad` are the inputs of the rule, `start` and `raw` the parameters and the gradient before `transform`
    clipped and decayed them. `norms` holds the norm by which the gradient of each coordinate was clipped; `numbers`
    holds the numbers of a solver's update for all coordinates.
    """

    theta: Array
    grad: Array
    slots: Array
    hyper: Mapping[str, float]
    start: Array
    raw: Array
    norms: Array
    transform: GradientTransform = field(default_factory=GradientTransform)
    wrapped: Wrapped | None = None
    numbers: Numbers = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Stretch:
    """One or more updates: their number, the last loss, the rows for the trace, the last row, and its start.

    Where nobody sees the last update, loss, last row and start are of no use.
    """

    made: int
    loss: float
    rows: Array
    last: Array
    before: Before | None


@dataclass(frozen=True, eq=False)
class LaneSetup:
    """What a stepper works on.

    `layout` and `coords` say what to record; `blocks` are (first, rows, columns) of each block of parameters. There are
    `dimension` parameters in all, and `parts` of sums over them, though the objective may have only those that move.
    """

    lane: Lane
    objective: Objective
    seed: int
    layout: Layout
    coords: Indices
    blocks: Indices
    dimension: int
    parts: Indices


class Stepper(Protocol):
    """Makes the updates of one lane.

    `spacing` is the initial number of updates between checkpoints, `seconds` a first estimate of the time of an update.
    """

    spacing: int
    seconds: float

    def kernels(self, values: Mapping[str, float]) -> tuple[Kernel, ...]:
        """Return every kernel that an update with these settings calls."""

    def plan(self, updates: int) -> None:
        """Take it that so many updates will be made, of which few are recorded."""

    def advance(
        self, state: State, n: int, values: Mapping[str, float], rates: Array, record: int, *, seen: bool = True,
        hurried: bool = False,
    ) -> Stretch:  # fmt: skip
        """Make 1 to n updates with these settings and learning rates, and change `state` (except `plateau`) in place.

        A row is recorded for each update that is a multiple of `record` (0: none). Not `seen`: none of them is, and
        neither is the last update of interest. `hurried`: no kernel is compiled.
        """
