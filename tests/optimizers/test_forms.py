"""Which form of an optimizer a lane gets, and the error if there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gdtui.errors import CommandError, ParameterError
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step

NETWORK = ObjectiveSpec("dataset", "xor", layers=(2, 3, 1), activation="tanh", loss="bce", init="xavier")


@pytest.mark.parametrize("key", ["max_iter", "max_eval", "history_size"])
def test_a_count_is_a_whole_number(key: str) -> None:
    with pytest.raises(ParameterError, match=f"{key} must be a whole number ≥ 1, not 2.5"):
        Lane("a", "lbfgs", settings={key: 2.5})
    assert Lane("a", "lbfgs", settings={key: 2.0}).values()[key] == 2.0


def test_muon_of_torch_refuses_biases_and_names_the_dialect_that_takes_them() -> None:
    with pytest.raises((ParameterError, CommandError), match='no matrix; dialect = "optax" takes them too'):
        Session(Experiment(NETWORK, (Lane("a", "muon", "pytorch"),)))


def test_muon_of_optax_evens_out_matrices_and_moves_biases_by_nadam() -> None:
    lanes = (
        Lane("muon", "muon", "optax", settings={"lr": 0.01}),
        Lane("nadam", "nadam", "optax", settings={"lr": 0.01}),
    )
    session = Session(Experiment(NETWORK, lanes))
    session.apply(Step(1))
    muon, nadam = (run.theta - run.first for run in session.simulation.lanes.values())
    first = muon[:6].reshape(3, 2)  # the first layer's weights, rows out, columns in
    values = np.linalg.svd(first, compute_uv=False) / (0.01 * math.sqrt(3 / 2))
    assert np.all((values > 0.5) & (values < 1.3)), "nearly orthogonal, as five rounds of Newton-Schulz leave it"
    np.testing.assert_allclose(muon[6:9], nadam[6:9], rtol=1e-14)  # its biases
    assert not np.allclose(muon[:6], nadam[:6])


def sparse_adam(gradients: np.ndarray, lr: float, beta1: float, beta2: float, eps: float) -> np.ndarray:
    """SparseAdam from θ = 0 in plain Python; a gradient of 0 means that there is none."""
    theta, m, v = (np.zeros(gradients.shape[1]) for _ in range(3))
    for t, g in enumerate(gradients, start=1):
        at = np.flatnonzero(g)
        m[at] += (1 - beta1) * (g[at] - m[at])
        v[at] += (1 - beta2) * (g[at] ** 2 - v[at])
        step = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
        theta[at] -= step * m[at] / (np.sqrt(v[at]) + eps)
    return theta


def test_sparse_adam_leaves_what_has_no_gradient_and_else_is_the_sum_over_those_that_have() -> None:
    rng = np.random.default_rng(5)
    gradients = rng.normal(size=(40, 4)) * (rng.random((40, 4)) < [1.0, 0.5, 0.1, 0.0])
    tape = ObjectiveSpec("tape", "", gradients=tuple(map(tuple, gradients.tolist())), start=(0.0,) * 4)
    lanes = (
        Lane("sparse", "adam", "pytorch", settings={"lr": 0.1}, options={"sparse": True}),
        Lane("dense", "adam", "pytorch", settings={"lr": 0.1}),
    )
    session = Session(Experiment(tape, lanes))
    session.apply(Step(40))
    sparse, dense = session.simulation.lanes.values()
    np.testing.assert_allclose(sparse.theta, sparse_adam(gradients, 0.1, 0.9, 0.999, 1e-8), rtol=1e-12)
    assert sparse.theta[3] == dense.theta[3] == 0.0
    assert not np.isclose(sparse.theta[2], dense.theta[2], rtol=1e-3)
    np.testing.assert_allclose(sparse.theta[0], dense.theta[0], rtol=1e-6)  # except for the place of epsilon
