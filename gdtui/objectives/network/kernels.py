"""Feed-forward networks: mean loss and its gradient by back-propagation, for any layer sizes.

The parameters are stored layer by layer: weights in row-major order with shape (out, in), then biases. Hidden layers
use one activation, the last layer another (by default none). A linear model is a network without hidden layers;
those with one output have a kernel of their own: `linear`.
Embedding tables, if any, come first, in row-major order; the inputs of the network are then the table rows that the
data name, side by side. The formulas are from Rumelhart, Hinton & Williams 1986; losses are means over outputs and
batch, as in torch.nn.

The rows of a batch are computed side by side, `TILE` at a time, so that the inner loops are elementwise and vectorise.
The scratch memory keeps z, a and dL/dz of every unit for the last tile; `units_of` returns them.
"""

from __future__ import annotations

from gdtui.kernel import Array, Indices, kernel
from gdtui.objectives.kernel_signature import OBJECTIVE
from gdtui.objectives.network.layers import SPARE, A, D, Z, activate_layer, compare, slope_layer
from gdtui.objectives.network.unit_kinds import SOFTMAX

#: Rows that go through the network side by side.
TILE = 32
#: Rows of which one vector instruction takes all: fewer take as long.
VECTOR = 8
#: shape = (activation of hidden layers, of the last layer, loss, number of layers of units, their sizes …,
#: number of embedding tables, then rows and width of each).
FIXED = 4


def work_size(layers: tuple[int, ...]) -> int:
    """Return how many numbers the kernel needs as scratch: see `units_of`."""
    return (3 * len(layers) * TILE + TILE + 1) * max(layers) + SPARE * TILE


def units_of(work: Array, layers: tuple[int, ...]) -> Array:
    """Return what `work` holds after a call, as [Z, A or D; layer; unit; row of the last tile].

    D is from the last call with a gradient. Layer 0 is the inputs.
    """
    first = (TILE + 1) * max(layers)
    return work[first : len(work) - SPARE * TILE].reshape(3, len(layers), max(layers), TILE)


# -- the passes, for the m rows of a tile -------------------------------------------------------------
# units[Z | A | D, layer, unit, row] holds z, a and dL/dz; layer 0 is the inputs.


def look_up(theta: Array, data: Array, rows: Indices, first: int, m: int, tables: Indices, units: Array) -> int:
    """Copy the table rows that the data name to the inputs; return the first parameter after the tables."""
    p, i = 0, 0
    for k in range(tables[0]):
        count, width = tables[1 + 2 * k], tables[2 + 2 * k]
        for r in range(m):
            start = p + int(data[rows[first + r], k]) * width
            for j in range(width):
                units[A, 0, i + j, r] = theta[start + j]
        p += count * width
        i += width
    return p


def scatter(grad: Array, data: Array, rows: Indices, first: int, m: int, tables: Indices, units: Array) -> None:
    """Add the deltas of the inputs to the gradient of their table rows."""
    p, i = 0, 0
    for k in range(tables[0]):
        count, width = tables[1 + 2 * k], tables[2 + 2 * k]
        for r in range(m):
            start = p + int(data[rows[first + r], k]) * width
            for j in range(width):
                grad[start + j] += units[D, 0, i + j, r]
        p += count * width
        i += width


def forward(theta: Array, p: int, width: int, height: int, k: int, units: Array, m: int) -> None:
    """Write W·a + b to z of layer k; W begins at theta[p], and b follows it."""
    for o in range(height):
        for r in range(m):
            units[Z, k, o, r] = theta[p + height * width + o]
        for i in range(width):
            w = theta[p + o * width + i]
            for r in range(m):
                units[Z, k, o, r] += w * units[A, k - 1, i, r]


def read_targets(data: Array, rows: Indices, first: int, m: int, loss: int, n_out: int, targets: Array) -> None:
    """Copy the targets of the rows of a tile, or their labels."""
    count = 1 if loss == SOFTMAX else n_out
    y = data.shape[1] - count
    for o in range(count):
        for r in range(m):
            targets[o, r] = data[rows[first + r], y + o]


def gather(
    grad: Array, p: int, width: int, height: int, k: int, units: Array, turned: Array, sums: Array, m: int
) -> None:
    """Add Σ delta·a over the rows to the gradient of W, and Σ delta to the gradient of b."""
    # W[o, i] has a delta for o and an input for i; the inner loop runs over the longer dimension
    outer, inner = (A, k - 1, width, 1), (D, k, height, width)
    if width > height:
        outer, inner = inner, outer
    for j in range(inner[2]):
        for r in range(m):
            turned[r, j] = units[inner[0], inner[1], j, r]
    for i in range(outer[2]):
        for j in range(inner[2]):
            sums[j] = 0.0
        for r in range(m):
            factor = units[outer[0], outer[1], i, r]
            for j in range(inner[2]):
                sums[j] += factor * turned[r, j]
        for j in range(inner[2]):
            grad[p + i * outer[3] + j * inner[3]] += sums[j]
    for o in range(height):
        total = 0.0
        for r in range(m):
            total += units[D, k, o, r]
        grad[p + height * width + o] += total


def backward(theta: Array, p: int, width: int, height: int, k: int, units: Array, m: int) -> None:
    """Write Wᵀ·delta of layer k to the deltas of the layer before it."""
    for i in range(width):
        for r in range(m):
            units[D, k - 1, i, r] = 0.0
        for o in range(height):
            w = theta[p + o * width + i]
            for r in range(m):
                units[D, k - 1, i, r] += w * units[D, k, o, r]


@kernel(OBJECTIVE)
def network(
    theta: Array, data: Array, rows: Indices, lo: int, hi: int, shape: Indices, work: Array, grad: Array
) -> float:
    """Return the mean loss over data[rows[lo:hi]]; write its gradient to grad unless grad is empty."""
    activation, output, loss, depth = shape[0], shape[1], shape[2], shape[3]
    sizes, tables = shape[FIXED : FIXED + depth], shape[FIXED + depth :]
    widest = 0
    for k in range(depth):
        widest = max(widest, sizes[k])
    sums = work[:widest]
    turned = work[widest : (TILE + 1) * widest].reshape((TILE, widest))
    targets = work[widest : (TILE + 1) * widest].reshape((widest, TILE))  # `turned` comes after them
    end = (3 * depth * TILE + TILE + 1) * widest
    units = work[(TILE + 1) * widest : end].reshape((3, depth, widest, TILE))
    room = work[end : end + SPARE * TILE].reshape((SPARE, TILE))
    n_out = sizes[depth - 1]
    for i in range(grad.shape[0]):
        grad[i] = 0.0
    total = 0.0
    for first in range(lo, hi, TILE):
        m = min(TILE, hi - first)
        wide = (m + VECTOR - 1) // VECTOR * VECTOR  # what the columns beyond m hold is of no use to anybody
        p = look_up(theta, data, rows, first, m, tables, units)
        if tables[0] == 0:
            for i in range(sizes[0]):
                for r in range(m):
                    units[A, 0, i, r] = data[rows[first + r], i]
        for k in range(1, depth):
            forward(theta, p, sizes[k - 1], sizes[k], k, units, wide)
            activate_layer(activation if k < depth - 1 else output, k, sizes[k], units, wide)
            p += (sizes[k - 1] + 1) * sizes[k]
        read_targets(data, rows, first, m, loss, n_out, targets)
        compare(loss, output, depth - 1, n_out, hi - lo, units, targets, room, wide)
        part = 0.0
        for r in range(m):
            part += room[0, r]
        total += part
        if grad.shape[0] == 0:
            continue
        for k in range(depth - 1, 0, -1):
            p -= (sizes[k - 1] + 1) * sizes[k]
            gather(grad, p, sizes[k - 1], sizes[k], k, units, turned, sums, m)
            if k > 1 or tables[0] > 0:
                backward(theta, p, sizes[k - 1], sizes[k], k, units, wide)
            if k > 1:
                slope_layer(activation, k - 1, sizes[k - 1], units, wide)
        scatter(grad, data, rows, first, m, tables, units)
    return total / (hi - lo)
