"""Where the gradient has vanished: what kind of point it is, and whether there is a lower one."""

from __future__ import annotations

import numpy as np

from gdtui.insight.case import Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _, number

#: Characters in which all eigenvalues are listed; where they take more, the largest and the smallest.
LISTED = 20
#: A point where the gradient vanishes is near if Newton's step to it is this short, for parameters of size 1.
NEAR = 3e-3


@diagnosis(44)
def _least_squares(case: Case) -> str | None:
    """Say that a linear model's loss is the least there is."""
    model, first, best = case.objective.model, case.milestones("loss"), case.lowest
    if model is None or not model.linear or best is None or first is None:
        return None
    loss = float(case.column("loss")[-1])
    if not loss - best <= 1e-6 * max(best, float(first[0]) * 1e-6):
        return None
    return _("least-squares minimum {loss}: no weights fit these rows better").format(loss=number(best))


@diagnosis(42)
def _plain(case: Case) -> str | None:
    """Say that the ground is flat all around, and that an adaptive rule walks on nevertheless."""
    if not case.on_a_plain:
        return None
    norm, step = float(np.linalg.norm(case.gradient)), float(case.column("step_norm")[-1])
    walks = case.trace.layout.rule.adapts_rate and step > 100 * case.lr * norm
    sentence = (
        _("a plain, ‖g‖ {norm}, yet steps of {step}: g is divided by its own size")
        if walks
        else _("a plain: ‖g‖ {norm} and curvature {curvature}, nothing to follow")
    )
    assert case.spectrum is not None
    curvature = max(abs(case.spectrum.low), abs(case.spectrum.high))
    return sentence.format(norm=number(norm, 2), step=number(step, 2), curvature=number(curvature, 2))


@diagnosis(40)
def _at_rest(case: Case) -> str | None:
    """Say what kind of point it is where the gradient vanishes."""
    spectrum = case.spectrum
    if not case.at_rest or case.on_a_plain or spectrum is None or np.isnan(spectrum.low):
        return None
    low, high = spectrum.low, spectrum.high
    tiny = (1e-9 if case.objective.expression is not None else 1e-6) * max(abs(low), abs(high))
    norm, smallest = float(np.linalg.norm(case.gradient)), float(np.min(np.abs(spectrum.values)))
    lower = case.lowest is not None and float(case.column("loss")[-1]) - case.lowest > 1e-6 * abs(case.scale)
    assert case.parameters is not None
    if smallest > tiny and norm > NEAR * smallest * max(1.0, float(np.linalg.norm(case.parameters))):
        sentence = _("‖g‖ {norm} where it is nearly flat: Hessian eigenvalues {eigenvalues}")
    elif low > tiny:
        sentence = (
            _("‖g‖ {norm} at a local minimum (eigenvalues {eigenvalues}); the lowest is {lowest}")
            if lower
            else _("‖g‖ {norm} at a minimum: Hessian eigenvalues {eigenvalues}")
        )
    elif high < -tiny:
        sentence = _("‖g‖ {norm} at a maximum: Hessian eigenvalues {eigenvalues}")
    elif high > tiny > -tiny > low:
        sentence = _("‖g‖ {norm} near a saddle: Hessian eigenvalues {eigenvalues}")
    elif high > tiny:
        sentence = (
            _("‖g‖ {norm} on a valley floor (eigenvalues {eigenvalues}); the lowest is {lowest}")
            if lower
            else _("‖g‖ {norm} on a valley floor: Hessian eigenvalues {eigenvalues}")
        )
    elif low < -tiny:
        sentence = _("‖g‖ {norm} on a ridge: Hessian eigenvalues {eigenvalues}")
    else:
        sentence = _("‖g‖ {norm} on flat ground: Hessian eigenvalues {eigenvalues}")
    lowest = number(case.lowest) if case.lowest is not None else ""
    return sentence.format(norm=number(norm, 2), eigenvalues=_listed(spectrum.values[::-1]), lowest=lowest)


def _listed(values: np.ndarray) -> str:
    words = [number(float(value), 3) for value in values]
    listed = ", ".join(words)
    return listed if len(listed) <= LISTED else f"{words[0]} … {words[-1]}"
