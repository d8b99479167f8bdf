"""The row of update 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gdtui.columns import Column, Vector
from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.simulation.trace_view import Layout


def start_row(objective: Objective, layout: Layout, theta: Array, slots: Array, values: Mapping[str, float]) -> Array:
    """Return the row of a lane before its first update, which has no gradient; `slots` is slots x d."""
    rule = layout.rule
    row: Array = np.full(layout.width, np.nan)
    row[Column.UPDATE] = row[Column.EVALUATIONS] = 0.0
    row[Column.LR] = values["lr"]
    if objective.has_loss:
        row[Column.LOSS] = objective.evaluate(theta)[0]
    if len(objective.held_out):
        row[Column.VAL_LOSS] = objective.evaluate(theta, objective.held_out)[0]
    if rule.answer or values.get("average_from"):  # the average begins where the parameters do
        row[[Column.AVERAGE_LOSS, Column.AVERAGE_VAL_LOSS]] = row[[Column.LOSS, Column.VAL_LOSS]]
    vectors = {Vector.THETA: theta, **{slot.name: slots[i] for i, slot in enumerate(rule.slots)}}
    for name, vector in vectors.items():
        row[layout.block(name)] = vector[list(layout.coords)]
    return row
