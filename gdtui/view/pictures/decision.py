"""The rows of a classification in the plane, the regions of the selected lane, and the borders of every lane."""

from __future__ import annotations

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.contours import borders
from gdtui.plot.figure import Axis, Backdrop, Figure, Label, Series
from gdtui.session import LaneView, Snapshot
from gdtui.text import _
from gdtui.view.colors import lane_color
from gdtui.view.look import Look
from gdtui.view.pictures.dataset_inputs import inputs_as_given

#: Cells of the grid on which outputs are evaluated.
GRID = (72, 54)
#: Rows that are marked.
MOST_MARKS = 300
#: The room around the rows, as a part of their range.
MARGIN = 0.08
#: Markers of classes; there are five colours for them.
CLASS_MARKERS, CLASS_COLORS = "○✕△□◇", 5


def figure(snapshot: Snapshot, look: Look) -> Figure:
    """Return rows as markers, regions in the colours of their classes, borders as lines, and the share right."""
    objective, lane = snapshot.objective, snapshot.lanes[look.lane]
    points = inputs_as_given(objective, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = MARGIN * (high - low)
    low, high = low - margin, high + margin
    names = "  ".join(f"{_marker(k)} {name}" for k, name in enumerate(objective.classes[:CLASS_COLORS]))
    right = _("{lane}: {percent:.0f} % right").format(lane=lane.name, percent=100 * lane.accuracy())
    labels = objective.data[:MOST_MARKS, 2].astype(int)
    across, up = np.linspace(low[0], high[0], GRID[0]), np.linspace(low[1], high[1], GRID[1])
    series: list[Series] = []
    regions: Backdrop | None = None
    for one in (*(drawn for drawn in snapshot.drawn if drawn is not lane), lane):
        heights = _heights(one, across, up)
        if one in snapshot.drawn:
            series += [Series(*line, lane_color(one)) for height in heights for line in borders(across, up, height)]
        if one is lane and len(heights):
            regions = _regions(heights)
    return Figure(
        f"{_('decision')}   {names}   {right}",
        tuple(series),
        tuple(
            Label(float(x), float(y), _marker(k), f"class{k % CLASS_COLORS}")
            for (x, y), k in zip(points[:MOST_MARKS], labels, strict=True)
        ),
        Axis(limits=(float(low[0]), float(high[0])), title=objective.inputs[0]),
        Axis(limits=(float(low[1]), float(high[1])), title=objective.inputs[1]),
        regions,
        legend=False,
    )


def _marker(label: int) -> str:
    return CLASS_MARKERS[label % len(CLASS_MARKERS)]


def _heights(lane: LaneView, across: Array, up: Array) -> Array:
    """Return by how much a class exceeds the best of the others, for each class over a grid (classes x rows x columns).

    Of two classes that one output tells apart only the second is returned; none where parameters or outputs are not
    finite.
    """
    from gdtui.objectives.network.inspection import outputs

    objective = lane.objective
    if lane.parameters is None or not np.all(np.isfinite(lane.parameters)):
        return np.zeros((0, len(up), len(across)))
    x, y = np.meshgrid(across, up)
    out = outputs(objective, lane.parameters, np.column_stack((x.ravel(), y.ravel())))
    if not np.isfinite(out).all():
        return np.zeros((0, *x.shape))
    if out.shape[1] == 1:
        heights = out.T - (0.0 if objective.model and objective.model.loss == "bce" else 0.5)
    else:
        heights = np.array([out[:, k] - np.delete(out, k, axis=1).max(axis=1) for k in range(out.shape[1])])
    found: Array = heights.reshape(-1, *x.shape)
    return found


def _regions(heights: Array) -> Backdrop:
    """Return the class at each point of the grid as a shade."""
    classes = np.argmax(heights, axis=0) if len(heights) > 1 else (heights[0] > 0).astype(np.intp)
    shade = (classes % CLASS_COLORS).astype(np.intp)
    return Backdrop(("regions", shade.tobytes()), shade=shade, role="region")
