"""Questions on the bench: the page waits, hides what gives the answer away, marks it and makes the updates."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.geometry import Offset

from gdtui.scenario.play.score import Score, Tally
from gdtui.scenario.quiz.quiz import Quiz, new_questions
from gdtui.scenario.read.load import load_scenario, parse_scenario
from gdtui.scenario.read.selection import find
from gdtui.tui import turns
from gdtui.tui.command_palette import BenchCommands
from gdtui.tui.screens.answer import Answer
from gdtui.tui.screens.bench import Bench
from gdtui.tui.screens.settings import EditLane
from gdtui.tui.widgets.map_view import MapView
from tests.tui.conftest import caption, explained

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
SMALL = (80, 24)  # there is less to draw

#: gd with lr 0.25 on x² + y² from (1, 0.5): each coordinate halves in each update.
LESSON = """format = 1
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
[script]
do = [
  { ask = "Where will x be?", of = "gd.theta[0]", after = { step = 1 }, abs = 0.01, why = "It halves." },
  { step = 1 },
  { ask = "Which is lower?", choices = ["adam", "gd"], answer = "gd", check = "gd.loss < adam.loss" },
  { say = "So it is." },
  { ask = "Where next?", place = "map", of = "gd.theta", after = { step = 1 }, abs = 0.2 },
  { step = 1 },
  { ask = "How large is x?", of = "gd.theta[0]", abs = 0.01 },
  { ask = "How large is the loss?", place = "loss", of = "gd.loss", rel = 0.2 },
  { ask = "And after 99 updates?", place = "loss", of = "gd.loss", abs = 0.1, after = { step = 99 } },
]
"""


async def waits(desk: Any, *, page: int) -> Answer:
    """Return the dialog once the question of a page waits."""
    await desk.until(lambda: isinstance(desk.app.screen, Answer) and desk.bench.page == page)
    return desk.app.screen


async def answered(desk: Any, *, page: int) -> str:
    """Return the caption once the page that reveals an answer is turned."""
    await desk.until(lambda: desk.app.screen is desk.bench and desk.bench.page == page)
    await desk.settled()
    return caption(desk.bench)


@pytest.mark.parametrize(("size", "plain"), [((80, 24), True), pytest.param((120, 36), False, marks=pytest.mark.slow)])
async def test_a_lesson_of_every_form_of_question(open_bench: Open, size: tuple[int, int], plain: bool) -> None:
    scenario = parse_scenario(LESSON.encode(), Path("q.toml"))
    async with open_bench(scenario.experiment, scenario=scenario, size=size, plain=plain, answers=True) as desk:
        bench = desk.bench
        told: list[Any] = []
        original = bench.post_message
        bench.post_message = lambda message: (
            told.append(message) if isinstance(message, Bench.Answered) else None,
            original(message),
        )[1]
        await _a_number_is_typed(desk, plain)
        await _a_choice_is_made(desk)
        await _a_place_is_pointed_at(desk)
        await _one_is_skipped(desk)
        await _a_height_in_a_chart_is_pointed_at(desk)
        await desk.press("b", "b", "b", "b", "b", "b", "b")  # an answered question does not ask again
        assert bench.page == 6 and desk.app.screen is bench
        assert [(message.given, message.marked.right) for message in told][:2] == [(0.4, False), ("gd", True)]
        assert told[3].marked.right is None


async def _a_number_is_typed(desk: Any, plain: bool) -> None:
    bench = desk.bench
    await desk.press("f")  # the future would be the answer
    await desk.until(lambda: bench.snapshot.futures != ())
    await desk.press("space")
    dialog = await waits(desk, page=1)
    await desk.until(lambda: bench.snapshot.futures == ())
    assert "a question waits" in desk.text("#message")
    charts = bench.frame.charts
    await desk.pilot.press("c")  # no part of a number: it turns the charts, as on the bench
    await desk.until(lambda: bench.frame.charts != charts)
    await desk.pilot.press("enter")
    assert "type a number" in str(dialog.query_one("#fault").render())
    await desk.pilot.press(*"0.4", "enter")
    said = await answered(desk, page=2)
    assert "you said 0.4, the engine has 0.5: 0.1 too low" in said
    assert ("= 1 - 0.25*2 = 0.5" if plain else "= 1 − 0.25·2 = 0.5") in said, "the line of the rule is the reason"
    assert "It halves." in said
    assert bench.snapshot.lane("gd").update == 1, "the update is made with the answer"
    assert not bench.aside, "asking the engine is no detour"


async def _a_choice_is_made(desk: Any) -> None:
    bench = desk.bench
    await desk.press("space")
    await waits(desk, page=3)
    assert "hidden until you have answered" in desk.text("#update"), "it is about the present numbers"
    assert "0.3125" not in desk.text("#lanes") and "gd" in desk.text("#lanes")
    await desk.pilot.press("escape")
    await desk.until(lambda: desk.app.screen is bench)
    assert bench.page == 3
    await desk.press("Q")
    assert "space reveals the answers" in desk.text("#message")
    await desk.press("z", "z")  # the message goes, what would give the answer away stays hidden
    assert "hidden until you have answered" in desk.text("#update") and "0.3125" not in desk.text("#lanes")
    await desk.press("Q")
    await desk.press("space")  # the page waits all the same
    dialog = await waits(desk, page=3)
    await desk.pilot.press("enter")
    assert dialog.is_asking, "enter takes nothing that has not been chosen"
    await desk.pilot.click("#choices", offset=(4, 1))  # the quiz takes them by their numbers
    said = await answered(desk, page=4)
    assert "right: gd" in said and "gd.loss = 0.3125, adam.loss = 0.625" in said
    assert "0.3125" in desk.text("#lanes")


async def _a_place_is_pointed_at(desk: Any) -> None:
    def pointed() -> str:
        return str(desk.app.screen.query_one("#place").render())

    await desk.press("space", "space")
    await waits(desk, page=6)
    await desk.until(lambda: desk.bench.query("#aim"))
    here = pointed()
    view = desk.bench.query_one(MapView)
    place = view.region.offset + Offset(*(side // 2 for side in view.size))  # near the middle: the minimum
    await desk.pilot.click(offset=place)
    await desk.until(lambda: pointed() != here)
    middle = pointed()
    await desk.pilot.press("left")
    assert pointed() != middle
    await desk.pilot.press("right", "enter")
    assert "the engine is at (0.25, 0.125)" in await answered(desk, page=7)
    assert desk.bench.snapshot.lane("gd").update == 2


async def _one_is_skipped(desk: Any) -> None:
    await desk.press("space")
    await waits(desk, page=8)
    await desk.pilot.press("s")
    assert "the engine has 0.25" in await answered(desk, page=9)


async def _a_height_in_a_chart_is_pointed_at(desk: Any) -> None:
    await desk.press("space")
    await waits(desk, page=10)
    await desk.pilot.press("down", "up", *["down"] * 8, "enter")
    assert "the engine has 0.07812" in await answered(desk, page=11), "the lower end of the chart is not far"
    await desk.press("space")
    dialog = await waits(desk, page=12)
    assert dialog.query("#typed"), "it will be far below the chart: the number is typed"
    await desk.pilot.press("0", "enter")
    assert "near enough: you said 0" in await answered(desk, page=13)


@pytest.mark.parametrize("queued", [False, True])
async def test_space_while_an_answer_is_marked_skips_nothing(open_bench: Open, queued: bool) -> None:
    scenario = parse_scenario(LESSON.encode(), Path("q.toml"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL, answers=True) as desk:
        bench, asked, gate = desk.bench, asyncio.Event(), threading.Event()
        look = bench._look

        async def slow(ask: Any) -> Any:
            asked.set()
            if queued:  # the engine is busy: the keys wait behind it
                await bench.engine.advance(lambda: not gate.wait(30))
            else:
                await asyncio.to_thread(gate.wait, 30)
            return await look(ask)

        bench._look = slow
        await desk.press("space")
        await waits(desk, page=1)
        await desk.pilot.press(*"0.5", "enter")
        await desk.until(asked.is_set)
        await desk.pilot.press("space", "space")
        assert bench.page == 1 and desk.app.screen is bench, "no second dialog for the same question"
        assert "your answer is being marked" in caption(bench)
        late = events.Key("space", " ")  # pressed now, and held up on its way
        gate.set()
        assert "right: 0.5" in await answered(desk, page=2)
        assert bench.snapshot.lane("gd").update == 1
        late.set_sender(desk.app)
        desk.app._driver.send_message(late)
        await desk.settled()
        assert bench.page == 2
        await desk.press("b", "space")
        assert bench.page == 2, "and space goes on after that"


async def test_a_question_in_words_hides_the_diagnosis_until_its_answer_is_shown(open_bench: Open) -> None:
    scenario = load_scenario(find("rate-too-small-too-large"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        await desk.press(*["space"] * 6)
        assert "Which rate makes the factor 0?" in caption(desk.bench)
        assert "2/λmax" not in desk.text("#message")
        await desk.press("space")
        assert "A rate of 1/2" in caption(desk.bench) and "half of 2/λmax is 0.5" in desk.text("#message")
        await desk.press("b")
        assert "2/λmax" in desk.text("#message"), "it has been seen"


def footer(bench: Bench) -> list[str]:
    return [key.description for key in bench.query("FooterKey")]


async def test_what_has_been_seen_before_it_is_answered_is_not_scored(
    open_bench: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "CONFIRMING", 3600.0)  # a moment, on any machine
    scenario = parse_scenario(LESSON.encode(), Path("q.toml"))
    async with open_bench(scenario.experiment, scenario=scenario, size=(80, 24), answers=True) as desk:
        bench, score = desk.bench, Score(tmp_path / "score.json")
        bench.score = score
        await desk.press("space")
        await waits(desk, page=1)
        await desk.until(lambda: footer(bench) == ["back", "chart", "view", "coord"])
        assert "your answer:" in caption(bench), "space does nothing beside the dialog"
        await desk.pilot.press("escape")
        await desk.until(lambda: "run" in footer(bench) and "space ▸ your answer" in caption(bench))
        await desk.press("d", "backspace", "K", "space")  # a lane less shows no update
        dialog = await waits(desk, page=1)
        assert "Where will x be?" in str(dialog.query_one("#question").render()), "the caption is closed"
        assert not dialog.query_one("#dialog").border_subtitle
        await desk.pilot.press("escape")
        await desk.until(lambda: desk.app.screen is bench)
        await desk.press("K", "right")
        assert "detour from page 1: +1 update" in desk.text("#header")
        await desk.press("backspace", "space")
        dialog = await waits(desk, page=1)
        assert not dialog.query("#question")
        assert "not scored" in dialog.query_one("#dialog").border_subtitle
        await desk.pilot.press(*"0.5", "enter")
        assert "✓ right: 0.5 (not scored: it was seen before)" in await answered(desk, page=2)

        await desk.press("J")  # past the next question, and back to it
        listed = [choice.about for choice in desk.app.screen._choices]
        assert listed[1:4] == ["Where will x be?", "the answer", "Which is lower?"]
        assert listed[4:8] == ["the answer", "words", "a question", "the answer"], "it may give the next answer away"
        await desk.type("So it is")
        await desk.pilot.press("enter")
        await desk.until(lambda: desk.app.screen is bench and bench.page == 5)
        await desk.press("b", "b")
        await waits(desk, page=3)
        await desk.pilot.press("1")
        assert "✗ you chose adam" in await answered(desk, page=4)
        await desk.press("enter")
        assert desk.app.screen is bench, "a habitual enter confirms the digit: it opens no settings"
        late = events.Key("enter", "\r")
        late.time += 2 * turns.CONFIRMING
        late.set_sender(desk.app)
        desk.app._driver.send_message(late)
        await desk.until(lambda: isinstance(desk.app.screen, EditLane))
        await desk.press("escape", "enter")
        assert isinstance(desk.app.screen, EditLane), "so does enter behind another key"
        await desk.press("escape")
        await desk.press("space", "space")
        await waits(desk, page=6)
        await desk.pilot.press("s")
        await desk.until(lambda: score.of("q") == Tally(skipped=1))


async def test_sentences_name_the_keys_of_the_user(open_bench: Open) -> None:
    scenario = parse_scenario(LESSON.encode(), Path("q.toml"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL, answers=True) as desk:
        desk.app.keymap = {"bench.step": "N", "bench.back": "left_curly_bracket"}
        desk.bench.show_page()
        assert "N goes on, { goes back" in caption(desk.bench)


async def test_what_cannot_be_shown_names_the_keys_of_the_user(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        desk.app.keymap = {"bench.objective": "f5", "bench.time-narrower": "left_curly_bracket"}
        vars(desk.bench).pop("keys", None)
        desk.bench.action_turn("network", 1)
        assert "there is no network here: f5 opens a dataset" in desk.bench.frame.message[0]
        desk.bench.action_turn("time", 1)
        assert "all updates: { narrows them" in desk.bench.frame.message[0]


async def test_the_help_of_a_key_names_other_keys_as_the_user_has_them(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        desk.app.keymap = {"bench.knob": "f6", "bench.cursor": "left_curly_bracket", "bench.forward-one": "f7"}
        await desk.press("question_mark")
        helps = {what for _keys, what in explained(desk.app)}
        assert "the learning rate (or what f6 has chosen) × 2" in helps
        assert "one update, in a lesson too; with the cursor ({), that one update later" in helps
        assert "a cursor in the charts that reads all lanes at one update; ← f7 move it" in helps
        await desk.press("escape")
        palette = {entry.text for entry in BenchCommands(desk.bench).entries()}
        assert "the learning rate (or what f6 has chosen) × 2" in palette


async def test_a_quiz_asks_one_question_after_the_other_and_keeps_the_score(open_bench: Open, tmp_path: Path) -> None:
    score = Score(tmp_path / "score.json")
    questions = list(islice(new_questions(seed=2, topic="momentum"), 2))
    async with open_bench(answers=True, size=(80, 24)) as desk:
        bench = desk.bench
        bench.score = score
        bench.begin_quiz(Quiz(2, iter(questions)))
        for number, question in enumerate(questions, start=1):
            dialog = await waits(desk, page=1)
            assert question.ask.ask[:30] in caption(bench)
            assert f"question {number} of 2" in caption(bench)
            choices = list(question.ask.choices)
            right = choices.index(question.ask.answer)
            assert len(dialog.query_one("#choices").options) == len(choices)
            await desk.pilot.press(str(1 + (right if number == 1 else (right + 1) % len(choices))))
            said = await answered(desk, page=2)
            assert ("✓ right" if number == 1 else "✗ you chose") in said
            if number == 1:
                assert "the next question" in said
                await desk.press("space")
        assert "1 of 2 right" in caption(bench)
        await desk.until(lambda: score.of("quiz momentum") == Tally(1, 1))
        before = bench.snapshot.lanes[0].update
        await desk.press("space")  # the bench is free
        assert bench.snapshot.lanes[0].position == before + 1
        await desk.press("A")
        await waits(desk, page=1)
        assert re.search("question 1 of 10|1/10", caption(bench)), "short beside a long title"
