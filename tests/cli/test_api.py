"""The Python interface: what the README's first lines promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gdtui
from gdtui import Experiment, Lane, ObjectiveSpec, simulate


def test_an_experiment_in_code_gives_its_trace_as_arrays() -> None:
    trace = simulate(Experiment(lanes=(Lane("adam", "adam", settings={"lr": 0.05}),)), 100)
    lane = trace["adam"]
    assert lane["theta"].shape == (101, 2)
    assert lane["update"].tolist() == list(range(101))
    assert {"velocity", "accumulator", "m_hat", "v_hat", "effective_lr", "loss"} <= lane.keys()
    assert np.array_equal(lane["m"], lane["velocity"], equal_nan=True)


def test_a_scenario_file_gives_the_same_experiment() -> None:
    loaded = Experiment.load(Path("scenarios/momentum-conventions.toml"))
    assert isinstance(loaded, Experiment)
    trace = simulate(loaded)
    assert trace["ema"]["theta"].shape == (61, 2)


def test_a_long_run_keeps_every_row() -> None:
    trace = simulate(Experiment(ObjectiveSpec(name="sphere"), (Lane("gd", settings={"lr": 1e-5}),)), 100_000)
    assert trace["gd"]["update"].tolist() == list(range(100_001))


def test_there_is_nothing_else_at_the_top() -> None:
    with pytest.raises(AttributeError):
        gdtui.nothing  # noqa: B018
