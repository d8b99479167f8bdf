"""Linear models with one output: the arithmetic of `kernels.network`, to the same bits, in a kernel that is small.

It is small enough to be compiled into the loop of a long run.
"""

from __future__ import annotations

from gdtui.kernel import Array, Indices, Kernel, kernel
from gdtui.objectives.kernel_signature import OBJECTIVE
from gdtui.objectives.network.kernels import FIXED, TILE, network
from gdtui.objectives.network.layers import A, D, Z
from gdtui.objectives.network.model import Model
from gdtui.objectives.network.unit_kinds import IDENTITY, MSE, activate, loss_of_output, slope


def kernel_for(model: Model) -> Kernel:
    """Return the kernel of a model."""
    single = model.linear and model.layers[-1] == 1 and model.loss != "softmax"
    return linear_model if single else network


def mean_loss(
    theta: Array, data: Array, rows: Indices, lo: int, hi: int, width: int, output: int, loss: int, work: Array,
    grad: Array,
) -> float:  # fmt: skip
    """Return the mean loss of a model of one layer with one output, as `network` does, to the same bits.

    Rows are computed first and summed then: no row waits for the sums of the row before. Views begin at 0: an index
    that may be negative costs as much as the arithmetic.
    """
    losses, units = work[:TILE], work[(TILE + 1) * width : (7 * TILE + 1) * width].reshape((3, 2, width, TILE))
    x, z, a, delta = units[A, 0], units[Z, 1, 0], units[A, 1, 0], units[D, 1, 0]
    n = hi - lo
    for i in range(grad.shape[0]):
        grad[i] = 0.0
    total = 0.0
    for first in range(lo, hi, TILE):
        chosen = rows[first : min(first + TILE, hi)]
        for r in range(chosen.shape[0]):
            row = data[chosen[r]]
            out = theta[width]
            for i in range(width):
                x[i, r] = row[i]
                out += theta[i] * row[i]
            z[r], losses[r] = out, row[width]
        for r in range(chosen.shape[0]):
            a[r] = activate(output, z[r])
            losses[r], derivative = loss_of_output(loss, a[r], losses[r])
            delta[r] = derivative / n
            if output != IDENTITY:
                delta[r] *= slope(output, z[r], a[r])
        part, bias = 0.0, 0.0
        for r in range(chosen.shape[0]):
            part += losses[r]
            bias += delta[r]
        total += part
        if grad.shape[0] > 0:
            for i in range(width):
                product = 0.0
                for r in range(chosen.shape[0]):
                    product += delta[r] * x[i, r]
                grad[i] += product
            grad[width] += bias
    return total / n


@kernel(OBJECTIVE)
def linear_model(
    theta: Array, data: Array, rows: Indices, lo: int, hi: int, shape: Indices, work: Array, grad: Array
) -> float:
    """Return the mean loss over data[rows[lo:hi]]; write its gradient to grad unless grad is empty."""
    output, loss, width = shape[1], shape[2], shape[FIXED]
    if output == IDENTITY and loss == MSE:  # with constants nothing is chosen in each row
        return mean_loss(theta, data, rows, lo, hi, width, IDENTITY, MSE, work, grad)
    return mean_loss(theta, data, rows, lo, hi, width, output, loss, work, grad)
