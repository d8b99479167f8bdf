"""Schedules give the rates that torch.optim.lr_scheduler was recorded to give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdtui.columns import Column
from gdtui.errors import ParameterError
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.schedules import KINDS, PlateauState, Schedule
from gdtui.verbs import Back, Set, Step

RECORDED = json.loads((Path(__file__).parent.parent / "reference" / "schedules.json").read_text())


def schedule_of(table: dict[str, Any]) -> Schedule:
    return Schedule(table["kind"], {k: float(v) for k, v in table.items() if k != "kind"})


@pytest.mark.parametrize("record", RECORDED["records"], ids=lambda r: r["class"] + str(r["kwargs"]))
def test_rates_are_those_of_torch(record: dict[str, Any]) -> None:
    schedule, lr = schedule_of(record["schedule"]), RECORDED["lr"]
    if schedule.kind == "plateau":
        state, rates = PlateauState(), []
        for loss in RECORDED["losses"]:
            rates.append(lr * state.factor)
            state = state.after(loss, schedule)
        assert len(set(rates)) > 2, "the recording has falls in it"
    else:
        rates = (lr * schedule.factors(0, len(record["lr"]))).tolist()
    np.testing.assert_allclose(rates, record["lr"], rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize(("period", "growth"), [(1, 2), (3, 2), (7, 3), (1000, 10), (5, 1), (1, 1)])
def test_restarts_fall_on_the_first_update_of_each_cycle(period: int, growth: int) -> None:
    updates = 200_000 if growth > 1 else 20_000  # cycles that do not grow are many
    factors = Schedule("cosine-restarts", {"period": period, "growth": growth}).factors(0, updates)
    begin, length = 0, period
    while begin < len(factors):
        assert factors[begin] == 1.0
        assert np.all(np.diff(factors[begin : begin + length]) < 0)
        begin, length = begin + length, length * growth


def test_every_kind_is_recorded() -> None:
    assert {r["schedule"]["kind"] for r in RECORDED["records"]} == set(KINDS)


@pytest.mark.parametrize("record", RECORDED["records"], ids=lambda r: r["class"] + str(r["kwargs"]))
def test_a_scheduled_lane_goes_back_exactly(record: dict[str, Any]) -> None:
    lane = Lane("a", "adam", settings={"lr": 0.05}, schedule=schedule_of(record["schedule"]))
    session = Session(Experiment(lanes=(lane,)))
    there = session.apply(Step(50)).lanes[0].trace.rows
    session.apply(Back(33))
    assert session.apply(Step(33)).lanes[0].trace.rows.tobytes() == there.tobytes()
    if record["schedule"]["kind"] != "plateau":
        np.testing.assert_allclose(there[1:, 1], record["lr"][:50], rtol=1e-12, atol=1e-18)


def test_setting_lr_in_mid_run_moves_the_whole_schedule() -> None:
    schedule = Schedule("exponential", {"factor": 0.9})
    session = Session(Experiment(lanes=(Lane("a", "gd", settings={"lr": 1e-3}, schedule=schedule),)))
    session.apply(Step(5))
    session.apply(Set("a.lr", 2e-3))
    rates = session.apply(Step(5)).lanes[0].trace.rows[1:, Column.LR]
    expected = [1e-3 * 0.9**k for k in range(5)] + [2e-3 * 0.9**k for k in range(5, 10)]
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("kind", "settings", "says"),
    [
        ("cosin", {}, "did you mean 'cosine'"),
        ("cosine", {}, "needs 'updates'"),
        ("cosine", {"updates": 10, "flor": 0.1}, "did you mean 'floor'"),
        ("step", {"every": 2.5}, "whole number"),
        ("step", {"every": 0}, "from 1"),
        ("exponential", {"factor": float("inf")}, "finite"),
        ("one-cycle", {"updates": 10, "initial_divisor": 0}, "initial_divisor must be above 0"),
        ("one-cycle", {"updates": 10, "final_divisor": 0}, "final_divisor must be above 0"),
        ("one-cycle", {"updates": 10, "rise": 3}, "rise is a share of the updates, from 0 to 1, not 3"),
        ("warmup-cosine", {"updates": 5, "warmup": 20}, "warmup is a part of the updates"),
    ],
)
def test_faults_are_named(kind: str, settings: dict[str, float], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        Schedule(kind, settings)
