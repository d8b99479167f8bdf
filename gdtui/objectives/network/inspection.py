"""What a fitted model says: its outputs, its accuracy, every layer's values for one sample, and which unit is which.

Nothing is computed here that the kernel computes: its scratch memory is read after it has run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.objectives.network.elementary import exp
from gdtui.objectives.network.kernels import TILE, units_of
from gdtui.objectives.network.layers import A, D, Z
from gdtui.objectives.network.model import Model
from gdtui.objectives.network.unit_kinds import ACTIVATIONS, activate
from gdtui.objectives.objective import NO_ROWS, Objective
from gdtui.text import _

_NO_GRADIENT = np.zeros(0)


@dataclass(frozen=True, eq=False)
class LayerValues:
    """One layer at work on one sample, forwards and backwards.

    Parameters
    ----------
    inputs
        the activations of the layer before it; of the first layer, the sample.
    weights, biases
        out x in, and out.
    z, a
        W·inputs + b, and the activation of it.
    delta
        ∂loss/∂z.
    weights_grad, biases_grad
        ∂loss/∂W and ∂loss/∂b of this sample's loss.
    """

    inputs: Array
    weights: Array
    biases: Array
    z: Array
    a: Array
    delta: Array
    weights_grad: Array
    biases_grad: Array


def _model_of(objective: Objective) -> Model:
    """Return the model of an objective; ValueError if it has none."""
    if objective.model is None:
        raise ValueError(_("{} has no layers").format(objective.name))
    return objective.model


def layer_values(objective: Objective, theta: Array, row: int) -> tuple[LayerValues, ...]:
    """Return every layer's values for row number `row` of the objective's data.

    Raises
    ------
    ValueError
        the objective has no model, or no such row.
    """
    model = _model_of(objective)
    if not 0 <= row < len(objective.data):
        message = _("{name} has rows 0 to {last}, not {row}")
        raise ValueError(message.format(name=objective.name, last=len(objective.data) - 1, row=row))
    point = np.ascontiguousarray(theta, dtype=np.float64)
    grad, work = np.zeros(len(point)), np.zeros(objective.work_size)
    with np.errstate(all="ignore"):
        objective.kernel(point, objective.data, np.array([row]), 0, 1, objective.shape, work, grad)
    units = units_of(work, model.layers)[..., 0].copy()
    found = []
    parts = [part for part in model.parts if part.kind != "table"]
    for k, (w, b) in enumerate(zip(parts[::2], parts[1::2], strict=True), 1):
        n_in, n_out = w.cols, w.rows
        found.append(
            LayerValues(
                inputs=units[A, k - 1, :n_in],
                weights=point[w.first : w.end].reshape(n_out, n_in),
                biases=point[b.first : b.end],
                z=units[Z, k, :n_out],
                a=units[A, k, :n_out],
                delta=units[D, k, :n_out],
                weights_grad=grad[w.first : w.end].reshape(n_out, n_in),
                biases_grad=grad[b.first : b.end],
            )
        )
    return tuple(found)


def predictions(model: Model, z: Array) -> Array:
    """Return what is compared with the target, from the last layer's z of one row: ŷ, or the probabilities."""
    with np.errstate(all="ignore"):
        if model.loss == "softmax":
            powers = np.array([exp(value) for value in z - z.max()])
            return np.asarray(powers / powers.sum(), dtype=np.float64)
        kind = ACTIVATIONS.index("sigmoid" if model.loss == "bce" else model.output)
        return np.array([activate(kind, value) for value in z])


def first_weights(model: Model) -> tuple[int, ...]:
    """Return the number of each unit's first weight, layer by layer."""
    weights = (part for part in model.parts if part.kind == "weights")
    return tuple(first for part in weights for first in range(part.first, part.end, part.cols))


def unit_of(model: Model, parameter: int | None) -> tuple[int, int]:
    """Return (layer, unit), both from 0, of a weight or bias; the first unit for anything else."""
    layers = [part for part in model.parts if part.kind != "table"]
    for place, part in enumerate(layers):
        if parameter is not None and part.first <= parameter < part.end:
            return place // 2, (parameter - part.first) // part.cols
    return 0, 0


def outputs(objective: Objective, theta: Array, inputs: Array | None = None) -> Array:
    """Return the model's outputs (rows x outputs): numbers, or logits of classes.

    Parameters
    ----------
    objective
        one with a model.
    theta
        its parameters.
    inputs
        rows x inputs, in the units of the data as read (they are standardised here where the
        objective's are); None: the objective's own rows.

    Raises
    ------
    ValueError
        the objective has no model, or the inputs do not fit it.
    """
    model = _model_of(objective)
    if inputs is None:
        data = objective.data
    else:
        given = np.asarray(inputs, dtype=np.float64)
        if given.ndim != 2 or given.shape[1] != len(objective.inputs):
            message = _("{name} has {count} inputs, given are {shape}")
            raise ValueError(message.format(name=objective.name, count=len(objective.inputs), shape=given.shape))
        if len(objective.center):
            given = (given - objective.center) / objective.scale
        data = np.zeros((len(given), objective.data.shape[1]))
        data[:, : given.shape[1]] = given
    point = np.ascontiguousarray(theta, dtype=np.float64)
    work = np.zeros(objective.work_size)
    units = units_of(work, model.layers)
    n_out = model.layers[-1]
    answers = np.empty((len(data), n_out))
    rows = np.arange(len(data))
    with np.errstate(all="ignore"):
        for lo in range(0, len(data), TILE):
            hi = min(lo + TILE, len(data))
            objective.kernel(point, data, rows, lo, hi, objective.shape, work, _NO_GRADIENT)
            answers[lo:hi] = units[A, len(model.layers) - 1, :n_out, : hi - lo].T
    return answers


def predicted_classes(objective: Objective, theta: Array, inputs: Array | None = None) -> Indices:
    """Return the class number that each row is put in: the largest logit, or a logit above 0.

    Raises
    ------
    ValueError
        the objective's targets are no classes.
    """
    if not objective.classes:
        raise ValueError(_("{} has no classes").format(objective.name))
    answers = outputs(objective, theta, inputs)
    if answers.shape[1] > 1:
        largest: Indices = np.argmax(answers, axis=1).astype(np.int64)
        return largest
    border = 0.0 if _model_of(objective).loss == "bce" else 0.5
    above: Indices = (answers[:, 0] > border).astype(np.int64)
    return above


def accuracy(objective: Objective, theta: Array, rows: Indices = NO_ROWS) -> float:
    """Return the share of `rows` (none given: the training rows) that are put in their class.

    Raises
    ------
    ValueError
        the objective's targets are no classes.
    """
    chosen = rows if len(rows) else objective.train
    right = predicted_classes(objective, theta) == objective.data[:, -1].astype(np.int64)
    return float(np.mean(right[chosen]))


def hidden_layers(objective: Objective, theta: Array) -> tuple[tuple[Array, Array], ...]:
    """Return z and a of each hidden layer (units x training rows).

    Raises
    ------
    ValueError
        the objective has no layers.
    """
    model = _model_of(objective)
    point = np.ascontiguousarray(theta, dtype=np.float64)
    work, rows = np.zeros(objective.work_size), objective.train
    units = units_of(work, model.layers)
    sizes = model.layers[1:-1]
    found = tuple((np.empty((n, len(rows))), np.empty((n, len(rows)))) for n in sizes)
    with np.errstate(all="ignore"):
        for lo in range(0, len(rows), TILE):
            hi = min(lo + TILE, len(rows))
            objective.kernel(point, objective.data, rows, lo, hi, objective.shape, work, _NO_GRADIENT)
            for k, (z, a) in enumerate(found, 1):
                z[:, lo:hi], a[:, lo:hi] = (units[what, k, : len(z), : hi - lo] for what in (Z, A))
    return found
