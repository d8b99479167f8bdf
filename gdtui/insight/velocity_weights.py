"""How much of each past gradient is in the velocity now.

A velocity such as v = β·v + (1−β)·g is a weighted sum of the gradients so far. The weight of a gradient is what an
impulse of 1 in its place would have left behind: the rule itself is run on impulses. That the sum of weights times
gradients is v is checked, so a velocity that is no such sum has no weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from gdtui.columns import Column, Vector
from gdtui.kernel import Array
from gdtui.optimizers.language.compiled_rule import CompiledRule
from gdtui.optimizers.language.rule import Stepping
from gdtui.simulation.trace_view import TraceView

#: Gradients that are weighed at most.
MOST = 400


def velocity_weights(trace: TraceView, settings: Mapping[str, float]) -> Array | None:
    """Return the weight of each gradient so far, oldest first.

    None: there is no velocity, it is not a weighted sum of the recorded gradients, or there are more than `MOST`.

    Parameters
    ----------
    trace, settings
        of a lane.
    """
    rule, rows = trace.layout.rule, trace.rows[1:]
    index = rule.slot_index(Vector.VELOCITY)
    whole = len(trace.rows) and trace.rows[0, Column.UPDATE] == 0
    if index is None or rule.stepping != Stepping.COMPILED or not whole or not 0 < len(rows) <= MOST:
        return None
    n = len(rows)
    kernel = cast(CompiledRule, rule).kernel
    theta, slots, blocks = np.zeros(n), np.zeros((max(1, len(rule.slots)), n)), np.array([[0, n, 1]])
    hyper = np.array([settings[name] for name in rule.defaults])
    with np.errstate(all="ignore"):
        for place, impulse in enumerate(np.eye(n)):
            hyper[0] = rows[place, Column.LR]
            kernel(theta, impulse, slots, hyper, float(place + 1), blocks)
        weights = slots[index].copy()
        block = trace.layout.block
        sums = weights @ rows[:, block(Vector.GRAD)]
        velocity = rows[-1, block(Vector.VELOCITY)]
    size = float(np.max(np.abs(rows[:, block(Vector.GRAD)])))
    near = np.isfinite(size) and np.allclose(sums, velocity, rtol=1e-9, atol=1e-9 * size)
    return weights if near else None
