"""What a map is of: its domain, where the lanes are on it, and what is at a place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.plot.figure import Domain
from gdtui.session import LaneView, Snapshot
from gdtui.text import _, number
from gdtui.view.field_maps import LR, FieldMap, Sides, field_map
from gdtui.view.map_window import MapWindow, Place, place_in, position_in
from gdtui.view.picture_kinds import FIELDS, PLANES
from gdtui.view.plane_map import PlaneMap, plane_map


@dataclass(frozen=True, eq=False)
class SurfaceMap:
    """The map of a loss with two parameters."""

    snapshot: Snapshot

    @property
    def domain(self) -> Domain:
        """The region that is drawn."""
        x, y = self.snapshot.objective.domain
        return x, y

    def lane_at(self, lane: LaneView) -> Place | None:
        """Return where a lane is in the domain."""
        theta = lane.vector("theta")
        return None if theta is None else place_in(self.domain, float(theta[0]), float(theta[1]))

    def limits(self, window: MapWindow, selected: LaneView) -> Domain:
        """Return the limits of a window over the map, with this lane selected."""
        return window.at(self.lane_at(selected)).of(self.domain)

    def said_at(self, limits: Domain, place: Place) -> str:
        """Say the loss and its gradient at a place in these limits."""
        objective = self.snapshot.objective
        x, y = position_in(limits, place)
        loss, grad = objective.evaluate(np.array([x, y]))
        message = _("{x_name} = {x}, {y_name} = {y}: loss {loss}, gradient ({along_x}, {along_y})")
        return message.format(
            x_name=objective.names[0], x=number(x), y_name=objective.names[1], y=number(y), loss=number(loss),
            along_x=number(float(grad[0])), along_y=number(float(grad[1])),
        )  # fmt: skip


#: What a map is of.
Map = SurfaceMap | PlaneMap | FieldMap


def map_of(snapshot: Snapshot, kind: str, selected: LaneView, sides: Sides = LR) -> Map | None:
    """Return what a picture of that name is a map of, with this lane selected; None: it is no map, or not yet.

    `sides` are the settings that are wanted across and up in a map over settings.
    """
    if kind in FIELDS:
        return field_map(snapshot, kind, selected, sides)
    if kind in PLANES:
        return plane_map(snapshot, kind, selected)
    return SurfaceMap(snapshot) if kind == "map" else None
