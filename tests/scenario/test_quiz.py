"""Quizzes: the same for the same seed, one right choice each, confirmed by a plain simulation."""

from __future__ import annotations

import io
import json
import math
import operator
import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from gdtui import simulate
from gdtui.cli import main
from gdtui.scenario.play.score import Score, Tally
from gdtui.scenario.quiz import quiz
from gdtui.scenario.quiz.quiz import MAKERS, TOPICS, Question, draw, lesson_questions, new_questions
from gdtui.scenario.quiz.situation import Dice
from gdtui.scenario.read.load import load_scenario
from gdtui.verbs import Step

MANY = 200
Run = Callable[..., subprocess.CompletedProcess[str]]
SIGNS = {"<": operator.lt, ">": operator.gt}


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return list(islice(new_questions(seed=11), MANY))


def updates(question: Question) -> tuple[int, int]:
    """Return the updates before a new question, and those after which the engine is asked."""
    before = sum(act.verb.step for act in question.lesson.pages[0].acts if isinstance(act.verb, Step))
    after = question.ask.after
    if after.epoch is not None:
        (lane,), rows = question.lesson.scenario.experiment.lanes, question.lesson.scenario.experiment.objective.rows
        return before, before + after.epoch * math.ceil(rows / lane.sampling.batch)
    return before, before + after.step


def measured(trace: dict, text: str, row: int) -> float:
    """Return a quantity of a trace: gd.theta[0], adam.loss."""
    lane, name, index = re.fullmatch(r"(\w+)\.(\w+)(?:\[(\d+)\])?", text).groups()
    values = trace[lane][name]
    return float(values[row] if index is None else values[row, int(index)])


def holds(trace: dict, claims: str, before: int, after: int) -> bool:
    """Judge `gd.theta[0] < 0 and gd.theta[0] > -1` without the code that judges it in a replay."""
    found = []
    for claim in claims.split(" and "):
        left, sign, right = claim.split(" ")
        wanted = measured(trace, left, before) if right == "before" else (
            measured(trace, right, after) if "." in right and right[0].isalpha() else float(right)
        )  # fmt: skip
        found.append(SIGNS[sign](measured(trace, left, after), wanted))
    return all(found)


def test_a_simulation_confirms_exactly_one_choice(questions: list[Question]) -> None:
    for question in questions:
        ask, (before, after) = question.ask, updates(question)
        trace = simulate(question.lesson.scenario.experiment, after)
        if ask.of is not None:
            got = measured(trace, ask.of, after)
            right = [choice for choice in ask.choices if abs(choice - got) <= ask.abs * (1 + 1e-9)]
        else:
            pairs = zip(ask.choices, ask.check_, strict=True)
            right = [choice for choice, claims in pairs if holds(trace, claims, before, after)]
        assert right == [ask.answer], (ask.ask, ask.choices)


def test_choices_are_told_apart_as_they_are_written(questions: list[Question]) -> None:
    for question in questions:
        written = [f"{choice:.4g}" if isinstance(choice, float) else choice for choice in question.ask.choices]
        assert len(set(written)) == len(written) >= 2
        assert len(question.ask.ask) <= 230


def test_every_maker_makes_questions_and_no_place_of_the_answer_is_usual(questions: list[Question]) -> None:
    assert {question.topic for question in questions} == set(TOPICS)
    assert all(any(maker(Dice(3, n)) for n in range(20)) for maker in MAKERS)
    of_four = [q.ask.choices.index(q.ask.answer) for q in questions if len(q.ask.choices) == 4 and q.ask.of]
    assert all(of_four.count(place) > len(of_four) / 8 for place in range(4))


def test_a_seed_gives_the_same_questions_and_another_seed_others() -> None:
    def asked(seed: int) -> list[tuple[str, object]]:
        return [(question.ask.ask, question.ask.choices) for question in draw(8, seed)]

    assert asked(5) == asked(5) != asked(6)


def test_questions_are_made_as_they_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr(quiz, "load_scenario", lambda path: read.append(path) or load_scenario(path))
    many = draw(10**5, seed=1)
    assert not read
    first = list(islice(many, 4))
    assert (len(first), many.asked, many.size, many.ended) == (4, 4, 10**5, False)
    assert len(read) <= 4, "each lesson is read when a question of it is asked"
    few = list(draw(9, seed=1))
    assert sum(question.is_new for question in few) == 5, "half are of lessons"


def test_the_questions_of_lessons_can_be_answered_by_themselves() -> None:
    """What has been done before the question is done, without the lesson's pages; the engine agrees with the file."""
    found = list(lesson_questions(Dice(0, 0)))
    assert len(found) >= 67
    assert len({question.topic for question in found}) >= 67
    quick = [q for q in found if q.topic in ("adam-first-step", "ravine-zigzag", "sign-steps", "stopping-conditions")]
    for question in quick:
        outlook, marked = question.answer()
        assert question.ask.judged(outlook).status == "passed"
        assert marked.right is None and marked.verdict


# The command ---------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        code = main(["quiz", *words])
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return call


def test_a_sheet_has_the_questions_first_and_the_answers_at_its_end(run: Run) -> None:
    done = run("-n", "3", "--topic", "adam", "--seed", "4")
    assert done.returncode == 0, done.stderr
    asked, _, answers = done.stdout.partition("Answers")
    assert [line[:2] for line in asked.splitlines() if re.match(r"\d\.", line)] == ["1.", "2.", "3."]
    told = json.loads(run("-n", "3", "--topic", "adam", "--seed", "4", "--json").stdout)
    assert [question["question"][:20] in asked for question in told["questions"]] == [True] * 3
    for number, question in enumerate(told["questions"], start=1):
        letter = "abcdef"[question["choices"].index(question["answer"])]
        assert f"{number}. {letter})" in answers


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--topic", "adma"), 2, "did you mean 'adam'?"),
        (("--seed", "-1"), 2, "a whole number from 0"),
        (("-n", "0"), 2, "a whole number from 1"),
        (("--score", "--json"), 2, "--json and --score do not go together"),
    ],
)
def test_wrong_options_get_a_sentence(words: tuple[str, ...], code: int, said: str, run: Run) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr and "Traceback" not in done.stderr


def test_the_score_is_printed_and_rubbish_in_its_file_is_none(tmp_path: Path, run: Run) -> None:
    score = Score(tmp_path / "gdtui" / "score.json")
    for right in (True, False, True, None):
        score.note("adam-first-step", right)
    assert Score(tmp_path / "gdtui" / "score.json").of("adam-first-step") == Tally(2, 1, 1)
    assert re.search(r"adam-first-step +2 +1 +1\n", run("--score").stdout)
    for rubbish in ("{", "[]", '{"topics": {"a": {"right": -1, "wrong": 0, "skipped": 0}, "b": 3}}', '{"topics": 7}'):
        (tmp_path / "gdtui" / "score.json").write_text(rubbish)
        assert list(Score(tmp_path / "gdtui" / "score.json")) == []
    assert "no question has been answered yet" in run("--score").stdout


def test_a_damaged_score_is_kept_aside_and_said_once_and_its_sound_part_counts(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "gdtui" / "score.json"
    file.parent.mkdir()
    text = '{"topics": {"adam": {"right": 3, "wrong": 1, "skipped": 0}, "b": 3}}'
    file.write_text(text)
    done = run("--score")
    assert done.stderr == f"gdtui: {file} was damaged: it is kept as score.json.damaged\n"
    assert re.search(r"adam +3 +1 +0\n", done.stdout)
    again = run("--score")
    assert (again.stderr, again.stdout) == ("", done.stdout)
    assert (file.parent / "score.json.damaged").read_text() == text
    file.write_bytes(b"\xff\xfe")
    assert Score(file).fault.endswith("score.json.damaged-2"), "an older one is not written over"


def test_two_programs_that_keep_a_score_lose_none_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "score.json"
    first, second = Score(path), Score(path)
    first.note("a", True)
    second.note("b", False)
    first.note("a", True)
    assert list(Score(path)) == [("a", Tally(2)), ("b", Tally(0, 1))]
    assert os.listdir(tmp_path) == ["score.json"]
