"""The Python interface: what the README's first lines promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gdtui
from gdtui import Experiment, Lane, ObjectiveSpec, errors, replay, simulate
from gdtui.cli.exits import CommandFailure
from gdtui.scenario.play.golden import golden_path
from gdtui.scenario.read.load import ScenarioError, load_scenario
from gdtui.simulation.sampling import Sampling


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


SCENARIO = """format = 1
title = "t"
[objective]
kind = "surface"
name = "sphere"
[lanes.a]
optimizer = "gd"
lr = 0.25
[script]
do = [{ step = 3 }, { expect = "a.update", eq = 4 }]
"""


def test_a_script_is_replayed_by_file_by_name_or_as_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO)
    for given in (path, str(path), load_scenario(path)):
        report = replay(given)
        assert isinstance(report, gdtui.Report)
        assert not report.passed
        assert [(failure.act.place.line, failure.got) for failure in report.failures] == [(10, "3")]
        assert report.final.lane("a").trace.rows.shape[0] == 4
        assert report.golden is None
    assert replay("adam-first-step").passed


def test_a_golden_trace_beside_the_file_is_part_of_a_replay(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO.replace("eq = 4", "eq = 3"))
    assert replay(path).passed
    golden_path(path).write_text("no golden trace")
    report = replay(path)
    assert report.golden is not None
    assert not report.passed


def test_what_is_not_there_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError):
        replay("no-such-scenario")


def test_there_is_nothing_else_at_the_top() -> None:
    with pytest.raises(AttributeError):
        gdtui.nothing  # noqa: B018


def test_every_error_is_public_and_has_one_root() -> None:
    defined = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    for error in (*(each for each in defined if each is not errors.UnkeyedError), ScenarioError):
        assert issubclass(error, gdtui.GdtuiError)
        assert getattr(gdtui, error.__name__) is error
        assert error.__name__ in gdtui.__all__
    assert issubclass(CommandFailure, gdtui.GdtuiError)


@pytest.mark.parametrize(
    ("lane", "said"),
    [
        (Lane("a", "gd", sampling=Sampling(20)), "a: sampling has no effect: rosenbrock has neither rows nor noise"),
        (Lane("a", "gd", settings={"accumulate": 4}), "a: accumulate has no effect: the 4 gradients at one place"),
    ],
)
def test_a_setting_without_effect_is_a_warning(lane: Lane, said: str) -> None:
    with pytest.warns(UserWarning, match=said):
        simulate(Experiment(lanes=(lane,)), 1)
