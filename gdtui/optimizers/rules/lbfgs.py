"""L-BFGS, in step with torch.optim.LBFGS: one update is one call of step(closure)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gdtui.kernel import Array
from gdtui.optimizers.language import Count, Formula, Problem, Rate, Small, SolverState, SolverUpdate, solver
from gdtui.optimizers.language.line_search import Trial, along, strong_wolfe

PLACE = 160

#: A pair s, y is kept if yᵀs is above this, as in torch.
LEAST_CURVATURE = 1e-10
C1, C2 = 1e-4, 0.9

#: s, y, 1/yᵀs.
Pair = tuple[Array, Array, float]


@dataclass(frozen=True, eq=False)
class _LbfgsState(SolverState):
    begun: bool = False
    d: Array | None = None
    step: float = 0.0
    grad_before: Array | None = None
    pairs: tuple[Pair, ...] = ()
    gamma: float = 1.0


def two_loops(grad: Array, pairs: tuple[Pair, ...], gamma: float) -> Array:
    """Return −H·g for the H that the pairs make of γI: the two-loop recursion (N&W alg. 7.4)."""
    q = -grad
    weights = []
    for s, y, rho in reversed(pairs):
        a = (s @ q) * rho
        weights.append(a)
        q = q - a * y
    r = q * gamma
    for (s, y, rho), a in zip(pairs, reversed(weights), strict=True):
        r = r + (a - (y @ r) * rho) * s
    return r


def _direction(past: _LbfgsState, grad: Array, history: int) -> _LbfgsState:
    """Return the state with the pair of the last iteration added and the direction of the next one."""
    d, pairs, gamma = -grad, past.pairs, past.gamma
    if past.d is not None and past.grad_before is not None:
        y = grad - past.grad_before
        s = past.d * past.step
        ys = float(y @ s)
        if ys > LEAST_CURVATURE:
            pairs = (*pairs[max(0, len(pairs) - history + 1) :], (s, y, 1.0 / ys))
            gamma = ys / float(y @ y)
        d = two_loops(grad, pairs, gamma)
    return replace(past, begun=True, d=d, grad_before=grad, pairs=pairs, gamma=gamma)


def _largest(x: Array) -> float:
    return float(np.max(np.abs(x)))


@dataclass(frozen=True)
class _Settings:
    lr: float
    max_iter: int
    max_eval: int
    tolerance_grad: float
    tolerance_change: float
    history: int
    search: bool


class _Step:
    """One call of step(closure), while it iterates."""

    def __init__(self, problem: Problem, state: SolverState, settings: _Settings) -> None:
        self.problem, self.settings = problem, settings
        self.past = state if isinstance(state, _LbfgsState) else _LbfgsState(state.theta)
        self.spent = self.done = 0
        self.alpha, self.slope = 0.0, np.nan
        # torch calls the closure again, even if the last search evaluated this point
        self.value, self.grad = self.first = self.evaluate(self.past.theta)
        self.theta_before, self.grad_used = self.past.theta, self.grad
        self.known = True  # whether value and grad are those at the current parameters

    def evaluate(self, theta: Array) -> tuple[float, Array]:
        """Call the closure."""
        self.spent += 1
        return self.problem.evaluate(theta)

    def run(self) -> None:
        """Iterate until a criterion is met."""
        if _largest(self.grad) <= self.settings.tolerance_grad:
            return
        while self.done < self.settings.max_iter and self.iterate():
            pass

    def iterate(self) -> bool:
        """Make one iteration; return whether another may follow."""
        settings = self.settings
        self.done += 1
        first = not self.past.begun
        self.past = past = _direction(self.past, self.grad, settings.history)
        assert past.d is not None
        self.theta_before, self.grad_used, value_before = past.theta, self.grad, self.value
        step = min(1.0, 1.0 / float(np.sum(np.abs(self.grad)))) * settings.lr if first else settings.lr
        self.slope = float(self.grad @ past.d)
        if self.slope > -settings.tolerance_change:
            self.alpha, self.past = 0.0, replace(past, step=step)
            return False
        step = self.search(past.d, step) if settings.search else self.move(past.d, step)
        if self.done == settings.max_iter or self.spent >= settings.max_eval:
            return False
        if _largest(self.grad) <= settings.tolerance_grad or _largest(past.d * step) <= settings.tolerance_change:
            return False
        return not abs(self.value - value_before) < settings.tolerance_change

    def move(self, d: Array, step: float) -> float:
        """Take a step of the given length; the last iteration does not evaluate the new point."""
        self.past = replace(self.past, theta=self.past.theta + step * d, step=step)
        self.alpha = step
        self.known = self.done < self.settings.max_iter
        if self.known:
            self.value, self.grad = self.evaluate(self.past.theta)
        return step

    def search(self, d: Array, step: float) -> float:
        """Take the step that the strong Wolfe search finds."""
        theta = self.past.theta
        found = strong_wolfe(
            along(self.evaluate, theta, d), Trial(0.0, theta, self.value, self.grad, self.slope), d, step, C1, C2,
            self.settings.max_eval - self.spent, self.settings.tolerance_change,
        )  # fmt: skip
        self.value, self.grad, self.alpha = found.value, found.grad, found.step
        self.past = replace(self.past, theta=found.theta, step=found.step)
        return found.step

    def update(self) -> SolverUpdate:
        """Return the update; its numbers are those of the last iteration."""
        past = self.past
        numbers: dict[str, float | Array] = {
            "d": np.zeros_like(past.theta) if past.d is None else past.d, "alpha": self.alpha, "slope": self.slope,
            "gamma": past.gamma, "pairs": float(len(past.pairs)), "iterations": float(self.done),
            "evals": float(self.spent), "g": self.grad_used, "theta_before": self.theta_before, "theta": past.theta,
        }  # fmt: skip
        after = replace(past, value=self.value, grad=self.grad) if self.known else replace(past, grad=None)
        return SolverUpdate(after, *self.first, numbers)


def _lbfgs(problem: Problem, state: SolverState, settings: _Settings) -> SolverUpdate:
    step = _Step(problem, state, settings)
    step.run()
    return step.update()


def _formulas(alpha: Formula) -> tuple[Formula, ...]:
    return (
        Formula("γ", "sᵀy/yᵀy of the newest pair", "{pairs} pairs", "gamma"),
        Formula("d", "−H·g, H from γI and the pairs s, y", "two loops", "d"),
        Formula("gᵀd", "Σ g·d", "{g@d}", "slope"),
        alpha,
        Formula("θ", "θ + α·d", "{theta_before} + {alpha}·{d}", "theta"),
        Formula("evaluations", "1 + those of the line", "iterations {iterations}", "evals"),
    )


_REFERENCE = "Nocedal & Wright 2006, alg. 7.4 and 7.5; torch.optim.LBFGS"
_SCALARS = ("alpha", "slope", "gamma", "pairs", "iterations", "evals")


@solver(
    "lbfgs", "pytorch",
    title="L-BFGS",
    reference=_REFERENCE,
    teaches="The last few steps say how the slope changes: almost Newton's direction, without a Hessian.",
    slots={"d": "velocity"},
    scalars=_SCALARS,
    formulas=_formulas(Formula("α", "η; at first η·min(1, 1/‖g‖₁)", "", "alpha")),
    most=100_000, why="it keeps up to 200 vectors of that length",
)  # fmt: skip
def lbfgs(
    problem: Problem, state: SolverState, lr: Rate = 1.0, max_iter: Count = 1.0, max_eval: Count = 25.0,
    tolerance_grad: Small = 1e-7, tolerance_change: Small = 1e-9, history_size: Count = 100.0,
) -> SolverUpdate:  # fmt: skip
    settings = _Settings(
        lr, int(max_iter), int(max_eval), tolerance_grad, tolerance_change, int(history_size), search=False
    )
    return _lbfgs(problem, state, settings)


@solver(
    "lbfgs", "pytorch",
    title="L-BFGS",
    reference=f"{_REFERENCE}(line_search_fn='strong_wolfe'), N&W alg. 3.5 and 3.6",
    teaches="With a line search every step goes down, and bends the memory the right way.",
    slots={"d": "velocity"},
    scalars=_SCALARS,
    formulas=_formulas(Formula("α", "from η on, until strong Wolfe holds", "c₁ 1e-4, c₂ 0.9", "alpha")),
    options={"strong_wolfe": True},
    most=100_000, why="it keeps up to 200 vectors of that length",
)  # fmt: skip
def lbfgs_strong_wolfe(
    problem: Problem, state: SolverState, lr: Rate = 1.0, max_iter: Count = 1.0, max_eval: Count = 25.0,
    tolerance_grad: Small = 1e-7, tolerance_change: Small = 1e-9, history_size: Count = 100.0,
) -> SolverUpdate:  # fmt: skip
    settings = _Settings(
        lr, int(max_iter), int(max_eval), tolerance_grad, tolerance_change, int(history_size), search=True
    )
    return _lbfgs(problem, state, settings)
