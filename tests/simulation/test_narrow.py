"""A lane on the recommender makes updates of those parameters that move, with the bits of all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import DatasetSpec
from gdtui.simulation import lane_updates as lane_module
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fused import FusedLoop, fused
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.sampling import Sampling

LANES = {
    "adam": Lane("a", "adam", settings={"lr": 0.01}, sampling=Sampling(2)),
    "sparse": Lane("a", "adam", dialect="pytorch", options={"sparse": True}),
    "clipped by block": Lane("a", "adagrad", dialect="keras", settings={"clip_norm": 1e-3}),
    "wrapped": Lane("a", "momentum", settings={"lr": 0.1, "lookahead": 3, "average_from": 2, "sam_rho": 0.1}),
}
#: Parameters of user 0, whom no row names, of user 1, of item 101 and of the layer.
WATCHED = (3, 64, 64_000 + 101 * 64, 704_000)


@pytest.fixture(scope="module")
def clicks() -> Objective:
    return DatasetSpec("clicks", rows=8, validation=0.25).build()


def whole(lane: Lane, objective: Objective, monkeypatch: pytest.MonkeyPatch) -> LaneRun:
    """Return a lane that works on all parameters."""
    with monkeypatch.context() as patch:
        patch.setattr(lane_module, "narrow", lambda *_arguments: None)
        return LaneRun(lane, objective, 0, WATCHED)


def assert_same(run: LaneRun, other: LaneRun) -> None:
    np.testing.assert_array_equal(run.trace.view().rows, other.trace.view().rows)
    np.testing.assert_array_equal(run.theta, other.theta)
    np.testing.assert_array_equal(run.slots, other.slots)


@pytest.mark.jit
@pytest.mark.parametrize("lane", LANES.values(), ids=LANES)
def test_the_bits_of_all_parameters(lane: Lane, clicks: Objective, monkeypatch: pytest.MonkeyPatch) -> None:
    run, other = LaneRun(lane, clicks, 0, WATCHED), whole(lane, clicks, monkeypatch)
    assert run._narrow is not None
    assert len(run._state.theta) < 3000
    for each in (run, other):
        each.advance(7)
        each.back(3)
        each.advance(2)
    assert_same(run, other)
    assert len(run.theta) == clicks.dimension


@pytest.mark.jit
def test_a_decay_moves_all_parameters(clicks: Objective, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = Lane("a", "gd", settings={"lr": 0.1})
    run, other = LaneRun(lane, clicks, 0, WATCHED), whole(lane, clicks, monkeypatch)
    for each in (run, other):
        each.advance(3)
        each.edit("weight_decay", 0.1)
        each.advance(2)
    assert run._narrow is None
    assert_same(run, other)
    for each in (run, other):
        each.back(4)
    assert_same(run, other)


APART = {
    "sparse": Lane("a", "adam", dialect="pytorch", settings={"lr": 0.01}, options={"sparse": True}),
    "clipped by block": Lane("a", "adagrad", dialect="keras", settings={"lr": 0.1, "clip_norm": 1e-3}),
    "drop": Lane("a", "gd", settings={"lr": 0.1}, sampling=Sampling(5, drop_last=True)),
    "diverges": Lane("a", "gd", settings={"lr": 1e170}),
}


@pytest.mark.jit
@pytest.mark.parametrize("lane", APART.values(), ids=APART)
def test_rows_of_a_batch_are_updated_apart_from_others(
    lane: Lane, clicks: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = replace(lane, sampling=Sampling(2)) if lane.sampling.batch is None else lane
    run, other = (whole(lane, clicks, monkeypatch) for _ in range(2))
    loop = fused(clicks.kernel, run._stepper._transform(run.values_at(0)).kernel, run.rule)
    assert loop is not None
    for each, used in ((run, True), (other, False)):
        monkeypatch.setattr(FusedLoop, "ready", lambda _self, kernel, used=used: used and kernel.compiled is not None)
        each.record_every(0, 80)
        each.advance(50)
        each.advance(30)
    assert run.update == other.update
    assert_same(run, other)


@pytest.mark.parametrize(
    ("optimizer", "rests"), [("adam", False), ("momentum", False), ("gd", True), ("adagrad", True)]
)
def test_most_rules_go_on_where_there_is_no_gradient_now(optimizer: str, rests: bool) -> None:
    lane = Lane("a", optimizer)
    assert lane.rule.rests(lane.values(), forgotten=True) == rests


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [("adam", {"weight_decay": 0.1}), ("adam", {"eps": 0.0}), ("adamw", {}), ("adabelief", {})],
)
def test_where_all_parameters_move(optimizer: str, settings: dict[str, float], clicks: Objective) -> None:
    assert LaneRun(Lane("a", optimizer, settings=settings), clicks, 0)._narrow is None
