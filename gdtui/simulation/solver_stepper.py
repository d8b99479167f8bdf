"""The loop for solvers: the same rows, stops and statuses as the compiled one, with evaluations counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.rule_text import Numbers
from gdtui.optimizers.language.solver import Solver, SolverState, SolverUpdate
from gdtui.simulation.loop import CONVERGED, DIVERGED, GOING, GRADIENT_BELOW, HEAD, LOSS_BELOW, NO_IMPROVEMENT
from gdtui.simulation.trace import Layout


class CountedProblem:
    """An objective as a solver sees it; `evaluations` says what it has been asked.

    The Hessian is exact where the objective is a formula, and counts as one evaluation a parameter, about
    what it costs to derive. Else it is made of central differences of the exact gradient, two real evaluations
    a parameter.
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
        columns = [self._column(theta, i) for i in range(len(theta))]
        matrix = np.array(columns)
        return (matrix + matrix.T) / 2.0, self.evaluations - before

    def _column(self, theta: Array, i: int) -> Array:
        step = np.cbrt(np.finfo(np.float64).eps) * max(1.0, abs(float(theta[i])))
        ahead, behind = theta.copy(), theta.copy()
        ahead[i] += step
        behind[i] -= step
        column: Array = (self.evaluate(ahead)[1] - self.evaluate(behind)[1]) / (ahead[i] - behind[i])
        return column


@dataclass
class Solving:
    """A solver at work on one lane; what changes with each update.

    Parameters
    ----------
    rule, objective, layout, coords
        of the lane.
    stops
        as of the compiled loop, kept up to date.
    memory
        where the solver stands.
    evaluations
        made so far, in all updates.
    """

    rule: Solver
    objective: Objective
    layout: Layout
    coords: Indices
    stops: Array
    memory: SolverState
    evaluations: int = 0
    status: int = GOING
    why: int = 0

    def update(self, number: int, hyper: Mapping[str, float]) -> tuple[Array, SolverUpdate]:
        """Make one update; return its row of the trace and what it was made of."""
        problem = CountedProblem(self.objective)
        before = self.memory
        with np.errstate(all="ignore"):
            made = self.rule.update(problem, before, hyper)
            after = made.state
            self.evaluations += problem.evaluations
            # a solver may leave without a look at where it is: the trace looks, and that is no evaluation of its
            loss, grad = (after.value, after.grad) if after.grad is not None else self.objective.evaluate(after.theta)
            assert grad is not None
            self.memory = after
            self._judge(made, loss, grad)
            return self._row(number, hyper["lr"], before, made, loss), made

    def _judge(self, made: SolverUpdate, loss: float, grad: Array) -> None:
        stops, self.status, self.why = self.stops, GOING, 0
        finite = (made.state.theta, made.grad, made.value, loss)
        if not all(np.all(np.isfinite(part)) for part in finite):
            self.status = DIVERGED
            return
        if stops[2] > 0:
            better = loss < stops[3]
            stops[3], stops[4] = (loss, 0.0) if better else (stops[3], stops[4] + 1.0)
            if stops[4] >= stops[2]:
                self.status, self.why = CONVERGED, NO_IMPROVEMENT
        if stops[1] > 0 and np.sqrt(grad @ grad) < stops[1]:
            self.status, self.why = CONVERGED, GRADIENT_BELOW
        if stops[0] > 0 and loss < stops[0]:
            self.status, self.why = CONVERGED, LOSS_BELOW

    def _row(self, number: int, lr: float, before: SolverState, made: SolverUpdate, loss: float) -> Array:
        row = np.full(self.layout.width, np.nan)
        head = {
            "update": float(number), "lr": lr, "loss": loss, "batch_loss": made.value,
            "grad_norm": np.sqrt(made.grad @ made.grad),
            "step_norm": np.sqrt(np.sum((made.state.theta - before.theta) ** 2)),
            "evaluations": float(self.evaluations),
        }  # fmt: skip
        if len(self.objective.held_out):
            head["val_loss"] = self.objective.evaluate(made.state.theta, self.objective.held_out)[0]
        for name, value in head.items():
            row[HEAD.index(name)] = value
        vectors: Numbers = {**made.numbers, "theta": made.state.theta, "grad": made.grad}
        for name in ("theta", "grad", *self.rule.symbols):
            block, vector = self.layout.block(name), np.asarray(vectors[name])
            row[block] = vector[self.coords] if vector.ndim else vector
        return row
