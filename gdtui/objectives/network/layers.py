"""Loops over the columns of a layer's units: rows of a batch for one network, or networks side by side for one row.

Loops over columns stand where they are called, for common kinds of unit and of loss with the kind as a constant: only
then does a loop become vector instructions.
"""

from __future__ import annotations

from gdtui.kernel import Array, inlined
from gdtui.objectives.network.elementary import exp, log
from gdtui.objectives.network.unit_kinds import (
    BCE,
    IDENTITY,
    MSE,
    RELU,
    SIGMOID,
    SOFTMAX,
    TANH,
    activate,
    loss_of_output,
    slope,
)

#: Units hold z, a and dL/dz in this order: units[Z | A | D, layer, unit, column].
Z, A, D = 0, 1, 2
#: Vectors of scratch that `compare` takes besides one for each target.
SPARE = 3


@inlined
def activate_columns(kind: int, z: Array, a: Array, m: int) -> None:
    """Write the outputs of a unit."""
    for c in range(m):
        a[c] = activate(kind, z[c])


def activate_layer(kind: int, k: int, height: int, units: Array, m: int) -> None:
    """Write the outputs of layer k."""
    for j in range(height):
        z, a = units[Z, k, j], units[A, k, j]
        if kind == IDENTITY:
            activate_columns(IDENTITY, z, a, m)
        elif kind == RELU:
            activate_columns(RELU, z, a, m)
        elif kind == TANH:
            activate_columns(TANH, z, a, m)
        elif kind == SIGMOID:
            activate_columns(SIGMOID, z, a, m)
        else:
            activate_columns(kind, z, a, m)


@inlined
def slope_columns(kind: int, z: Array, a: Array, delta: Array, m: int) -> None:
    """Turn dL/da of a unit into dL/dz."""
    for c in range(m):
        delta[c] *= slope(kind, z[c], a[c])


def slope_layer(kind: int, k: int, height: int, units: Array, m: int) -> None:
    """Turn dL/da of layer k into dL/dz."""
    for j in range(height if kind != IDENTITY else 0):
        z, a, delta = units[Z, k, j], units[A, k, j], units[D, k, j]
        if kind == RELU:
            slope_columns(RELU, z, a, delta, m)
        elif kind == TANH:
            slope_columns(TANH, z, a, delta, m)
        elif kind == SIGMOID:
            slope_columns(SIGMOID, z, a, delta, m)
        else:
            slope_columns(kind, z, a, delta, m)


def compare_softmax(k: int, n_out: int, n: int, units: Array, targets: Array, room: Array, m: int) -> None:
    """Write the cross-entropy of each column to room[0]; write its derivative, over n rows, to D of layer k."""
    values, top, mass, labels = room[0], room[1], room[2], targets[0]
    for c in range(m):
        top[c], mass[c], values[c] = units[Z, k, 0, c], 0.0, 0.0
    for o in range(1, n_out):
        z = units[Z, k, o]
        for c in range(m):
            top[c] = z[c] if z[c] > top[c] else top[c]
    for o in range(n_out):
        z, delta = units[Z, k, o], units[D, k, o]
        for c in range(m):
            delta[c] = exp(z[c] - top[c])
        for c in range(m):
            mass[c] += delta[c]
        for c in range(m):
            values[c] = z[c] if labels[c] == o else values[c]
    for c in range(m):
        values[c] = top[c] + log(mass[c]) - values[c]
    for o in range(n_out):
        delta = units[D, k, o]
        for c in range(m):
            delta[c] = (delta[c] / mass[c] - (1.0 if labels[c] == o else 0.0)) / n


@inlined
def compare_columns(loss: int, n_out: int, n: int, a: Array, y: Array, values: Array, delta: Array, m: int) -> None:
    """Add the loss of one of `n_out` outputs to the values; write its derivative, over n rows."""
    for c in range(m):
        value, derivative = loss_of_output(loss, a[c], y[c])
        values[c] += value / n_out
        delta[c] = derivative / (n_out * n)


def compare(
    loss: int, output: int, k: int, n_out: int, n: int, units: Array, targets: Array, room: Array, m: int
) -> None:
    """Write the loss of each column to room[0]; write its derivative, over n rows, to D of layer k.

    Parameters
    ----------
    targets
        [output, column]; of a softmax the label [0, column].
    room
        [`SPARE`, column].
    """
    if loss == SOFTMAX:
        compare_softmax(k, n_out, n, units, targets, room, m)
        return
    values = room[0]
    for c in range(m):
        values[c] = 0.0
    for o in range(n_out):
        a, y, delta = units[A, k, o], targets[o], units[D, k, o]
        if loss == MSE:
            compare_columns(MSE, n_out, n, a, y, values, delta, m)
        elif loss == BCE:
            compare_columns(BCE, n_out, n, a, y, values, delta, m)
        else:
            compare_columns(loss, n_out, n, a, y, values, delta, m)
    slope_layer(output, k, n_out, units, m)
