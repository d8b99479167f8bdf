"""Newton, BFGS and conjugate gradients: a direction from the curvature, and a line search along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array
from gdtui.optimizers.language import (
    Count,
    Factor,
    Formula,
    Problem,
    Rate,
    Shrink,
    Small,
    SolverState,
    SolverUpdate,
    solver,
)
from gdtui.optimizers.language.line_search import Along, Trial, along, backtrack, strong_wolfe

PLACE = 150

#: BFGS uses a pair s, y only if yᵀs is above this times ‖y‖·‖s‖; otherwise H would cease to be definite.
LEAST_CURVATURE = 1e-10
#: How often λ is doubled at most.
MOST_DOUBLINGS = 2_000


def _inverse_and_direction(matrix: Array, grad: Array) -> tuple[Array, Array] | None:
    """Return the inverse of a definite matrix, and −inverse·g; None if it is not definite or rounding fails."""
    try:
        if not np.all(np.isfinite(np.linalg.cholesky(matrix))):
            return None
        return np.asarray(np.linalg.inv(matrix), np.float64), np.asarray(-np.linalg.solve(matrix, grad), np.float64)
    except np.linalg.LinAlgError:
        return None


def damped_direction(hessian: Array, grad: Array, damping: float) -> tuple[float, Array, Array]:
    """Return (λ, (H+λI)⁻¹, −(H+λI)⁻¹·g) with the first λ tried that gives a descent direction.

    N&W alg. 3.3: λ starts at 0 if the diagonal is positive, else at β minus its least entry. It is doubled, to at least
    β, until H+λI has a Cholesky factor. If H is not finite, or no λ will do: steepest descent and λ = ∞.
    """
    d = len(grad)
    identity = np.eye(d)
    least = float(np.min(np.diag(hessian)))
    lam = 0.0 if least > 0 else damping - least
    for _ in range(MOST_DOUBLINGS if np.all(np.isfinite(hessian)) and np.isfinite(lam) else 0):
        if not np.isfinite(lam):
            break
        found = _inverse_and_direction(hessian + lam * identity, grad)
        if found is not None:
            inverse, direction = found
            # H+λI is definite, so gᵀd < 0; a product of tiny numbers may be rounded to 0
            if np.all(np.isfinite(direction)) and grad @ direction <= 0:
                return lam, inverse, direction
        lam = max(2.0 * lam, damping, 1e-300)
    return np.inf, identity, -grad


@solver(
    "newton",
    title="Damped Newton",
    reference="Nocedal & Wright 2006, alg. 3.2, the Hessian modified by alg. 3.3; backtracking to Armijo, alg. 3.1",
    teaches="One jump to the minimum of the bowl that fits here. It costs a Hessian: an evaluation a parameter.",
    slots={"d": "velocity", "H_diag": "other"},
    scalars=("lam", "alpha", "slope", "evals"),
    formulas=(
        Formula("λ", "first of 0, β, 2β … with H+λI > 0", "H here {H_diag}", "lam"),
        Formula("d", "−(H+λI)⁻¹·g", "−({inverse@g})", "d"),
        Formula("gᵀd", "Σ g·d", "{g@d}", "slope"),
        Formula("α", "first of η, ρη … that meets Armijo", "f {f} → {f_new}", "alpha"),
        Formula("θ", "θ + α·d", "{theta_before} + {alpha}·{d}", "theta"),
        Formula("evaluations", "those of H, and the trials", "{evals_hessian} + {trials}", "evals"),
    ),
    most=64,
    why="its Hessian is a table of their number squared, made anew each update",
)
def newton(
    problem: Problem, state: SolverState, lr: Rate = 1.0, damping: Small = 1e-3, c1: Shrink = 1e-4,
    shrink: Shrink = 0.5,
) -> SolverUpdate:  # fmt: skip
    counted = _CountedProblem(problem)
    value, grad = state.here(counted)
    hessian, spent = problem.hessian(state.theta)
    lam, inverse, d = damped_direction(hessian, grad, damping)
    here = Trial(0.0, state.theta, value, grad, float(grad @ d))
    found = backtrack(_finite_along(counted, here, d), here, d, lr, c1, shrink)
    extra: dict[str, float | Array] = {
        "H_diag": np.diag(hessian), "lam": lam, "inverse": inverse, "evals_hessian": float(spent),
        "trials": float(counted.calls), "evals": float(counted.calls + spent),
    }  # fmt: skip
    return _update(SolverState(found.theta, found.value, found.grad), here, found, d, extra)


@dataclass(frozen=True, eq=False)
class _BfgsState(SolverState):
    inverse: Array | None = None


@solver(
    "bfgs",
    title="BFGS",
    reference="Nocedal & Wright 2006, alg. 6.1 with eq. 6.17 and 6.20; strong Wolfe, alg. 3.5 and 3.6",
    teaches="Learns the inverse Hessian from gradients alone: each step shows how the slope changes along it.",
    slots={"d": "velocity", "B_diag": "other"},
    scalars=("alpha", "slope", "curvature", "evals"),
    formulas=(
        Formula("d", "−B·g", "−({inverse@g})", "d"),
        Formula("gᵀd", "Σ g·d", "{g@d}", "slope"),
        Formula("α", "from η on, until strong Wolfe holds", "f {f} → {f_new}", "alpha"),
        Formula("θ", "θ + α·d", "{theta_before} + {alpha}·{d}", "theta"),
        Formula("B", "(I−ρsyᵀ)·B·(I−ρysᵀ) + ρssᵀ, ρ = 1/yᵀs > 0", "yᵀs = {curvature}", "B_diag"),
        Formula("evaluations", "one a trial", "", "evals"),
    ),
    most=512,
    why="it keeps a table of their number squared",
)
def bfgs(
    problem: Problem, state: SolverState, lr: Rate = 1.0, c1: Shrink = 1e-4, c2: Shrink = 0.9, max_eval: Count = 25.0,
) -> SolverUpdate:  # fmt: skip
    counted = _CountedProblem(problem)
    value, grad = state.here(counted)
    inverse = state.inverse if isinstance(state, _BfgsState) else None
    fresh = inverse is None
    used: Array = np.eye(len(grad)) if inverse is None else inverse
    d = -(used @ grad)
    if not grad @ d < 0:
        fresh, used, d = True, np.eye(len(grad)), -grad
    here = Trial(0.0, state.theta, value, grad, float(grad @ d))
    step = lr * _first_step(grad) if fresh else lr
    found = _wolfe_step(counted, here, d, step, c1, c2, int(max_eval))
    s, y = found.theta - here.theta, found.grad - grad
    curvature = float(y @ s)
    after: Array | None = used
    if found.step == 0.0:
        after = None  # no step in this direction: forget, and start again with steepest descent
    elif curvature > LEAST_CURVATURE * float(np.sqrt((y @ y) * (s @ s))):
        after = inverse_update(used * (curvature / float(y @ y)) if fresh else used, s, y)
    kept = np.eye(len(grad)) if after is None else after
    extra: dict[str, float | Array] = {
        "B_diag": np.diag(kept),
        "inverse": used,
        "curvature": curvature,
        "evals": float(counted.calls),
    }
    return _update(_BfgsState(found.theta, found.value, found.grad, after), here, found, d, extra)


def inverse_update(inverse: Array, s: Array, y: Array) -> Array:
    """Return (I−ρsyᵀ)·B·(I−ρysᵀ) + ρssᵀ, ρ = 1/yᵀs (N&W eq. 6.17); it maps y to s."""
    rho = 1.0 / float(y @ s)
    left = np.eye(len(s)) - rho * np.outer(s, y)
    return left @ inverse @ left.T + rho * np.outer(s, s)


@dataclass(frozen=True, eq=False)
class _ConjugateState(SolverState):
    d: Array | None = None
    grad_before: Array | None = None
    step: float = 0.0
    slope: float = 0.0
    since: int = 0


@solver(
    "conjugate-gradient",
    title="Conjugate gradients",
    reference="Polak–Ribière+: Nocedal & Wright 2006, alg. 5.4, eq. 5.45; strong Wolfe, alg. 3.5 and 3.6",
    teaches="Keeps just enough of the last direction not to undo it: n steps for a bowl in n dimensions.",
    slots={"d": "velocity"},
    scalars=("beta", "alpha", "slope", "evals"),
    formulas=(
        Formula("β", "max(0, gᵀ(g−g₋)/g₋ᵀg₋), 0 at a restart", "", "beta"),
        Formula("d", "−g + β·d", "−{g} + {beta}·{d_before}", "d"),
        Formula("gᵀd", "Σ g·d", "{g@d}", "slope"),
        Formula("α", "until strong Wolfe holds", "f {f} → {f_new}", "alpha"),
        Formula("θ", "θ + α·d", "{theta_before} + {alpha}·{d}", "theta"),
        Formula("evaluations", "one a trial", "", "evals"),
    ),
)
def conjugate_gradient(
    problem: Problem, state: SolverState, lr: Rate = 1.0, c1: Shrink = 1e-4, c2: Shrink = 0.1, restart: Factor = 0.0,
    max_eval: Count = 25.0,
) -> SolverUpdate:  # fmt: skip
    counted = _CountedProblem(problem)
    value, grad = state.here(counted)
    beta, d, d_before, since, step = 0.0, -grad, np.zeros_like(grad), 0, lr * _first_step(grad)
    if isinstance(state, _ConjugateState) and state.d is not None and state.grad_before is not None:
        d_before, last = state.d, state.grad_before
        due = state.since + 1 >= (int(restart) or len(grad)) or state.step == 0.0
        beta = 0.0 if due else max(0.0, float(np.float64(grad @ (grad - last)) / (last @ last)))
        since = 0 if beta == 0.0 else state.since + 1
        d = -grad + beta * d_before
        if not grad @ d < 0:
            beta, d, since = 0.0, -grad, 0
        if state.step > 0.0:  # the same change of f to first order as in the last step (N&W eq. 3.60)
            slope = float(grad @ d)
            step = state.step * min(10.0, state.slope / slope) if slope < 0 else state.step
    here = Trial(0.0, state.theta, value, grad, float(grad @ d))
    found = _wolfe_step(counted, here, d, step, c1, c2, int(max_eval))
    after = _ConjugateState(found.theta, found.value, found.grad, d, grad, found.step, here.slope, since)
    extra: dict[str, float | Array] = {"beta": beta, "d_before": d_before, "evals": float(counted.calls)}
    return _update(after, here, found, d, extra)


class _CountedProblem:
    """A problem that counts the evaluations of one update."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.calls = problem, 0

    def evaluate(self, theta: Array) -> tuple[float, Array]:
        self.calls += 1
        return self.problem.evaluate(theta)

    def hessian(self, theta: Array) -> tuple[Array, int]:
        return self.problem.hessian(theta)


def _first_step(grad: Array) -> float:
    """Return min(1, 1/‖g‖₁): no coordinate moves further than 1 before the curvature is known."""
    total = float(np.sum(np.abs(grad)))
    return min(1.0, 1.0 / total) if total > 0 else 1.0


def _finite_along(counted: _CountedProblem, here: Trial, d: Array) -> Along:
    """Return a function that evaluates along d; a point without a finite gradient counts as infinitely high."""
    at = along(counted.evaluate, here.theta, d)

    def guarded(step: float) -> Trial:
        trial = at(step)
        bad = np.isnan(trial.value) or not np.all(np.isfinite(trial.grad))
        return Trial(trial.step, trial.theta, np.inf, trial.grad, trial.slope) if bad else trial

    return guarded


def _wolfe_step(counted: _CountedProblem, here: Trial, d: Array, step: float, c1: float, c2: float, most: int) -> Trial:
    """Return a step that meets strong Wolfe, or Armijo alone after `most` trials; `here` if none does."""
    width = float(np.spacing(np.max(np.abs(here.theta))))  # points closer than this are equal
    found = strong_wolfe(_finite_along(counted, here, d), here, d, step, c1, c2, most - 1, width)
    return found if found.value <= here.value + c1 * found.step * here.slope else here


def _update(after: SolverState, here: Trial, found: Trial, d: Array, extra: dict[str, float | Array]) -> SolverUpdate:
    numbers: dict[str, float | Array] = {
        "d": d, "alpha": found.step, "slope": here.slope, "g": here.grad, "f": here.value, "f_new": found.value,
        "theta_before": here.theta, "theta": found.theta,
    }  # fmt: skip
    return SolverUpdate(after, here.value, here.grad, {**numbers, **extra})
