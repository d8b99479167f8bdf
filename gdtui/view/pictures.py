"""The picture of an objective with every lane on it: a map, a curve, a fit, or the parameters."""

from __future__ import annotations

from itertools import count
from weakref import WeakKeyDictionary

import numpy as np

from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.plot.axes import choose_limits
from gdtui.plot.contours import borders, surface_backdrop
from gdtui.plot.figure import Arrow, Axis, Backdrop, Figure, Label, Series
from gdtui.plot.palette import lane_color, lane_glyph
from gdtui.session import LaneView, Snapshot
from gdtui.text import _


def picture(snapshot: Snapshot, selected: int = 0, *, fit_view: bool = False, coordinate: int | None = None) -> Figure:
    """Return what fits the objective.

    Parameters
    ----------
    snapshot
        what to draw.
    selected
        the lane whose −g and velocity are drawn as arrows.
    fit_view
        for a dataset with one input: the data and the fitted lines instead of the map.
    coordinate
        of a tape's gradients, the one that is drawn; None: the first.
    """
    objective = snapshot.objective
    model = objective.model
    one_input = model is not None and objective.data.shape[1] == 2 and not objective.classes
    if objective.in_order:
        return _tape(snapshot, coordinate)
    if one_input and (fit_view or objective.dimension != 2):
        return _fit(snapshot)
    flat = model is not None and len(objective.inputs) == 2 and not model.tables
    if flat and objective.classes and not fit_view:
        return _decision(snapshot, selected)
    if objective.dimension == 2 and objective.domain:
        return _map(snapshot, selected)
    if objective.dimension == 1 and objective.domain:
        return _curve(snapshot)
    return _parameters(snapshot)


def _evaluate_grid(objective: Objective, x: Array, y: Array) -> Array:
    if objective.expression is not None:
        return objective.expression.evaluate(x, y)
    values = [objective.evaluate(np.array(point))[0] for point in zip(x.ravel(), y.ravel(), strict=True)]
    return np.array(values).reshape(x.shape)


def backdrop(objective: Objective) -> Backdrop:
    """Return the contours of a two-parameter objective; made once for each objective."""
    if objective not in _backdrops:
        fine = objective.expression is not None
        _backdrops[objective] = surface_backdrop(
            ("map", next(_serial)),  # not its name: two files of one name may hold other rows
            lambda x, y: _evaluate_grid(objective, x, y),
            (objective.domain[0], objective.domain[1]),
            resolution=(160, 120) if fine else (64, 48),
        )
    return _backdrops[objective]


_backdrops: WeakKeyDictionary[Objective, Backdrop] = WeakKeyDictionary()
_serial = count()


def _title(objective: Objective) -> str:
    """Return the legend of the marks: the formula itself stands in the header."""
    marks = [f"○ {_('start')}"]
    if objective.minima:
        marks.append(f"✕ {_('minimum')}")
    return f"{_('loss surface')}   " + "  ".join(marks)


def _starts(snapshot: Snapshot) -> list[tuple[float, ...]]:
    return list(dict.fromkeys(lane.spec.start or tuple(snapshot.objective.start) for lane in snapshot.lanes))


def _map(snapshot: Snapshot, selected: int) -> Figure:
    objective = snapshot.objective
    (x0, x1), (y0, y1) = objective.domain
    paths, here = [], []
    for index, lane in enumerate(snapshot.lanes):
        x, y = lane.trace.path()
        paths.append(Series(x, y, lane_color(index)))
        if len(x) and np.isfinite(x[-1]) and np.isfinite(y[-1]):
            bold = index == selected
            here.append(Label(x[-1], y[-1], lane_glyph(index), lane_color(index), bold=bold, pin=True))
    marks = [Label(s[0], s[1], "○", "start", bold=True) for s in _starts(snapshot)]
    marks += [Label(m[0], m[1], "✕", "minimum", bold=True) for m in objective.minima]
    if selected < len(here):  # the later label wins its cell: the selected lane is on top
        here.append(here.pop(selected))
    return Figure(
        _title(objective),
        tuple(paths),
        (*marks, *here),
        Axis(limits=(x0, x1), title=objective.names[0]),
        Axis(limits=(y0, y1), title=objective.names[1]),
        backdrop(objective),
        _arrows(snapshot.lanes[selected], selected) if selected < len(snapshot.lanes) else (),
        legend=False,
    )


def _arrows(lane: LaneView, index: int) -> tuple[Arrow, ...]:
    """Return where −g of the last update and the velocity point, from where the lane stands."""
    theta, grad, velocity = lane.vector("theta"), lane.vector("grad"), lane.vector("velocity")
    if theta is None or grad is None or lane.update == 0 or not np.all(np.isfinite((*theta, *grad))):
        return ()
    arrows = []
    sign = lane.trace.layout.rule.velocity_sign
    if velocity is not None and np.all(np.isfinite(velocity)) and np.any(sign * velocity):
        arrows.append(Arrow(theta[0], theta[1], sign * velocity[0], sign * velocity[1], lane_color(index), 0.12))
    if np.any(grad):
        arrows.append(Arrow(theta[0], theta[1], -grad[0], -grad[1], "arrow", 0.08))
    return tuple(arrows)


def _curve(snapshot: Snapshot) -> Figure:
    objective = snapshot.objective
    low, high = objective.domain[0]
    x = np.linspace(low, high, 400)
    assert objective.expression is not None
    y = objective.expression.evaluate(x)
    points = []
    for index, lane in enumerate(snapshot.lanes):
        theta = lane.vector("theta")
        if theta is not None and np.isfinite(theta[0]) and np.isfinite(lane.scalar("loss")):
            points.append(
                Label(theta[0], lane.scalar("loss"), lane_glyph(index), lane_color(index), bold=True, pin=True)
            )
    marks = [Label(m[0], m[1], "✕", "minimum", bold=True) for m in objective.minima]
    return Figure(
        _title(objective),
        (Series(x, y, "contour0"),),
        (*marks, *points),
        Axis(limits=(low, high), title=objective.names[0]),
        Axis(),
        legend=False,
    )


def _fit(snapshot: Snapshot) -> Figure:
    """Return the rows of a dataset with one input, and each lane's fitted curve."""
    from gdtui.objectives.network.inspection import outputs

    objective = snapshot.objective
    n_in = 1
    raw = objective.data[:, :n_in] * objective.scale + objective.center if len(objective.center) else objective.data
    x, y = raw[:, 0], objective.data[:, n_in]
    left, right = float(x.min()), float(x.max())
    if right == left:  # rows at one place: the curves run on to either side of it
        left, right = choose_limits(left, right)
    grid = np.linspace(left, right, 200)
    lines = [Series(x[objective.train], y[objective.train], "contour0", kind="points")]
    if len(objective.held_out):
        lines.append(Series(x[objective.held_out], y[objective.held_out], "label", kind="points"))
    for index, lane in enumerate(snapshot.lanes):
        if lane.parameters is not None and np.all(np.isfinite(lane.parameters)):
            fitted = outputs(objective, lane.parameters, grid[:, None])[:, 0]
            lines.append(Series(grid, fitted, lane_color(index), marker=lane_glyph(index)))
    spread = float(np.ptp(y)) * 0.1
    return Figure(
        _("data and fitted curves"),
        tuple(lines),
        (),
        Axis(limits=(left, right), title=objective.inputs[0]),
        Axis(limits=(float(y.min()) - spread, float(y.max()) + spread) if spread else None, title=objective.targets[0]),
        legend=False,
    )


def _tape(snapshot: Snapshot, coordinate: int | None) -> Figure:
    """Return the gradients that were given, as points, and what each lane's velocity makes of them."""
    series, given = [], None
    recorded = snapshot.lanes[0].trace.layout.coords
    seen = coordinate if coordinate in recorded else recorded[0]
    for index, lane in enumerate(snapshot.lanes):
        layout = lane.trace.layout
        grad, velocity = layout.column(f"grad[{seen}]"), layout.column(f"velocity[{seen}]")
        if given is None and grad is not None:
            x, y = lane.trace.series(grad)
            given = Series(x, y, "minimum", kind="points", label="g", marker="○")
        if velocity is not None:
            x, y = lane.trace.series(velocity)
            series.append(Series(x, y, lane_color(index), label=lane.name, marker=lane_glyph(index)))
    name = snapshot.objective.names[seen]
    return Figure(
        f"{_('gradient given, and velocity')} · {name}",
        tuple([*series, given] if given is not None else series),
        (),
        Axis(title=_("updates")),
        Axis(),
    )


#: Cells of the grid on which a decision is worked out.
_GRID = (72, 54)


def _decision(snapshot: Snapshot, selected: int) -> Figure:
    """Return the rows of two classes or more in the plane, and where each lane draws its borders."""
    from gdtui.objectives.network.inspection import outputs

    objective = snapshot.objective
    raw = objective.data[:, :2] * objective.scale + objective.center if len(objective.center) else objective.data[:, :2]
    label = objective.data[:, 2].astype(int)
    low, high = raw.min(axis=0), raw.max(axis=0)
    margin = 0.08 * (high - low)
    low, high = low - margin, high + margin
    across, up = np.linspace(low[0], high[0], _GRID[0]), np.linspace(low[1], high[1], _GRID[1])
    x, y = np.meshgrid(across, up)
    points = np.column_stack((x.ravel(), y.ravel()))
    series = []
    for index, lane in enumerate(snapshot.lanes):
        if lane.parameters is None or not np.all(np.isfinite(lane.parameters)):
            continue
        answers = outputs(objective, lane.parameters, points)
        if answers.shape[1] == 1:
            surfaces = [answers[:, 0] - (0.0 if objective.model and objective.model.loss == "bce" else 0.5)]
        else:  # the border of a class: where its logit overtakes the best of the others
            surfaces = [answers[:, k] - np.delete(answers, k, axis=1).max(axis=1) for k in range(answers.shape[1])]
        for surface in surfaces:
            for bx, by in borders(across, up, surface.reshape(x.shape)):
                series.append(Series(bx, by, lane_color(index)))
    glyphs = "○✕△□◇"
    marks = [
        Label(float(px), float(py), glyphs[k % len(glyphs)], f"class{k % 5}")
        for (px, py), k in zip(raw[:MOST_MARKS], label[:MOST_MARKS], strict=False)
    ]
    names = "  ".join(f"{glyphs[k % len(glyphs)]} {name}" for k, name in enumerate(objective.classes[:5]))
    lane = snapshot.lanes[selected]
    return Figure(
        f"{_('decision')}   {names}   {lane.name}: {100 * lane.accuracy():.0f} % {_('right')}",
        tuple(series),
        tuple(marks),
        Axis(limits=(float(low[0]), float(high[0])), title=objective.inputs[0]),
        Axis(limits=(float(low[1]), float(high[1])), title=objective.inputs[1]),
        legend=False,
    )


#: Rows of a dataset that are marked on a picture.
MOST_MARKS = 300


def _parameters(snapshot: Snapshot) -> Figure:
    """Return every watched parameter side by side, and where the best ones lie if that is known."""
    objective = snapshot.objective
    coords = snapshot.lanes[0].trace.layout.coords
    place = np.arange(1.0, len(coords) + 1)
    series: list[Series] = []
    labels: list[Label] = []
    seen: list[float] = []
    best = objective.minima[0] if objective.minima else None
    if best is not None:
        labels += [Label(p, best[i], "✕", "minimum", bold=True) for p, i in zip(place, coords, strict=True)]
        seen += [best[i] for i in coords]
    for index, lane in enumerate(snapshot.lanes):
        theta = lane.vector("theta")
        assert theta is not None
        series.append(Series(place, theta, lane_color(index), kind="points"))
        labels += [
            Label(p, v, lane_glyph(index), lane_color(index), bold=True)
            for p, v in zip(place, theta, strict=True)
            if np.isfinite(v)
        ]
        seen += [v for v in theta if np.isfinite(v) and abs(v) < 1e6]
    low, high = (min(seen), max(seen)) if seen else (-1.0, 1.0)
    margin = 0.08 * max(high - low, 1e-3)
    title = _("parameters, ✕ least squares") if best is not None else _("parameters")
    return Figure(
        title,
        tuple(series),
        tuple(labels),
        Axis(limits=(0.0, len(coords) + 1.0), title=_("parameter")),
        Axis(limits=(low - margin, high + margin)),
        legend=False,
    )
