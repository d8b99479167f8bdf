"""Loops over the columns of a layer's units: rows of a batch for one network, or networks side by side for one row.

The kinds of unit and of loss that are common have loops of their own, in which the kind is a constant: only then does
a loop become vector instructions.
"""

from __future__ import annotations

from gdtui.kernel import Array
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


def activate_layer(kind: int, k: int, height: int, units: Array, m: int) -> None:
    """Write the outputs of layer k."""
    for j in range(height):
        z, a = units[Z, k, j], units[A, k, j]
        if kind == IDENTITY:
            for c in range(m):
                a[c] = z[c]
        elif kind == RELU:
            for c in range(m):
                a[c] = activate(RELU, z[c])
        elif kind == TANH:
            for c in range(m):
                a[c] = activate(TANH, z[c])
        elif kind == SIGMOID:
            for c in range(m):
                a[c] = activate(SIGMOID, z[c])
        else:
            for c in range(m):
                a[c] = activate(kind, z[c])


def slope_layer(kind: int, k: int, height: int, units: Array, m: int) -> None:
    """Turn dL/da of layer k into dL/dz."""
    for j in range(height if kind != IDENTITY else 0):
        z, a, delta = units[Z, k, j], units[A, k, j], units[D, k, j]
        if kind == RELU:
            for c in range(m):
                delta[c] *= slope(RELU, z[c], a[c])
        elif kind == TANH:
            for c in range(m):
                delta[c] *= slope(TANH, z[c], a[c])
        elif kind == SIGMOID:
            for c in range(m):
                delta[c] *= slope(SIGMOID, z[c], a[c])
        else:
            for c in range(m):
                delta[c] *= slope(kind, z[c], a[c])


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
            for c in range(m):
                value, derivative = loss_of_output(MSE, a[c], y[c])
                values[c] += value / n_out
                delta[c] = derivative / (n_out * n)
        elif loss == BCE:
            for c in range(m):
                value, derivative = loss_of_output(BCE, a[c], y[c])
                values[c] += value / n_out
                delta[c] = derivative / (n_out * n)
        else:
            for c in range(m):
                value, derivative = loss_of_output(loss, a[c], y[c])
                values[c] += value / n_out
                delta[c] = derivative / (n_out * n)
    slope_layer(output, k, n_out, units, m)
