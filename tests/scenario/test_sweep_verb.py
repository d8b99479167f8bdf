"""`sweep` in a script: expectations of every run of a range."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec, simulate
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import ScenarioError, parse_scenario
from gdtui.simulation.fields.running import Field

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
        ('{ sweep = "a", from = 0, to = 1, updates = 9, lt = 1 }', "names LANE.SETTING"),
    ],
)
def test_what_cannot_be_swept_is_a_fault_of_the_file(act, says):
    with pytest.raises(ScenarioError, match=says):
        played(act)


def test_a_seed_draws_other_parameters_of_a_network():
    head = HEAD.replace('"surface"', '"dataset"').replace("ravine", "two-moons")
    act = '{ sweep = "a.seed", from = 1, to = 2, count = 2, updates = 5, lt = 0 }'
    failure = replay(parse_scenario(f"{head}{act}]".encode())).failures[0]
    alone = simulate(Experiment(ObjectiveSpec("dataset", "two-moons"), (Lane("a", settings={"lr": 0.1}),), seed=1), 5)
    assert failure.got.startswith(f"loss {float(alone['a']['loss'][-1])!r} (going) at 1,")


@pytest.mark.parametrize(
    "act",
    [
        '{ sweep = "a.lr", from = 0.1, to = 0.2, updates = 100_000_000, lt = 1 }',
        '{ field = "a", count = 4, updates = 100_000_000, near = [0.0, 0.0], abs = 1, ge = 0 }',
    ],
)
@pytest.mark.jit
def test_the_time_that_is_up_stops_runs_in_the_middle(act, monkeypatch):
    made, parts = [], Field.parts
    monkeypatch.setattr(Field, "parts", lambda field, **words: made.append(field) or parts(field, **words))
    text = "limits = { seconds = 0.2 }\n" + HEAD
    assert replay(parse_scenario(f"{text}{act}]".encode())).outcomes[1].status == "limit"
    assert not np.any(made[0].outcomes.updates == 100_000_000)


@pytest.mark.parametrize(("expected", "fault"), [("lt = 1", True), ('is = "finite"', True), ('is = "going"', False)])
def test_a_tape_has_no_loss_to_expect(expected, fault):
    head = HEAD.replace('"surface"', '"tape"').replace('name = "ravine"', 'pattern = "alternating"\nstart = [0.0]')
    text = f'{head}{{ sweep = "a.lr", from = 0.1, to = 0.2, updates = 5, {expected} }}]'.encode()
    if fault:
        with pytest.raises(ScenarioError, match="gradients but no loss"):
            parse_scenario(text)
    else:
        assert replay(parse_scenario(text)).passed


def test_the_updates_of_all_runs_count_against_the_limit():
    text = "limits = { updates = 100 }\n" + HEAD
    act = '{ sweep = "a.lr", from = 0.1, to = 0.5, count = 11, updates = 10, lt = 1e9 }]'
    assert replay(parse_scenario((text + act).encode())).outcomes[1].status == "limit"


def field(act, surface="himmelblau"):
    text = HEAD.replace("ravine", surface).replace("lr = 0.1", "lr = 0.01")
    return replay(parse_scenario(f"{text}{act}]".encode()))


def test_a_field_expects_the_share_of_starts_that_end_near_a_point():
    # himmelblau has four minima, none of them at its hump in the middle
    for point, sign in (([3.0, 2.0], "gt"), ([3.584428, -1.848127], "gt"), ([0.0, 0.0], "lt")):
        report = field(f'{{ field = "a", updates = 300, near = {point}, abs = 0.05, {sign} = 0.1 }}')
        assert report.passed
    shares = []
    for x in (-2.903534, 2.746803):  # the quartic x⁴ − 16x² + 5x falls to either side of its hump
        act = f'{{ field = "a", updates = 300, near = [{x}, -2.903534], abs = 0.05, ge = 0 }}'
        shares.append(float(field(act, "styblinski-tang").outcomes[-1].got))
    assert sum(shares) == pytest.approx(0.5, abs=0.05)


def test_a_share_that_is_missed_is_a_failure_with_the_share():
    report = field('{ field = "a", updates = 1, near = [3.0, 2.0], abs = 0.05, ge = 0.9 }')
    assert report.failures[0].expected == "a ends near [3, 2] from ≥ 0.9 of its starts"
    assert float(report.failures[0].got) < 0.1


@pytest.mark.parametrize(
    ("act", "says"),
    [
        ('{ field = "a", updates = 9, near = [1.0, 1.0], abs = 0.1 }', "expect what?"),
        ('{ field = "b", updates = 9, near = [1.0, 1.0], abs = 0.1, ge = 0.1 }', "no lane 'b'"),
        ('{ field = "a", updates = 9, near = [1.0], abs = 0.1, ge = 0.1 }', "has 2 numbers"),
        ('{ field = "a", updates = 9, near = [1.0, 1.0], abs = 0.1, ge = 1.1 }', "1"),
    ],
)
def test_what_is_no_field_is_a_fault_of_the_file(act, says):
    with pytest.raises(ScenarioError, match=says):
        field(act)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        ('{ field = "b", updates = 9, near = "x", abs = 0.1, ge = 0.1 }', "near must be"),
        ('{ field = "b", updates = 0, near = [1.0, 1.0], abs = 0.1, gee = 0.1 }', "unknown key 'gee'"),
        ('{ sweep = "b.lr", from = 0.1, updates = 9, lt = 1 }', "'to' is missing"),
        ('{ set = "b.lr" }', "'to' is missing"),
        ('{ branch = "b" }', "'as' is missing"),
    ],
)
def test_a_faulty_key_does_not_hide_that_the_lane_is_unknown(act, says):
    with pytest.raises(ScenarioError) as caught:
        field(act)
    assert says in str(caught.value) and "no lane 'b'" in str(caught.value)
