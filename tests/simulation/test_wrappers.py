"""Accumulation, SAM, Lookahead and averages do what their libraries were recorded to do, forwards and backwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdtui.errors import ParameterError
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import DatasetSpec, SurfaceSpec, TapeSpec
from gdtui.optimizers import COMMON, REGISTRY, Stepping
from gdtui.scenario.write.record import to_toml
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.stopping import Status
from gdtui.verbs import Back, Branch, Epoch, Set, Step
from tests.optimizers.cases import reference
from tests.record.streams import stream

RECORDED = json.loads((Path(__file__).parent.parent / "reference" / "wrappers.json").read_text(encoding="utf-8"))
#: Relative, of every parameter after every update, as in tests/optimizers.
TOLERANCE = 1e-12
#: Each wrapper in force, and all of them.
EACH = {
    "accumulate": {"accumulate": 3.0}, "sam": {"sam_rho": 0.1}, "lookahead": {"lookahead": 4.0, "lookahead_alpha": 0.3},
    "mean": {"average_from": 7.0}, "moving average": {"average_from": 1.0, "average_decay": 0.9},
}  # fmt: skip
EACH["all"] = {key: value for settings in EACH.values() for key, value in settings.items()}
each = pytest.mark.parametrize("settings", EACH.values(), ids=list(EACH))


def run_of(objective: Objective, settings: dict[str, float], optimizer: str = "adam", **more: Any) -> LaneRun:
    return LaneRun(Lane("a", optimizer, settings={"lr": 0.01, **settings}, **more), objective, seed=3)


def tape() -> Objective:
    theta0, gradients = stream(reference())
    return TapeSpec(tuple(tuple(g) for g in gradients[:40]), start=tuple(theta0)).build()


def recorded_id(record: dict[str, Any]) -> str:
    wrappers = [f"{key}={value}" for key, value in record["settings"].items() if key in COMMON]
    return "-".join([record["optimizer"], *wrappers])


@pytest.mark.parametrize("record", RECORDED["records"], ids=recorded_id)
def test_it_is_what_the_library_does(record: dict[str, Any]) -> None:
    sam = record["wrapper"] == "sam"
    objective = SurfaceSpec("rosenbrock").build() if sam else tape()
    start = tuple(RECORDED["start"]) if sam else ()
    run = run_of(objective, record["settings"], record["optimizer"], dialect=record["dialect"], start=start)
    found = []
    for _ in range(40 // int(record["settings"].get("accumulate", 1))):
        run.advance(1)
        found.append(run.slots[-1].copy() if record["wrapper"] == "averages" else run.theta.copy())
    found = found[-len(record["theta"]) :]
    np.testing.assert_allclose(found, record["theta"], rtol=TOLERANCE, atol=0)


def test_every_wrapper_is_recorded() -> None:
    wrappers = [key for key in COMMON if key not in ("weight_decay", "clip_value", "clip_norm")]
    assert {key for record in RECORDED["records"] for key in record["settings"] if key in COMMON} == {*wrappers}


# Accumulation ------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["gd", "adam", "momentum"])
def test_batches_accumulated_are_one_large_batch(optimizer: str) -> None:
    """To 1e-13 of the largest parameter: sums of the same gradients in another order."""
    data = DatasetSpec("linear-4-3").build()
    small = run_of(data, {"accumulate": 4.0}, optimizer, sampling=Sampling(5))
    large = run_of(data, {}, optimizer, sampling=Sampling(20))
    for run in (small, large):
        run.advance(30)
    np.testing.assert_allclose(small.theta, large.theta, rtol=1e-13)
    for use in (small.data_use, large.data_use):
        assert (use.samples_at(30), use.epoch_at(30)) == (600, 6.0)


def test_short_batches_count_as_much_as_whole_ones() -> None:
    """Of 100 rows in batches of 30 the last has 10: as in torch, losses are averaged over batches, not rows."""
    data = DatasetSpec("linear-4-3").build()
    run = run_of(data, {"accumulate": 4.0}, "gd", sampling=Sampling(30, "none"))
    gradients = [data.evaluate(run.theta, data.train[a : a + 30])[1] for a in (0, 30, 60, 90)]
    start = run.theta.copy()
    run.advance(1)
    np.testing.assert_allclose(run.theta, start - 0.01 * np.mean(gradients, axis=0), rtol=1e-14)
    assert run.data_use.samples_at(1) == 100


def test_noise_is_averaged_over_the_batches() -> None:
    surface = SurfaceSpec("sphere", noise=1.0).build(3)
    small, four = (run_of(surface, {"accumulate": k}, "gd", start=(0.0, 0.0)) for k in (1.0, 4.0))
    grad = {}
    for run, updates in ((small, 4000), (four, 1000)):
        run.advance(updates)
        grad[run.update] = run.trace.view().rows[1:, run.layout.block("grad")]
    np.testing.assert_allclose(np.std(grad[1000]) * 2, np.std(grad[4000]), rtol=0.05)


def test_a_tape_ends_where_no_update_has_all_its_batches() -> None:
    run = run_of(tape(), {"accumulate": 3.0})
    run.advance(20)
    assert (run.update, run.status, run.data_use.samples_at(13)) == (13, Status.ENDED, 39)
    run.back(10)
    assert (run.update, run.status) == (10, Status.GOING)


def test_an_epoch_ends_with_the_update_that_completes_it() -> None:
    lane = Lane("a", "gd", settings={"accumulate": 3.0}, sampling=Sampling(10))
    session = Session(Experiment(DatasetSpec("linear-4-3"), (lane,)))
    assert session.apply(Epoch(1)).lanes[0].update == 4
    assert session.snapshot().lanes[0].epoch == 1.2
    assert session.apply(Epoch(1)).lanes[0].update == 7
    assert session.apply(Epoch(2)).lanes[0].update == 14


def test_samples_and_epochs_follow_a_change_in_mid_run() -> None:
    session = Session(Experiment(DatasetSpec("linear-4-3"), (Lane("a", "gd", sampling=Sampling(10)),)))
    session.apply(Step(6))
    session.apply(Set("a.accumulate", 2.0))
    lane = session.apply(Step(4)).lanes[0]
    assert [lane.data_use.samples_at(update) for update in (5, 6, 7, 10)] == [50, 60, 80, 140]
    assert lane.epoch == 1.4 and lane.evaluations == 14
    assert session.apply(Back(5)).lanes[0].samples == 50


# SAM ---------------------------------------------------------------------------------------------


def test_sam_costs_two_evaluations_and_says_so() -> None:
    lanes = (Lane("a", "gd", settings={"lr": 1e-3, "sam_rho": 0.1}), Lane("b", "gd", settings={"lr": 1e-3}))
    snapshot = Session(Experiment(lanes=lanes)).apply(Step(5))
    plain, sam = snapshot.lane("b"), snapshot.lane("a")
    assert (plain.evaluations, sam.evaluations) == (5, 10)
    assert sam.counts_evaluations and not plain.counts_evaluations


def test_sam_uses_one_batch_and_one_noise_for_both_gradients() -> None:
    data = DatasetSpec("linear-4-3").build()
    run = run_of(data, {"sam_rho": 0.2}, "gd", sampling=Sampling(7, "none"))
    start, rows = run.theta.copy(), data.train[:7]
    g = data.evaluate(start, rows)[1]
    uphill = data.evaluate(start + 0.2 * g / np.linalg.norm(g), rows)[1]
    run.advance(1)
    np.testing.assert_allclose(run.theta, start - 0.01 * uphill, rtol=1e-14)


def test_sam_stays_where_the_gradient_is_zero() -> None:
    run = run_of(SurfaceSpec("sphere").build(), {"sam_rho": 0.1}, "gd", start=(0.0, 0.0))
    run.advance(3)
    assert run.status == Status.GOING and np.array_equal(run.theta, [0.0, 0.0])


def test_sam_comes_before_clipping() -> None:
    run = run_of(SurfaceSpec("rosenbrock").build(), {"sam_rho": 0.1, "clip_norm": 2.0}, "gd", start=(-1.2, 1.0))
    start = run.theta.copy()
    run.advance(1)
    np.testing.assert_allclose(np.linalg.norm(run.theta - start), 0.02, rtol=1e-12)


# Lookahead ---------------------------------------------------------------------------------------


def test_lookahead_settles_at_rates_at_which_its_optimizer_alone_grows() -> None:
    """So nothing is said of the optimizer's own limit."""
    valley = SurfaceSpec("valley", (1.0,)).build()  # curvature 2
    alone, wrapped = (run_of(valley, {"lr": 1.01, "lookahead": k}, "gd") for k in (0.0, 5.0))
    for run in (alone, wrapped):
        run.advance(100)
    assert abs(alone.theta[0]) > 5 and abs(wrapped.theta[0]) < 1e-10
    assert alone.rule.stability_limit(alone.values_at(0), 2.0) is not None
    assert wrapped.rule.stability_limit(wrapped.values_at(0), 2.0) is None


# Averages ----------------------------------------------------------------------------------------


def test_the_loss_at_the_average_is_recorded() -> None:
    objective = DatasetSpec("linear-4-3", validation=0.2).build()
    run = run_of(objective, {"average_from": 3.0}, sampling=Sampling(5))
    thetas = []
    for update in range(1, 9):
        run.advance(1)
        thetas.append(run.theta.copy())
        mean = np.mean(thetas[2:], axis=0) if update >= 3 else thetas[-1]
        np.testing.assert_allclose(run.slots[-1], mean, rtol=1e-13)
        for name, rows in (("average_loss", objective.train), ("average_val_loss", objective.held_out)):
            loss = run.row[run.layout.column(name)]
            np.testing.assert_allclose(loss, objective.evaluate(mean, rows)[0], rtol=1e-12)


def test_an_average_does_not_change_the_run() -> None:
    with_it, without = (run_of(SurfaceSpec("rosenbrock").build(), settings) for settings in (EACH["mean"], {}))
    for run in (with_it, without):
        run.advance(50)
    assert with_it.theta.tobytes() == without.theta.tobytes()
    assert np.isnan(without.row[without.layout.column("average_loss")])


@pytest.mark.parametrize(("optimizer", "slot"), [("schedule-free-sgd", 1), ("schedule-free-adamw", 2), ("asgd", 1)])
def test_a_rules_own_average_has_its_loss_recorded(optimizer: str, slot: int) -> None:
    objective = SurfaceSpec("rosenbrock").build()
    run = run_of(objective, {"lr": 1e-3}, optimizer)
    assert run.rule.slots[slot].name == run.rule.answer
    run.advance(20)
    assert run.row[run.layout.column("average_loss")] == objective.evaluate(run.slots[slot])[0]
    with pytest.raises(ParameterError, match="it keeps an average of its own"):
        run_of(objective, {"average_from": 1.0}, optimizer)


# Time travel -------------------------------------------------------------------------------------


def data_session(settings: dict[str, float]) -> Session:
    lane = Lane("a", "adam", settings={"lr": 0.05, **settings}, sampling=Sampling(7))
    return Session(Experiment(DatasetSpec("linear-4-3"), (lane,), seed=5))


@pytest.mark.jit
@each
def test_going_back_and_on_is_exact(settings: dict[str, float]) -> None:
    session = data_session(settings)
    there = session.apply(Step(600)).lanes[0].trace.rows
    state = session.simulation.lane("a").slots.tobytes()
    for n in (1, 7, 333, 600):
        session.apply(Back(n))
        assert session.apply(Step(n)).lanes[0].trace.rows.tobytes() == there.tobytes()
        assert session.simulation.lane("a").slots.tobytes() == state


@each
def test_one_by_one_is_the_same_as_all_at_once(settings: dict[str, float]) -> None:
    session, other = data_session(settings), data_session(settings)
    for _ in range(40):
        session.apply(Step(1))
    other.apply(Step(40))
    assert session.snapshot().lanes[0].trace.rows.tobytes() == other.snapshot().lanes[0].trace.rows.tobytes()


@pytest.mark.jit
@each
def test_switched_on_and_off_in_mid_run_it_can_be_undone_and_branched(settings: dict[str, float]) -> None:
    session = data_session({})
    session.apply(Step(10))
    for key, value in settings.items():
        session.apply(Set(f"a.{key}", value))
    session.apply(Step(20))
    for key in settings:
        session.apply(Set(f"a.{key}", COMMON[key].default))
    there = session.apply(Step(300)).lanes[0].trace.rows
    session.apply(Branch("a", "b"))
    assert session.snapshot().lane("b").trace.rows.tobytes() == there.tobytes()
    session.apply(Back(305))
    assert session.apply(Step(305)).lane("a").trace.rows.tobytes() == there.tobytes()
    assert session.simulation.lane("a").slots.shape == (2, 2), "what is off keeps nothing"


def test_switched_on_it_begins_there() -> None:
    session = data_session({})
    session.apply(Step(10))
    here = session.simulation.lane("a").theta.copy()
    session.apply(Set("a.lookahead", 3.0))
    session.apply(Set("a.average_from", 1.0))
    thetas = []
    for update in range(1, 7):
        session.apply(Step(1))
        run = session.simulation.lane("a")
        thetas.append(run.theta.copy())
        slow, average = run.slots[-2:]
        assert np.array_equal(slow, run.theta) == (update % 3 == 0)
        assert np.array_equal(slow, here) == (update < 3)
        np.testing.assert_allclose(average, np.mean(thetas, axis=0), rtol=1e-13)


def test_a_session_with_wrappers_is_recorded_and_read_back() -> None:
    session = data_session(EACH["all"])
    text = to_toml(session)
    for key, value in EACH["all"].items():
        assert f"{key} = {value!r}" in text


# What is refused ---------------------------------------------------------------------------------

SOLVERS = [o.name for o in REGISTRY.values() if o.rules[0].stepping == Stepping.SOLVER]


@pytest.mark.parametrize("optimizer", SOLVERS)
@pytest.mark.parametrize("key", list(COMMON))
def test_solvers_take_none_and_say_why(optimizer: str, key: str) -> None:
    with pytest.raises(ParameterError, match=f"{optimizer} takes no {key}: it "):
        Lane("a", optimizer, settings={key: 1.0})


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("accumulate", 0.0, "a whole number ≥ 1"),
        ("accumulate", 2.5, "a whole number ≥ 1"),
        ("lookahead", 0.5, "a whole number ≥ 0"),
        ("lookahead_alpha", 1.5, r"in \[0, 1\]"),
        ("average_decay", 1.0, r"in \[0, 1\)"),
        ("sam_rho", -0.1, "≥ 0"),
    ],
)
def test_values_out_of_range_are_named(key: str, value: float, says: str) -> None:
    with pytest.raises(ParameterError, match=f"{key} must be {says}"):
        Lane("a", "gd", settings={key: value})
