"""Many runs on data, with noise, and of rules over blocks, are the runs of single lanes, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gdtui.objectives.specs import DatasetSpec, ObjectiveSpec
from gdtui.optimizers import REGISTRY
from gdtui.simulation.experiment import Lane, Stop
from gdtui.simulation.fields.members import Members
from gdtui.simulation.fields.running import Built, Field
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.schedules import Schedule
from tests.simulation.test_fields import ADAM, assert_a_halt_ends, assert_same

#: From a crawl to what overflows.
RATES = np.array([1e-4, 1e-2, 0.3, 1e2, 1e9, 1e80, 1e300] * 3)
CLASSIFIER = DatasetSpec("gaussian-classes", rows=70, layers=(10, 6, 1))
KINDS = {
    "formula": ObjectiveSpec(),
    "noise": ObjectiveSpec(noise=1.0),
    "tape": ObjectiveSpec("tape", gradients=((1.0, 2.0), (0.5, -1.0), (0.0, 3.0))),
    "endless tape": ObjectiveSpec("tape", pattern="sparse,step"),
    "line": DatasetSpec("line"),
    "network": CLASSIFIER,
    "several outputs": DatasetSpec("blobs", rows=40),
}


def field_of(lane, spec, updates, settings, seeds=None):
    """Return a field that has been run, and what builds its objectives."""
    count = len(next(iter(settings.values())))
    build = Built(spec)
    field = Field(
        Members(lane, count, updates, settings, seeds=np.zeros(0, np.int64) if seeds is None else seeds), build
    )
    field.run()
    return field, build


@pytest.mark.jit
@pytest.mark.parametrize(
    "sampling",
    [Sampling(), Sampling(1), Sampling(33, drop_last=True), Sampling(7, "with-replacement")],
    ids=str,
)
@pytest.mark.parametrize("spec", [DatasetSpec("linear-4-3"), CLASSIFIER], ids=["linear", "network"])
def test_models_go_side_by_side_whatever_the_batches(spec, sampling):
    lane = Lane("one", "momentum", sampling=sampling)
    field, _build = field_of(lane, spec, 40, {"lr": RATES, "momentum": np.linspace(0, 0.99, len(RATES))})
    assert field.is_side_by_side
    assert_same(field)
    assert len(np.unique(field.outcomes.updates)) > 2  # they blow up at different updates


@pytest.mark.parametrize(
    ("loss", "output"), [("mse", "identity"), ("mse", "sigmoid"), ("mae", "gelu"), ("huber", "tanh")]
)
@pytest.mark.parametrize("activation", ["tanh", "relu", "leaky-relu", "gelu", "sigmoid"])
def test_every_activation_and_loss_has_the_same_bits(activation, loss, output):
    spec = DatasetSpec("xor", layers=(2, 3, 2, 1), activation=activation, loss=loss, output=output)
    field, _build = field_of(ADAM, spec, 8, {"lr": np.array([0.01, 1.0, 1e300])})
    assert field.is_side_by_side
    assert_same(field)


@pytest.mark.jit
@pytest.mark.parametrize(
    "lane",
    [
        Lane("one", "adam", stop=Stop(loss=0.5)),
        Lane("one", "adam", stop=Stop(grad_norm=0.2, updates=30), sampling=Sampling(9)),
        Lane("one", "adam", stop=Stop(loss=0.6), sampling=Sampling(9)),
        Lane("one", "adam", stop=Stop(patience=3), sampling=Sampling(9)),
        Lane("one", "adam", "keras", settings={"clip_norm": 0.05, "weight_decay": 0.1}),
        Lane("one", "gd", settings={"clip_norm": 0.05}, schedule=Schedule("cosine", {"updates": 40})),
    ],
    ids=["loss", "norm", "loss of all rows", "patience", "clipping by blocks", "clipping and schedule"],
)
@pytest.mark.parametrize("optimizer", ["", "lamb"], ids=["coordinates", "blocks"])
def test_stops_clipping_and_schedules_have_the_same_bits_on_data(lane, optimizer):
    if optimizer and "weight_decay" in lane.settings:
        pytest.skip("lamb has a decay of its own")
    lane = Lane("one", optimizer or lane.optimizer, None if optimizer else lane.dialect, lane.settings,
                sampling=lane.sampling, schedule=lane.schedule, stop=lane.stop)  # fmt: skip
    field, _build = field_of(lane, CLASSIFIER, 60, {"lr": np.geomspace(1e-3, 3.0, 9)})
    assert field.is_side_by_side
    assert_same(field)


@pytest.mark.jit
@pytest.mark.parametrize("lane", [ADAM, Lane("one", "lamb"), Lane("one", "gd", settings={"clip_norm": 1.0})])
def test_every_seed_has_its_own_noise(lane):
    seeds = np.array([1, 2, 1, 7, 7, 3])
    lane = Lane("one", lane.optimizer, settings=dict(lane.settings), stop=Stop(grad_norm=2.0), sampling=Sampling(4))
    field, build = field_of(lane, ObjectiveSpec(noise=1.0), 700, {"lr": np.full(6, 1e-3)}, seeds)
    assert_same(field, build)
    loss = field.outcomes.loss
    assert loss[0] == loss[2] != loss[1] and loss[3] == loss[4]


@pytest.mark.jit
@pytest.mark.parametrize("lane", [ADAM, Lane("one", "lamb")])
def test_every_seed_has_its_own_batches_rows_and_first_parameters(lane):
    spec = DatasetSpec("two-moons", rows=50, validation=0.2)
    lane = Lane("one", lane.optimizer, sampling=Sampling(8))
    field, build = field_of(lane, spec, 12, {"lr": np.array([0.01, 0.01, 0.01, 0.1])}, np.array([1, 2, 1, 2]))
    assert_same(field, build)
    assert field.outcomes.loss[0] == field.outcomes.loss[2] != field.outcomes.loss[1]


def takes(lane, spec):
    """Say whether a lane takes an objective."""
    try:
        Field(Members(lane, 1, 1), Built(spec))
    except ValueError:
        return False
    return True


@pytest.mark.jit
def test_a_rule_over_matrices_goes_side_by_side():
    lane = Lane("one", "muon", "optax", sampling=Sampling(9))
    field, _build = field_of(lane, CLASSIFIER, 10, {"lr": np.array([1e-3, 0.1, 1e300])})
    assert field.is_side_by_side
    assert_same(field)


@pytest.mark.jit
@pytest.mark.parametrize(
    ("spec", "sampling"),
    [(ObjectiveSpec(noise=1.0), Sampling()), (CLASSIFIER, Sampling()), (CLASSIFIER, Sampling(9))],
    ids=["formula", "network", "batches"],
)
def test_a_schedule_that_reacts_lowers_the_rate_of_each_member_for_itself(spec, sampling):
    schedule = Schedule("plateau", {"patience": 1, "factor": 0.5, "floor": 0.01})
    lane = Lane("one", "adam", sampling=sampling, schedule=schedule)
    settings = {"lr": np.array([1e-3, 0.1, 0.5, 1.0, 1e300])}
    field, build = field_of(lane, spec, 60, settings)
    assert field.is_side_by_side
    assert_same(field)
    steady = Field(Members(replace(lane, schedule=Schedule()), 5, 60, settings), build)
    steady.run()
    assert np.any(steady.outcomes.loss[:4] != field.outcomes.loss[:4])


@pytest.mark.jit
def test_a_halt_ends_a_tile_on_data_under_way():
    assert_a_halt_ends(Field(Members(ADAM, 16, 50_000_000), Built(CLASSIFIER)))


@pytest.mark.parametrize(
    ("lane", "spec"),
    [
        (Lane("one", "newton"), ObjectiveSpec()),
        (Lane("one", "adam", settings={"accumulate": 2}), ObjectiveSpec()),
    ],
    ids=["solver", "accumulation"],
)
def test_solvers_and_accumulation_run_as_lanes(lane, spec):
    field, _build = field_of(lane, spec, 5, {"lr": np.array([0.5, 0.01])})
    assert not field.is_side_by_side
    assert_same(field)


WRAPPED = {
    "sam": {"sam_rho": 0.05}, "lookahead": {"lookahead": 3.0}, "both": {"sam_rho": 0.3, "lookahead": 2.0},
    "clipped and decayed": {"sam_rho": 0.1, "clip_norm": 0.5, "weight_decay": 0.01, "lookahead": 4.0},
    "average": {"average_from": 2.0, "average_decay": 0.9},
}  # fmt: skip


@pytest.mark.parametrize("batch", [None, 7], ids=["full", "batch"])
@pytest.mark.parametrize("kind", ["surface", "classifier"])
@pytest.mark.parametrize("settings", WRAPPED.values(), ids=WRAPPED)
@pytest.mark.parametrize("optimizer", ["gd", "adam"])
def test_what_goes_around_an_optimizer_runs_side_by_side(optimizer, settings, kind, batch):
    spec = CLASSIFIER if kind == "classifier" else ObjectiveSpec("surface", "rosenbrock", noise=0.5)
    lane = Lane("one", optimizer, settings=settings, sampling=Sampling(batch))
    if kind == "surface" and batch:
        pytest.skip("a surface has no batches")
    field, _build = field_of(lane, spec, 11, {"lr": np.array([0.5, 0.01, 1e-3, 1e300])})
    assert field.is_side_by_side
    assert_same(field)


def test_the_radius_of_sam_and_the_step_of_lookahead_vary_over_members():
    lane = Lane("one", "momentum", settings={"lookahead": 2.0})
    varied = {"sam_rho": np.array([0.0, 0.01, 0.1, 1.0]), "lookahead_alpha": np.array([0.5, 0.2, 1.0, 0.9])}
    field, _build = field_of(lane, CLASSIFIER, 9, varied)
    assert field.is_side_by_side
    assert_same(field)
    assert len(np.unique(field.outcomes.loss)) == 4
    field, _build = field_of(Lane("one", "momentum"), CLASSIFIER, 9, {"lookahead": np.array([0.0, 2.0])})
    assert not field.is_side_by_side  # they meet at other updates
    assert_same(field)


def test_a_tape_ends_every_member():
    field, _build = field_of(Lane("one", "adam"), KINDS["tape"], 5, {"lr": np.array([0.1, 0.2])})
    assert_same(field)
    assert field.outcomes.updates.tolist() == [3, 3] and np.all(np.isnan(field.outcomes.loss))


@pytest.mark.slow
@pytest.mark.parametrize("batch", [None, 7], ids=["full", "batch"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "dialect", "options"),
    [
        pytest.param(name, dialect, dict(rule.options), id=f"{name}-{dialect}-{'-'.join(rule.options)}")
        for name, entry in REGISTRY.items()
        for rule in entry.rules
        for dialect in rule.dialects
    ],
)
def test_every_rule_has_the_same_bits_on_every_kind_of_objective(name, dialect, options, kind, batch):
    lane = Lane("one", name, dialect, options=options, sampling=Sampling(batch))
    if not takes(lane, KINDS[kind]):
        pytest.skip("the rule does not take it")
    rates = [rate for rate in (1e-3, 0.1, 3.0, 1e300) if lane.takes("lr", rate)]
    field, _build = field_of(lane, KINDS[kind], 12, {"lr": np.array(rates)})
    assert_same(field)
