"""A loss that noise keeps from falling."""

from __future__ import annotations

import numpy as np

from gdtui.insight.case import LONG, Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _, number

#: A loss whose correlation with time is below this falls.
FALLING = -0.5


@diagnosis(25)
def _noise_floor(case: Case) -> str | None:
    """Say that the gradient's noise exceeds its signal, and the loss has no trend in the last half of the run."""
    signal, losses, updates = case.recent("snr", LONG), case.milestones("loss"), case.milestones("update")
    if not case.noisy or case.scheduled or case.at_rest or signal is None or losses is None or updates is None:
        return None
    ratio, late = float(np.median(signal)), updates >= case.update / 2
    if not ratio < 1 or not np.corrcoef(updates[late], losses[late])[0, 1] > FALLING:
        return None
    sentence = (
        _("signal-to-noise {ratio}: at this rate and noise the loss no longer falls")
        if case.objective.noise > 0
        else _("signal-to-noise {ratio}: at this rate and batch size the loss no longer falls")
    )
    return sentence.format(ratio=number(ratio, 2))
