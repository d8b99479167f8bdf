"""The effective rate of a rule with an accumulator."""

from __future__ import annotations

import numpy as np

from gdtui.columns import Column
from gdtui.insight.case import Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _, number

#: A fall that is worth saying, and the updates that it must have taken.
FALL, UPDATES = 10.0, 20


@diagnosis(20)
def _falling_rate(case: Case) -> str | None:
    """Say that the accumulator has lowered the effective rate far, since it was first above 0.

    A rate falls from the first milestone at which every watched accumulator counts for more than epsilon; what a
    schedule does to lr is left out.
    """
    rates, sums, lr = case.milestones("effective_lr"), case.milestones("accumulator"), case.milestones("lr")
    if rates is None or sums is None or lr is None:
        return None
    now = case.column("effective_lr")[-1] / case.lr if case.lr > 0 else np.full(rates.shape[1], np.nan)
    relative = rates / lr[:, None]
    largest = 1 / case.settings["eps"] if case.settings.get("eps") else np.inf
    counts = np.all((sums > 0) & (relative > 0) & (relative < 0.5 * largest), axis=1)
    if not np.any(counts) or not np.all(now > 0):
        return None
    first = int(np.argmax(counts))
    update = int(case.trace.milestones[first, Column.UPDATE])
    factor = float(np.mean(relative[first]) / np.mean(now))
    if factor < FALL or case.update - update < UPDATES:
        return None
    sentence = _("the effective rate fell {factor}× since update {update}")
    return sentence.format(factor=number(factor, 2), update=update)
