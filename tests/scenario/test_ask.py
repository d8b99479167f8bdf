"""Questions: every fault is placed, the engine judges the stated answer, and asking it changes nothing."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gdtui.errors import ParameterError
from gdtui.scenario.play.marking import Given, mark, read_number
from gdtui.scenario.play.player import Player, replay
from gdtui.scenario.play.report import summary_line
from gdtui.scenario.read.load import ScenarioError, parse_scenario
from gdtui.scenario.write.record import to_toml
from gdtui.session import Session
from gdtui.session.budget import Budget, Limits
from gdtui.simulation.compiled_stepper import CompiledStepper
from gdtui.simulation.stepping import State, Stretch
from gdtui.verbs import Set, Step
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import Outlook

T = TypeVar("T")

#: gd with lr 0.25 on x² + y² from (1, 0.5): each coordinate halves, and the loss falls from 1.25 to 0.3125.
#: Adam's first step is lr in each coordinate: (0.75, 0.25) with a loss of 0.625.
HEAD = """format = 1
title = "t"
[objective]
kind = "surface"
name = "sphere"
start = [1.0, 0.5]
[lanes.gd]
optimizer = "gd"
lr = 0.25
[lanes.adam]
optimizer = "adam"
lr = 0.25
[lanes.fast]
optimizer = "gd"
lr = 2.0
[script]
do = [
"""
STEP = "after = { step = 1 }"


def scenario(*acts: str):
    return parse_scenario((HEAD + "".join(f"{act},\n" for act in acts) + "]\n").encode(), Path("q.toml"))


def faults(act: str) -> list[tuple[str, str]]:
    """Return each fault of a question: the text from its place on, and its message."""
    with pytest.raises(ScenarioError) as caught:
        scenario(act)
    assert {fault.place.line for fault in caught.value.faults} == {HEAD.count("\n") + 1}
    return [(act[fault.place.column - 1 :], fault.message) for fault in caught.value.faults]


TRUE = (
    f'{{ ask = "x?", of = "gd.theta[0]", {STEP}, answer = 0.5, abs = 0.01 }}',
    f'{{ ask = "x?", of = "gd.theta[0]", {STEP}, rel = 0.1 }}',
    '{ ask = "x now?", of = "gd.theta[0]", answer = 1, abs = 0 }',
    f'{{ ask = "lower?", choices = ["gd", "adam"], answer = "gd", check = "gd.loss < adam.loss", {STEP} }}',
    f'{{ ask = "lower?", choices = ["gd", "adam"], answer = "gd", '
    f'check = ["gd.loss < adam.loss", "adam.loss < gd.loss"], {STEP} }}',
    f'{{ ask = "x?", choices = [0.25, 0.5, 1.5], answer = 0.5, of = "gd.theta[0]", abs = 1e-9, {STEP} }}',
    f'{{ ask = "rises?", choices = ["yes", "no"], answer = "no", '
    f'check = "gd.loss < before and gd.loss < 0.26 * before", {STEP} }}',
    f'{{ ask = "goes?", choices = ["yes", "no"], answer = "yes", check = "gd.status == going", {STEP} }}',
    f'{{ ask = "where?", place = "map", of = "gd.theta", abs = 0.1, {STEP} }}',
    f'{{ ask = "where?", place = "loss", of = "gd.loss", rel = 0.1, {STEP} }}',
)  # fmt: skip


@pytest.mark.parametrize("act", TRUE)
def test_a_true_answer_passes(act: str) -> None:
    report = replay(scenario(act))
    assert [outcome.status for outcome in report.outcomes] == ["passed"], report.failures
    assert report.checked and "1 of 1 expectations hold" in summary_line(report)


FALSE = (
    (f'{{ ask = "x?", of = "gd.theta[0]", {STEP}, answer = 0.6, abs = 0.01 }}', "gd.theta[0] near the answer 0.6"),
    (
        f'{{ ask = "?", choices = ["gd", "adam"], answer = "adam", check = "adam.loss < gd.loss", {STEP} }}',
        "for the answer adam: adam.loss < gd.loss",
    ),
    (
        f'{{ ask = "?", choices = ["gd", "adam"], answer = "gd", check = ["gd.loss < 1", "adam.loss < 1"], {STEP} }}',
        "for the answer gd, not: adam.loss < 1",
    ),
    (
        f'{{ ask = "?", choices = [0.5, 0.505], answer = 0.5, of = "gd.theta[0]", abs = 0.01, {STEP} }}',
        "one right choice for gd.theta[0], not [0.505] as well",
    ),
    (
        f'{{ ask = "?", choices = ["yes", "no"], answer = "yes", check = "gd.loss > before", {STEP} }}',
        "for the answer yes: gd.loss > before",
    ),
    (
        f'{{ ask = "?", choices = ["yes", "no"], answer = "yes", check = "gd.status == diverged", {STEP} }}',
        "for the answer yes: gd.status == diverged",
    ),
    ('{ ask = "?", of = "gd.grad[0]", rel = 0.1 }', "gd.grad[0] is finite"),
    ('{ ask = "?", place = "map", of = "fast.theta", abs = 0.1, after = { step = 9 } }', "fast.theta is on the map"),
)  # fmt: skip


@pytest.mark.parametrize(("act", "expected"), FALSE)
def test_a_wrong_key_fails_at_its_place(act: str, expected: str) -> None:
    report = replay(scenario(act, "{ step = 1 }"))
    assert [outcome.status for outcome in report.outcomes] == ["failed", "done"]
    assert report.failures[0].expected == expected
    assert report.failures[0].act.place.line == HEAD.count("\n") + 1
    assert report.code == 1


FAULTY = (
    ('{ ask = "?" }', [('{ ask', "a question needs an answer")]),
    ('{ ask = "?", of = "gd.thta[0]", abs = 1 }', [('thta', "did you mean 'theta'?")]),
    ('{ ask = "?", of = "gd.theta", abs = 1 }', [('"gd.theta"', "name one coordinate")]),
    ('{ ask = "?", of = "gd.loss" }', [('{ ask', "needs abs or rel")]),
    ('{ ask = "?", of = "gd.loss", abs = 1, answer = "low" }', [('"low"', "must be a number")]),
    ('{ ask = "?", answer = "free", abs = 1 }', [('abs', "only a number or a place is near")]),
    ('{ ask = "?", answer = "free", why = "so" }', [('why', "answer holds all that is said")]),
    ('{ ask = "?", answer = 1, abs = 0, after = { step = 1 } }', [('after', "after belongs to of or check")]),
    ('{ ask = "?", of = "gd.loss", abs = 1, after = { step = 0 } }', [('0 }', "≥ 1")]),
    ('{ ask = "?", of = "gd.loss", abs = 1, after = { step = 1, epoch = 1 } }', [('{ step', "after is { step = N }")]),
    ('{ ask = "?", of = "gd.loss", abs = 1, after = { } }', [('{ } }', "after is { step = N }")]),
    ('{ ask = "?", choices = ["a"], answer = "a" }', [('["a"]', "2 to 6 strings")]),
    ('{ ask = "?", choices = ["a", 1], answer = "a" }', [('["a"', "2 to 6 strings")]),
    ('{ ask = "?", choices = ["a", "a"], answer = "a" }', [('["a"', "differ from one another")]),
    ('{ ask = "?", choices = ["adam", "gd"], answer = "adm" }', [('"adm"', "did you mean 'adam'?")]),
    ('{ ask = "?", choices = ["a", "b"] }', [('{ ask', "a question needs an answer")]),
    ('{ ask = "?", choices = ["a", "b"], answer = "a", of = "gd.loss" }', [('of', "choices that are numbers")]),
    ('{ ask = "?", choices = ["a", "b"], answer = "a", check = "gd.loss" }', [('gd.loss"', "a claim reads")]),
    ('{ ask = "?", choices = ["a", "b"], answer = "a", check = "gd.loss < x" }', [('x"', "'x' is not a number")]),
    (
        '{ ask = "?", choices = ["a", "b"], answer = "a", check = "gd.loss < 1 and ada.loss < 1" }',
        [('ada.', "did you mean 'adam'?")],
    ),
    (
        '{ ask = "?", choices = ["a", "b"], answer = "a", check = "gd.status == dead" }',
        [('"gd.', "a status is one of")],
    ),
    (
        '{ ask = "?", choices = ["a", "b"], answer = "a", check = ["gd.loss < 1", "gd.grad < 1"] }',
        [('gd.grad', "name one coordinate")],
    ),
    (
        '{ ask = "?", choices = ["a", "b"], answer = "a", check = ["gd.loss < 1", "gd.loss < 2", "gd.loss < 3"] }',
        [('["gd', "one for each choice")],
    ),
    ('{ ask = "?", place = "mp", of = "gd.loss", abs = 1 }', [('"mp"', "did you mean 'map'?")]),
    ('{ ask = "?", place = "map", of = "gd.loss", abs = 1 }', [('"gd.loss"', "a place on the map is LANE.theta")]),
    ('{ ask = "?", place = "loss", of = "gd.grad_norm", abs = 1 }', [('"loss"', "does not draw gd.grad_norm")]),
    ('{ ask = "?", place = "map", abs = 1 }', [('{ ask', "a place needs of")]),
    ('{ ask = "?", place = "map", of = "gd.theta", rel = 1 }', [('{ ask', "the question needs abs")]),
)  # fmt: skip


@pytest.mark.parametrize(("act", "expected"), FAULTY)
def test_every_fault_is_placed(act: str, expected: list[tuple[str, str]]) -> None:
    found = faults(act)
    assert len(found) == len(expected), found
    for (text, message), (begin, part) in zip(found, expected, strict=True):
        assert text.startswith(begin), (text, message)
        assert part in message.replace("{{", "{").replace("}}", "}")


def test_asking_the_engine_changes_nothing() -> None:
    many = TRUE[0].replace("{ step = 1 }", "{ step = 40 }").replace("0.5, abs", "0, abs")
    asked = replay(scenario("{ step = 3 }", many, "{ step = 2 }"))
    straight = replay(scenario("{ step = 3 }", "{ step = 2 }"))
    assert asked.passed
    for a, b in zip(asked.final.lanes, straight.final.lanes, strict=True):
        assert a.trace.rows.tobytes() == b.trace.rows.tobytes()
        assert a.update == b.update == 5


def test_a_question_of_many_updates_heeds_the_limits_of_the_file() -> None:
    long = '{ ask = "x?", of = "gd.theta[0]", after = { step = 1_000 }, abs = 0.01 }'
    read = parse_scenario((HEAD.replace('"t"\n', '"t"\nlimits = { updates = 100 }\n') + long + "]\n").encode())
    assert [outcome.status for outcome in replay(read).outcomes] == ["limit"]


@pytest.mark.parametrize("act", TRUE)
def test_a_question_is_recorded_as_it_was_read(act: str) -> None:
    read = scenario(act)
    session = Session(read.experiment)
    session.apply(read.acts[0].verb)
    again = parse_scenario(to_toml(session).encode())
    assert again.acts[0].verb == read.acts[0].verb


def looked(act: str) -> tuple[Ask, Outlook]:
    """Return a question, and what the engine knows of it."""
    read = scenario(act)
    (ask,) = (each.verb for each in read.acts)
    assert isinstance(ask, Ask)
    return ask, ended(ask.outlook(Session(read.experiment), Budget(Limits())))


def ended(work: Generator[None, None, T]) -> T:
    """Return the result of work that pauses."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value


def rows(session: Session) -> list[bytes]:
    return [lane.trace.rows.tobytes() for lane in session.snapshot().lanes]


def stepped(*commands: Step | Set) -> list[bytes]:
    session = Session(scenario().experiment)
    for command in commands:
        session.apply(command)
    return rows(session)


def test_the_updates_of_a_question_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made, advance = [], CompiledStepper.advance

    def counted(self: CompiledStepper, state: State, n: int, *rest: Any, **how: Any) -> Stretch:
        made.append(n)
        return advance(self, state, n, *rest, **how)

    expected = stepped(Step(5))
    monkeypatch.setattr(CompiledStepper, "advance", counted)
    ask = TRUE[0].replace("step = 1", "step = 4").replace("0.5", "0.03125")
    player = Player(scenario("{ step = 1 }", ask, "{ step = 4 }"))
    outcomes = [ended(player.play(act)).status for act in player.scenario.acts]
    assert outcomes == ["done", "passed", "done"]
    assert sum(made) == 3 * 5, "three lanes, five updates"
    assert rows(player.session) == expected


def test_what_a_question_has_tried_serves_its_own_act_alone() -> None:
    read = scenario(TRUE[0].replace("step = 1", "step = 4").replace("0.5", "0.03125"))
    ask = read.acts[0].verb
    assert isinstance(ask, Ask)
    for commands in [Step(3), Step(1)], [Set("gd.lr", 0.1), Step(4)], [Step(4), Set("gd.lr", 0.1), Step(2)]:
        session = Session(read.experiment)
        session.apply(Step(1))
        outlook = ended(ask.outlook(session, Budget(Limits())))
        before = [lane.trace.rows.tobytes() for lane in outlook.after.lanes]
        for command in commands:
            session.apply(command)
        assert rows(session) == stepped(Step(1), *commands)
        assert [lane.trace.rows.tobytes() for lane in outlook.after.lanes] == before, "what was shown stays"


@pytest.mark.parametrize(
    ("act", "given", "right", "verdict"),
    [
        (TRUE[0], 0.5, True, "✓ right: 0.5"),
        (TRUE[0], 0.495, True, "✓ near enough: you said 0.495, the engine has 0.5"),
        (TRUE[0], 1.5, False, "✗ you said 1.5, the engine has 0.5: 1 too high"),
        (TRUE[0], -0.5, False, "✗ you said −0.5, the engine has 0.5: 1 too low"),
        (TRUE[0], None, None, "the engine has 0.5"),
        (TRUE[3], "gd", True, "✓ right: gd"),
        (TRUE[3], "adam", False, "✗ you chose adam, the right answer is gd"),
        (TRUE[8], (0.5, 0.2), True, "✓ near enough: you pointed at (0.5, 0.2), the engine is at (0.5, 0.25)"),
        (TRUE[8], (0.5, 1.25), False, "✗ you pointed at (0.5, 1.25), the engine is at (0.5, 0.25): 1 away"),
        (TRUE[9], 0.3, True, "✓ near enough: you said 0.3, the engine has 0.3125"),
    ],
)
def test_an_answer_is_marked_in_a_sentence(act: str, given: Given, right: bool | None, verdict: str) -> None:
    marked = mark(*looked(act), given)
    assert (marked.right, marked.verdict) == (right, verdict)


def test_the_reason_is_the_line_of_the_rule_or_what_was_measured() -> None:
    assert mark(*looked(TRUE[0]), 1.0).reason == "θ ← θ − η·g = 1 − 0.25·2 = 0.5"
    assert mark(*looked(TRUE[3]), "adam").reason == "gd.loss = 0.3125, adam.loss = 0.625"


def test_nobody_must_point_more_finely_than_a_cell_is() -> None:
    ask, outlook = looked(TRUE[8])
    assert mark(ask, outlook, (0.9, 1.1), grain=(0.5, 1.0)).right
    assert not mark(ask, outlook, (0.9, 1.3), grain=(0.5, 1.0)).right


@pytest.mark.parametrize(
    ("typed", "value"), [("0.5", 0.5), (" −3 ", -3.0), ("1/4", 0.25), ("2e-3", 0.002), ("0,25", 0.25), ("-1/2", -0.5)]
)
def test_a_number_is_read_as_people_type_it(typed: str, value: float) -> None:
    assert read_number(typed) == value


@pytest.mark.parametrize("typed", ["", "x", "1/0", "nan", "1e999", "1/2/3", "9" * 41])
def test_other_text_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ParameterError, match="type a number"):
        read_number(typed)
