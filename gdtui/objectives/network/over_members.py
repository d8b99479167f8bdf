"""Feed-forward networks side by side: the same layers and the same row for many vectors of parameters at once.

The columns of `units` are members, not rows: rows come one after another, so that a member's sums have the order, and
the bits, that `kernels.network` gives it alone. Units, slopes and losses are those of `kernels`. There are no tables.
"""

from __future__ import annotations

from gdtui.kernel import Array, Indices, kernel
from gdtui.objectives.kernel_signature import OBJECTIVE_OVER_MEMBERS
from gdtui.objectives.network.kernels import FIXED, TILE
from gdtui.objectives.network.layers import SPARE, A, D, Z, activate_layer, compare, slope_layer
from gdtui.objectives.network.unit_kinds import IDENTITY, MSE, SOFTMAX


def work_size(layers: tuple[int, ...], parameters: int, members: int) -> int:
    """Return how many numbers the kernel needs as scratch."""
    return ((3 * len(layers) + 1) * max(layers) + parameters + 1 + SPARE) * members


def forward(theta: Array, p: int, width: int, height: int, k: int, inputs: Array, units: Array) -> None:
    """Write W·a + b to z of layer k; W begins at theta[p], and b follows it."""
    m = theta.shape[1]
    for o in range(height):
        z, b = units[Z, k, o], theta[p + height * width + o]
        for c in range(m):
            z[c] = b[c]
        for i in range(width):
            w = theta[p + o * width + i]
            if k == 1:
                x = inputs[i]
                for c in range(m):
                    z[c] += w[c] * x
            else:
                a = units[A, k - 1, i]
                for c in range(m):
                    z[c] += w[c] * a[c]


def gather(sums: Array, p: int, width: int, height: int, k: int, inputs: Array, units: Array) -> None:
    """Add delta·a of this row to the sums of W, and delta to those of b."""
    m = sums.shape[1]
    for o in range(height):
        delta, total = units[D, k, o], sums[p + height * width + o]
        for c in range(m):
            total[c] += delta[c]
        for i in range(width):
            total = sums[p + o * width + i]
            if k == 1:
                x = inputs[i]
                for c in range(m):
                    total[c] += delta[c] * x
            else:
                a = units[A, k - 1, i]
                for c in range(m):
                    total[c] += delta[c] * a[c]


def backward(theta: Array, p: int, width: int, height: int, k: int, units: Array) -> None:
    """Write Wᵀ·delta of layer k to the deltas of the layer before it."""
    m = theta.shape[1]
    for i in range(width):
        back = units[D, k - 1, i]
        for c in range(m):
            back[c] = 0.0
        for o in range(height):
            w, delta = theta[p + o * width + i], units[D, k, o]
            for c in range(m):
                back[c] += w[c] * delta[c]


def line(theta: Array, x: float, y: float, n: int, totals: Array, sums: Array) -> None:
    """Add a row's squared error of w·x + b to each total, and its gradient over n rows to `sums` unless that is empty.

    As the other functions do it, to the same bits: one pass over the members instead of seven.
    """
    w, b = theta[0], theta[1]
    if sums.shape[0] == 0:
        for c in range(totals.shape[0]):
            e = b[c] + w[c] * x - y
            totals[c] += e * e
        return
    along_w, along_b = sums[0], sums[1]
    for c in range(totals.shape[0]):
        e = b[c] + w[c] * x - y
        totals[c] += e * e
        delta = 2.0 * e / n
        along_b[c] += delta
        along_w[c] += delta * x


@kernel(OBJECTIVE_OVER_MEMBERS)
def network_over_members(
    theta: Array, data: Array, rows: Indices, lo: int, hi: int, shape: Indices, work: Array, loss: Array, grad: Array
) -> None:
    """Write each member's mean loss over data[rows[lo:hi]], and its gradient unless grad is empty."""
    activation, output, kind, depth = shape[0], shape[1], shape[2], shape[3]
    sizes = shape[FIXED : FIXED + depth]
    d, m = theta.shape
    widest = 0
    for k in range(depth):
        widest = max(widest, sizes[k])
    at = 3 * depth * widest
    units = work[: at * m].reshape((3, depth, widest, m))
    sums, totals = work[at * m : (at + d) * m].reshape((d, m)), work[(at + d) * m : (at + d + 1) * m]
    at += d + 1
    room = work[at * m : (at + SPARE) * m].reshape((SPARE, m))
    targets = work[(at + SPARE) * m : (at + SPARE + widest) * m].reshape((widest, m))
    n_out = sizes[depth - 1]
    labels = 1 if kind == SOFTMAX else n_out
    straight = depth == 2 and sizes[0] == 1 and n_out == 1 and kind == MSE and output == IDENTITY
    for c in range(m):
        loss[c] = 0.0
    for i in range(grad.shape[0]):
        for c in range(m):
            grad[i, c] = 0.0
    for first in range(lo, hi, TILE):
        for c in range(m):
            totals[c] = 0.0
        for i in range(grad.shape[0]):
            for c in range(m):
                sums[i, c] = 0.0
        for q in range(first, min(first + TILE, hi)):
            inputs = data[rows[q]]
            if straight:
                line(theta, inputs[0], inputs[1], hi - lo, totals, sums[: grad.shape[0]])
                continue
            p = 0
            for k in range(1, depth):
                forward(theta, p, sizes[k - 1], sizes[k], k, inputs, units)
                activate_layer(activation if k < depth - 1 else output, k, sizes[k], units, m)
                p += (sizes[k - 1] + 1) * sizes[k]
            for o in range(labels):
                for c in range(m):
                    targets[o, c] = inputs[data.shape[1] - labels + o]
            compare(kind, output, depth - 1, n_out, hi - lo, units, targets, room, m)
            for c in range(m):
                totals[c] += room[0, c]
            if grad.shape[0] == 0:
                continue
            for k in range(depth - 1, 0, -1):
                p -= (sizes[k - 1] + 1) * sizes[k]
                gather(sums, p, sizes[k - 1], sizes[k], k, inputs, units)
                if k > 1:
                    backward(theta, p, sizes[k - 1], sizes[k], k, units)
                    slope_layer(activation, k - 1, sizes[k - 1], units, m)
        for c in range(m):
            loss[c] += totals[c]
        for i in range(grad.shape[0]):
            for c in range(m):
                grad[i, c] += sums[i, c]
    for c in range(m):
        loss[c] /= hi - lo
