"""H·v of networks is the derivative of the gradient: differences approach it with the square of their length."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.objectives.network.hessian import hessian_product
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import ObjectiveSpec

MODELS = {
    "tanh, bce": ("two-moons", {"layers": (2, 3, 1)}),
    "sigmoid twice, mse": ("xor", {"layers": (2, 3, 1), "activation": "sigmoid", "output": "sigmoid", "loss": "mse"}),
    "gelu, softmax": ("iris", {"layers": (4, 3, 3), "activation": "gelu"}),
    "two hidden layers": ("spirals", {"layers": (2, 3, 4, 1)}),
    "huber": ("noisy-sine", {"layers": (1, 3, 1), "loss": "huber"}),
    "tables": ("clicks", {"layers": (2, 2, 1), "rows": 6}),
}


def built(name: str, **keys: object) -> Objective:
    return ObjectiveSpec("dataset", name, **keys).build(0)


def away_from(objective: Objective) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return objective.start + 0.3 * rng.normal(size=objective.dimension), rng.normal(size=objective.dimension)


def differences(objective: Objective, theta: np.ndarray, v: np.ndarray, h: float) -> np.ndarray:
    return (objective.evaluate(theta + h * v)[1] - objective.evaluate(theta - h * v)[1]) / (2 * h)


@pytest.mark.jit
@pytest.mark.parametrize("kind", MODELS)
def test_differences_approach_the_product_with_the_square_of_their_length(kind: str) -> None:
    name, keys = MODELS[kind]
    objective = built(name, **keys)
    theta, v = away_from(objective)
    product = hessian_product(objective, theta, v)
    steps = np.array([1e-2, 3e-3, 1e-3])
    errors = [np.linalg.norm(differences(objective, theta, v, h) - product) for h in steps]
    order = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert order == pytest.approx(2.0, abs=0.1)
    np.testing.assert_allclose(differences(objective, theta, v, 1e-5), product, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["linear-4-3", "line"])
def test_least_squares_has_twice_the_mean_square_of_its_inputs(name: str) -> None:
    objective = built(name)
    theta, v = away_from(objective)
    rows = objective.data[objective.train]
    x = np.column_stack((rows[:, : len(objective.inputs)], np.ones(len(rows))))
    np.testing.assert_allclose(hessian_product(objective, theta, v), 2 / len(x) * x.T @ (x @ v), rtol=1e-12)


def test_the_matrix_of_products_is_symmetric_with_relu_as_well() -> None:
    objective = built("xor", layers=(2, 3, 1), activation="leaky-relu")
    theta, _v = away_from(objective)
    matrix = np.array([hessian_product(objective, theta, v) for v in np.eye(objective.dimension)])
    assert np.max(np.abs(matrix)) > 1e-3
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)


def test_on_a_kink_there_is_no_product() -> None:
    objective = built("xor", layers=(2, 3, 1), activation="relu")  # the row (0, 0) at biases of 0: every z is 0
    assert np.all(np.isnan(hessian_product(objective, objective.start, np.ones(objective.dimension))))
    line = built("line", loss="mae", rows=3)
    assert np.all(np.isnan(hessian_product(line, np.array([2.0, 1.0]), np.ones(2))))
