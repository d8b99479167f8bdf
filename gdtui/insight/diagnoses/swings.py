"""Coordinates that swing: at every update, because the rate is large, or slowly, because of momentum."""

from __future__ import annotations

import numpy as np

from gdtui.insight.case import LONG, RECENT, Case
from gdtui.insight.diagnosis import diagnosis
from gdtui.text import _, number


@diagnosis(30)
def _oscillation(case: Case) -> str | None:
    """Say that a coordinate's gradient changes sign at every update, where that is not noise."""
    grads = case.recent("grad", RECENT + 1)
    if grads is None or not case.objective.has_loss or case.at_rest or not np.all(np.isfinite(grads)):
        return None
    if case.noisy:
        signal = case.recent("snr", RECENT + 1)
        if signal is None or not np.all(signal > 1):
            return None
    flipping = np.flatnonzero(np.all(grads[1:] * grads[:-1] < 0, axis=0))
    if not len(flipping):
        return None
    sentence = _("{parameter} jumps to and fro: its gradient changed sign {count} times in a row")
    return sentence.format(parameter=case.name(int(flipping[0])), count=RECENT)


@diagnosis(28)
def ringing(case: Case) -> str | None:
    """Say that momentum carries a coordinate past its goal and back, at regular intervals."""
    grads, norms = case.recent("grad", LONG), case.recent("grad_norm", LONG)
    if grads is None or norms is None or case.noisy or case.at_rest or not case.objective.has_loss:
        return None
    if not case.trace.layout.rule.velocity_sign or not np.all(np.isfinite(grads)):
        return None
    for place in range(grads.shape[1]):
        g = grads[:, place]
        gaps = np.diff(np.flatnonzero(g[1:] * g[:-1] < 0))
        strong = np.max(np.abs(g[-LONG // 2 :])) > 0.1 * np.max(norms[-LONG // 2 :])
        if len(gaps) < 3 or np.min(gaps) < 2 or not strong or np.max(gaps) > 1.5 * np.min(gaps) + 1:
            continue
        sentence = _("{parameter} swings past its goal and back every {period} updates: the momentum rings")
        return sentence.format(parameter=case.name(place), period=number(2 * float(np.mean(gaps)), 2))
    return None
