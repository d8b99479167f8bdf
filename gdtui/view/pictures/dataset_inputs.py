"""The rows of a dataset as they were before they were standardised."""

from gdtui.kernel import Array
from gdtui.objectives.objective import Objective


def inputs_as_given(objective: Objective, count: int) -> Array:
    """Return the first `count` inputs of every row (rows x count) in their own units."""
    inputs = objective.data[:, :count]
    return inputs * objective.scale + objective.center if len(objective.center) else inputs
