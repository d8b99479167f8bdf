"""The Hessian of a network's loss times a vector, derived.

Pearlmutter 1994, "Fast exact multiplication by the Hessian".
R{·} is the derivative along the vector v, d/dr at θ + r·v. Applied to each line of both passes of `kernels`, it gives
R{∂L/∂θ} = H·v at the cost of about two gradients. A linear model with squared errors thus has H·v = (2/n)·Xᵀ·X·v.
"""

from __future__ import annotations

import numpy as np

from gdtui.kernel import Array, Indices, kernel
from gdtui.objectives.network.elementary import exp
from gdtui.objectives.network.kernels import FIXED, TILE, backward, forward, look_up, read_targets, scatter
from gdtui.objectives.network.layers import SPARE, A, D, Z, activate_layer, compare
from gdtui.objectives.network.unit_kinds import (
    DENSITY,
    GELU,
    HUBER,
    LEAKY_RELU,
    MAE,
    MSE,
    RELU,
    SIGMOID,
    SOFTMAX,
    TANH,
    activate,
    loss_of_output,
    slope,
)
from gdtui.objectives.objective import Objective

#: (theta[d], v[d], data[n, f], rows, shape, work, product[d]) -> how many units and outputs stand on a kink.
PRODUCT = "i8(f8[::1], f8[::1], f8[:, ::1], i8[::1], i8[::1], f8[::1], f8[::1])"


def product_work_size(layers: tuple[int, ...]) -> int:
    """Return how many numbers the kernel needs as scratch."""
    return (6 * len(layers) * TILE + 2 * TILE + 1) * max(layers) + SPARE * TILE


def bend(activation: int, z: float, a: float) -> float:
    """Return d²a/dz²."""
    if activation == SIGMOID:
        return slope(SIGMOID, z, a) * (1.0 - 2.0 * a)
    if activation == TANH:
        return -2.0 * a * slope(TANH, z, a)
    if activation == GELU:
        return DENSITY * exp(-0.5 * z * z) * (2.0 - z * z)
    return 0.0


def bend_of_loss(loss: int, a: float, y: float) -> float:
    """Return the second derivative of the loss of one output a with target y."""
    if loss == MSE:
        return 2.0
    if loss == MAE:
        return 0.0
    if loss == HUBER:
        return 1.0 if abs(a - y) < 1.0 else 0.0
    return slope(SIGMOID, a, activate(SIGMOID, a))  # bce with logits: the derivative of σ(a) − y


def on_kink(activation: int, z: float) -> int:
    """Return 1 where an activation has no derivative, else 0."""
    return 1 if z == 0.0 and activation in (RELU, LEAKY_RELU) else 0


def forward_rates(
    theta: Array, v: Array, p: int, width: int, height: int, k: int, units: Array, rates: Array, m: int
) -> None:
    """Write R{z} = V·a + W·R{a} + v of layer k; W begins at theta[p], V at v[p]."""
    for o in range(height):
        for r in range(m):
            rates[Z, k, o, r] = v[p + height * width + o]
        for i in range(width):
            w, u = theta[p + o * width + i], v[p + o * width + i]
            for r in range(m):
                rates[Z, k, o, r] += u * units[A, k - 1, i, r] + w * rates[A, k - 1, i, r]


def compare_rates(
    loss: int, output: int, k: int, n_out: int, data: Array, rows: Indices, first: int, m: int, units: Array,
    rates: Array,
) -> int:  # fmt: skip
    """Write R{∂L/∂z} of the last layer; return how many outputs stand on a kink."""
    n, kinks = rows.shape[0], 0
    y = data.shape[1] - (1 if loss == SOFTMAX else n_out)
    for r in range(m):
        row = rows[first + r]
        if loss == SOFTMAX:  # ∂L/∂z holds the probabilities, less 1 at the label
            label, mean = int(data[row, y]), 0.0
            for o in range(n_out):
                mean += (units[D, k, o, r] * n + (1.0 if o == label else 0.0)) * rates[Z, k, o, r]
            for o in range(n_out):
                chance = units[D, k, o, r] * n + (1.0 if o == label else 0.0)
                rates[D, k, o, r] = chance * (rates[Z, k, o, r] - mean) / n
        else:
            for o in range(n_out):
                z, a, target = units[Z, k, o, r], units[A, k, o, r], data[row, y + o]
                first_derivative = loss_of_output(loss, a, target)[1]
                second = bend_of_loss(loss, a, target) * rates[A, k, o, r] * slope(output, z, a)
                second += first_derivative * bend(output, z, a) * rates[Z, k, o, r]
                rates[D, k, o, r] = second / (n_out * n)
                kinks += 1 if (loss == MAE and a == target) or (loss == HUBER and abs(a - target) == 1.0) else 0
    return kinks


def gather_rates(
    out: Array, p: int, width: int, height: int, k: int, units: Array, rates: Array, turned: Array, sums: Array, m: int
) -> None:
    """Add Σ R{delta·a} over the rows to the product for W, and Σ R{delta} to that for b."""
    for i in range(width):
        for r in range(m):
            turned[0, r, i], turned[1, r, i] = units[A, k - 1, i, r], rates[A, k - 1, i, r]
    for o in range(height):
        total = 0.0
        for i in range(width):
            sums[i] = 0.0
        for r in range(m):
            delta, rate = units[D, k, o, r], rates[D, k, o, r]
            total += rate
            for i in range(width):
                sums[i] += rate * turned[0, r, i] + delta * turned[1, r, i]
        for i in range(width):
            out[p + o * width + i] += sums[i]
        out[p + height * width + o] += total


def backward_rates(
    theta: Array, v: Array, p: int, width: int, height: int, k: int, units: Array, rates: Array, m: int
) -> None:
    """Write R{Wᵀ·delta} of layer k to the layer before it."""
    for i in range(width):
        for r in range(m):
            rates[D, k - 1, i, r] = 0.0
        for o in range(height):
            w, u = theta[p + o * width + i], v[p + o * width + i]
            for r in range(m):
                rates[D, k - 1, i, r] += u * units[D, k, o, r] + w * rates[D, k, o, r]


@kernel(PRODUCT)
def hessian_times(
    theta: Array, v: Array, data: Array, rows: Indices, shape: Indices, work: Array, product: Array
) -> int:
    """Write H·v of the mean loss over data[rows]; return how many units and outputs stand on a kink: there is no H."""
    activation, output, loss, depth = shape[0], shape[1], shape[2], shape[3]
    sizes, tables = shape[FIXED : FIXED + depth], shape[FIXED + depth :]
    widest = 0
    for k in range(depth):
        widest = max(widest, sizes[k])
    sums = work[:widest]
    turned = work[widest : (2 * TILE + 1) * widest].reshape((2, TILE, widest))
    targets = work[widest : (TILE + 1) * widest].reshape((widest, TILE))  # `turned` comes after them
    end = (6 * depth * TILE + 2 * TILE + 1) * widest
    both = work[(2 * TILE + 1) * widest : end].reshape((2, 3, depth, widest, TILE))
    room = work[end : end + SPARE * TILE].reshape((SPARE, TILE))
    n_out = sizes[depth - 1]
    units, rates = both[0], both[1]
    for i in range(product.shape[0]):
        product[i] = 0.0
    n, kinks = rows.shape[0], 0
    for first in range(0, n, TILE):
        m = min(TILE, n - first)
        p = look_up(theta, data, rows, first, m, tables, units)
        look_up(v, data, rows, first, m, tables, rates)
        if tables[0] == 0:
            for i in range(sizes[0]):
                for r in range(m):
                    units[A, 0, i, r], rates[A, 0, i, r] = data[rows[first + r], i], 0.0
        for k in range(1, depth):
            forward(theta, p, sizes[k - 1], sizes[k], k, units, m)
            forward_rates(theta, v, p, sizes[k - 1], sizes[k], k, units, rates, m)
            kind = activation if k < depth - 1 else output
            activate_layer(kind, k, sizes[k], units, m)
            for j in range(sizes[k]):
                for r in range(m):
                    z = units[Z, k, j, r]
                    rates[A, k, j, r] = slope(kind, z, units[A, k, j, r]) * rates[Z, k, j, r]
                    kinks += on_kink(kind, z)
            p += (sizes[k - 1] + 1) * sizes[k]
        read_targets(data, rows, first, m, loss, n_out, targets)
        compare(loss, output, depth - 1, n_out, n, units, targets, room, m)
        kinks += compare_rates(loss, output, depth - 1, n_out, data, rows, first, m, units, rates)
        for k in range(depth - 1, 0, -1):
            p -= (sizes[k - 1] + 1) * sizes[k]
            gather_rates(product, p, sizes[k - 1], sizes[k], k, units, rates, turned, sums, m)
            if k > 1 or tables[0] > 0:
                backward(theta, p, sizes[k - 1], sizes[k], k, units, m)
                backward_rates(theta, v, p, sizes[k - 1], sizes[k], k, units, rates, m)
            if k > 1:
                for j in range(sizes[k - 1]):
                    for r in range(m):
                        z, a, delta = units[Z, k - 1, j, r], units[A, k - 1, j, r], units[D, k - 1, j, r]
                        s = slope(activation, z, a)
                        rates[D, k - 1, j, r] *= s
                        rates[D, k - 1, j, r] += delta * bend(activation, z, a) * rates[Z, k - 1, j, r]
                        units[D, k - 1, j, r] = delta * s
        scatter(product, data, rows, first, m, tables, rates)
    return kinks


def hessian_product(objective: Objective, theta: Array, v: Array) -> Array:
    """Return H·v of the loss over all training rows of an objective with a model; nan where it stands on a kink."""
    assert objective.model is not None
    point, along = (np.ascontiguousarray(each, dtype=np.float64) for each in (theta, v))
    product, work = np.empty(len(point)), np.zeros(product_work_size(objective.model.layers))
    with np.errstate(all="ignore"):
        kinks = hessian_times(point, along, objective.data, objective.train, objective.shape, work, product)
    return np.full(len(point), np.nan) if kinks else product
