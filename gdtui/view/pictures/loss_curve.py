"""A loss with one parameter as a curve, with a marker per lane."""

from __future__ import annotations

import numpy as np

from gdtui.plot.figure import Axis, Figure, Label, Series
from gdtui.session import Snapshot
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.look import Look
from gdtui.view.pictures.surface_map import titles_of

#: Points of the curve: two or three for each column of a wide terminal.
POINTS = 400


def figure(snapshot: Snapshot, _look: Look) -> Figure:
    """Return curve, minima and lanes."""
    objective = snapshot.objective
    assert objective.expression is not None
    low, high = objective.domain[0]
    x = np.linspace(low, high, POINTS)
    labels = [Label(m[0], m[1], "✕", "minimum", bold=True) for m in objective.minima]
    for lane in snapshot.drawn:
        theta, loss = lane.vector("theta"), lane.scalar("loss")
        if theta is not None and np.isfinite(theta[0]) and np.isfinite(loss):
            labels.append(Label(theta[0], loss, lane_marker(lane), lane_color(lane), bold=True, pin=True))
    curve = Series(x, objective.expression.evaluate(x), "contour0")
    x_axis = Axis(limits=(low, high), title=objective.names[0])
    title, *shorter = titles_of(objective)
    return Figure(title, (curve,), tuple(labels), x_axis, legend=False, shorter=tuple(shorter))
