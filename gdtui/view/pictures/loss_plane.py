"""The loss on a plane of parameters, and the paths of the lanes projected on it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from gdtui.insight.landscape import Landscape, Survey
from gdtui.plot.contours import surface_backdrop
from gdtui.plot.figure import Arrow, Axis, Backdrop, Figure, Label, Series, Swatch
from gdtui.session import LaneView, Snapshot
from gdtui.text import _, number
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.look import Look
from gdtui.view.pictures.surface_map import magnified
from gdtui.view.plane_map import PlaneMap, neighbour, plane_map, surveys
from gdtui.view.sharpness_curves import method_of
from gdtui.view.titles import shortened

#: Length of an arrow along the direction of λmax if all of it lies in the plane, as a part of the width.
LONGEST = 0.3


def figure(snapshot: Snapshot, look: Look) -> Figure:
    """Return the losses that are known, paths, starts and lanes; the selected lane on top, and where it curves most."""
    kind, selected = look.kind(snapshot), snapshot.lanes[look.lane]
    shown = plane_map(snapshot, kind, selected)
    if shown is None:
        return Figure(_("loss on a plane"), message=_why_not(snapshot, kind, selected), legend=False)
    limits = shown.limits(look.window, selected)
    paths: list[Series] = []
    starts: dict[tuple[float, float], Label] = {}
    labels: list[Label] = []
    for lane in sorted(snapshot.drawn, key=lambda one: one is selected):
        path = shown.path(lane)
        finite = path[np.all(np.isfinite(path), axis=1)]
        paths.append(Series(path[:, 0], path[:, 1], lane_color(lane)))
        if len(finite):
            (x, y), (x0, y0) = finite[-1].tolist(), finite[0].tolist()
            labels.append(Label(x, y, lane_marker(lane), lane_color(lane), bold=lane is selected, pin=True))
            starts[x0, y0] = Label(x0, y0, "○", "start", bold=True)
    title, *shorter = shortened(_titles(shown, kind, selected), (magnified(look, selected),))
    arrows, key = _most_curved(shown)
    return Figure(
        title, tuple(paths), (*starts.values(), *labels), Axis(limits=limits[0], title=_axis(kind, selected)),
        Axis(limits=limits[1]), _backdrop(shown.survey.landscape(limits)), arrows, legend=False, key=key,
        shorter=tuple(shorter),
    )  # fmt: skip


def _titles(shown: PlaneMap, kind: str, selected: LaneView) -> list[str]:
    """Return what is drawn, in fewer and fewer words."""
    words: dict[str, str | int] = {"lane": selected.name, "update": shown.update}
    texts: tuple[str, ...]
    if kind == "between":
        other = neighbour(shown.snapshot, selected)
        assert other is not None
        words["other"] = other.name
        texts = (
            _("loss on the plane of start, {lane}, {other} at update {update}"),
            _("start, {lane}, {other} at update {update}"),
            _("start, {lane}, {other}"),
        )
    elif kind == "random":
        texts = _("loss around {lane} at update {update}"), _("around {lane} at {update}")
    else:
        words["percent"] = f"{100 * shown.plane.variance:.3g}"
        texts = (
            _("loss on {lane}'s principal plane, {percent} % of variance to update {update}"),
            _("principal plane of {lane} to {update}, {percent} % of variance"),
            _("{lane}'s principal plane to update {update}"),
            _("principal plane of {lane} to {update}"),
            _("{lane}'s plane to {update}"),
        )
    return [text.format(**words) for text in texts]


def _most_curved(shown: PlaneMap) -> tuple[tuple[Arrow, ...], tuple[Swatch, ...]]:
    """Return the direction of λmax at the newest point of the path, as far as it lies in the plane, and what it is."""
    found, plane = shown.survey.sharpest, shown.plane
    if found is None or not len(found.top):
        return (), ()
    x, y = plane.project(shown.survey.newest).tolist()
    dx, dy = (plane.axes @ found.top).tolist()
    share = float(np.hypot(dx, dy))
    method = method_of(shown.snapshot.objective)
    words = {"value": number(found.high, 3), "method": method, "share": f"{100 * share:.2g}"}
    text = _("←→ λmax {value}, {method}; {share} % of its direction lies in this plane").format(**words)
    short = _("←→ λmax {value} {method}, {share} % here").format(**words)
    arrows = tuple(Arrow(x, y, sign * dx, sign * dy, length=LONGEST * share) for sign in (1, -1))
    return arrows, (Swatch((), text, short, "arrow"),)


def _axis(kind: str, selected: LaneView) -> str:
    if kind == "random":
        return _("random direction")
    return _("towards {lane}").format(lane=selected.name) if kind == "between" else _("component 1")


def _why_not(snapshot: Snapshot, kind: str, selected: LaneView) -> str:
    """Return why there is no plane."""
    newest = next(surveys(snapshot, kind, selected), None)
    if newest is not None and not newest[1].was_searched:
        return _("looking for the plane …")
    if kind == "between":
        other = neighbour(snapshot, selected)
        if other is None:
            return _("a plane through two lanes and the start needs a second lane: add one")
        message = _("the start, {lane} and {other} are in line: there is no plane through them yet")
        return message.format(lane=selected.name, other=other.name)
    return (_why_no_random if kind == "random" else _why_no_principal)(selected, None if newest is None else newest[1])


def _why_no_random(selected: LaneView, newest: Survey | None) -> str:
    if newest is None:
        return _("the plane around a lane is drawn from its first update on")
    if not np.all(np.isfinite(newest.newest)):
        return _("{lane} has diverged: there is no plane around it").format(lane=selected.name)
    message = _("the weights of {lane} are 0: a random plane as wide as they are has no width")
    return message.format(lane=selected.name)


def _why_no_principal(selected: LaneView, newest: Survey | None) -> str:
    if newest is None:
        return _("a path has a plane from its second update on")
    return _("the path of {lane} is straight so far: it has no plane").format(lane=selected.name)


_backdrops: WeakKeyDictionary[Landscape, tuple[int, Backdrop]] = WeakKeyDictionary()


def _backdrop(part: Landscape) -> Backdrop | None:
    """Return the contours of the finest losses that are known; None: there are none yet."""
    if not part.stride:
        return None
    if part not in _backdrops or _backdrops[part][0] != part.stride:
        grid, stride = part.grid(), part.stride
        traced = surface_backdrop(
            ("plane", part.serial, stride), lambda _x, _y: grid, part.limits, (grid.shape[1], grid.shape[0])
        )
        _backdrops[part] = stride, traced
    return _backdrops[part][1]
