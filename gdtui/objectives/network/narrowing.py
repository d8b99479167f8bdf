"""A model's objective without the parameters that no row of its data reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gdtui.kernel import Indices
from gdtui.objectives.objective import Objective


def narrowed(objective: Objective, kept: Sequence[int]) -> tuple[Objective, Indices] | None:
    """Return the same loss as a function of fewer parameters, and which they are; None if all are needed.

    Only rows of embedding tables are left out: those that no row of the data names, and that hold none of the
    parameters `kept`. Names and classes of the objective stay as they are.
    """
    model = objective.model
    if model is None or not model.tables:
        return None
    data, live, tables, first = objective.data.copy(), [], [], 0
    for k, (count, width) in enumerate(model.tables):
        named = objective.data[:, k].astype(np.int64)
        asked = [(place - first) // width for place in kept if first <= place < first + count * width]
        rows = np.unique(np.concatenate((named, np.array(asked, dtype=np.int64))))
        data[:, k] = np.searchsorted(rows, named)
        live.append((first + rows[:, None] * width + np.arange(width)).ravel())
        tables.append((len(rows), width))
        first += count * width
    places = np.concatenate((*live, np.arange(first, model.size)))
    fewer = replace(model, tables=tuple(tables))
    start = objective.start[places]
    return replace(objective, start=start, data=data, shape=fewer.shape, blocks=fewer.blocks, model=fewer), places
