"""Feed-forward networks: mean loss and its gradient by back-propagation, for any layer sizes.

Parameters lie layer by layer, weights row by row with shape (out, in), then biases. Hidden layers
use the activation, the last layer is linear. A linear model is the network without hidden layers.
The formulas are those of Rumelhart, Hinton & Williams 1986; losses are means over the batch, as
torch.nn reduces them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from gdtui.kernel import Array, Indices, kernel

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky-relu")
LOSSES = ("mse", "mae", "huber", "bce", "softmax")

#: shape = (activation, loss, number of layers of units, then their sizes)
FIXED = 3


def describe_shape(layers: tuple[int, ...], activation: str, loss: str) -> Indices:
    """Encode a network for the kernels below.

    Raises
    ------
    ValueError
        an unknown activation or loss, or fewer than two layers.
    """
    if len(layers) < 2 or min(layers) < 1:
        raise ValueError(f"a network needs an input and an output layer of at least one unit, not {list(layers)}")
    head = (ACTIVATIONS.index(activation), LOSSES.index(loss), len(layers))
    return np.array((*head, *layers), dtype=np.int64)


def parameter_count(layers: tuple[int, ...]) -> int:
    """Return how many parameters a network of these layer sizes has."""
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(layers))


def parameter_names(layers: tuple[int, ...]) -> tuple[str, ...]:
    """Name the parameters: w, b where there is one of each, else w1[0,0], b1[0] and so on."""
    if layers == (1, 1):
        return ("w", "b")
    if len(layers) == 2 and layers[1] == 1:
        return (*(f"w{i}" for i in range(layers[0])), "b")
    names: list[str] = []
    for k, (n_in, n_out) in enumerate(pairwise(layers), 1):
        names += [f"w{k}[{o},{i}]" for o in range(n_out) for i in range(n_in)]
        names += [f"b{k}[{o}]" for o in range(n_out)]
    return tuple(names)


def work_size(layers: tuple[int, ...]) -> int:
    """Return how many numbers the kernels need as scratch: activations and deltas of one row."""
    return 2 * sum(layers)


@kernel("objective")
def network(
    theta: Array, data: Array, rows: Indices, lo: int, hi: int, shape: Indices, work: Array, grad: Array
) -> Any:
    """Return the mean loss over data[rows[lo:hi]]; put its gradient into grad unless grad is empty."""
    activation, loss, depth = shape[0], shape[1], shape[2]
    n_in = shape[3]
    n_out = shape[2 + depth]
    units = 0
    for k in range(depth):
        units += shape[3 + k]
    total = 0.0
    for i in range(grad.shape[0]):
        grad[i] = 0.0
    for r in range(lo, hi):
        row = rows[r]
        for i in range(n_in):
            work[i] = data[row, i]
        # forward: the activations of every layer into work[:units]
        a = 0
        p = 0
        for k in range(depth - 1):
            width = shape[3 + k]
            height = shape[4 + k]
            for o in range(height):
                z = theta[p + height * width + o]
                for i in range(width):
                    z += theta[p + o * width + i] * work[a + i]
                if k < depth - 2:
                    if activation == 1:
                        z = 1.0 / (1.0 + np.exp(-z))
                    elif activation == 2:
                        z = np.tanh(z)
                    elif activation == 3:
                        z = z if z > 0.0 else 0.0 * z
                    elif activation == 4:
                        z = z if z > 0.0 else 0.01 * z
                work[a + width + o] = z
            a += width
            p += height * (width + 1)
        # the loss, and its derivative by each output into the last deltas
        if loss == 4:
            top = work[a]
            for o in range(1, n_out):
                top = max(top, work[a + o])
            mass = 0.0
            for o in range(n_out):
                mass += np.exp(work[a + o] - top)
            label = int(data[row, n_in])
            total += np.log(mass) + top - work[a + label]
            for o in range(n_out):
                work[units + a + o] = np.exp(work[a + o] - top) / mass - (1.0 if o == label else 0.0)
        else:
            for o in range(n_out):
                z = work[a + o]
                y = data[row, n_in + o]
                e = z - y
                if loss == 0:
                    total += e * e / n_out
                    delta = 2.0 * e
                elif loss == 1:
                    total += abs(e) / n_out
                    delta = np.sign(e)
                elif loss == 2:
                    total += (0.5 * e * e if abs(e) < 1.0 else abs(e) - 0.5) / n_out
                    delta = e if abs(e) < 1.0 else np.sign(e)
                else:
                    total += (max(z, 0.0) - z * y + np.log1p(np.exp(-abs(z)))) / n_out
                    delta = 1.0 / (1.0 + np.exp(-z)) - y
                work[units + a + o] = delta / n_out
        if grad.shape[0] == 0:
            continue
        # backward: the deltas of every layer into work[units:], their products into grad
        for k in range(depth - 2, -1, -1):
            width = shape[3 + k]
            height = shape[4 + k]
            p -= height * (width + 1)
            a -= width
            for i in range(width):
                work[units + a + i] = 0.0
            for o in range(height):
                delta = work[units + a + width + o]
                grad[p + height * width + o] += delta
                for i in range(width):
                    grad[p + o * width + i] += delta * work[a + i]
                    work[units + a + i] += delta * theta[p + o * width + i]
            if k > 0:
                for i in range(width):
                    h = work[a + i]
                    if activation == 1:
                        work[units + a + i] *= h * (1.0 - h)
                    elif activation == 2:
                        work[units + a + i] *= 1.0 - h * h
                    elif activation == 3:
                        work[units + a + i] *= 1.0 if h > 0.0 else 0.0
                    elif activation == 4:
                        work[units + a + i] *= 1.0 if h > 0.0 else 0.01
    n = hi - lo
    for i in range(grad.shape[0]):
        grad[i] /= n
    return total / n
