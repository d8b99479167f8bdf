"""Which pictures an objective has: their names, the first of them the one that a bench opens with."""

from __future__ import annotations

from gdtui.insight.landscape import is_surveyed
from gdtui.objectives.objective import Objective

#: The maps of a plane: through the path of the selected lane; through two lanes and the start.
PLANES = ("plane", "between")


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
    if objective.dimension <= 2:
        return found or ("parameters",)
    planes = PLANES if is_surveyed(objective) else ()
    return (*found, *planes, "parameters") if found else ("parameters", *planes)


def _is_plane_of_classes(objective: Objective) -> bool:
    model = objective.model
    return model is not None and len(objective.inputs) == 2 and not model.tables and bool(objective.classes)
