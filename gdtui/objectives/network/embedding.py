"""The recommender: which user clicked on which item, learnt by a vector for each user and each item.

Both vectors side by side are the inputs of a network. Without hidden layers it is the notes' model: embeddings
1000 × 64 and 10000 × 64, then linear 128 → 1. Of its 704 129 parameters, an update on two clicks has a gradient for
385. The kernel is in `gdtui.objectives.network.kernels`.
"""

from __future__ import annotations

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array
from gdtui.text import _

USERS, ITEMS = 1000, 10_000
INPUTS = ("user", "item")
#: (user, item, label) of the notes' only batch.
FIRST_CLICKS = ((1, 101, 1), (2, 102, 0))


def clicks(rows: int) -> tuple[Array, Array]:
    """Return (user, item) rows and whether they clicked.

    The first two are the notes'. Each further one is a user and an item at random, clicked on with
    probability σ(2u·v), u and v the hidden tastes of both: four numbers each from N(0, 1).
    """
    random = np.random.RandomState(0)
    tastes, kinds = random.randn(USERS, 4), random.randn(ITEMS, 4)
    u, v = (random.rand(rows) * USERS).astype(np.int64), (random.rand(rows) * ITEMS).astype(np.int64)
    chance = 1.0 / (1.0 + np.exp(-2 * np.sum(tastes[u] * kinds[v], axis=1)))
    label = (random.rand(rows) < chance).astype(np.float64)
    made = np.column_stack((u, v, label)).astype(np.float64)
    notes = np.array(FIRST_CLICKS, dtype=np.float64)[:rows]
    made[: len(notes)] = notes
    return np.ascontiguousarray(made[:, :2]), np.ascontiguousarray(made[:, 2:])


def tables(width: int) -> tuple[tuple[int, int], ...]:
    """Return (rows, width) of both tables; half of the network's `width` inputs come from each.

    Raises
    ------
    ObjectiveError
        the first layer cannot be halved.
    """
    if width % 2:
        message = _("the first layer takes a user's and an item's vector, so its size is even, not {}")
        raise ObjectiveError("layers", message.format(width))
    return (USERS, width // 2), (ITEMS, width // 2)
