"""The catalogue of datasets: made the same every time, and each does what it is there for."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.columns import RECORDED
from gdtui.errors import ObjectiveError
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.network.inspection import accuracy, predicted_classes
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.simulation import Simulation
from tests.objectives.building import dataset

SMALL = [name for name in DATASETS if name != "clicks"]


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_described_and_starts_at_a_finite_loss_and_gradient(name: str) -> None:
    entry, o = DATASETS[name], dataset(name)
    assert entry.title and entry.teaches.endswith(".")
    assert o.data.shape == (entry.rows, len(o.inputs) + len(o.targets)) and np.all(np.isfinite(o.data))
    assert o.model is not None and o.dimension == len(o.names) == o.model.size
    if o.classes:
        assert set(np.unique(o.data[:, -1])) == set(range(len(o.classes)))
    value, grad = o.evaluate(o.start)
    assert np.isfinite(value) and np.all(np.isfinite(grad)) and np.any(grad)


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_the_same_every_time_at_any_number_of_rows(name: str) -> None:
    for rows in (1, 2, 7, 40):
        np.testing.assert_array_equal(dataset(name, rows).data, dataset(name, rows).data)
        assert len(dataset(name, rows).data) == rows


def test_what_a_dataset_teaches_is_said_of_its_own_model_alone() -> None:
    """It said "4353 parameters" of a network of 25."""
    assert "4353" in ObjectiveSpec("dataset", "noisy-sine").build().teaches
    assert ObjectiveSpec("dataset", "noisy-sine", layers=(1, 64, 64, 1)).build().teaches
    assert ObjectiveSpec("dataset", "noisy-sine", layers=(1, 8, 1)).build().teaches == ""


@pytest.mark.parametrize("rows", [0, -1, 1_000_001])
def test_impossible_numbers_of_rows_are_refused(rows: int) -> None:
    with pytest.raises(ObjectiveError) as error:
        dataset("line", rows)
    assert error.value.key == "rows"


def test_an_unknown_dataset_is_refused() -> None:
    with pytest.raises(ObjectiveError, match="there are: linear-4-3") as error:
        dataset("mnist")
    assert error.value.key == "name"


def test_linear_4_3_is_the_notes() -> None:
    o = dataset("linear-4-3")
    np.testing.assert_allclose(o.minima[0][:2], (2.9684675107010197, 4.222151077447229), rtol=1e-12)
    assert not np.any(o.start) and tuple(o.names) == ("w", "b")


@pytest.mark.parametrize("rows", [1000, 100])
def test_independent_1000x10_is_the_notes(rows: int) -> None:
    """Their inputs and their target, from one stream."""
    random = np.random.RandomState(1)
    x = random.randn(rows, 10)
    np.testing.assert_array_equal(dataset("independent-1000x10", rows).data, np.hstack((x, random.randn(rows, 1))))


def test_independent_targets_teach_a_line_next_to_nothing() -> None:
    o = dataset("independent-1000x10")
    floor, zeros = o.minima[0][-1], float(np.mean(o.data[:, -1] ** 2))
    assert (round(floor, 3), round(zeros, 3)) == (0.969, 0.981)
    assert 1 - floor / zeros < 0.02
    linear = dataset("gaussian-1000x10")
    assert linear.minima[0][-1] < 0.2 * float(np.mean(linear.data[:, -1] ** 2)), "these it can learn"


def test_iris_is_fisher_s_table() -> None:
    o = dataset("iris")
    np.testing.assert_allclose(o.data[:, :4].mean(axis=0), (5.843333, 3.057333, 3.758, 1.199333), atol=5e-7)
    np.testing.assert_array_equal(o.data[34], (4.9, 3.1, 1.5, 0.2, 0))  # the two rows that UCI's copy has wrong
    np.testing.assert_array_equal(o.data[37], (4.9, 3.6, 1.4, 0.1, 0))
    assert [np.sum(o.data[:, 4] == k) for k in range(3)] == [50, 50, 50]
    np.testing.assert_allclose(np.corrcoef(o.data[:, 2], o.data[:, 3])[0, 1], 0.9628654, atol=1e-7)
    assert [np.sum(dataset("iris", 30).data[:, 4] == k) for k in range(3)] == [10, 10, 10]
    with pytest.raises(ObjectiveError, match="from 1 to 150 rows"):
        dataset("iris", 151)


@pytest.mark.jit
def test_iris_is_separable_to_147_of_150_by_a_fitted_linear_model() -> None:
    o = dataset("iris", standardize=True)
    theta = o.start.copy()
    for _ in range(300):
        theta -= 1.0 * o.evaluate(theta)[1]
    assert accuracy(o, theta) >= 0.96


def test_the_corners_of_xor_are_exact_and_linearly_hopeless() -> None:
    o = dataset("xor", layers=(2, 1))
    assert o.data.tolist() == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    theta = np.array([1.0, -2.0, 0.5])
    for _ in range(400):
        theta -= 0.5 * o.evaluate(theta)[1]
    assert o.evaluate(theta)[0] == pytest.approx(np.log(2), abs=1e-3)


@pytest.mark.jit
@pytest.mark.parametrize("name", ["two-moons", "circles"])
def test_a_hidden_layer_does_what_a_line_cannot(name: str) -> None:
    found = {}
    for layers in ((2, 1), (2, 8, 1)):
        experiment = Experiment(
            ObjectiveSpec("dataset", name, rows=60, layers=layers),
            (Lane("adam", "adam", settings={"lr": 0.1}, sampling=Sampling(20)),),
        )
        simulation = Simulation(experiment)
        simulation.step(200)
        found[layers] = accuracy(simulation.objective, simulation.lanes["adam"].theta)
    assert found[2, 8, 1] > 0.95 and found[2, 8, 1] > found[2, 1] + 0.05


def test_classes_are_in_equal_parts() -> None:
    for name in ("two-moons", "circles", "spirals", "blobs"):
        o = dataset(name)
        counts = np.bincount(o.data[:, 2].astype(int))
        assert np.all(counts == counts[0])
    assert 0.4 < dataset("gaussian-classes").data[:, -1].mean() < 0.6


# -- split, standardising, seed ---------------------------------------------------------------------


def test_the_split_is_a_partition_that_the_seed_decides() -> None:
    o = dataset("gaussian-1000x10", validation=0.2, seed=7)
    assert len(o.held_out) == 200
    assert sorted([*o.train, *o.held_out]) == list(range(1000))
    assert np.array_equal(o.held_out, dataset("gaussian-1000x10", validation=0.2, seed=7).held_out)
    assert not np.array_equal(o.held_out, dataset("gaussian-1000x10", validation=0.2, seed=8).held_out)
    assert len(dataset("line", 2, validation=0.01).held_out) == 1


def test_standardising_goes_by_the_training_rows_alone() -> None:
    o = dataset("iris", standardize=True, validation=0.3, seed=1)
    np.testing.assert_allclose(o.data[o.train, :4].mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(o.data[o.train, :4].std(axis=0), 1, rtol=1e-13)
    assert np.abs(o.data[o.held_out, :4].mean(axis=0)).max() > 1e-3
    with pytest.raises(ObjectiveError, match="in every training row") as error:
        dataset("line", 1, standardize=True)
    assert error.value.key == "standardize"


def test_the_experiment_s_seed_decides_start_and_split() -> None:
    def start(seed: int) -> list[float]:
        spec = ObjectiveSpec("dataset", "two-moons", validation=0.2)
        return Simulation(Experiment(spec, (Lane("a"),), seed)).objective.start.tolist()

    assert start(1) == start(1) != start(2)


def test_a_given_start_is_taken() -> None:
    assert dataset("two-moons", layers=(2, 1), start=(1.0, 2.0, 3.0)).start.tolist() == [1, 2, 3]


@pytest.mark.jit
def test_a_network_with_few_rows_overfits() -> None:
    spec = ObjectiveSpec("dataset", "noisy-sine", rows=16, layers=(1, 12, 12, 1), validation=0.5)
    simulation = Simulation(Experiment(spec, (Lane("adam", "adam", settings={"lr": 0.05}),), seed=2))
    loss, val_loss = RECORDED.index("loss"), RECORDED.index("val_loss")
    simulation.step(50)
    early = simulation.lanes["adam"].row
    simulation.step(100)
    late = simulation.lanes["adam"].row
    assert late[loss] < 0.1 * early[loss] and late[val_loss] > 3 * early[val_loss]


def test_the_default_loss_changes_the_default_layers_with_it() -> None:
    o = dataset("two-moons", loss="softmax")
    assert o.model is not None and o.model.layers == (2, 8, 2)
    assert set(predicted_classes(o, o.start)) <= {0, 1}
