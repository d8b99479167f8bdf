"""The map of a loss with two parameters: contours, the path of every lane, gradient and velocity as arrows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from weakref import WeakKeyDictionary

import numpy as np

from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.plot.contours import RESOLUTION, surface_backdrop
from gdtui.plot.figure import Arrow, Axis, Backdrop, Domain, Figure, Label, Series
from gdtui.plot.recent import Recent
from gdtui.session import LaneView, Snapshot
from gdtui.text import _, number
from gdtui.view.colors import ghost_color, lane_color, lane_marker
from gdtui.view.look import Look
from gdtui.view.maps import SurfaceMap
from gdtui.view.titles import shortened

#: Contours kept of a loss, each of a part of its domain.
KEPT = 16
#: Points across and up at which a loss is sampled that is no formula: each is an evaluation of its own.
COARSE = (64, 48)


def figure(snapshot: Snapshot, look: Look) -> Figure:
    """Return map, paths, starts, minima and lanes; the selected lane on top and with arrows."""
    objective, selected = snapshot.objective, snapshot.lanes[look.lane]
    limits = SurfaceMap(snapshot).limits(look.window, selected)
    paths: list[Series] = []
    ends: list[Label] = []
    for future in snapshot.futures:
        color, named = ghost_color(future.lane), future.lane.name == selected.name
        for label, lane in (*future.others, ("", future.lane)):
            x, y = lane.trace.path()
            paths.append(Series(x, y, color))
            if named and (label or lane is future.lane):
                ends += [Label(x[at], y[at], label, color, pin=lane is future.lane) for at in _last_finite(x, y)]
    for lane in snapshot.drawn:
        x, y = lane.trace.summary.path()
        paths.append(Series(x, y, lane_color(lane)))
        for at in _last_finite(x, y):
            end = Label(x[at], y[at], lane_marker(lane), lane_color(lane), bold=lane is selected, pin=True)
            ends.insert(len(ends) if lane is selected else 0, end)  # of labels in one cell the last is drawn
    starts = dict.fromkeys(lane.spec.start or tuple(objective.start) for lane in snapshot.lanes)
    marks = [Label(start[0], start[1], "○", "start", bold=True) for start in starts]
    marks += [Label(m[0], m[1], "✕", "minimum", bold=True) for m in objective.minima]
    title, *shorter = titles_of(objective, magnified(look, selected))
    return Figure(
        title, tuple(paths), (*marks, *ends),
        Axis(limits=limits[0], title=objective.names[0]), Axis(limits=limits[1], title=objective.names[1]),
        backdrop(objective, limits), _arrows(selected) if selected in snapshot.drawn else (), shorter=tuple(shorter),
    )  # fmt: skip


def _last_finite(x: Array, y: Array) -> Iterator[int]:
    """Yield the place of the last point of a path that is finite, if there is one."""
    yield from islice((at for at in range(len(x) - 1, -1, -1) if np.isfinite(x[at]) and np.isfinite(y[at])), 1)


def titles_of(objective: Objective, magnified: str = "") -> tuple[str, ...]:
    """Return what is drawn, and the legend of the marks, and shorter; the formula is in the header."""
    marks = [f"○ {_('start')}", *([f"✕ {_('minimum')}"] if objective.minima else [])]
    return shortened([_("loss surface"), _("surface")], (magnified, "  ".join(marks)))


def magnified(look: Look, selected: LaneView) -> str:
    """Return by how much a map is magnified, and what it follows; "": it shows its whole domain."""
    window = look.window
    scale = f"×{number(1 / window.size)}" if window.zoom else ""
    return f"{scale} {_('follows {lane}').format(lane=selected.name) if window.follows else ''}".strip()


_backdrops: WeakKeyDictionary[Objective, Recent[Domain, Backdrop]] = WeakKeyDictionary()
_serial = count()


def backdrop(objective: Objective, limits: Domain) -> Backdrop:
    """Return the contours of a part of a loss with two parameters; recent ones are kept."""
    return _backdrops.setdefault(objective, Recent(KEPT)).one(limits, lambda: _traced(objective, limits))


def _traced(objective: Objective, limits: Domain) -> Backdrop:
    return surface_backdrop(
        ("map", next(_serial)),  # not the name: two files of one name may hold other rows
        lambda x, y: _losses(objective, x, y),
        limits,
        resolution=COARSE if objective.expression is None else RESOLUTION,
    )


def _losses(objective: Objective, x: Array, y: Array) -> Array:
    if objective.expression is not None:
        return objective.expression.evaluate(x, y)
    losses = [objective.evaluate(np.array(point))[0] for point in zip(x.ravel(), y.ravel(), strict=True)]
    return np.array(losses).reshape(x.shape)


def _arrows(lane: LaneView) -> tuple[Arrow, ...]:
    """Return the direction of −g of the last update and of the velocity, from the lane's parameters."""
    theta, grad, velocity = lane.vector("theta"), lane.vector("grad"), lane.vector("velocity")
    if theta is None or grad is None or lane.update == 0 or not np.all(np.isfinite((*theta, *grad))):
        return ()
    arrows = []
    sign = lane.trace.layout.rule.velocity_sign
    if velocity is not None and np.all(np.isfinite(velocity)) and np.any(sign * velocity):
        toward = (theta[0], theta[1], sign * velocity[0], sign * velocity[1])
        arrows.append(Arrow(*toward, lane_color(lane), 0.12, label=_("velocity"), sample="─→"))
    if np.any(grad):
        arrows.append(Arrow(theta[0], theta[1], -grad[0], -grad[1], "arrow", 0.08, label="−g"))
    return tuple(arrows)
