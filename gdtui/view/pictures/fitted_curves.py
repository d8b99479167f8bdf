"""The rows of a dataset with one input, and the curve that each lane has fitted."""

from __future__ import annotations

import numpy as np

from gdtui.plot.axes import choose_limits
from gdtui.plot.figure import Axis, Figure, Series
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.look import Look
from gdtui.view.pictures.dataset_inputs import inputs_as_given

#: Points of each curve.
POINTS = 200
#: The room above and below the rows, as a part of their range.
MARGIN = 0.1


def figure(snapshot: Snapshot, _look: Look) -> Figure:
    """Return rows as points, curves as lines."""
    from gdtui.objectives.network.inspection import outputs

    objective = snapshot.objective
    x, y = inputs_as_given(objective, 1)[:, 0], objective.data[:, 1]
    left, right = float(x.min()), float(x.max())
    if right == left:  # all rows at one place: the curves extend to either side of it
        left, right = choose_limits(left, right)
    grid = np.linspace(left, right, POINTS)
    series = [Series(x[objective.train], y[objective.train], "contour0", kind="points")]
    if len(objective.held_out):
        series.append(Series(x[objective.held_out], y[objective.held_out], "label", kind="points"))
    for lane in snapshot.drawn:
        if lane.parameters is not None and np.all(np.isfinite(lane.parameters)):
            fitted = outputs(objective, lane.parameters, grid[:, None])[:, 0]
            series.append(Series(grid, fitted, lane_color(lane), marker=lane_marker(lane)))
    margin = MARGIN * float(np.ptp(y))
    limits = (float(y.min()) - margin, float(y.max()) + margin) if margin else None
    return Figure(
        _("data and fitted curves"), tuple(series),
        x=Axis(limits=(left, right), title=objective.inputs[0]), y=Axis(limits=limits, title=objective.targets[0]),
        legend=False,
    )  # fmt: skip
