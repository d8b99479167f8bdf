"""Updates by a solver, which evaluates the objective where it chooses; evaluations are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from gdtui.columns import Column, Vector
from gdtui.kernel import Array, Kernel
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.rule_text import Numbers
from gdtui.optimizers.language.solver import Solver, SolverState, SolverUpdate
from gdtui.simulation.stepping import Before, LaneSetup, State, Stretch
from gdtui.simulation.stopping import Reason, Watch, reason_to_stop


class CountedProblem:
    """An objective that counts its evaluations.

    The Hessian of a formula is exact and counts as one evaluation for each parameter, which is about its cost. Other
    Hessians are central differences of the exact gradient: two evaluations for each parameter.
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.evaluations = 0

    def evaluate(self, theta: Array) -> tuple[float, Array]:
        """Return the full-data loss and its gradient: one evaluation."""
        self.evaluations += 1
        return self.objective.evaluate(theta)

    def hessian(self, theta: Array) -> tuple[Array, int]:
        """Return the Hessian and how many evaluations it counts as."""
        if self.objective.expression is not None:
            self.evaluations += len(theta)
            return self.objective.expression.evaluate_hessian(theta), len(theta)
        before = self.evaluations
        matrix = np.array([self._column(theta, i) for i in range(len(theta))])
        return (matrix + matrix.T) / 2.0, self.evaluations - before

    def _column(self, theta: Array, i: int) -> Array:
        step = np.cbrt(np.finfo(np.float64).eps) * max(1.0, abs(float(theta[i])))
        ahead, behind = theta.copy(), theta.copy()
        ahead[i] += step
        behind[i] -= step
        column: Array = (self.evaluate(ahead)[1] - self.evaluate(behind)[1]) / (ahead[i] - behind[i])
        return column


@dataclass(frozen=True, eq=False)
class _Still:
    """An update with these values that has left the state as it was, so that every further one does."""

    memory: SolverState
    values: Mapping[str, float]
    row: Array
    evaluations: int
    before: Before

    def holds(self, state: State, values: Mapping[str, float], rates: Array) -> bool:
        """Say whether updates with these values and rates change nothing."""
        same = state.memory is self.memory and values == self.values
        return same and bool(np.all(rates == self.row[Column.LR]))

    def repeat(self, state: State, n: int, record: int) -> Stretch:
        """Count n updates; see `Stepper.advance`."""
        last = state.update + n
        updates = np.arange(-(-(state.update + 1) // record) * record, last + 1, record) if record else np.zeros(0)
        updates = np.append(updates, last)
        rows = np.tile(self.row, (len(updates), 1))
        rows[:, Column.UPDATE] = updates
        rows[:, Column.EVALUATIONS] = state.evaluations + self.evaluations * (updates - state.update)
        state.update, state.evaluations = last, state.evaluations + n * self.evaluations
        return Stretch(n, float(self.row[Column.LOSS]), rows[:-1], rows[-1], self.before)


class SolverStepper:
    """Makes the updates of a solver."""

    spacing = 16
    seconds = 1e-3

    def __init__(self, setup: LaneSetup) -> None:
        self.setup = setup
        self.rule = cast(Solver, setup.lane.rule)
        self._still: _Still | None = None

    def kernels(self, _values: Mapping[str, float]) -> tuple[Kernel, ...]:
        """Return the objective's kernel: solvers are not compiled."""
        return (self.setup.objective.kernel,)

    def plan(self, _updates: int) -> None:
        """Do nothing: a solver makes few updates."""

    def advance(
        self, state: State, n: int, values: Mapping[str, float], rates: Array, record: int, *, seen: bool = True,
        hurried: bool = False,
    ) -> Stretch:  # fmt: skip
        """Make up to n updates one by one; see `Stepper.advance`."""
        if self._still is not None and self._still.holds(state, values, rates):
            return self._still.repeat(state, n, record)
        coords, rows = self.setup.coords, []
        for made in range(1, n + 1):
            memory, evaluations = state.memory, state.evaluations
            now = state.theta[coords], state.slots[:, coords], {**values, "lr": float(rates[made - 1])}
            try:
                row, update = self._update(state, now[2])
            except Exception:  # of a solver from elsewhere: what is made is kept, the next call raises it again
                if made == 1:
                    raise
                made -= 1
                break
            theta, slots, hyper = now
            if record and state.update % record == 0:
                rows.append(row)
            stands_still = memory is not None and update.state.repeats(memory)
            if state.reason != Reason.NONE or stands_still:
                break
        grad = update.grad[coords]
        before = Before(theta, grad, slots, hyper, theta, grad, grad, numbers=update.numbers)
        if stands_still and not state.watched[Watch.PATIENCE] > 0:  # patience counts the updates that follow
            repeated = replace(before, slots=state.slots[:, coords])  # the last one's are those of a step before it
            self._still = _Still(update.state, values, row, state.evaluations - evaluations, repeated)
        written = np.array(rows) if rows else np.empty((0, self.setup.layout.width))
        return Stretch(made, float(row[Column.LOSS]), written, row, before)

    def _update(self, state: State, hyper: Mapping[str, float]) -> tuple[Array, SolverUpdate]:
        """Make one update; return its row of the trace and its numbers."""
        problem = CountedProblem(self.setup.objective)
        before = state.memory or SolverState(state.theta.copy())
        with np.errstate(all="ignore"):
            update = self.rule.update(problem, before, hyper)
            after = update.state
            # if the solver has not evaluated its last point, the trace does; that evaluation does not count
            if after.grad is None:
                loss, grad = self.setup.objective.evaluate(after.theta)
            else:
                loss, grad = after.value, after.grad
            state.theta[:] = after.theta
            for values, slot in zip(state.slots, self.rule.slots, strict=False):
                values[:] = update.numbers[slot.name]
            state.update += 1
            state.evaluations += problem.evaluations
            state.memory = after
            finite = all(np.all(np.isfinite(part)) for part in (after.theta, update.grad, update.value, loss))
            state.reason = Reason(reason_to_stop(state.watched, loss, grad)) if finite else Reason.NOT_FINITE
            return self._row(state, hyper["lr"], before.theta, update, loss), update

    def _row(self, state: State, lr: float, start: Array, update: SolverUpdate, loss: float) -> Array:
        objective, layout = self.setup.objective, self.setup.layout
        row = np.full(layout.width, np.nan)
        row[Column.UPDATE], row[Column.LR] = state.update, lr
        row[Column.EVALUATIONS] = state.evaluations
        row[Column.LOSS], row[Column.BATCH_LOSS] = loss, update.value
        row[Column.GRAD_NORM] = np.sqrt(update.grad @ update.grad)
        row[Column.STEP_NORM] = np.sqrt(np.sum((state.theta - start) ** 2))
        if len(objective.held_out):
            row[Column.VAL_LOSS] = objective.evaluate(state.theta, objective.held_out)[0]
        vectors: Numbers = {**update.numbers, Vector.THETA: state.theta, Vector.GRAD: update.grad}
        for name in (Vector.THETA, Vector.GRAD, *self.rule.symbols):
            block, vector = layout.block(name), np.asarray(vectors[name])
            row[block] = vector[self.setup.coords] if vector.ndim else vector
        return row
