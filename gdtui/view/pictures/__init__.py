"""The pictures of an objective with every lane on it, a file each; the first that shows the objective is drawn."""

from typing import Protocol

from gdtui.objectives.objective import Objective
from gdtui.plot.figure import Figure
from gdtui.session import Snapshot
from gdtui.view.look import Look
from gdtui.view.pictures import decision, fitted_curves, loss_curve, surface_map, tape_gradients, watched_parameters


class Picture(Protocol):
    """What each file has."""

    def shows(self, objective: Objective, look: Look, /) -> bool:
        """Say whether this is a picture of such an objective, as it is looked at."""

    def figure(self, snapshot: Snapshot, look: Look, /) -> Figure:
        """Return the picture."""


PICTURES: tuple[Picture, ...] = (tape_gradients, fitted_curves, decision, surface_map, loss_curve, watched_parameters)


def picture(snapshot: Snapshot, look: Look) -> Figure:
    """Return the picture of the objective."""
    return next(kind.figure(snapshot, look) for kind in PICTURES if kind.shows(snapshot.objective, look))
