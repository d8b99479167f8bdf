"""Units of a network that do not learn: dead, saturated, or all the same."""

from __future__ import annotations

import numpy as np

from gdtui.insight.case import Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _

#: The largest slope of activations that saturate, and the part of it below which a unit hardly learns.
STEEPEST, SATURATED = {"tanh": 1.0, "sigmoid": 0.25}, 0.05
#: The parts of all units from which on it is worth saying that they are dead, or saturated.
DEAD, MANY = 0.1, 0.25


@diagnosis(43)
def _symmetry(case: Case) -> str | None:
    """Say that the units of a hidden layer are equal, and stay so."""
    model, theta = case.objective.model, case.parameters
    if model is None or theta is None:
        return None
    parts = [part for part in model.parts if part.kind != "table"]
    for layer, (w, b, ahead) in enumerate(zip(parts[::2], parts[1::2], parts[2::2], strict=False), 1):
        rows = np.column_stack((theta[w.first : w.end].reshape(w.rows, w.cols), theta[b.first : b.end]))
        columns = theta[ahead.first : ahead.end].reshape(ahead.rows, ahead.cols)
        if w.rows > 1 and not np.any(np.ptp(rows, axis=0)) and not np.any(np.ptp(columns, axis=1)):
            sentence = _("the {count} units of hidden layer {layer} are equal: equal gradients keep them so")
            return sentence.format(count=w.rows, layer=layer)
    return None


@diagnosis(42)
def _dead_units(case: Case) -> str | None:
    """Say how many relu units give 0 for every training row."""
    if case.objective.model is None or case.objective.model.activation != "relu":
        return None
    zs = np.array([np.max(z) for layer, _a in case.hidden for z in layer])
    dead = int(np.count_nonzero(zs <= 0))
    if dead < max(1, DEAD * len(zs)):
        return None
    sentence = _("dead relu units: {dead} of {count}. They give 0 for every row and get no gradient")
    return sentence.format(dead=dead, count=len(zs))


@diagnosis(41)
def _saturated_units(case: Case) -> str | None:
    """Say how many units are where their activation is flat, for nearly every training row."""
    model = case.objective.model
    steepest = STEEPEST.get(model.activation) if model is not None else None
    if model is None or steepest is None:
        return None
    slopes = [1 - a * a if model.activation == "tanh" else a * (1 - a) for _z, a in case.hidden]
    means = np.array([np.mean(unit) / steepest for layer in slopes for unit in layer])
    flat = int(np.count_nonzero(means < SATURATED))
    if flat < max(1, MANY * len(means)):
        return None
    sentence = _("saturated {activation} units: {flat} of {count}. Their slope is below {percent} % of the steepest")
    return sentence.format(activation=model.activation, flat=flat, count=len(means), percent=round(100 * SATURATED))
