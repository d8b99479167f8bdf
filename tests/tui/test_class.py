"""The screens of a class: the lecturer's, which is the ordinary bench, and a follower's, which only shows it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gdtui.classroom.client import shake_hands
from gdtui.classroom.lines import Word
from gdtui.classroom.listener import Listener
from gdtui.classroom.transcript import Shown, answer_of, question_of
from gdtui.objectives.specs import DatasetSpec
from gdtui.scenario.play.lesson import Lesson, read_lesson
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.session import ChangeObjective, Difference
from gdtui.text import speak
from gdtui.tui import turns
from gdtui.tui.app import Gdtui
from gdtui.tui.company.answers import sorted_for
from gdtui.tui.company.following import Following
from gdtui.tui.company.presenting import Presenting
from gdtui.tui.screens.answer import Answer
from gdtui.tui.screens.bench import Bench
from gdtui.tui.screens.bench.follow_bench import FollowBench
from gdtui.tui.screens.black import Black
from gdtui.verbs import Set, Step
from gdtui.verbs.ask import Ask
from gdtui.view.look import Look
from tests.classroom.classes import Follower, Lecturer, same_bits
from tests.tui.conftest import Desk, caption, wait_until

pytestmark = pytest.mark.jit

LESSON = find("adam-first-step")


@asynccontextmanager
async def following(path: Path, size: tuple[int, int] = (120, 36), plain: bool = False) -> AsyncIterator[Desk]:
    """Open a follower's screen."""
    app = Gdtui(company=Following(shake_hands(path), path), plain=plain)
    async with app.run_test(size=size) as pilot:
        await wait_until(lambda: isinstance(app.screen, FollowBench))
        assert isinstance(app.screen, Bench)
        desk = Desk(app, pilot, app.screen)
        await desk.until(lambda: desk.bench.engine.ready and desk.bench.snapshot is not None, 120)
        await desk.settled()
        yield desk
    app._company.close()


@asynccontextmanager
async def presenting(path: Path, page: int = 0) -> AsyncIterator[Desk]:
    """Open a lecturer's screen, with so many pages of the lesson turned."""
    scenario, company = load_scenario(LESSON), Presenting(Listener(path))
    app = Gdtui(scenario=scenario, experiment=scenario.experiment, page=page, company=company)
    async with app.run_test(size=(120, 36)) as pilot:
        await wait_until(lambda: isinstance(app.screen, Bench))
        assert isinstance(app.screen, Bench)
        desk = Desk(app, pilot, app.screen)
        await desk.until(lambda: desk.bench.engine.ready, 120)
        yield desk
    await asyncio.to_thread(company.close)


async def same(desk: Desk, lecturer: Lecturer) -> None:
    """Wait until a follower's screen shows what the lecturer has done."""

    def there() -> bool:
        session = desk.bench.engine.session
        return session is not None and not desk.bench.engine.busy and same_bits(session, lecturer.session)

    await desk.until(there)
    await desk.settled()


async def test_a_follower_sees_the_lecture_and_can_explore_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[bool] = []
    tick = FollowBench._tick
    monkeypatch.setattr(FollowBench, "_tick", lambda bench: (ticks.append(bench.follows), tick(bench)))
    lesson = read_lesson(load_scenario(LESSON))
    with Lecturer(tmp_path) as lecturer:
        lecturer.do(*lesson.again(1))
        lecturer.show(Shown(Look(chart="velocity", lane=1), 1), lesson)
        async with following(lecturer.path, (80, 24)) as desk:
            await same(desk, lecturer)
            assert "following" in desk.text("#header")
            assert desk.bench.look.chart == "velocity"
            assert "page 1 of" in caption(desk.bench)
            assert "the lecturer turns the pages" in caption(desk.bench)
            await _a_detour_is_seen(desk, lecturer, lesson)
            await _no_key_or_click_acts(desk, lecturer)
            lecturer.show(Shown(Look(chart="loss", lane=0), 2, 3), lesson)
            await desk.until(lambda: "detour" not in desk.text("#header"))
            await desk.press("E")
            await desk.until(lambda: "on your own since page 2" in desk.text("#header"))
            await desk.until(lambda: ticks)
            assert not any(ticks), "the clock stands still while the lecturer leads"
            await _alone_while_the_lecture_goes_on(desk, lecturer, lesson)
            await _back_in_class(desk, lecturer)
            await _at_the_end_the_bench_is_the_follower_s(desk, lecturer, lesson)


async def _a_detour_is_seen(desk: Desk, lecturer: Lecturer, lesson: Lesson) -> None:
    lecturer.do(Step(3))
    detour = Difference("updates", 3), Difference("setting", name="lr")
    lecturer.show(Shown(Look(chart="loss", lane=0), 2, 3, detour), lesson)
    await same(desk, lecturer)
    await desk.until(lambda: desk.bench.page == 2)
    assert "update 3" in desk.text("#header")
    assert "detour from page 2: +3 updates, lr" in desk.text("#header")
    speak("zh")
    desk.bench.repaint()
    speak("en")
    assert "从第 2 页岔开：+3 次更新、lr" in desk.text("#header"), "in the follower's own language"


async def _no_key_or_click_acts(desk: Desk, lecturer: Lecturer) -> None:
    bench = desk.bench
    for key in ("space", "b", "r", "c", "v", "]", "a", "o", "d", "home", "ctrl+z", "s", "L", "enter", "e"):
        await desk.press(key)
        assert desk.app.screen is bench, key
    await desk.pilot.click("#chart0", offset=(10, 4))
    await desk.pilot.click("#timeline", offset=(30, 0))
    await desk.pilot.click("#lanes", offset=(10, 2))
    await desk.settled()
    assert "the lecturer leads" in desk.text("#message")
    assert bench.engine.session is not None
    assert same_bits(bench.engine.session, lecturer.session)
    assert bench.look == Look(chart="loss", lane=0)
    await desk.press("ctrl+p")
    await desk.until(lambda: desk.app.screen is not bench)
    await desk.press("s", "t", "e", "p", "enter")
    await desk.until(lambda: desk.app.screen is bench)
    assert same_bits(bench.engine.session, lecturer.session)


async def _alone_while_the_lecture_goes_on(desk: Desk, lecturer: Lecturer, lesson: Lesson) -> None:
    assert lecturer.attendance[-1].alone == 1
    await desk.press("right", "right", "]", "d")
    lecturer.do(Set("adam.lr", 0.2), Step(4))
    lecturer.show(Shown(Look(chart="theta"), 5, 7), lesson)
    await desk.until(lambda: "class: page 5" in desk.text("#header"))
    assert "update 5" in desk.text("#header")
    assert len(desk.bench.snapshot.lanes) == 1
    await desk.press("ctrl+z")
    assert len(desk.bench.snapshot.lanes) == 2


async def _back_in_class(desk: Desk, lecturer: Lecturer) -> None:
    await desk.press("E")
    await same(desk, lecturer)
    assert (desk.bench.page, desk.bench.look.chart) == (5, "theta")
    assert "following" in desk.text("#header")
    assert lecturer.attendance[-1].alone == 0
    lecturer.do(ChangeObjective(DatasetSpec("linear-4-3")))
    lecturer.show(Shown(), None)
    lecturer.do(Step(5))
    await same(desk, lecturer)
    assert "linear-4-3" in desk.text("#header")
    assert not desk.bench.query_one("#caption").display


async def _at_the_end_the_bench_is_the_follower_s(desk: Desk, lecturer: Lecturer, lesson: Lesson) -> None:
    """The last page and a black screen come just before."""
    bench = desk.bench
    lecturer.do(Step(2))
    lecturer.show(Shown(page=5, furthest=7, black=True), lesson)
    lecturer.lecture.close()
    await desk.until(lambda: "the lecture is over: the bench is yours" in desk.text("#message"))
    assert "the lecture is over" in desk.text("#header")
    assert bench.engine.session is not None
    assert same_bits(bench.engine.session, lecturer.session)
    await desk.until(lambda: desk.app.screen is bench)
    await desk.until(lambda: "page 5 of" in caption(bench))
    assert bench.query_one("#caption").display
    assert "the lecturer" not in caption(bench)
    await desk.press("E", "right")
    assert "update 8" in desk.text("#header")
    assert "the lecture is over" in desk.text("#header")
    assert "the lecturer" not in desk.text("#message")
    assert "E" not in bench.active_bindings
    assert "on your own" not in desk.text("#header")
    assert "detour from page 5" in desk.text("#header")


async def test_who_explores_alone_begins_where_the_lecturer_is(tmp_path: Path) -> None:
    """What the lecturer has done is done first, though it was waiting when the key was pressed."""
    with Lecturer(tmp_path) as lecturer:
        async with following(lecturer.path, (80, 24)) as desk:
            bench, free = desk.bench, threading.Event()
            await same(desk, lecturer)
            held = asyncio.create_task(bench.engine.advance(lambda: not free.wait(30)))
            await desk.until(lambda: bench.engine.busy)
            lecturer.do(Step(3))
            await desk.until(lambda: bench._pursuit.is_behind(bench._transcript))  # type: ignore[attr-defined]
            await desk.pilot.press("E")
            free.set()
            await held
            await desk.until(lambda: "on your own" in desk.text("#header"))
            await desk.settled()
            assert bench.engine.session is not None
            assert same_bits(bench.engine.session, lecturer.session)
            assert "update 3" in desk.text("#header")


async def test_a_lecture_that_breaks_off_is_reached_again(tmp_path: Path) -> None:
    with Lecturer(tmp_path) as first:
        first.do(Step(2))
        async with following(first.path, plain=True) as desk:
            await same(desk, first)
            first.lecture._soon(lambda: [each.writer.transport.abort() for each in first.lecture._followers])
            await desk.until(lambda: "the lecture is away" in desk.text("#header"))
            assert "the lecture is away: this bench waits for it" in desk.text("#message")
            first.do(Step(3))
            await desk.until(lambda: "following" in desk.text("#header"))
            await same(desk, first)
            await desk.press("E")
            await desk.until(lambda: first.attendance[-1].alone == 1)
            first.lecture._soon(lambda: [each.writer.transport.abort() for each in first.lecture._followers])
            await desk.until(lambda: first.attendance[-1].following == 0)
            await desk.until(lambda: first.attendance[-1].alone == 1)


async def test_the_lecturers_bench_is_the_ordinary_one_and_says_who_follows(tmp_path: Path) -> None:
    path = tmp_path / "lecture.sock"
    async with presenting(path) as desk:
        assert "0 follow" in desk.text("#header")
        assert "your class sees this bench: gdtui follow" in desk.text("#message")
        follower = Follower(path, tmp_path / "own")
        await desk.until(lambda: "1 follows" in desk.text("#header"))
        await desk.press("space", "space", "c", "down", "t")

        async def there() -> None:
            def same() -> bool:
                session, shown = desk.bench.engine.session, follower.transcript.shown
                return (
                    session is not None and same_bits(session, follower.session)
                    and (shown.page, shown.look) == (desk.bench.page, desk.bench.look)
                )  # fmt: skip

            await desk.until(same)

        await there()
        assert follower.transcript.lesson is not None
        await desk.press("]", "right", "right")
        await there()
        assert Difference("setting", name="lr") in follower.transcript.shown.detour
        await desk.press("ctrl+z", "backspace")
        await there()
        assert follower.transcript.shown.detour == ()
        await desk.press("+", "r")
        await desk.until(lambda: follower.transcript.shown.running)
        await desk.press("r")
        await there()
        follower.leave()
        await desk.until(lambda: "0 follow, 1 alone" in desk.text("#header"))
        await follower.close()
        await desk.until(lambda: "0 follow " in desk.text("#header"))
    assert not path.exists()


def first_question(lesson: Lesson) -> tuple[int, Ask]:
    """Return the first question with choices, and its page."""
    page = next(number for number, each in enumerate(lesson.pages, start=1) if each.waits)
    ask = lesson.pages[page - 1].ask
    assert ask is not None
    assert ask.choices is not None
    return page, ask


async def test_a_follower_answers_a_question_of_the_lecturer_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "CONFIRMING", 3600.0)  # a moment, on any machine
    lesson = read_lesson(load_scenario(LESSON))
    page, ask = first_question(lesson)
    with Lecturer(tmp_path) as lecturer:
        lecturer.do(*lesson.again(page - 1))
        lecturer.show(Shown(page=page - 1), lesson)
        async with following(lecturer.path, (80, 24)) as desk:
            await same(desk, lecturer)
            lecturer.lecture.ask(question_of(lesson, page) or 0)
            lecturer.do(*lesson.pages[page - 1].commands())
            lecturer.show(Shown(page=page), lesson)
            await desk.until(lambda: isinstance(desk.app.screen, Answer))
            assert " min" not in caption(desk.bench), "the lecturer keeps the time"
            lecturer.show(Shown(page=page, detour=(Difference("seed"),)), lesson)
            await desk.until(lambda: desk.app.screen is desk.bench)  # no answer is taken meanwhile
            lecturer.show(Shown(page=page), lesson)
            await desk.until(lambda: isinstance(desk.app.screen, Answer))
            await desk.press("escape")
            await desk.until(lambda: desk.app.screen is desk.bench)
            await desk.press("space")
            await desk.until(lambda: isinstance(desk.app.screen, Answer))
            await desk.press(str(1 + ask.choices.index(ask.answer)))
            await desk.until(
                lambda: lecturer.attendance[-1].answers == Counter({(str(1 + ask.choices.index(ask.answer)), True): 1})
            )
            assert desk.bench.page == page  # the lecturer turns it
            await desk.press("enter")  # confirms the digit
            assert "your answer has been sent" in desk.text("#message")
            await desk.until(lambda: "answer" not in [key.description for key in desk.bench.query("FooterKey")])
            await same(desk, lecturer)
            lecturer.do(*lesson.pages[page].commands())
            lecturer.show(Shown(page=page + 1), lesson)
            await desk.until(lambda: desk.bench.page == page + 1)
            assert "✓ right" in caption(desk.bench)
            lecturer.show(Shown(page=page + 1, black=True), lesson)
            await desk.until(lambda: isinstance(desk.app.screen, Black))
            lecturer.show(Shown(page=page + 1), lesson)
            await desk.until(lambda: desk.app.screen is desk.bench)


async def test_a_question_is_answered_by_the_class_and_its_histogram_shown(tmp_path: Path) -> None:
    path, lesson = tmp_path / "lecture.sock", read_lesson(load_scenario(LESSON))
    page, ask = first_question(lesson)
    async with presenting(path, page - 1) as desk:
        followers = [Follower(path, tmp_path / str(number)) for number in range(3)]
        await desk.until(lambda: "3 follow" in desk.text("#header"))
        await desk.press("space")
        assert desk.bench.page == page
        await desk.until(lambda: all(each.transcript.shown.page == page for each in followers))
        question = question_of(lesson, page)
        for follower, choice in zip(followers, (ask.answer, ask.answer, ask.choices[0]), strict=True):
            follower.client.say(Word(question=question, answer=answer_of(ask, choice), right=choice == ask.answer))
        await desk.until(lambda: "3 of 3 have answered" in desk.text("#header"))
        assert not desk.bench.query("#tally") or not desk.bench.query_one("#tally").display
        await desk.press("space")
        await desk.until(lambda: desk.bench.query_one("#tally").display)
        rows = str(desk.bench.query_one("#tally").render()).splitlines()
        assert any(row.startswith(f"✓ {ask.answer}") and row.endswith("█ 2") for row in rows)
        assert any(str(ask.choices[0]) in row and row.endswith("█ 1") for row in rows)
        await desk.press("space")
        await desk.until(lambda: not desk.bench.query_one("#tally").display)
        await desk.press("B")
        await desk.until(lambda: all(each.transcript.shown.black for each in followers))
        await desk.press("x")
        await desk.until(lambda: not any(each.transcript.shown.black for each in followers))
        for follower in followers:
            await follower.close()


def test_a_question_and_its_answer_are_the_same_in_every_language() -> None:
    asked = []
    for language in ("en", "zh"):
        speak(language)
        try:
            lesson = read_lesson(load_scenario(LESSON))
        finally:
            speak("en")
        for number, page in enumerate(lesson.pages, start=1):
            if page.waits and page.ask is not None:
                told = [answer_of(page.ask, choice) for choice in page.ask.choices or ()]
                asked.append((lesson.scenario.title, question_of(lesson, number), told, answer_of(page.ask, None)))
    english, chinese = asked[: len(asked) // 2], asked[len(asked) // 2 :]
    assert english and all(a[0] != b[0] and a[1:] == b[1:] for a, b in zip(english, chinese, strict=True))
    assert all(told == [str(1 + place) for place in range(len(told))] for _title, _number, told, _skip in asked)


def test_answers_are_sorted_for_a_histogram() -> None:
    choice = Ask("?", answer="b", choices=("a", "b", "c"), check_=("1 < 2",))
    assert sorted_for(choice, Counter({("2", True): 3, ("3", False): 1, ("", None): 1, ("rubbish", None): 1})) == [
        ("a", 0, None), ("b", 3, True), ("c", 1, False), ("skipped", 2, None),
    ]  # fmt: skip
    assert sorted_for(choice, Counter()) == []
    count = Ask("?", of="gd.loss", abs=0.1)
    few = Counter({("1.0", True): 2, ("1.05", True): 1, ("3.0", False): 4, ("-2.5", False): 1, ("", None): 1})
    assert sorted_for(count, few) == [
        ("−2.5", 1, False), ("1 to 1.05", 3, True), ("3", 4, False), ("skipped", 1, None),
    ]  # fmt: skip
    many = Counter({(str(float(n)), False): 1 for n in range(60)})
    rows = sorted_for(count, many)
    assert [n for _answer, n, _right in rows] == [10] * 6
    assert rows[0][0] == "0 to 9"
    place = Ask("?", place="surface", of="gd.theta", abs=0.1)
    assert sorted_for(place, Counter({("1.0, 2.0", True): 5, ("3.0, 2.0", False): 1})) == [
        ("there", 5, True), ("elsewhere", 1, False),
    ]  # fmt: skip


async def test_the_engine_is_idle_after_what_waited_was_dropped(open_bench) -> None:
    async with open_bench() as desk:
        desk.bench.act(Step(1))  # in the queue, not yet under way
        desk.bench.engine.stop_long_step()
        await desk.settled()
        assert not desk.bench.engine.busy
        await desk.press("space")
        assert "update 1" in desk.text("#header")
