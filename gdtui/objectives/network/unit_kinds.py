"""One unit of a network: what comes out of it, its slope, and the loss of an output."""

from __future__ import annotations

import math

import numpy as np

from gdtui.kernel import inlined
from gdtui.objectives.network.elementary import exp, sigmoid, softplus_tail, tanh

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky-relu", "gelu")
LOSSES = ("mse", "mae", "huber", "bce", "softmax")
IDENTITY, SIGMOID, TANH, RELU, LEAKY_RELU, GELU = range(6)
MSE, MAE, HUBER, BCE, SOFTMAX = range(5)
#: Losses that take the last z as a logit: the sigmoid or the softmax is part of them.
ON_LOGITS = ("bce", "softmax")

LEAK = 0.01
SQRT_HALF = math.sqrt(0.5)
DENSITY = 1.0 / math.sqrt(2.0 * math.pi)


@inlined
def activate(activation: int, z: float) -> float:
    """Return a unit's output from its weighted input."""
    if activation == SIGMOID:
        return sigmoid(z)
    if activation == TANH:
        return tanh(z)
    if activation == RELU:
        return 0.0 if z <= 0.0 else z  # nan stays nan
    if activation == LEAKY_RELU:
        return z if z > 0.0 else LEAK * z
    if activation == GELU:
        return 0.5 * z * (1.0 + math.erf(z * SQRT_HALF))
    return z


@inlined
def slope(activation: int, z: float, a: float) -> float:
    """Return da/dz, from z or from a = activate(z), whichever is simpler."""
    if activation == SIGMOID:
        return a * (1.0 - a)
    if activation == TANH:
        return 1.0 - a * a
    if activation == RELU:
        return 1.0 if z > 0.0 else 0.0
    if activation == LEAKY_RELU:
        return 1.0 if z > 0.0 else LEAK
    if activation == GELU:
        return 0.5 * (1.0 + math.erf(z * SQRT_HALF)) + z * DENSITY * exp(-0.5 * z * z)
    return 1.0


@inlined
def loss_of_output(loss: int, a: float, y: float) -> tuple[float, float]:
    """Return the loss of one output a with target y, and its derivative with respect to a."""
    e = a - y
    if loss == MSE:
        return e * e, 2.0 * e
    if loss == MAE:
        return abs(e), np.sign(e)
    if loss == HUBER:
        if abs(e) < 1.0:
            return 0.5 * e * e, e
        return abs(e) - 0.5, np.sign(e)
    # bce with logits: −y·log σ(z) − (1−y)·log(1−σ(z)), in the form that cannot overflow
    return (a if a > 0.0 else 0.0) - a * y + softplus_tail(a), sigmoid(a) - y
