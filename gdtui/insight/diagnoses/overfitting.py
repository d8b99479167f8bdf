"""A model that learns the noise of its training rows."""

from __future__ import annotations

import numpy as np

from gdtui.columns import Column
from gdtui.insight.case import RECENT, Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _, number

#: The held-out loss has risen by this factor; a few held-out rows vary by less from update to update.
RISEN = 1.25


@diagnosis(47)
def _overfitting(case: Case) -> str | None:
    """Say since when the held-out loss has risen while that of the training rows fell; by the milestones."""
    if not len(case.objective.held_out):
        return None
    held_out, training = case.milestones("val_loss"), case.milestones("loss")
    lately, now = case.recent("val_loss", RECENT), case.recent("loss", RECENT)
    if held_out is None or training is None or lately is None or now is None or not np.all(np.isfinite(lately)):
        return None
    best = int(np.nanargmin(held_out))
    if not np.min(lately) > RISEN * held_out[best] or not np.median(now) < training[best]:
        return None
    sentence = _("overfitting since about update {update}: held-out loss from {least} to {now}")
    update = int(case.trace.milestones[best, Column.UPDATE])
    return sentence.format(least=number(float(held_out[best]), 3), now=number(float(lately[-1]), 3), update=update)
