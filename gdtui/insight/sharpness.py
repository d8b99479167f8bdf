"""The largest curvature along a run, at its milestones: it is measured while nobody waits, a little at a time."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from gdtui.insight.case import WAITING_SECONDS, Case
from gdtui.insight.curvature import is_known, is_ready, known, measurable, seconds, spectrum
from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective

#: Parameters at which the curvature of an objective is wanted.
Points = Sequence[tuple[Objective, Array]]


def measured(case: Case) -> tuple[Array, Array]:
    """Return (update, largest eigenvalue) where it has been measured."""
    updates, points = case.path
    found = [(float(updates[i]), known(case.objective, points[i])) for i in _charted(updates)]
    table = np.array([(update, there.high) for update, there in found if there is not None]).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def unmeasured(case: Case, *, along: bool) -> Points:
    """Return where the curvature is still to be measured, the most wanted first.

    Parameters
    ----------
    along
        along the run, the newest milestone first, then the others from coarse to fine; False: at the newest alone, for
        a diagnosis that cannot wait for it.
    """
    objective = case.objective
    if not measurable(objective) or (not along and seconds(objective) <= WAITING_SECONDS):
        return ()
    updates, points = case.path
    places = _charted(updates) if along else range(len(updates))[-1:]
    wanted = sorted(places, key=lambda i: (i < len(updates) - 1, _odd(updates[i])))
    return [(objective, points[i]) for i in wanted if not is_known(objective, points[i])]


def _charted(updates: Indices) -> list[int]:
    """Return the places of the milestones that are charted: 16 in each doubling, and the newest."""
    places = np.flatnonzero(_odd(updates) < 32).tolist()
    return places if not len(updates) or places[-1] == len(updates) - 1 else [*places, len(updates) - 1]


def _odd(updates: Indices) -> Indices:
    """Return update numbers without their factors of 2."""
    odd: Indices = updates // np.maximum(updates & -updates, 1)
    return odd


def measure(points: Points, limit: float) -> None:
    """Measure the curvature at these points, at least at one, until `limit` seconds have passed.

    While its code is being compiled, wait so long.
    """
    until = perf_counter() + limit
    for objective, theta in points:
        if not is_ready(objective, limit):
            return
        spectrum(objective, theta)
        if perf_counter() >= until:
            return
