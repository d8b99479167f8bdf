"""A loss that hardly moves: because lr or weight decay holds it, or as measured where no cause is known."""

from __future__ import annotations

import numpy as np

from gdtui.insight.case import LONG, Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.kernel import Array
from gdtui.text import _, number

#: The loss has moved by less than this part of itself.
LITTLE = 1e-3
#: A schedule has lowered lr to less than this part of the largest.
LOWERED = 1e-2
#: Weight decay holds the parameters where it and the gradient differ by less than this part of either.
BALANCED = 1e-2


def _still(case: Case) -> Array | None:
    """Return the last losses if they hardly differ, away from 0."""
    losses = case.recent("loss", LONG + 1)
    if losses is None or not np.all(np.isfinite(losses)):
        return None
    before, now = float(losses[0]), float(losses[-1])
    return losses if np.ptp(losses) < LITTLE * abs(before) and abs(now) > 1e-12 else None


@diagnosis(22)
def _lowered_rate(case: Case) -> str | None:
    """Say that nothing moves because lr is 0, or almost, by a schedule."""
    rates = case.recent("lr", LONG)
    if rates is None or case.at_rest or _still(case) is None:
        return None
    if not np.any(rates):
        return _("lr is 0: nothing moves")
    every = case.milestones("lr")
    highest = float(np.nanmax(every)) if every is not None else 0.0
    if not case.scheduled or not case.lr < LOWERED * highest:
        return None
    sentence = _("the schedule has lowered lr from {highest} to {lr}: the loss stands still")
    return sentence.format(highest=number(highest), lr=number(case.lr))


@diagnosis(21)
def _balanced_decay(case: Case) -> str | None:
    """Say that weight decay pulls as hard as the gradient."""
    if not case.decay or case.parameters is None or case.at_rest or not case.lr > 0 or _still(case) is None:
        return None
    norm, pull = float(np.linalg.norm(case.gradient)), case.decay * case.parameters
    step = float(case.column("step_norm")[-1])
    balanced = float(np.linalg.norm(case.gradient + pull)) < BALANCED * norm
    if not balanced and not (case.decoupled and step < BALANCED * case.lr * float(np.linalg.norm(pull))):
        return None
    return _("weight decay holds it here: it pulls as hard as the gradient, ‖g‖ {norm}").format(norm=number(norm, 2))


@diagnosis(10, alone=True)
def _stall(case: Case) -> str | None:
    """Say by how little the loss moved lately, with the slope and the steps."""
    losses = _still(case)
    norm, step = float(case.column("grad_norm")[-1]), float(case.column("step_norm")[-1])
    if losses is None or not norm > 0:
        return None
    before, now = float(losses[0]), float(losses[-1])
    sentence = (
        _("the loss fell by {percent} % in {count} updates: ‖g‖ {norm}, steps of {step}")
        if now <= before
        else _("the loss rose by {percent} % in {count} updates: ‖g‖ {norm}, steps of {step}")
    )
    percent = number(100 * abs(before - now) / abs(before), 2)
    return sentence.format(percent=percent, count=LONG, norm=number(norm, 2), step=number(step, 2))
