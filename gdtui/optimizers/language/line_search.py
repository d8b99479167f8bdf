"""Line searches: backtracking, and the strong Wolfe search.

Both choose α for f(θ + αd) with d a descent direction. The Armijo condition: f(θ+αd) ≤ f + c₁·α·gᵀd. Strong Wolfe adds
|∇f(θ+αd)ᵀd| ≤ −c₂·gᵀd. (Nocedal & Wright 2006, section 3.1.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array

#: Reductions after which backtracking gives up: 2⁻⁶⁰ of a step is nothing.
MOST_HALVINGS = 60


@dataclass(frozen=True, eq=False)
class Trial:
    """One point on the line: its step α, the parameters, value and gradient there, and the slope along d."""

    step: float
    theta: Array
    value: float
    grad: Array
    slope: float


#: Evaluates the point at a step.
Along = Callable[[float], Trial]


def along(evaluate: Callable[[Array], tuple[float, Array]], theta: Array, d: Array) -> Along:
    """Return a function that evaluates the point θ + αd at a step α."""

    def at(step: float) -> Trial:
        point = theta + step * d
        value, grad = evaluate(point)
        return Trial(step, point, value, grad, float(grad @ d))

    return at


def backtrack(at: Along, here: Trial, d: Array, step: float, c1: float, shrink: float) -> Trial:
    """Return the first of the steps α, ρα, ρ²α … that meets Armijo (N&W alg. 3.1), or `here` if none does."""
    for _ in range(MOST_HALVINGS):
        trial = at(step)
        if trial.value <= here.value + c1 * step * here.slope:
            return trial
        step *= shrink
        if np.array_equal(here.theta + step * d, here.theta):
            break
    return here


def cubic_minimum(a: Trial, b: Trial, low: float, high: float) -> float:
    """Return the minimum of the cubic through values and slopes of two trials, clipped to [low, high] (N&W eq. 3.59).

    If there is none, or it is not finite, return the middle of the interval.
    """
    if a.step > b.step:
        a, b = b, a
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / np.float64(a.step - b.step)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    d2 = np.sqrt(square)
    step = b.step - (b.step - a.step) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return (low + high) / 2.0 if np.isnan(step) else float(min(max(step, low), high))


def strong_wolfe(
    at: Along, here: Trial, d: Array, step: float, c1: float, c2: float, most: int, width: float = 1e-9
) -> Trial:
    """Return a step that meets strong Wolfe (N&W alg. 3.5 and 3.6, cubic interpolation).

    It decides as the search of torch.optim.LBFGS does, so that the steps agree. After `most` trials beyond the first
    `step`, or when the bracket times max |d| is shorter than `width`, it returns the lower end of the bracket. That end
    may meet neither condition, and may be `here`, which is step 0.
    """

    def too_high(trial: Trial) -> bool:
        return trial.value > here.value + c1 * trial.step * here.slope

    def flat(trial: Trial) -> bool:
        return abs(trial.slope) <= -c2 * here.slope

    # extend until a minimum lies between two trials
    before, trial, tried = here, at(step), 0
    while tried < most:
        if too_high(trial) or (tried > 1 and trial.value >= before.value):
            break
        if flat(trial):
            return trial
        if trial.slope >= 0:
            break
        least, furthest = trial.step + 0.01 * (trial.step - before.step), 10 * trial.step
        before, trial = trial, at(cubic_minimum(before, trial, least, furthest))
        tried += 1
    if tried == most:
        return here if here.value <= trial.value else trial

    # zoom: `ends[low]` is the best point so far; an acceptable point lies between the ends
    ends = [before, trial]
    low = 0 if before.value <= trial.value else 1
    size = np.max(np.abs(d))
    crowded = False
    while tried < most and abs(ends[1].step - ends[0].step) * size >= width:
        step, crowded = _interpolate(ends, crowded=crowded)
        trial = at(step)
        tried += 1
        best, other = ends[low], ends[1 - low]
        if too_high(trial) or trial.value >= best.value:
            ends[1 - low] = trial
            low = 0 if ends[0].value <= ends[1].value else 1
            continue
        if flat(trial):
            return trial
        if trial.slope * (other.step - best.step) >= 0:
            ends[1 - low] = best
        ends[low] = trial
    return ends[low]


def _interpolate(ends: list[Trial], *, crowded: bool) -> tuple[float, bool]:
    """Return the next step to try in a bracket, and whether it is close to an end of it.

    A step at an end, or close to one for the second time in a row, is moved inwards by a tenth of the bracket.
    """
    left, right = sorted(end.step for end in ends)
    step = cubic_minimum(ends[0], ends[1], left, right)
    tenth = 0.1 * (right - left)
    if not min(right - step, step - left) < tenth:
        return step, False
    if crowded or step >= right or step <= left:
        return (right - tenth if abs(step - right) < abs(step - left) else left + tenth), False
    return step, True
