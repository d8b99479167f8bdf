"""The rows of a classification in the plane, and the borders that each lane draws between the classes."""

from __future__ import annotations

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.contours import borders
from gdtui.plot.figure import Axis, Figure, Label, Series
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.view.colors import lane_color
from gdtui.view.look import Look
from gdtui.view.pictures.dataset_inputs import inputs_as_given

#: Cells of the grid on which outputs are evaluated.
GRID = (72, 54)
#: Rows that are marked.
MOST_MARKS = 300
#: Markers of classes; there are five colours for them.
CLASS_MARKERS, CLASS_COLORS = "○✕△□◇", 5


def figure(snapshot: Snapshot, look: Look) -> Figure:
    """Return rows as markers, borders as lines, and the share that the selected lane gets right."""
    objective, lane = snapshot.objective, snapshot.lanes[look.lane]
    points = inputs_as_given(objective, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.08 * (high - low)
    low, high = low - margin, high + margin
    names = "  ".join(f"{_marker(k)} {name}" for k, name in enumerate(objective.classes[:CLASS_COLORS]))
    right = _("{lane}: {percent:.0f} % right").format(lane=lane.name, percent=100 * lane.accuracy())
    labels = objective.data[:MOST_MARKS, 2].astype(int)
    return Figure(
        f"{_('decision')}   {names}   {right}",
        tuple(_borders(snapshot, low, high)),
        tuple(
            Label(float(x), float(y), _marker(k), f"class{k % CLASS_COLORS}")
            for (x, y), k in zip(points[:MOST_MARKS], labels, strict=True)
        ),
        Axis(limits=(float(low[0]), float(high[0])), title=objective.inputs[0]),
        Axis(limits=(float(low[1]), float(high[1])), title=objective.inputs[1]),
        legend=False,
    )


def _marker(label: int) -> str:
    return CLASS_MARKERS[label % len(CLASS_MARKERS)]


def _borders(snapshot: Snapshot, low: Array, high: Array) -> list[Series]:
    """Return the lines on which a lane's outputs pass from one class to another."""
    from gdtui.objectives.network.inspection import outputs

    objective = snapshot.objective
    across, up = np.linspace(low[0], high[0], GRID[0]), np.linspace(low[1], high[1], GRID[1])
    x, y = np.meshgrid(across, up)
    points = np.column_stack((x.ravel(), y.ravel()))
    series = []
    for lane in snapshot.drawn:
        if lane.parameters is None or not np.all(np.isfinite(lane.parameters)):
            continue
        out = outputs(objective, lane.parameters, points)
        if out.shape[1] == 1:
            heights = [out[:, 0] - (0.0 if objective.model and objective.model.loss == "bce" else 0.5)]
        else:  # the border of a class: where its logit exceeds the best of the others
            heights = [out[:, k] - np.delete(out, k, axis=1).max(axis=1) for k in range(out.shape[1])]
        for height in heights:
            series += [Series(*line, lane_color(lane)) for line in borders(across, up, height.reshape(x.shape))]
    return series
