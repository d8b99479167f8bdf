"""Which runs a sweep has, and what its table says."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec, ParameterError, simulate, sweep
from gdtui.simulation.fields.combinations import Sweep
from gdtui.simulation.fields.members import Halt
from gdtui.simulation.fields.ranges import read_range
from gdtui.simulation.lane import LaneRun

ADAM, GD = Lane("adam", "adam"), Lane("gd", "gd")
ONE = Experiment(lanes=(ADAM,))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("lr=0.1,0.2", [0.1, 0.2]),
        ("lr=1:4:4", [1, 2, 3, 4]),
        ("lr = 1e-2 : 1 : 3 : log", [0.01, 0.1, 1]),
        ("x=-1:1:3", [-1, 0, 1]),
    ],
)
def test_a_range_is_written_in_one_word(text, values):
    np.testing.assert_allclose(read_range(text).values, values, rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lr", "KEY=A,B"), ("lr=", "KEY=A,B"), ("=1", "KEY=A,B"), ("lr=a", "KEY=A,B"), ("lr=1:2:3:4", "KEY=A,B"),
        ("lr=1:2:x", "KEY=A,B"), ("lr=2:1:3", "goes up"), ("lr=0:1:3:log", "above 0"), ("lr=1:2:1", "2 to"),
        ("lr=nan", "finite"), ("lr=1:inf:3", "finite"), ("lr=1:2:-1", "2 to"), ("lr=1:2:99999999", "2 to"),
    ],
)  # fmt: skip
def test_what_is_no_range_is_refused(text, says):
    with pytest.raises(ParameterError, match=says):
        read_range(text)


def test_a_grid_has_every_combination_and_each_is_that_run_alone():
    table = sweep(Experiment(lanes=(ADAM, GD)), {"lr": [0.01, 5.0], "x": "-1:1:3"}, 30)
    assert table["lane"].tolist() == ["adam"] * 6 + ["gd"] * 6
    assert list(zip(table["lr"][:6].tolist(), table["x"][:6].tolist(), strict=True)) == [
        (0.01, -1), (0.01, 0), (0.01, 1), (5, -1), (5, 0), (5, 1),
    ]  # fmt: skip
    for k in (1, 5, 11):
        lane = Lane("one", str(table["lane"][k]), settings={"lr": table["lr"][k]}, start=(table["x"][k], 1.0))
        trace = simulate(Experiment(lanes=(lane,)), 30)["one"]
        assert table["updates"][k] == len(trace["loss"]) - 1
        np.testing.assert_array_equal(table["theta"][k], trace["theta"][-1])
        np.testing.assert_array_equal(table["loss"][k], trace["loss"][-1])
    assert table["status"][9:].tolist() == ["diverged", "diverged", "going"]  # the last starts at the minimum


def test_a_random_sample_depends_on_the_seed_alone_and_stays_within_the_range():
    over = {"lr": "1e-4:1:log", "beta1": "0:0.9"}
    a, b = sweep(ONE, over, 2, draw=200), sweep(ONE, {**over, "beta2": [0.9, 0.99]}, 2, draw=200)
    np.testing.assert_array_equal(a["lr"], b["lr"])  # another key disturbs nothing
    c = sweep(Experiment(lanes=(ADAM,), seed=1), over, 2, draw=200)
    assert not np.any(a["lr"] == c["lr"])
    assert a["lr"].min() >= 1e-4 and a["lr"].max() <= 1 and np.median(a["lr"]) == pytest.approx(1e-2, rel=0.6)
    assert set(b["beta2"].tolist()) == {0.9, 0.99}


def test_seeds_are_swept_over():
    experiment = Experiment(ObjectiveSpec("dataset", "two-moons"), (ADAM,))
    table = sweep(experiment, {"seed": [3, 4]}, 3)
    alone = simulate(Experiment(experiment.objective, (ADAM,), seed=4), 3)["adam"]
    assert table["loss"][1] == alone["loss"][-1] != table["loss"][0]


def test_processes_find_the_same_table():
    experiment = Experiment(ObjectiveSpec("dataset", "linear-4-3"), (Lane("one", "gd"),))
    over = {"lr": "1e-3:0.5:20:log"}
    here = sweep(experiment, over, 5)
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        there = sweep(experiment, over, 5, executor=pool)
    np.testing.assert_array_equal(here["theta"], there["theta"])


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"lr": [-1.0]}, "lr must be"), ({"momentum": [0.5]}, "no 'momentum'"), ({"seed": [0.5]}, "whole number"),
        ({"seed": [2**53 + 1]}, "from 0 to 2"),
        ({"lr": "1:2"}, "how many values"), ({"x": [float("nan")]}, "finite"), ({"z": [1.0]}, "no 'z'"),
        ({"lr": []}, "no values"),
    ],
)  # fmt: skip
def test_what_a_lane_does_not_take_is_refused(over, says):
    with pytest.raises(ParameterError, match=says):
        sweep(ONE, over, 5)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"updates": 0}, "at least 1, not 0"), ({"updates": -1}, "at least 1"),
        ({"draw": 0}, "10\\*\\*7 members, not 0"),
        ({"draw": 10**9}, "10\\*\\*7 members"),
    ],
)  # fmt: skip
def test_numbers_of_runs_and_updates_begin_at_1(words, says):
    with pytest.raises(ParameterError, match=says):
        sweep(ONE, {"lr": [0.1]}, **words)


def test_a_file_that_was_changed_between_two_sweeps_is_read_again(tmp_path):
    experiment = Experiment(ObjectiveSpec("dataset", csv=str(tmp_path / "p.csv")), (Lane("gd", "gd"),))
    lane = Lane("gd", "gd", settings={"lr": 0.01})
    for first in (2, 20):
        (tmp_path / "p.csv").write_text(f"a,b\n1,{first}\n2,4\n3,6\n4,9\n")
        alone = simulate(Experiment(experiment.objective, (lane,)), 5)["gd"]["loss"][-1]
        assert sweep(experiment, {"lr": [0.01]}, 5)["loss"][0] == alone


def test_what_is_halted_stops_within_a_run(monkeypatch):
    halt, make_updates = Halt(), LaneRun.make_updates
    runs: set[LaneRun] = set()

    def make_some(run: LaneRun, target: int, record: int = 1) -> None:
        runs.add(run)
        make_updates(run, target, record=record)
        halt.set()

    monkeypatch.setattr(LaneRun, "make_updates", make_some)
    made = Sweep.of(Experiment(lanes=(Lane("a", "gd", settings={"accumulate": 2}),)), {"lr": np.full(2, 1e-4)}, 10**7)
    assert [part for part in made.parts(halt=halt) if made.fields["a"].outcomes.known.any()] == []
    assert [run.update < 10**7 for run in runs] == [True]
