"""The loop without a trace makes the same updates as the loop with one, to the last bit."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from gdtui.columns import Column
from gdtui.kernel import Kernel
from gdtui.objectives.specs import DatasetSpec, ObjectiveSpec, Specification
from gdtui.scenario.play.trace_io import trace_rows
from gdtui.session import Session
from gdtui.simulation import fused as fused_module
from gdtui.simulation.experiment import Experiment, Lane, Stop
from gdtui.simulation.fused import fused
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.stopping import Reason
from gdtui.verbs import Step

ROSENBROCK = ObjectiveSpec()
CASES = {
    "adam": (ROSENBROCK, Lane("a", "adam", settings={"lr": 0.05})),
    "clipped": (ROSENBROCK, Lane("a", "momentum", settings={"lr": 1e-3, "clip_norm": 1.0, "weight_decay": 0.01})),
    "batches": (DatasetSpec("linear-4-3"), Lane("a", "gd", settings={"lr": 0.05}, sampling=Sampling(20))),
    "blocks": (DatasetSpec("two-moons", layers=(2, 4, 1)), Lane("a", "lamb", settings={"lr": 0.01})),
}


def lanes(objective: Specification, lane: Lane) -> tuple[LaneRun, LaneRun]:
    """Two lanes, the second with its fused loop compiled."""
    plain, fast = (LaneRun(lane, objective.build(), 0) for _ in range(2))
    compile_loop(fast)
    return plain, fast


def loop_of(run: LaneRun) -> Kernel | None:
    transform = run._stepper._transform(run.values_at(0))
    return fused(run.objective.kernel, transform.kernel, run.rule)


def compile_loop(run: LaneRun) -> None:
    loop = loop_of(run)
    assert loop is not None
    assert loop.compiled is not None


def used(monkeypatch: pytest.MonkeyPatch, allowed: bool) -> None:
    """Allow or forbid the fused loop."""
    monkeypatch.setattr(fused_module.FusedLoop, "ready", lambda _self, kernel: allowed and kernel.ready)


@pytest.mark.jit
@pytest.mark.parametrize("case", CASES)
def test_the_same_bits(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, fast = lanes(*CASES[case])
    for run, allowed in ((plain, False), (fast, True)):
        used(monkeypatch, allowed)
        run.record_every(0, 3000)
        for n in (1, 700, 1, 2298):
            run.advance(n)
    assert plain.update == fast.update == 3000
    np.testing.assert_array_equal(fast.theta, plain.theta)
    np.testing.assert_array_equal(fast.slots, plain.slots)
    np.testing.assert_array_equal(fast.row, plain.row)
    assert (fast._state.batches, fast._state.evaluations) == (plain._state.batches, plain._state.evaluations)


@pytest.mark.jit
@pytest.mark.parametrize("lr", [0.6, 3.0, 1e200])
def test_it_diverges_at_the_same_update(lr: float, monkeypatch: pytest.MonkeyPatch) -> None:
    objective, lane = CASES["batches"]
    plain, fast = lanes(objective, replace(lane, settings={"lr": lr}))
    for run, allowed in ((plain, False), (fast, True)):
        used(monkeypatch, allowed)
        run.record_every(0, 20_000)
        run.advance(20_000)
    assert plain.stopped == fast.stopped == Reason.NOT_FINITE
    assert plain.update == fast.update
    np.testing.assert_array_equal(fast.row, plain.row)
    np.testing.assert_array_equal(fast.theta, plain.theta)


@pytest.mark.jit
@pytest.mark.parametrize("ready", [True, False])
def test_rows_that_are_asked_for_are_those_of_a_whole_trace(ready: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    objective, lane = CASES["adam"]
    sparse, whole = (Session(Experiment(objective, (lane,))) for _ in range(2))
    compile_loop(sparse.simulation.lane("a"))
    used(monkeypatch, ready)
    sparse.simulation.record_every(1000, 5500)
    rows = [list(trace_rows(session, 5500, 1000)) for session in (sparse, whole)]
    assert [row[1] for row in rows[1]] == [0, 1000, 2000, 3000, 4000, 5000, 5500]
    assert rows[0] == rows[1]


def test_a_lane_without_a_trace_has_its_last_row() -> None:
    run = LaneRun(Lane("a", "gd", settings={"lr": 1e-3}, stop=Stop(loss=1.0)), ROSENBROCK.build(), 0)
    run.record_every(0, 100_000)
    run.advance(50)
    assert run.row[Column.UPDATE] == 50
    run.advance(99_950)
    assert run.stopped == Reason.LOSS_BELOW
    assert run.row[Column.UPDATE] == run.update < 100_000
    assert run.row[Column.LOSS] < 1.0
    assert len(run.trace.view().rows) == 3


@pytest.mark.jit
def test_a_long_run_takes_the_loop_over_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    objective, lane = CASES["adam"]
    fused.cache_clear()
    run, plain = (LaneRun(lane, objective.build(), 0) for _ in range(2))
    loop = loop_of(run)
    assert loop is not None
    assert not loop.ready
    run.record_every(0, 10_000_000)
    made = 0
    until = time.monotonic() + 60
    while not loop.ready:
        assert time.monotonic() < until, "it was not compiled"
        run.advance(1000)
        made += 1000
    run.advance(5000)
    used(monkeypatch, False)
    plain.record_every(0, 1)
    plain.advance(made + 5000)
    np.testing.assert_array_equal(run.row, plain.row)


@pytest.mark.jit
def test_a_screen_compiles_no_loop_for_a_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Kernel, ...]] = []
    monkeypatch.setattr("gdtui.simulation.fused.compile_behind", asked.append)
    session = Session(Experiment(ROSENBROCK, (Lane("a", "adam"),)))
    session.apply(Step(2000))
    assert not asked
    session.simulation.lane("a").record_every(0, 10**6)
    session.apply(Step(2000))
    assert asked
