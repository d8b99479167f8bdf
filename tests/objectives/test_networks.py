"""Networks: torch's numbers, finite differences, batches of any size, and what is read off the scratch memory."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdtui.errors import ObjectiveError
from gdtui.objectives.data.data_table import Table
from gdtui.objectives.network import kernels as networks
from gdtui.objectives.network import unit_kinds
from gdtui.objectives.network.inspection import accuracy, layer_values, outputs, predicted_classes
from gdtui.objectives.network.model import INITS, Model
from gdtui.objectives.specs import DatasetSpec
from gdtui.objectives.specs.fitted import outputs_for
from tests.objectives.building import dataset

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
MORE = json.loads((REFERENCE / "more_networks.json").read_text())
RECORDS: list[dict[str, Any]] = json.loads((REFERENCE / "networks.json").read_text()) + MORE["networks"]
PAIRS = [
    (activation, loss) for activation, loss in itertools.product(unit_kinds.ACTIVATIONS, unit_kinds.LOSSES)
]  # fmt: skip


def run(model: Model, data: np.ndarray, theta: np.ndarray, rows: np.ndarray | None = None) -> tuple[float, np.ndarray]:
    grad = np.full(model.size, np.nan)  # whatever was there before must be gone
    rows = np.arange(len(data)) if rows is None else rows
    work = np.full(networks.work_size(model.layers), np.nan)
    value = networks.network(theta, data, rows, 0, len(rows), model.shape, work, grad)
    return float(value), grad


def example(model: Model, rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(seed)
    x, n_out = random.randn(rows, model.layers[0]), model.layers[-1]
    y = random.randn(rows, n_out)
    if model.loss == "bce":
        y = (y > 0).astype(float)
    if model.loss == "softmax":
        y = random.randint(0, n_out, (rows, 1)).astype(float)
    return np.ascontiguousarray(np.hstack((x, y))), 0.7 * random.randn(model.size)


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: f"{r['sizes']}-{r['activation']}-{r['loss']}")
def test_loss_and_gradient_are_those_of_autograd(record: dict[str, Any]) -> None:
    x = np.array(record["X"])
    y = np.array(record["y"], dtype=float).reshape(len(x), -1)
    model = Model(tuple(record["sizes"]), record["activation"], record["loss"])
    value, grad = run(model, np.hstack((x, y)), np.array(record["theta"]))
    assert value == pytest.approx(record["value"], rel=1e-10)
    np.testing.assert_allclose(grad, record["gradient"], rtol=1e-10, atol=1e-14)


def test_the_recommender_s_gradient_is_that_of_autograd_and_sparse() -> None:
    record = MORE["recommender"]
    model = Model(tuple(record["layers"]), "tanh", "bce", tuple(map(tuple, record["tables"])), ("user", "item"))
    value, grad = run(model, np.array(record["clicks"], dtype=float), np.array(record["theta"]))
    assert value == pytest.approx(record["value"], rel=1e-12)
    np.testing.assert_allclose(grad, record["gradient"], rtol=1e-12, atol=1e-16)
    assert not np.any(grad[2:4]) and np.all(grad[4:6])  # nobody is user 1; user 2 clicked


def assert_gradient_is_that_of_finite_differences(model: Model, data: np.ndarray, theta: np.ndarray) -> None:
    _, grad = run(model, data, theta)
    h = 1e-6
    for i in range(model.size):
        step = h * np.eye(model.size)[i]
        slope = (run(model, data, theta + step)[0] - run(model, data, theta - step)[0]) / (2 * h)
        assert grad[i] == pytest.approx(slope, abs=2e-8), model.names[i]


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_the_gradient_is_that_of_finite_differences(activation: str, loss: str) -> None:
    model = Model((2, 3, 2, 2), activation, loss)
    data, theta = example(model, 3)
    assert_gradient_is_that_of_finite_differences(model, data, theta)


@pytest.mark.parametrize(("output", "loss"), list(itertools.product(unit_kinds.ACTIVATIONS, ("mse", "mae", "huber"))))
def test_the_gradient_through_an_activation_of_the_output_is_that_of_finite_differences(output: str, loss: str) -> None:
    model = Model((2, 3, 2), "tanh", loss, output=output)
    data, theta = example(model, 40)  # more rows than go through side by side
    assert_gradient_is_that_of_finite_differences(model, data, theta)


def test_a_sigmoid_output_with_squared_error_is_as_worked_out_by_hand() -> None:
    w1, b1 = np.array([[1.0, 0.25], [-1.0, -0.25]]), np.array([-0.25, 0.5])
    w2, b2 = np.array([2.0, -2.0]), 0.25
    x, y = np.array([0.0, 1.0]), 1.0
    a1 = 1 / (1 + np.exp(-(w1 @ x + b1)))
    answer = 1 / (1 + np.exp(-(w2 @ a1 + b2)))
    delta2 = 2 * (answer - y) * answer * (1 - answer)
    delta1 = w2 * delta2 * a1 * (1 - a1)
    model = Model((2, 2, 1), "sigmoid", "mse", output="sigmoid")
    value, grad = run(model, np.array([[*x, y]]), np.array([*w1.ravel(), *b1, *w2, b2]))
    assert value == pytest.approx((answer - y) ** 2, rel=1e-14)
    np.testing.assert_allclose(grad, [*np.outer(delta1, x).ravel(), *delta1, *(delta2 * a1), delta2], rtol=1e-14)


@pytest.mark.parametrize("loss", ["bce", "softmax"])
def test_a_loss_on_logits_takes_no_activation_of_the_output(loss: str) -> None:
    with pytest.raises(ObjectiveError, match=f"{loss} takes the last z itself") as caught:
        Model((2, 2), "tanh", loss, output="sigmoid")
    assert caught.value.key == "output"
    assert Model((2, 2), "tanh", loss, output="identity").output == "identity"


def test_a_unit_with_a_sigmoid_output_has_no_least_squares_solution() -> None:
    assert dataset("line").minima and not dataset("line", output="sigmoid").minima


def test_with_a_sigmoid_output_a_class_is_predicted_from_one_half_on() -> None:
    o = dataset("xor", layers=(2, 2, 1), activation="sigmoid", loss="mse", output="sigmoid")
    theta = np.array([9.0, 9.0, -9.0, -9.0, -4.0, 13.0, 12.0, 12.0, -18.0])  # or, and not both
    assert np.all((outputs(o, theta) > 0) & (outputs(o, theta) < 1))
    assert accuracy(o, theta) == 1.0


@pytest.mark.parametrize("rows", [1, 2, 31, 32, 33, 70])
def test_a_batch_of_any_size_is_the_mean_of_its_rows(rows: int) -> None:
    model = Model((3, 4, 2), "sigmoid", "mse")
    data, theta = example(model, 80)
    chosen = np.random.RandomState(rows).permutation(80)[:rows]
    value, grad = run(model, data, theta, chosen)
    single = [run(model, data, theta, np.array([r])) for r in chosen]
    assert value == pytest.approx(np.mean([v for v, _ in single]), rel=1e-13)
    np.testing.assert_allclose(grad, np.mean([g for _, g in single], axis=0), rtol=1e-12, atol=1e-15)


def test_the_same_call_gives_the_same_bits() -> None:
    model = Model((3, 5, 1), "gelu", "huber")
    data, theta = example(model, 50)
    first, again = run(model, data, theta), run(model, data, theta)
    assert first[0] == again[0] and np.array_equal(first[1], again[1])


@pytest.mark.parametrize("loss", unit_kinds.LOSSES)
def test_large_outputs_do_not_overflow_and_nan_is_not_hidden(loss: str) -> None:
    model = Model((1, 2), "tanh", loss)
    data = np.array([[1.0, *([1.0] if loss == "softmax" else [1.0, 0.0])]])
    with np.errstate(all="ignore"):
        value, grad = run(model, data, np.array([800.0, -800.0, 0.0, 0.0]))
        assert np.isfinite(value) and np.all(np.isfinite(grad))
        assert np.isnan(run(model, data, np.array([np.nan, 1.0, 0.0, 0.0]))[0])


@pytest.mark.parametrize("activation", unit_kinds.ACTIVATIONS)
def test_nan_passes_through_every_activation(activation: str) -> None:
    model = Model((1, 2, 1), activation, "mse")
    theta = np.ones(model.size)
    theta[0] = np.nan
    assert np.isnan(run(model, np.ones((1, 2)), theta)[0])


# -- what can be seen of it -------------------------------------------------------------------------


def test_every_layer_of_one_sample_is_as_in_the_textbook() -> None:
    o = dataset("two-moons", layers=(2, 3, 1), activation="sigmoid", seed=4)
    first, last = layer_values(o, o.start, 5)
    x, y = o.data[5, :2], o.data[5, 2]
    np.testing.assert_array_equal(first.inputs, x)
    np.testing.assert_allclose(first.z, first.weights @ x + first.biases, rtol=1e-14)
    np.testing.assert_allclose(first.a, 1 / (1 + np.exp(-first.z)), rtol=1e-14)
    np.testing.assert_array_equal(last.inputs, first.a)
    np.testing.assert_allclose(last.z, last.weights @ first.a + last.biases, rtol=1e-14)
    np.testing.assert_allclose(last.delta, 1 / (1 + np.exp(-last.z)) - y, rtol=1e-13)
    np.testing.assert_allclose(first.delta, (last.weights.T @ last.delta) * first.a * (1 - first.a), rtol=1e-13)
    np.testing.assert_allclose(first.weights_grad, np.outer(first.delta, x), rtol=1e-13)
    np.testing.assert_array_equal(first.biases_grad, first.delta)
    every = (first.weights_grad.ravel(), first.biases_grad, last.weights_grad.ravel(), last.biases_grad)
    np.testing.assert_array_equal(np.concatenate(every), o.evaluate(o.start, np.array([5]))[1])


def by_hand(model: Model, theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[float, list[dict[str, np.ndarray]]]:
    """One sample through the network and back, written out in NumPy from the formulas of the textbook."""
    erf = np.vectorize(math.erf)
    activations = {
        "identity": (lambda z: z, np.ones_like),
        "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
        "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
        "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
        "leaky-relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1, 0.01)),
        "gelu": (
            lambda z: z * (1 + erf(z / math.sqrt(2))) / 2,
            lambda z: (1 + erf(z / math.sqrt(2))) / 2 + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
        ),
    }
    f, slope = activations[model.activation]
    layers, a, place = [], x, 0
    for k, (n_in, n_out) in enumerate(itertools.pairwise(model.layers), 1):
        w = theta[place : place + n_in * n_out].reshape(n_out, n_in)
        b = theta[place + n_in * n_out : place + n_in * n_out + n_out]
        place += (n_in + 1) * n_out
        z = w @ a + b
        layers.append({"inputs": a, "weights": w, "biases": b, "z": z, "a": z if k == len(model.layers) - 1 else f(z)})
        a = layers[-1]["a"]
    n = len(a)
    softmax = np.exp(a) / np.exp(a).sum()
    loss, delta = {
        "mse": lambda: (np.mean((a - y) ** 2), 2 * (a - y) / n),
        "mae": lambda: (np.mean(np.abs(a - y)), np.sign(a - y) / n),
        "huber": lambda: (
            np.mean(np.where(np.abs(a - y) < 1, (a - y) ** 2 / 2, np.abs(a - y) - 0.5)),
            np.clip(a - y, -1, 1) / n,
        ),
        "bce": lambda: (np.mean(np.log1p(np.exp(a)) - y * a), (1 / (1 + np.exp(-a)) - y) / n),
        "softmax": lambda: (-np.log(softmax[int(y[0])]), softmax - np.eye(n)[int(y[0])]),
    }[model.loss]()
    for k in range(len(layers) - 1, -1, -1):
        layer = layers[k]
        layer |= {"delta": delta, "weights_grad": np.outer(delta, layer["inputs"]), "biases_grad": delta}
        if k:
            delta = (layer["weights"].T @ delta) * slope(layers[k - 1]["z"])
    return float(loss), layers


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_every_value_of_every_layer_is_what_the_textbook_works_out(activation: str, loss: str) -> None:
    model = Model((3, 5, 4, 3), activation, loss)
    data, theta = example(model, 6, seed=8)
    classes = ("a", "b", "c") if loss == "softmax" else ()
    table = Table(data[:, :3], data[:, 3:], ("p", "q", "r"), ("y",) if classes else ("y1", "y2", "y3"), classes)
    o = DatasetSpec("own", start=tuple(theta)).fit(table, model, 0)
    for row in range(6):
        expected_loss, expected = by_hand(model, theta, data[row, :3], data[row, 3:])
        assert o.evaluate(theta, np.array([row]))[0] == pytest.approx(expected_loss, rel=1e-12)
        for found, layer in zip(layer_values(o, theta, row), expected, strict=True):
            for name, value in layer.items():
                np.testing.assert_allclose(getattr(found, name), value, rtol=1e-11, atol=1e-14, err_msg=name)


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
@pytest.mark.parametrize("init", INITS)
def test_every_activation_loss_and_initialisation_makes_an_objective(activation: str, loss: str, init: str) -> None:
    hidden = (2, 4, 2 if loss == "softmax" else 1)
    o = dataset("two-moons", layers=hidden, activation=activation, loss=loss, init=init, seed=2)
    value, grad = o.evaluate(o.start)
    assert np.isfinite(value) and np.all(np.isfinite(grad))
    below, _ = o.evaluate(o.start - 1e-4 * grad)
    assert below < value or not np.any(grad) or (loss == "mae" and below == pytest.approx(value, abs=1e-3))


def test_there_is_no_such_row() -> None:
    o = dataset("xor")
    with pytest.raises(ValueError, match="rows 0 to 3"):
        layer_values(o, o.start, 4)


def test_outputs_of_new_inputs_are_standardised_as_the_data_were() -> None:
    plain, scaled = dataset("iris"), dataset("iris", standardize=True)
    theta = np.random.RandomState(0).randn(15)
    given = plain.data[:40, :4]
    np.testing.assert_allclose(outputs(scaled, theta, given), outputs(scaled, theta)[:40], rtol=1e-13)
    assert not np.allclose(outputs(scaled, theta, given), outputs(plain, theta, given))
    with pytest.raises(ValueError, match="4 inputs"):
        outputs(plain, theta, given[:, :2])


def test_accuracy_counts_the_rows_in_their_class() -> None:
    o = dataset("xor", layers=(2, 1), loss="bce", validation=0.25)
    right_on_three = np.array([2.0, 2.0, -1.0])  # or
    assert predicted_classes(o, right_on_three).tolist() == [0, 1, 1, 1]
    assert accuracy(o, right_on_three, np.arange(4)) == 0.75
    assert accuracy(o, right_on_three, np.array([3])) == 0.0
    assert accuracy(o, right_on_three) == np.mean(o.train != 3)
    two = dataset("xor", layers=(2, 2), loss="softmax")
    assert predicted_classes(two, np.array([0, 0, 2.0, 2.0, 0, -1.0])).tolist() == [0, 1, 1, 1]
    with pytest.raises(ValueError, match="no classes"):
        accuracy(dataset("line"), np.zeros(2))


# -- models -----------------------------------------------------------------------------------------


def test_blocks_and_names_cover_the_parameters() -> None:
    model = Model((3, 4, 2), "tanh", "mse")
    assert model.blocks.tolist() == [[0, 4, 3], [12, 4, 1], [16, 2, 4], [24, 2, 1]]
    assert model.names[:3] == ("w1[0,0]", "w1[0,1]", "w1[0,2]") and model.names[-1] == "b2[1]"
    assert len(set(model.names)) == len(model.names) == model.size == 26
    assert tuple(Model((1, 1), "tanh", "mse").names) == ("w", "b")
    assert tuple(Model((2, 1), "tanh", "mse").names) == ("w0", "w1", "b")
    with pytest.raises(IndexError):
        model.names[26]


def test_first_parameters_have_the_spread_of_their_initialisation() -> None:
    model = Model((100, 80, 1), "relu", "mse")
    weights, biases = slice(0, 8000), slice(8000, 8080)
    assert not np.any(model.first_parameters("zeros", 1))
    xavier, he, uniform = (model.first_parameters(init, 1) for init in ("xavier", "he", "uniform"))
    bound = np.sqrt(6 / 180)
    assert 0.98 * bound < np.abs(xavier[weights]).max() <= bound and not np.any(xavier[biases])
    assert he[weights].std() == pytest.approx(np.sqrt(2 / 100), rel=0.03) and not np.any(he[biases])
    assert 0.08 < np.abs(uniform[biases]).max() <= 0.1
    np.testing.assert_array_equal(he, model.first_parameters("", 1))  # relu's own
    assert not np.array_equal(he, model.first_parameters("he", 2))


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        ("layers", {"layers": (3, 1)}),
        ("layers", {"layers": (2, 8, 2)}),
        ("layers", {"layers": (2,)}),
        ("layers", {"layers": (2, 0, 1)}),
        ("layers", {"layers": (2, 5000, 1)}),
        ("layers", {"layers": (2, 4096, 4096, 1)}),
        ("activation", {"activation": "swish"}),
        ("loss", {"loss": "hinge"}),
        ("init", {"init": "ones"}),
        ("start", {"start": (1.0, 2.0)}),
        ("validation", {"validation": 1.0}),
        ("validation", {"validation": -0.1}),
        ("validation", {"validation": float("nan")}),
        ("validation", {"validation": 0.999}),
    ],
)
def test_what_does_not_fit_is_refused_by_its_key(key: str, wish: dict[str, object]) -> None:
    with pytest.raises(ObjectiveError) as error:
        dataset("two-moons", rows=10, **wish)
    assert error.value.key == key


@pytest.mark.parametrize(
    ("key", "typed", "meant"),
    [("activation", "relo", "relu"), ("loss", "hubber", "huber"), ("init", "xaver", "xavier")],
)
def test_a_misspelt_choice_is_guessed(key: str, typed: str, meant: str) -> None:
    with pytest.raises(ObjectiveError, match=f"did you mean '{meant}'"):
        dataset("two-moons", **{key: typed})  # type: ignore[arg-type]


def test_a_loss_that_does_not_fit_the_targets_is_refused() -> None:
    with pytest.raises(ObjectiveError, match="3 classes: the loss is softmax") as error:
        dataset("iris", loss="bce")
    assert error.value.key == "loss"
    several = Table(np.zeros((3, 1)), np.zeros((3, 2)), ("x",), ("y", "z"))
    with pytest.raises(ObjectiveError, match="there are several columns to predict: the loss is mse, mae or huber"):
        outputs_for(several, "softmax")
    for loss, message in (("softmax", "wants classes, and 'y' is a number"), ("bce", "classes or targets from 0 to 1")):
        with pytest.raises(ObjectiveError, match=message):
            dataset("line", loss=loss)


def test_the_best_linear_model_is_a_minimum_for_several_targets_too() -> None:
    random = np.random.RandomState(0)
    table = Table(random.randn(20, 2), random.randn(20, 2), ("a", "b"), ("y", "z"))
    o = DatasetSpec("own", validation=0.2).fit(table, Model((2, 2), "tanh", "mse"), 0)
    value, grad = o.evaluate(np.array(o.minima[0][:-1]))
    assert value == pytest.approx(o.minima[0][-1], rel=1e-12) and np.abs(grad).max() < 1e-13
    assert np.abs(o.evaluate(np.array(o.minima[0][:-1]), o.held_out)[1]).max() > 1e-3


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"layers": (2, 1), "activation": "tanh"}, "activation"),
        ({"layers": (2, 1), "init": "xavier", "start": (0.0, 0.0, 0.0)}, "init"),
    ],
)
def test_a_key_of_the_model_that_would_be_ignored_is_refused(keys: dict[str, Any], key: str) -> None:
    with pytest.raises(ObjectiveError) as refused:
        DatasetSpec("xor", **keys).build()
    assert refused.value.key == key
