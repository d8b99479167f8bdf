"""Which pictures an objective has: their names, the first of them the one that a bench opens with."""

from __future__ import annotations

from gdtui.insight.field_survey import has_fields
from gdtui.insight.landscape import is_surveyed
from gdtui.objectives.objective import Objective
from gdtui.text import N_

#: Maps of many runs: over starts, which minimum and which loss; over two settings.
STARTS, SETTINGS = ("basins", "starts"), ("stability",)
FIELDS = (*STARTS, *SETTINGS)
#: The loss of every lane against the learning rate.
RATE_CURVES = "rates"
#: The maps of a plane: through the path of the selected lane; through two lanes and the start; at random.
PLANES = ("plane", "between", "random")

#: What each picture shows; places are for keys.
ABOUT = {
    "tape": N_("the gradients that are given, one after the other"),
    "decision": N_("the rows of the data, and the class that the selected lane gives to each place"),
    "map": N_("lines of equal loss over two parameters, and the path of each lane"),
    "curve": N_("the loss over its one parameter, and where each lane stands"),
    "data": N_("the rows of the data, and what each lane has fitted to them"),
    "plane": N_("the loss on the plane that holds most of the selected lane's path: its two principal components"),
    "between": N_("the loss on the plane through the start and where two lanes stand"),
    "random": N_("the loss around the selected lane, on a random plane as wide in each unit as its weights"),
    "basins": N_("which minimum the selected lane reaches from each start: each cell is a whole run"),
    "starts": N_("the loss that the selected lane reaches from each start: each cell is a whole run"),
    "stability": N_("the selected lane's loss by two settings ({map-setting}, {knob} choose them); blank: it rose"),
    "rates": N_("the loss of every lane by its learning rate, each point a whole run; ◇ is its lowest"),
    "parameters": N_("the recorded parameters, a column each, with the value of every lane"),
}


def kinds_of(objective: Objective) -> tuple[str, ...]:
    """Return the names of the pictures of an objective, in the order in which a key turns them."""
    if objective.in_order:
        return ("tape",)
    shown = {
        "decision": _is_plane_of_classes(objective),
        "map": objective.dimension == 2 and bool(objective.domain),
        "curve": objective.dimension == 1 and bool(objective.domain),
        "data": objective.model is not None and objective.data.shape[1] == 2 and not objective.classes,
    }
    found = tuple(kind for kind, is_shown in shown.items() if is_shown)
    fields = (*(STARTS if shown["map"] else ()), *SETTINGS, RATE_CURVES) if has_fields(objective) else ()
    if objective.dimension <= 2:
        return (*(found or ("parameters",)), *fields)
    planes = PLANES if is_surveyed(objective) else ()
    return (*found, *planes, "parameters", *fields) if found else ("parameters", *planes, *fields)


def _is_plane_of_classes(objective: Objective) -> bool:
    model = objective.model
    return model is not None and len(objective.inputs) == 2 and not model.tables and bool(objective.classes)
