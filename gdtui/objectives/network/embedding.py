"""A recommender: it learns a vector for each user and each item from who clicked on what.

The two vectors, side by side, are the inputs of a network. Its default has embeddings 1000 × 64 and 10000 × 64, then
a linear layer 128 → 1. An update on two clicks has a gradient for 385 of the 704 129 parameters.
"""

from __future__ import annotations

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array
from gdtui.text import _

USERS, ITEMS = 1000, 10_000
INPUTS = ("user", "item")
#: (user, item, label) of the first rows.
FIRST_CLICKS = ((1, 101, 1), (2, 102, 0))


def clicks(rows: int) -> tuple[Array, Array]:
    """Return (user, item) rows and whether the user clicked on the item.

    The first rows are `FIRST_CLICKS`. Each further row has a random user and item and a click with probability
    σ(2u·v); the hidden tastes u and v of user and item are four numbers each from N(0, 1).
    """
    random = np.random.RandomState(0)
    tastes, kinds = random.randn(USERS, 4), random.randn(ITEMS, 4)
    u, v = (random.rand(rows) * USERS).astype(np.int64), (random.rand(rows) * ITEMS).astype(np.int64)
    chance = 1.0 / (1.0 + np.exp(-2 * np.sum(tastes[u] * kinds[v], axis=1)))
    label = (random.rand(rows) < chance).astype(np.float64)
    made = np.column_stack((u, v, label)).astype(np.float64)
    made[: len(FIRST_CLICKS)] = FIRST_CLICKS[:rows]
    return np.ascontiguousarray(made[:, :2]), np.ascontiguousarray(made[:, 2:])


def tables(width: int) -> tuple[tuple[int, int], ...]:
    """Return (rows, width) of both tables; each gives half of the network's `width` inputs."""
    if width % 2:
        message = _("the first layer takes a user's and an item's vector, so its size is even, not {}")
        raise ObjectiveError("layers", message.format(width))
    return (USERS, width // 2), (ITEMS, width // 2)
