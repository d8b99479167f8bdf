"""The recommender at its full size: the notes' batch, sparse gradients, bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.errors import ObjectiveError
from gdtui.objectives.network.inspection import layer_values
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.simulation import Simulation
from tests.objectives.building import dataset


def test_the_clicks_begin_with_the_notes_batch() -> None:
    assert dataset("clicks").data.tolist() == [[1, 101, 1], [2, 102, 0]]
    many = dataset("clicks", 500).data
    assert many[:2].tolist() == [[1, 101, 1], [2, 102, 0]] and 0.4 < many[:, 2].mean() < 0.6
    assert many[:, 0].max() < 1000 and 5000 < many[:, 1].max() < 10_000


def test_it_has_704_129_parameters_in_four_blocks() -> None:
    o = dataset("clicks")
    assert o.dimension == 704_129
    assert o.blocks.tolist() == [[0, 1000, 64], [64_000, 10_000, 64], [704_000, 1, 128], [704_128, 1, 1]]
    assert o.names[64 * 2 + 3] == "user[2,3]" and o.names[64_000] == "item[0,0]" and o.names[704_128] == "b1[0]"


@pytest.mark.jit  # 704 129 turns of a Python loop
def test_an_update_has_a_gradient_for_385_of_them() -> None:
    o = dataset("clicks", seed=5)
    _, grad = o.evaluate(o.start)
    touched = np.flatnonzero(grad)
    assert len(touched) == 2 * 64 + 2 * 64 + 128 + 1
    assert set(touched[touched < 704_000] // 64) == {1, 2, 1000 + 101, 1000 + 102}


def by_hand(o: Objective, rows: np.ndarray) -> tuple[float, dict[int, float]]:
    """The notes' model in NumPy: ŷ = σ(w·(user, item) + b), cross-entropy; the gradient where it is not 0."""
    users, items = o.start[:64_000].reshape(1000, 64), o.start[64_000:704_000].reshape(10_000, 64)
    w, b = o.start[704_000:704_128], o.start[704_128]
    total, grad = 0.0, np.zeros(o.dimension)
    for user, item, label in o.data[rows]:
        x = np.concatenate((users[int(user)], items[int(item)]))
        chance = 1 / (1 + np.exp(-(w @ x + b)))
        total -= label * np.log(chance) + (1 - label) * np.log(1 - chance)
        error = chance - label
        grad[int(user) * 64 : int(user) * 64 + 64] += error * w[:64]
        grad[64_000 + int(item) * 64 : 64_000 + int(item) * 64 + 64] += error * w[64:]
        grad[704_000:704_128] += error * x
        grad[704_128] += error
    touched = np.flatnonzero(grad)
    return total / len(rows), {int(i): grad[i] / len(rows) for i in touched}


@pytest.mark.jit
@pytest.mark.parametrize("count", [1, 2, 45, 200])
def test_loss_and_gradient_are_worked_out_by_hand(count: int) -> None:
    o = dataset("clicks", 200, seed=3)
    chosen = np.random.RandomState(count).permutation(200)[:count]
    value, grad = o.evaluate(o.start, chosen)
    expected_value, expected = by_hand(o, chosen)
    assert value == pytest.approx(expected_value, rel=1e-12)
    assert np.flatnonzero(grad).tolist() == list(expected)
    np.testing.assert_allclose(grad[list(expected)], list(expected.values()), rtol=1e-11, atol=1e-16)


@pytest.mark.jit
def test_the_gradient_is_that_of_finite_differences() -> None:
    o = dataset("clicks", seed=5)
    _, grad = o.evaluate(o.start)
    touched = np.flatnonzero(grad)
    for i in [*touched[::48], 704_128, 0, 703_999]:  # some that are touched, and two that are not
        ahead, behind = o.start.copy(), o.start.copy()
        ahead[i] += 1e-6
        behind[i] -= 1e-6
        slope = (o.evaluate(ahead)[0] - o.evaluate(behind)[0]) / 2e-6
        assert grad[i] == pytest.approx(slope, abs=1e-9)


@pytest.mark.jit
def test_one_user_s_clicks_add_up() -> None:
    """The same user twice in a batch: both clicks pull at one row of the table."""
    o = dataset("clicks", seed=5)
    _, once = o.evaluate(o.start, np.array([0]))
    _, twice = o.evaluate(o.start, np.array([0, 0]))
    np.testing.assert_allclose(twice, once, rtol=1e-15)


def test_the_inputs_of_the_network_are_both_vectors_side_by_side() -> None:
    o = dataset("clicks", layers=(6, 2, 1), seed=3)
    first, _ = layer_values(o, o.start, 1)
    user, item = o.start[2 * 3 : 3 * 3], o.start[3000 + 102 * 3 : 3000 + 103 * 3]
    np.testing.assert_array_equal(first.inputs, np.concatenate((user, item)))
    assert user.std() > 0.1


def test_what_makes_no_sense_for_tables_is_refused() -> None:
    for key, choice in (("layers", {"layers": (5, 1)}), ("standardize", {"standardize": True})):
        with pytest.raises(ObjectiveError) as error:
            dataset("clicks", **choice)  # type: ignore[arg-type]
        assert error.value.key == key


@pytest.mark.jit
def test_adam_moves_what_has_a_gradient_and_goes_back_exactly() -> None:
    spec = ObjectiveSpec("dataset", "clicks")
    simulation = Simulation(Experiment(spec, (Lane("adam", "adam", settings={"lr": 0.001}),)))
    lane = simulation.lanes["adam"]
    start = lane.theta.copy()
    simulation.step(3)
    after = lane.theta.copy()
    assert np.count_nonzero(after != start) == 385
    assert np.abs(after - start).max() == pytest.approx(0.003, rel=0.1)
    simulation.step(4)
    simulation.back(4)
    assert np.array_equal(lane.theta, after)
