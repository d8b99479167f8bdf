"""The map of a loss with many parameters on a plane: through the path of a lane, or through two lanes and the start."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gdtui.insight.landscape import Survey, survey
from gdtui.insight.plane import Plane, filter_normalised_plane, plane_through, principal_plane
from gdtui.kernel import Array, Indices
from gdtui.plot.figure import Domain
from gdtui.session import LaneView, Snapshot
from gdtui.text import _, number
from gdtui.view.map_window import MapWindow, Place, place_in, position_in

#: Planes are of the path up to an update with so many leading bits: it is up to a quarter of itself behind.
LEADING_BITS = 3
#: Older planes that are shown until the losses on the newest are known.
OLDER = 2
#: Numbers of a path that are projected for a frame.
MOST_PROJECTED = 400_000


@dataclass(frozen=True, eq=False)
class PlaneMap:
    """The map of the losses on a plane that has been found; `update` is that of the newest point it goes through."""

    snapshot: Snapshot
    survey: Survey
    plane: Plane
    update: int

    @property
    def domain(self) -> Domain:
        """The part of the plane that holds the path."""
        return self.survey.domain

    def path(self, lane: LaneView) -> Array:
        """Return a lane's path projected on the plane (n x 2), and where it is now."""
        _updates, points = lane.case.path
        every = -(-len(points) * len(self.plane.origin) // MOST_PROJECTED)
        seen = [*points[:: max(1, every)], *(() if lane.parameters is None else (lane.parameters,))]
        return self.plane.project(np.array(seen)) if seen else np.zeros((0, 2))

    def lane_at(self, lane: LaneView) -> Place | None:
        """Return where a lane is in the domain."""
        if lane.parameters is None:
            return None
        x, y = self.plane.project(lane.parameters).tolist()
        return place_in(self.domain, x, y)

    def limits(self, window: MapWindow, selected: LaneView) -> Domain:
        """Return the limits of a window over the map, with this lane selected."""
        return window.at(self.lane_at(selected)).of(self.domain)

    def said_at(self, limits: Domain, place: Place) -> str:
        """Say the loss and its gradient along the plane at a place in these limits."""
        x, y = position_in(limits, place)
        loss, grad = self.snapshot.objective.evaluate(self.plane.parameters(np.array([x, y])))
        along = self.plane.axes @ grad
        message = _("({x}, {y}) on the plane: loss {loss}, gradient along it ({along_x}, {along_y})")
        return message.format(
            x=number(x), y=number(y), loss=number(loss),
            along_x=number(float(along[0])), along_y=number(float(along[1])),
        )  # fmt: skip


def surveys(snapshot: Snapshot, kind: str, selected: LaneView) -> Iterator[tuple[int, Survey]]:
    """Yield (update, survey) of the newest plane that there can be, then of the older ones."""
    other = neighbour(snapshot, selected) if kind == "between" else selected
    if other is None:
        return
    updates, points = selected.case.path
    others, other_points = other.case.path
    shared = [int(u) for u in np.intersect1d(updates, others) if u > 0 and _is_round(int(u))]
    for update in shared[: -OLDER - 2 : -1]:
        path, beside = (
            points[: int(np.searchsorted(updates, update)) + 1],
            other_points[: int(np.searchsorted(others, update)) + 1],
        )
        key: Hashable = (kind, update, len(path), path[0].tobytes(), path[-1].tobytes(), beside[-1].tobytes())
        finds: dict[str, Callable[[], tuple[Plane, Array] | None]] = {
            "between": partial(_between, path, beside),
            "random": partial(_random, path[-1], snapshot.objective.blocks),
        }
        yield update, survey(snapshot.objective, key, finds.get(kind, partial(_principal, path)), path[-1])


def plane_map(snapshot: Snapshot, kind: str, selected: LaneView) -> PlaneMap | None:
    """Return the newest map with known losses, else the newest plane that has been found; None: there is none yet."""
    found = [(update, of, of.plane) for update, of in surveys(snapshot, kind, selected) if of.plane is not None]
    best = next((one for one in found if one[1].is_drawable), found[0] if found else None)
    return None if best is None else PlaneMap(snapshot, best[1], best[2], best[0])


def neighbour(snapshot: Snapshot, lane: LaneView) -> LaneView | None:
    """Return the lane below that is drawn, the first below the last; None: there is no other."""
    lanes = [one for one in snapshot.lanes if one is lane or one in snapshot.drawn]
    return lanes[(lanes.index(lane) + 1) % len(lanes)] if len(lanes) > 1 else None


def _is_round(update: int) -> bool:
    return update % (1 << max(0, update.bit_length() - LEADING_BITS)) == 0


def _principal(points: Sequence[Array]) -> tuple[Plane, Array] | None:
    path = np.array([point for point in points if np.all(np.isfinite(point))])
    plane = principal_plane(path) if len(path) else None
    return None if plane is None else (plane, plane.project(path))


def _random(theta: Array, blocks: Indices) -> tuple[Plane, Array] | None:
    """Return a filter-normalised plane around parameters, and the corners of what is drawn."""
    whole = blocks if len(blocks) else np.array([[0, len(theta), 1]])
    found = filter_normalised_plane(theta, whole) if np.all(np.isfinite(theta)) else None
    if found is None:
        return None
    plane, reach = found
    return plane, reach * np.array([[-1.0, -1.0], [1.0, 1.0]])


def _between(path: Sequence[Array], beside: Sequence[Array]) -> tuple[Plane, Array] | None:
    """Return the plane through the start and the ends of two paths, and both paths on it."""
    plane = plane_through(path[0], path[-1], beside[-1])
    if plane is None:
        return None
    return plane, plane.project(np.array([point for point in (*path, *beside) if np.all(np.isfinite(point))]))
