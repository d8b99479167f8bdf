"""The recommender at its full size: the notes' batch, sparse gradients, bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.objectives.base import ObjectiveError
from gdtui.objectives.build import dataset
from gdtui.objectives.inspection import layer_values
from gdtui.simulation.experiment import Experiment, Lane, ObjectiveSpec
from gdtui.simulation.simulation import Simulation


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
