"""`sweep` in a script: expectations of every run of a range."""

from __future__ import annotations

import pytest

from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import ScenarioError, parse_scenario

HEAD = """format = 1
title = "t"
[objective]
kind = "surface"
name = "ravine"
[lanes.a]
optimizer = "gd"
lr = 0.1
[script]
do = [{ step = 3 }, """


def played(act):
    scenario = parse_scenario(f"{HEAD}{act}]".encode())
    report = replay(scenario)
    return report


# the ravine's largest curvature is 2, so gd is stable below 2/λmax = 1
def test_what_holds_for_every_value_passes_and_leaves_the_lanes_alone():
    report = played('{ sweep = "a.lr", from = 0.5, to = 0.99, updates = 400, lt = 1e-3 }')
    assert report.passed
    assert report.final.lane("a").update == 3


def test_a_failure_names_the_first_value_and_counts_the_others():
    report = played('{ sweep = "a.lr", from = 0.9, to = 1.1, count = 5, updates = 9000, is = "going" }')
    (failure,) = report.failures
    assert failure.expected == "a.status is going for 0.9 ≤ lr ≤ 1.1"
    assert failure.got.startswith("loss ") and "(diverged) at 1.05, and 1 more of 5 values" in failure.got


def test_a_range_over_powers_of_ten_is_spaced_by_factors():
    report = played('{ sweep = "a.lr", from = 0.001, to = 10, count = 5, updates = 1, gt = 1e9 }')
    assert "at 0.001, " in report.failures[0].got
    scenario = parse_scenario(
        f'{HEAD}{{ sweep = "a.lr", from = 0.01, to = 1, count = 3, updates = 1, is = "going" }}]'.encode()
    )
    assert scenario.acts[1].verb.range.values.tolist() == [0.01, 0.1, 1.0]


@pytest.mark.parametrize(
    ("act", "says"),
    [
        ('{ sweep = "a.lr", from = 0.1, to = 1, updates = 9 }', "expect what?"),
        ('{ sweep = "b.lr", from = 0.1, to = 1, updates = 9, lt = 1 }', "no lane 'b'"),
        ('{ sweep = "a.momentum", from = 0.1, to = 1, updates = 9, lt = 1 }', "no 'momentum'"),
        ('{ sweep = "a.lr", from = 2, to = 1, updates = 9, lt = 1 }', "goes up"),
        ('{ sweep = "a.lr", from = -1, to = 1, updates = 9, lt = 1 }', "lr must be"),
        ('{ sweep = "a.lr", from = 0, to = 1, updates = 9, lt = 1, spacing = "log" }', "above 0"),
    ],
)
def test_what_cannot_be_swept_is_a_fault_of_the_file(act, says):
    with pytest.raises(ScenarioError, match=says):
        played(act)


def test_the_updates_of_all_runs_count_against_the_limit():
    text = "limits = { updates = 100 }\n" + HEAD
    act = '{ sweep = "a.lr", from = 0.1, to = 0.5, count = 11, updates = 10, lt = 1e9 }]'
    assert replay(parse_scenario((text + act).encode())).outcomes[1].status == "limit"
