"""One lane at work: its state, its way forward, and its way back to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import cast

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.optimizers import Stepping, Task
from gdtui.optimizers.language.solver import Solver, SolverState, SolverUpdate
from gdtui.simulation.checkpoints import Moment, Moments
from gdtui.simulation.compiled_stepper import Before, Looping
from gdtui.simulation.experiment import Lane
from gdtui.simulation.loop import (
    CONVERGED,
    DIVERGED,
    ENDED,
    GOING,
    GRADIENT_BELOW,
    HEAD,
    LOSS_BELOW,
    NO_IMPROVEMENT,
)
from gdtui.simulation.schedules import PlateauState
from gdtui.simulation.solver_stepper import Solving
from gdtui.simulation.trace import Layout, Trace, as_indices, watched
from gdtui.text import _, typed

STATUS = {GOING: "going", CONVERGED: "converged", DIVERGED: "diverged", ENDED: "ended"}

#: A chunk takes about this long, so that a worker can be stopped and the screen stays alive.
CHUNK_SECONDS = 0.03
#: Updates between two states kept.
SPACING = 256
#: The same for solvers, whose updates cost a hundred times as much.
SOLVER_SPACING = 16


@dataclass(frozen=True)
class Edit:
    """A setting changed in mid-run: in force for every update after `update`."""

    update: int
    key: str
    value: float


def blocks_of(objective: Objective) -> Indices:
    """Return the objective's blocks of parameters: where it names none, one vector."""
    return objective.blocks if len(objective.blocks) else np.array([[0, objective.dimension, 1]], dtype=np.int64)


def refusal(spec: Lane, objective: Objective) -> ParameterError | None:
    """Return why a lane's optimizer cannot work on an objective, or None: it can."""
    batch = "" if spec.sampling.batch is None or not len(objective.train) else str(spec.sampling)
    task = Task(objective.name, blocks_of(objective), objective.has_loss, batch, objective.noise)
    return spec.rule.refusal(task)


class LaneRun:
    """A lane on an objective, advancing and going back.

    `position` counts every update asked for; `update` those made: a lane that diverged at update 7
    stays there while its position goes on, so that going back is the exact inverse of stepping.

    Parameters
    ----------
    spec
        the lane.
    objective
        what is minimised.
    seed
        the experiment's.
    coords
        which coordinates are recorded (None: up to 16).

    Raises
    ------
    ParameterError
        the lane does not fit the objective.
    """

    def __init__(self, spec: Lane, objective: Objective, seed: int, coords: tuple[int, ...] | None = None) -> None:
        self.spec, self.objective, self.seed = spec, objective, seed
        self.rule = spec.rule
        self._given = spec.values()
        d = objective.dimension
        start = np.array(spec.start, dtype=np.float64) if spec.start else objective.start
        if len(start) != d:
            raise ParameterError("start", f"{objective.name} has {d} parameters, start has {len(start)}")
        self.first = start.copy()
        self.edits: list[Edit] = []
        self.coords = as_indices(watched(d, coords))
        self.layout = Layout(self.rule, tuple(int(i) for i in self.coords))
        self.trace = Trace(self.layout)
        self._blocks = blocks_of(objective)
        wrong = refusal(spec, objective)
        if wrong is not None:
            raise wrong
        self._stops = np.zeros(5)
        self._solving: Solving | None = None
        if self.rule.stepping == Stepping.SOLVER:
            self._solving = Solving(
                cast(Solver, self.rule), objective, self.layout, self.coords, self._stops, SolverState(self.first)
            )
        else:
            self._looping = Looping(spec, objective, seed, self.layout, self.coords, self._blocks, self._stops)
        # a first guess of an update's cost, by the numbers it goes through; `_time` corrects it
        rows = spec.sampling.size(len(objective.train)) + len(objective.train)
        self._per_update = 1e-6 + 4e-9 * d * rows if self._solving is None else 1e-3
        self.reset()

    def warm(self) -> None:
        """Compile what an update calls, ahead of the first."""
        self.objective.kernel.compiled  # noqa: B018 - it compiles
        if self._solving is None:
            self._looping.warm()

    # -- where it is ----------------------------------------------------------------------------

    @property
    def status(self) -> str:
        """Say "going", "converged" or "diverged"."""
        return STATUS[self._status]

    @property
    def columns(self) -> tuple[int, ...]:
        """For each watched coordinate the columns of the parameter block it lies in; 1: a vector."""
        first = self._blocks[:, 0]
        return tuple(int(self._blocks[np.searchsorted(first, i, side="right") - 1, 2]) for i in self.coords)

    @property
    def reason(self) -> str:
        """Say why it has converged or ended: "‖g‖ < 1e-6"; "" while it goes on or when it diverged."""
        if self._status == ENDED:
            stop = self.spec.stop.updates
            return _("maximum") if stop and self.update >= stop else _("the tape ends here")
        return {
            LOSS_BELOW: f"{_('loss')} < {typed(self._stops[0])}",
            GRADIENT_BELOW: f"‖g‖ < {typed(self._stops[1])}",
            NO_IMPROVEMENT: f"{_('no improvement for')} {typed(self._stops[2])} {_('updates')}",
        }.get(self._why if self._status == CONVERGED else 0, "")

    @property
    def _longest(self) -> float:
        """The update after which there is no other."""
        return min(self.spec.stop.updates or np.inf, self.objective.last_update)

    def epoch_at(self, update: int) -> float | None:
        """Return how many passes over the data `update` updates are; None without data."""
        return self.spec.sampling.epochs(update, len(self.objective.train))

    def samples_at(self, update: int) -> int:
        """Return how many samples the first `update` updates have seen."""
        return self.spec.sampling.samples(update, len(self.objective.train))

    def values_at(self, update: int) -> dict[str, float]:
        """Return the settings in force for update `update` + 1."""
        values = dict(self._given)
        for edit in self.edits:
            if edit.update <= update:
                values[edit.key] = edit.value
        return values

    @property
    def row(self) -> Array:
        """The newest row of the trace."""
        newest: Array = self.trace.view().rows[-1]
        return newest

    @property
    def next_lr(self) -> float:
        """The learning rate of the next update."""
        return float(self._rates(self.values_at(self.update), 1)[0])

    # -- forwards -------------------------------------------------------------------------------

    def reset(self) -> None:
        """Go back to the start; edits are dropped."""
        self.edits.clear()
        self.position = 0
        self._begin()

    def _begin(self) -> None:
        d = self.objective.dimension
        self.theta = self.first.copy()
        values = self.values_at(0)
        self.slots = np.zeros((max(1, len(self.rule.slots)), d))
        for row, slot in zip(self.slots, self.rule.slots, strict=False):
            row[:] = values[slot.start] if isinstance(slot.start, str) else slot.start
        self.update = 0
        self._status = GOING
        self._why = 0
        self._plateau = PlateauState()
        stop = self.spec.stop
        self._stops[:] = (stop.loss, stop.grad_norm, stop.patience, np.inf, 0.0)
        if self._solving is not None:
            self._solving.memory, self._solving.evaluations = SolverState(self.first), 0
        self.before: Before | None = None
        self._moments = Moments(self._moment(), SPACING if self._solving is None else SOLVER_SPACING)
        self.trace.clear()
        self.trace.extend(self._first_row()[None, :])

    def _first_row(self) -> Array:
        row = np.full(self.layout.width, np.nan)
        loss, _ = self.objective.evaluate(self.theta)
        row[HEAD.index("update")] = row[HEAD.index("evaluations")] = 0.0
        row[HEAD.index("lr")] = self.values_at(0)["lr"]
        row[HEAD.index("loss")] = loss if self.objective.has_loss else np.nan
        if len(self.objective.held_out):
            row[HEAD.index("val_loss")] = self.objective.evaluate(self.theta, self.objective.held_out)[0]
        theta = self.layout.block("theta")
        assert theta is not None
        row[theta] = self.theta[self.coords]
        for index, slot in enumerate(self.rule.slots):
            block = self.layout.block(slot.name)
            assert block is not None
            row[block] = self.slots[index, self.coords]
        return row

    def chunk(self) -> int:
        """Return how many updates take about `CHUNK_SECONDS`."""
        return int(min(65_536, max(1, CHUNK_SECONDS / self._per_update)))

    def _time(self, seconds: float, made: int) -> None:
        """Learn what an update costs; of a short call most is the call itself, so it may only lower the guess."""
        cost = max(1e-8, seconds / max(1, made))
        if made >= 16 or seconds > 5e-3 or cost < self._per_update:
            self._per_update = cost

    def advance(self, n: int) -> None:
        """Ask for n more updates; a lane that has stopped only counts them."""
        self.position += n
        self._go(self.position, record=1)

    def _go(self, target: int, record: int) -> None:
        """Make updates until `target` or a stop; write every `record`-th to the trace (0: none)."""
        most = self._longest
        target = target if target < most else int(most)
        while self.update < target and self._status == GOING:
            edge = min([target, *(e.update for e in self.edits if e.update > self.update)])
            # what depends on the loss of each update is looked at after each update
            longest = 1 if self.spec.schedule.kind == "plateau" else self.chunk()
            (self._run if self._solving is None else self._solve)(min(edge - self.update, longest), record)
        if self._status == GOING and self.update >= most:
            self._status = ENDED

    def _run(self, n: int, record: int) -> None:
        """Make up to n updates in one call of the compiled loop."""
        values = self.values_at(self.update)
        rates = self._rates(values, n)
        started = perf_counter()
        stretch = self._looping.make(self.theta, self.slots, self.update, n, values, rates, record)
        self._time(perf_counter() - started, stretch.made)
        self.update += stretch.made
        self._status, self._why = stretch.status, stretch.why
        self._adapt(stretch.loss)
        self.trace.extend(stretch.rows)
        self.before = stretch.before
        self._remember_if_due()

    def _rates(self, values: Mapping[str, float], n: int) -> Array:
        """Return the learning rates of the next n updates."""
        rates: Array = values["lr"] * self._plateau.factor * self.spec.schedule.factors(self.update, n)
        return rates

    def _adapt(self, loss: float) -> None:
        """Let a schedule that looks at the loss see it."""
        if self.spec.schedule.kind == "plateau":
            self._plateau = self._plateau.after(loss, self.spec.schedule)

    def _solve(self, n: int, record: int) -> None:
        """Make up to n updates of a solver."""
        solving, t0 = self._solving, self.update
        assert solving is not None
        values = self.values_at(t0)
        rates = self._rates(values, n)
        rows: list[Array] = []
        started = perf_counter()
        for j in range(n):
            theta, slots = self.theta[self.coords], self.slots[:, self.coords]
            hyper = {**values, "lr": float(rates[j])}
            row, made = solving.update(t0 + j + 1, hyper)
            self._follow(made)
            if record and (t0 + j + 1) % record == 0:
                rows.append(row)
            if solving.status != GOING:
                break
        self._per_update = max(1e-6, (perf_counter() - started) / (j + 1))
        self._status, self._why = solving.status, solving.why
        self._adapt(float(row[HEAD.index("loss")]))
        if rows:
            self.trace.extend(np.array(rows))
        grad = made.grad[self.coords]
        self.before = Before(theta, grad, slots, hyper, theta, grad, grad, numbers=made.numbers)
        self._remember_if_due()

    def _follow(self, made: SolverUpdate) -> None:
        """Be where an update of the solver has led."""
        self.theta = made.state.theta.copy()
        for row, slot in zip(self.slots, self.rule.slots, strict=False):
            row[:] = made.numbers[slot.name]
        self.update += 1

    # -- backwards ------------------------------------------------------------------------------

    def _moment(self) -> Moment:
        solving = self._solving
        return Moment(
            self.update,
            self.theta.copy(),
            self.slots.copy(),
            self._status,
            self._plateau,
            tuple(self._stops),
            self._why,
            solving.memory if solving else None,
            solving.evaluations if solving else 0,
        )

    def _remember_if_due(self) -> None:
        if self._moments.due(self.update):
            self._moments.keep(self._moment())

    def back(self, n: int) -> None:
        """Undo the last n updates asked for, exactly; at most to the start."""
        self.go_to(max(0, self.position - n))

    def go_to(self, position: int) -> None:
        """Be where the lane was when `position` updates had been asked for."""
        self.position = position
        if position >= self.update:  # it had stopped before, or has not come so far
            self._go(position, record=1)
            return
        whole = self.trace.cut(position)
        if position == 0:
            self._begin()
            return
        # from a state at least one update short of it, so that the last one can be explained
        latest = position - 1 if whole >= position else max(whole, 0)
        self._restore(self._moments.back_to(latest))
        if whole < 0:
            self.trace.extend(self._first_row()[None, :])
        self._go(min(max(whole, 0), position - 1), record=0)
        self._go(position - 1, record=0 if whole >= position else 1)
        self._go(position, record=0 if whole >= position else 1)

    def _restore(self, moment: Moment) -> None:
        self.theta = moment.theta.copy()
        self.slots = moment.slots.copy()
        self.update = moment.update
        self._status = moment.status
        self._plateau = moment.plateau
        self._stops[:] = moment.stops
        self._why = moment.why
        if self._solving is not None:
            assert moment.memory is not None
            self._solving.memory, self._solving.evaluations = moment.memory, moment.evaluations

    # -- edits ----------------------------------------------------------------------------------

    def edit(self, key: str, value: float) -> None:
        """Change a setting from the next update on; edits that lay ahead are dropped.

        Raises
        ------
        ParameterError
            no such setting, or out of range.
        """
        self.spec.check(key, value)
        self.edits = [e for e in self.edits if e.update < self.update or (e.update == self.update and e.key != key)]
        self.edits.append(Edit(self.update, key, value))
        if self.update == 0:  # a first value of a slot may be a hyperparameter
            self._begin()

    def restore(self, position: int, edits: tuple[Edit, ...]) -> None:
        """Be where the lane was after `position` updates with these edits in place of its own."""
        differing = set(self.edits) ^ set(edits)
        shared = min((edit.update for edit in differing), default=position)
        self.go_to(min(position, self.position, shared))
        self.edits = list(edits)
        if self.update == 0:
            self._begin()
        self.go_to(position)

    def pending(self) -> list[Edit]:
        """Return the edits that lie ahead: stepping on makes them again."""
        return [e for e in self.edits if e.update > self.update]
