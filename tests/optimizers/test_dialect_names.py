"""Dialects are named for what they are; an earlier name of one still means the same text."""

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec, simulate
from gdtui.cli.describe import command as show
from gdtui.cli.listing import LISTS
from gdtui.cli.parsers import parse
from gdtui.optimizers import REGISTRY, find
from tests.optimizers.cases import State, one_block, recorded, recording_id, reference
from tests.optimizers.test_combinations import RECORDS, combination_id, errors, lane_of

FORMER = ["adagrad", "rmsprop"]


@pytest.mark.parametrize("name", FORMER)
def test_the_earlier_name_chooses_the_same_text(name):
    assert find(name).rule("paper") is find(name).rule("notes") is find(name).rule()
    assert Lane("a", name, "paper").dialect_name == "notes"


@pytest.mark.parametrize("name", FORMER)
def test_the_earlier_name_is_in_no_list(name, capsys):
    assert "paper" not in find(name).dialects
    (row,) = (row for row in LISTS["optimizers"]() if row[0] == name)
    assert row[2].split(", ")[0] == "notes"
    assert "paper" not in row[2]
    show(parse(["show", "optimizer", name])[1])
    assert "earlier name  paper" in capsys.readouterr().out


@pytest.mark.parametrize("name", FORMER)
def test_files_with_the_earlier_name_give_the_same_trace(name):
    lanes = (Lane("a", name, "paper", {"lr": 0.1}), Lane("b", name, "notes", {"lr": 0.1}))
    trace = simulate(Experiment(ObjectiveSpec("surface", "beale"), lanes), 50)
    assert np.array_equal(trace["a"]["theta"], trace["b"]["theta"])


def test_a_text_for_another_dialect_does_not_inherit_the_earlier_name():
    assert {name: list(o.former) for name, o in REGISTRY.items() if o.former} == {name: ["paper"] for name in FORMER}


def of_torch(record):
    """Say whether it is torch's AdamW, without torch's own way to clip."""
    clipped = "clip_norm" in record.get("extras", ())
    return record["library"] == "torch" and record["class"] == "AdamW" and not clipped


@pytest.mark.parametrize("record", list(filter(of_torch, reference()["records"])), ids=recording_id)
def test_the_decay_of_the_papers_adamw_is_that_of_torch_times_lr(record):
    _rule, settings, _decay = recorded(record)
    settings = {**settings, "weight_decay": settings.get("weight_decay", 0.01) * settings["lr"]}
    state = State.start(find("adamw").rule("paper"), reference()["theta0"], settings, one_block(4))
    for g, want in zip(reference()["gradients"], record["theta"], strict=True):
        np.testing.assert_allclose(state.update(g), want, rtol=1e-12, atol=0)


@pytest.mark.parametrize("record", list(filter(of_torch, RECORDS)), ids=combination_id)
def test_it_is_that_of_torch_under_a_schedule_too(record):
    """torch multiplies its decay by the scheduled rate: that is lr times the schedule's factor."""
    lane = lane_of(record)
    decay = lane.settings.get("weight_decay", 0.01) * lane.settings["lr"]
    settings = {**lane.settings, "weight_decay": decay}
    paper = Lane("a", "adamw", "paper", settings, schedule=lane.schedule)
    assert np.max(errors(record, paper)) <= 1e-12


def test_another_rate_leaves_the_decay_of_the_paper_as_it_is():
    """Without a gradient only the decay moves a parameter."""

    def after(dialect, lr):
        lane = Lane("a", "adamw", dialect, {"lr": lr, "weight_decay": 0.1})
        tape = ObjectiveSpec("tape", gradients=((0.0,),) * 5, start=(1.0,))
        return simulate(Experiment(tape, (lane,)), 5)["a"]["theta"][-1, 0]

    assert after("paper", 0.5) == after("paper", 0.001) == pytest.approx(0.9**5, rel=1e-15)
    assert after("pytorch", 0.5) == pytest.approx(0.95**5, rel=1e-12)


# What the papers say ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "said"), [
    ("adafactor", "alg. 4 (matrices) and 5 (vectors)"), ("radam", "rho_t > 4"),
    ("amsgrad", "The paper corrects neither m nor v"), ("adagrad", "eps is their delta"),
    ("rmsprop", "without an epsilon"),
])  # fmt: skip
def test_what_differs_from_the_paper_is_said(name, said, capsys):
    show(parse(["show", "optimizer", name])[1])
    assert said in capsys.readouterr().out


# Momentum 1 ------------------------------------------------------------------------------------------------

FORGETLESS = [
    (rule, dialect, key) for o in REGISTRY.values() for rule in o.rules for dialect in rule.dialects
    for key, info in ((info.name, info.range) for info in rule.hyper) if info.contains(1.0) and info.high == 1.0
]  # fmt: skip


def test_momentum_may_be_exactly_1():
    said = {(rule.name, dialect) for rule, dialect, _key in FORGETLESS}
    momentum = {(name, dialect) for name in ("momentum", "nesterov") for dialect in find(name).dialects}
    assert momentum | {("lars", "optax"), ("rmsprop", "keras")} <= said
    assert ("adam", "paper") not in said, "its corrections divide by 1 - beta"


@pytest.mark.parametrize(("rule", "dialect", "key"), FORGETLESS, ids=lambda part: getattr(part, "name", part))
def test_with_1_it_is_finite_and_its_limit_is_too_or_there_is_none(rule, dialect, key):
    state = State.start(rule, [0.5, -0.5], {key: 1.0})
    for _ in range(20):
        state.update([1.0, -1.0])
    assert np.all(np.isfinite(state.theta))
    limit = rule.stability_limit({**rule.defaults, key: 1.0}, 10.0)
    assert limit is None or limit.lr > 0
