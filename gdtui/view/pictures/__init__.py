"""The pictures of an objective with every lane on it, a file each; see `gdtui.view.picture_kinds`."""

from collections.abc import Callable

from gdtui.plot.figure import Figure
from gdtui.session import Snapshot
from gdtui.view.look import Look
from gdtui.view.pictures import (
    decision,
    fitted_curves,
    loss_by_rate,
    loss_curve,
    loss_plane,
    run_maps,
    surface_map,
    tape_gradients,
    watched_parameters,
)

#: The pictures by their names.
PICTURES: dict[str, Callable[[Snapshot, Look], Figure]] = {
    "tape": tape_gradients.figure,
    "decision": decision.figure,
    "map": surface_map.figure,
    "curve": loss_curve.figure,
    "data": fitted_curves.figure,
    "plane": loss_plane.figure,
    "between": loss_plane.figure,
    "random": loss_plane.figure,
    "basins": run_maps.figure,
    "starts": run_maps.figure,
    "stability": run_maps.figure,
    "rates": loss_by_rate.figure,
    "parameters": watched_parameters.figure,
}


def picture(snapshot: Snapshot, look: Look) -> Figure:
    """Return the picture of the objective."""
    return PICTURES[look.kind(snapshot)](snapshot, look)
