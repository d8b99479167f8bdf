"""Whole closed-loop runs, recorded with torch, are reproduced: losses and parameters along the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdtui.columns import Column
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step

RUNS = json.loads((Path(__file__).parent.parent / "reference" / "runs.json").read_text())
NAMES = {"Adagrad": "adagrad", "RMSprop": "rmsprop", "Adadelta": "adadelta", "Adam": "adam"}
#: Chaotic: RMSprop bounces off the valley's walls, where a last digit doubles every few updates.
CHAOTIC = {("rosenbrock", "RMSprop"): 1e-7}


def lane_of(record: dict[str, Any]) -> Lane:
    given = dict(record["kwargs"])
    name, dialect = NAMES.get(record["class"]), "pytorch"
    if name is None:
        name = "nesterov" if given.pop("nesterov", False) else "momentum" if "momentum" in given else "gd"
    settings = {"beta" if key == "alpha" else key: value for key, value in given.items()}
    start = tuple(record["theta0"])
    return Lane("a", name, None if name == "gd" else dialect, settings=settings, start=start)


def problem(record: dict[str, Any]) -> str:
    return record["problem"].get("surface") or record["problem"]["dataset"]


@pytest.mark.parametrize("record", RUNS, ids=lambda r: f"{problem(r)}-{r['class']}-{len(r['kwargs'])}")
def test_a_run_is_the_recorded_one(record: dict[str, Any]) -> None:
    name = problem(record)
    spec = ObjectiveSpec("surface" if "surface" in record["problem"] else "dataset", name)
    lane = Session(Experiment(spec, (lane_of(record),))).apply(Step(record["steps"])).lanes[0]
    rows, block = lane.trace.rows, lane.trace.layout.block("theta")
    tolerance = CHAOTIC.get((name, record["class"]), 1e-9)
    for at, loss, theta in zip(record["at"], record["loss_before"], record["theta_after"], strict=True):
        assert at < len(rows), f"the lane stopped at {lane.status_text}, torch went on to {at}"
        np.testing.assert_allclose(rows[at, block], theta, rtol=tolerance, err_msg=f"theta after update {at}")
        np.testing.assert_allclose(rows[at - 1, Column.LOSS], loss, rtol=tolerance, err_msg=f"loss before update {at}")
