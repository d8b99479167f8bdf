"""The averages that a velocity is compared with: the plain mean of all gradients, and that of the latest ones."""

from __future__ import annotations

import numpy as np

from gdtui.insight.velocity_weights import velocity_weights
from gdtui.kernel import Array
from gdtui.plot.figure import Series
from gdtui.session import LaneView, Snapshot
from gdtui.text import _


def weights_of(lane: LaneView) -> tuple[Array, Array] | None:
    """Return (update, weight of its gradient in the velocity now), or None: there are no weights."""
    weights = velocity_weights(lane.trace, lane.settings)
    return None if weights is None else (np.arange(1.0, len(weights) + 1), weights)


def plain_averages(snapshot: Snapshot, selected: int) -> tuple[Series, ...]:
    """Return the weights of the plain mean, and of a window as long as the memory of the selected lane."""
    found = weights_of(snapshot.lanes[selected])
    if found is None:
        return ()
    updates, weights = found
    latest = window_length(weights)
    window = np.where(updates > len(updates) - latest, 1.0 / latest, 0.0)
    return (
        Series(updates, np.full(len(updates), 1.0 / len(updates)), "label", label=_("mean"), marker="─"),
        Series(updates, window, "contour0", label=_("latest {count}").format(count=latest), marker="┈"),
    )


def window_length(weights: Array) -> int:
    """Return the length of the plain average that damps noise as much: (Σw)²/Σw² (Kish 1965), rounded.

    For v = β·v + (1−β)·g in the long run it is (1+β)/(1−β).
    """
    return max(1, round(float(np.sum(weights) ** 2 / np.sum(weights**2))))
