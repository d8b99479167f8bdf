"""A loss that hardly moves, where no cause is known: what is measured."""

from __future__ import annotations

import numpy as np

from gdtui.insight.case import LONG, Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _, number

#: The loss has moved by less than this part of itself.
LITTLE = 1e-3


@diagnosis(10, alone=True)
def _stall(case: Case) -> str | None:
    """Say by how little the loss moved lately, with the slope and the steps."""
    losses = case.recent("loss", LONG + 1)
    if losses is None or not np.all(np.isfinite(losses)):
        return None
    before, now = float(losses[0]), float(losses[-1])
    norm, step = float(case.column("grad_norm")[-1]), float(case.column("step_norm")[-1])
    if not (np.ptp(losses) < LITTLE * abs(before) and abs(now) > 1e-12 and norm > 0):
        return None
    sentence = (
        _("the loss fell by {percent} % in the last {count} updates: ‖g‖ {norm}, steps of {step}")
        if now <= before
        else _("the loss rose by {percent} % in the last {count} updates: ‖g‖ {norm}, steps of {step}")
    )
    percent = number(100 * abs(before - now) / abs(before), 2)
    return sentence.format(percent=percent, count=LONG, norm=number(norm, 2), step=number(step, 2))
