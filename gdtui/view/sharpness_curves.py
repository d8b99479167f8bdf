"""The curves of the chart of sharpness: the largest curvature along a run, and the largest at which lr is stable."""

from __future__ import annotations

import numpy as np

from gdtui.insight import sharpness
from gdtui.insight.curvature import is_derived, measurable
from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.session import LaneView, Snapshot
from gdtui.text import _


def sharpness_of(lane: LaneView) -> tuple[Array, Array] | None:
    """Return (update, λmax) where it has been measured."""
    return sharpness.measured(lane.case)


def stable_up_to(lane: LaneView) -> tuple[Array, Array] | None:
    """Return (update, the largest curvature at which its rate is stable), 2/lr for plain descent.

    None: the rule has no known limit. It is drawn since the last edit of a setting other than lr.
    """
    limit = lane.trace.layout.rule.stability_limit(lane.settings, 1.0)
    if limit is None:
        return None
    since = max((edit.update for edit in lane.edits if edit.key != "lr"), default=0)
    updates, rates = lane.case.milestones("update"), lane.case.milestones("lr")
    assert updates is not None and rates is not None
    shown = (updates >= since) & (rates > 0)
    with np.errstate(over="ignore"):  # a rate of 5e-324
        return updates[shown], limit.lr / rates[shown] - lane.case.decay


def not_measured(snapshot: Snapshot) -> str:
    """Return why there is no sharpness; "" if there is."""
    objective = snapshot.objective
    if measurable(objective):
        return ""
    message = _("not measured: {rows} rows × {parameters} parameters take too long")
    return message.format(rows=len(objective.train), parameters=objective.dimension)


def how_measured(snapshot: Snapshot) -> tuple[str, str]:
    """Return where the sharpness comes from, and what the dots of its chart are."""
    return method_of(snapshot.objective), _("dots: stable below")


def method_of(objective: Objective) -> str:
    """Say where curvatures come from."""
    return _("derived") if is_derived(objective) else _("differenced")
