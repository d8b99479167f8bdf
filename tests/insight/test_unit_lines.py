"""A network's numbers for one sample, and the lines that say how they came about, against passes worked out by hand."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from gdtui.insight.unit_lines import Derivation, Writer
from gdtui.kernel import Array
from gdtui.objectives.network import kernels
from gdtui.objectives.network.inspection import LayerValues, first_weights, layer_values, predictions, unit_of
from gdtui.objectives.network.model import Model
from gdtui.objectives.network.unit_kinds import ACTIVATIONS
from gdtui.objectives.objective import Objective
from tests.objectives.building import dataset

#: W₁ = [[1, ¼], [−1, −¼]], b₁ = (−¼, ¼), W₂ = (1¾, −2¼), b₂ = −½: the lesson's network after its first update.
START = (1.0, 0.25, -1.0, -0.25, -0.25, 0.25, 1.75, -2.25, -0.5)
W1, B1, W2, B2 = np.array([[1.0, 0.25], [-1.0, -0.25]]), np.array([-0.25, 0.25]), np.array([1.75, -2.25]), -0.5
X, Y = np.array([0.0, 1.0]), 1.0


def sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


def xor(**model: str) -> Objective:
    return dataset("xor", layers=(2, 2, 1), activation="sigmoid", start=START, **model)


def written(objective: Objective, row: int = 1, **lengths: int) -> Writer:
    layers, model = layer_values(objective, np.asarray(objective.start), row), objective.model
    assert model is not None
    n = model.layers[-1]
    target = np.eye(n)[int(objective.data[row, -1])] if model.loss == "softmax" else objective.data[row, -n:]
    return Writer(model, layers, target, **lengths)


def lines(*derivations: Derivation) -> list[str]:
    return [" = ".join((d.name, d.symbols, d.numbers)) for d in derivations]


@pytest.mark.parametrize(
    ("loss", "output", "error"),
    [("bce", "identity", lambda p: p - Y), ("mse", "sigmoid", lambda p: 2 * (p - Y) * p * (1 - p))],
)
def test_every_number_of_both_layers_is_as_worked_out_by_hand(
    loss: str, output: str, error: Callable[[float], float]
) -> None:
    z1 = W1 @ X + B1
    a1 = sigmoid(z1)
    z2 = W2 @ a1 + B2
    answer = sigmoid(z2)
    delta2 = error(answer)
    delta1 = W2 * delta2 * a1 * (1 - a1)
    writer = written(xor(loss=loss, output=output))
    first, second = writer.layers
    for got, wanted in (
        (first.z, z1), (first.a, a1), (first.delta, delta1), (first.weights_grad, np.outer(delta1, X)),
        (first.biases_grad, delta1), (second.z, [z2]), (writer.answer, [answer]), (second.delta, [delta2]),
        (second.weights_grad, [delta2 * a1]), (second.biases_grad, [delta2]),
    ):  # fmt: skip
        np.testing.assert_allclose(got, wanted, rtol=1e-14, atol=1e-16)
    units = [*writer.unit(0, 0), *writer.unit(0, 1), *writer.unit(1, 0)]
    for line, wanted in zip(
        units, (z1[0], a1[0], delta1[0], delta1[0] * X, z1[1], a1[1], delta1[1], delta1[1] * X,
                z2, answer, delta2, delta2 * a1), strict=True,
    ):  # fmt: skip
        np.testing.assert_allclose(line.values, np.atleast_1d(wanted), rtol=1e-14, atol=1e-16)


def test_lines_have_the_numbers_put_in() -> None:
    writer = written(xor(loss="bce"))
    assert lines(*writer.unit(0, 0)) == [
        "z¹[0] = W¹[0]·x + b¹[0] = 1·0 + 0.25·1 − 0.25",
        "a¹[0] = σ(z¹[0]) = σ(0)",
        "δ¹[0] = (W²ᵀδ²)[0]·σ′(z¹[0]) = 1.75·(−0.6792)·0.5·(1 − 0.5)",
        "∂W¹[0] = δ¹[0]·xᵀ = −0.2971·(0  1)",
    ]
    assert lines(*writer.unit(1, 0)) == [
        "z² = W²·a¹ + b² = 1.75·0.5 − 2.25·0.5 − 0.5",
        "ŷ = σ(z²) = σ(−0.75)",
        "δ² = ŷ − y = 0.3208 − 1",
        "∂W² = δ²·a¹ᵀ = −0.6792·(0.5  0.5)",
    ]
    assert lines(*writer.backward()) == [
        "δ² = ŷ − y = 0.3208 − 1",
        "δ¹ = W²ᵀδ² ⊙ σ′(z¹) = (−1.189  1.528) ⊙ (0.25  0.25)",
    ]
    assert [line.values for line in writer.backward()] == [tuple(writer.layers[1].delta), tuple(writer.layers[0].delta)]


def test_an_output_with_an_activation_has_its_slope_in_its_error() -> None:
    _z, answer, error, _grad = written(xor(loss="mse", output="sigmoid")).unit(1, 0)
    assert lines(answer) == ["ŷ = σ(z²) = σ(−0.75)"]
    assert lines(error) == ["δ² = 2·(ŷ − y)·σ′(z²) = 2·(0.3208 − 1)·0.3208·(1 − 0.3208)"]


#: What is written, as Python computes it.
SIGNS = ((r"(?<=\d)²", "**2"), ("·", "*"), ("−", "-"), (r"\)\(", ")*("))
FUNCTIONS = {
    "σ": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "max": max, "exp": np.exp, "sign": np.sign,
    "Φ": lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))),
    "clip": lambda e, _bound: min(1.0, max(-1.0, e)),
}  # fmt: skip


def computed(text: str) -> float:
    for sign, python in SIGNS:
        text = re.sub(sign, python, text)
    return float(eval(text.replace("±1", "1").replace(")²", ")**2"), {"__builtins__": {}}, FUNCTIONS))


MODELS = [
    (activation, loss, output)
    for activation, (loss, output) in itertools.product(
        ACTIVATIONS,
        [("bce", "identity"), *itertools.product(("mse", "mae", "huber"), ("identity", "sigmoid", "tanh", "relu"))],
    )
]


@pytest.mark.parametrize(("activation", "loss", "output"), MODELS)
def test_what_is_written_in_numbers_is_what_the_network_has_computed(activation: str, loss: str, output: str) -> None:
    objective = dataset("xor", layers=(2, 3, 1), activation=activation, loss=loss, output=output, init="uniform")
    writer = written(objective, row=2, digits=15)
    for k, j in ((0, 0), (0, 1), (0, 2), (1, 0)):
        for line in writer.unit(k, j)[:3]:
            if line.numbers:
                assert computed(line.numbers) == pytest.approx(line.values[0], rel=1e-10, abs=1e-14), line


@pytest.mark.parametrize("loss", ["softmax", "mse", "mae", "huber", "bce"])
def test_with_several_outputs_a_loss_is_their_mean_but_for_softmax(loss: str) -> None:
    model = Model((2, 3), "tanh", loss)
    theta, x, y = np.linspace(-1.0, 1.0, 9), np.array([0.3, -0.7]), np.array([0.0, 1.0, 0.0])
    data = np.array([[*x, 1.0]]) if loss == "softmax" else np.array([[*x, *y]])
    grad, work = np.zeros(9), np.zeros(kernels.work_size(model.layers))
    kernels.network(theta, data, np.array([0]), 0, 1, model.shape, work, grad)
    weights, biases = theta[:6].reshape(3, 2), theta[6:]
    units = kernels.units_of(work, model.layers)[..., 0]
    layer = LayerValues(x, weights, biases, *units[:, 1, :3], grad[:6].reshape(3, 2), grad[6:])
    for line in Writer(model, (layer,), y, digits=15).unit(0, 1):
        if len(line.values) == 1 and line.numbers:
            assert computed(line.numbers) == pytest.approx(line.values[0], rel=1e-10), line
    if loss == "softmax":
        assert predictions(model, layer.z).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("bias", "target"), [(10.0, 0), (10.0, 1), (-10.0, 0), (-10.0, 1), (30.0, 0)])
def test_small_differences_are_seen_in_the_numbers(bias: float, target: int) -> None:
    objective = dataset("xor", layers=(2, 1), loss="mse", output="sigmoid", start=(0.0, 0.0, bias))
    _z, _answer, error, _grad = written(objective, row=target).unit(0, 0)
    assert error.values[0] != 0
    assert computed(error.numbers) == pytest.approx(error.values[0], rel=0.02), error.numbers
    tanh = written(dataset("xor", layers=(2, 1, 1), loss="mse", activation="tanh", start=(0, 0, bias, 1, 0))).unit(0, 0)
    assert computed(tanh[2].numbers) == pytest.approx(tanh[2].values[0], rel=0.02, abs=1e-15), tanh[2].numbers


def test_a_long_sum_is_cut_and_its_result_is_not() -> None:
    objective = dataset("xor", layers=(2, 16, 1), init="uniform")
    z, _a, _error, grad = written(objective, terms=2).unit(1, 0)
    assert re.fullmatch(r"\S+ [+−] \S+ \+ … [+−] \S+", z.numbers)
    assert grad.numbers.endswith("  …)")
    assert z.values[0] == written(objective).layers[1].z[0]
    assert len(grad.values) == 16


def test_units_are_counted_layer_by_layer_and_a_parameter_belongs_to_one() -> None:
    model = Model((2, 3, 1), "tanh", "mse")
    assert [unit_of(model, first) for first in first_weights(model)] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    assert [model.names[first] for first in first_weights(model)] == ["w1[0,0]", "w1[1,0]", "w1[2,0]", "w2[0,0]"]
    assert [unit_of(model, parameter) for parameter in (None, 1, 7, 12)] == [(0, 0), (0, 0), (0, 1), (1, 0)]


def test_behind_embedding_tables_units_are_counted_all_the_same() -> None:
    model = Model((4, 2, 1), "relu", "bce", ((5, 2), (3, 2)), ("user", "item"))
    assert first_weights(model)[0] == 16
    assert unit_of(model, 3) == (0, 0) == unit_of(model, 16)
    assert unit_of(model, 20) == (0, 1)
