"""The screens of a class: the lecturer's, which is the ordinary bench, and a follower's, which only shows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gdtui.classroom.door import Door
from gdtui.classroom.seat import shake_hands
from gdtui.classroom.transcript import Shown
from gdtui.objectives.specs import DatasetSpec
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.session import ChangeObjective
from gdtui.tui.app import Gdtui
from gdtui.tui.company.following import Following
from gdtui.tui.company.presenting import Presenting
from gdtui.tui.screens.bench import Bench
from gdtui.tui.screens.bench.follow_bench import FollowBench
from gdtui.verbs import Set, Step
from gdtui.view.look import Look
from tests.classroom.classes import Follower, Lecturer, same_bits
from tests.tui.conftest import Desk, _wait

pytestmark = pytest.mark.jit

LESSON = find("adam-first-step")


@asynccontextmanager
async def following(path: Path, size: tuple[int, int] = (120, 36), plain: bool = False) -> AsyncIterator[Desk]:
    """Open a follower's screen."""
    app = Gdtui(company=Following(shake_hands(path), path), plain=plain)
    async with app.run_test(size=size) as pilot:
        await _wait(lambda: isinstance(app.screen, FollowBench))
        assert isinstance(app.screen, Bench)
        desk = Desk(app, pilot, app.screen)
        await desk.until(lambda: desk.bench.engine.ready and desk.bench.snapshot is not None, 120)
        await desk.settled()
        yield desk
    app._company.close()


async def same(desk: Desk, lecturer: Lecturer) -> None:
    """Wait until a follower's screen shows what the lecturer has done."""

    def there() -> bool:
        session = desk.bench.engine.session
        return session is not None and not desk.bench.engine.busy and same_bits(session, lecturer.session)

    await desk.until(there)
    await desk.settled()


async def test_a_follower_sees_the_lecture_and_can_explore_alone(tmp_path: Path) -> None:
    lesson = read_lesson(load_scenario(LESSON))
    with Lecturer(tmp_path) as lecturer:
        lecturer.do(*lesson.again(1))
        lecturer.show(Shown(Look(chart="velocity", lane=1), 1), lesson)
        async with following(lecturer.path, (80, 24)) as desk:
            bench = desk.bench
            await same(desk, lecturer)
            assert "following" in desk.text("#header")
            assert bench.look.chart == "velocity"
            assert "page 1 of" in str(bench.query_one("#caption").render())
            assert "the lecturer turns the pages" in str(bench.query_one("#caption").render())

            # the lecturer acts, and the follower cannot
            lecturer.do(Step(3))
            lecturer.show(Shown(Look(chart="loss", lane=0), 2, 3, "detour from page 2: +3 updates"), lesson)
            await same(desk, lecturer)
            await desk.until(lambda: bench.page == 2)
            assert "update 3" in desk.text("#header")
            assert "detour from page 2" in desk.text("#header")
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

            # alone, while the lecture goes on
            lecturer.show(Shown(Look(chart="loss", lane=0), 2, 3), lesson)
            await desk.until(lambda: "detour" not in desk.text("#header"))
            await desk.press("E")
            await desk.until(lambda: "on your own since page 2" in desk.text("#header"))
            assert lecturer.attendance[-1].alone == 1
            await desk.press("right", "right", "]", "d")
            lecturer.do(Set("adam.lr", 0.2), Step(4))
            lecturer.show(Shown(Look(chart="theta"), 5, 7), lesson)
            await desk.until(lambda: "class: page 5" in desk.text("#header"))
            assert "update 5" in desk.text("#header")
            assert len(bench.snapshot.lanes) == 1
            await desk.press("ctrl+z")
            assert len(bench.snapshot.lanes) == 2

            # back in class
            await desk.press("E")
            await same(desk, lecturer)
            assert (bench.page, bench.look.chart) == (5, "theta")
            assert "following" in desk.text("#header")
            assert lecturer.attendance[-1].alone == 0
            lecturer.do(ChangeObjective(DatasetSpec("linear-4-3")))
            lecturer.show(Shown(), None)
            lecturer.do(Step(5))
            await same(desk, lecturer)
            assert "linear-4-3" in desk.text("#header")
            assert not bench.query_one("#caption").display

            # the end
            lecturer.lecture.close()
            await desk.until(lambda: "the lecture is over" in desk.text("#header"))
            await desk.press("E", "space")
            assert "update 6" in desk.text("#header")


async def test_a_lecture_that_breaks_off_is_reached_again(tmp_path: Path) -> None:
    with Lecturer(tmp_path) as first:
        first.do(Step(2))
        async with following(first.path, plain=True) as desk:
            await same(desk, first)
            first.lecture._soon(lambda: [each.writer.transport.abort() for each in first.lecture._followers])
            await desk.until(lambda: "the lecture is away" in desk.text("#header"))
            first.do(Step(3))
            await desk.until(lambda: "following" in desk.text("#header"))
            await same(desk, first)


async def test_the_lecturers_bench_is_the_ordinary_one_and_says_who_follows(tmp_path: Path) -> None:
    path = tmp_path / "lecture.sock"
    company = Presenting(Door(path))
    app = Gdtui(scenario=load_scenario(LESSON), experiment=load_scenario(LESSON).experiment, company=company)
    async with app.run_test(size=(120, 36)) as pilot:
        await _wait(lambda: isinstance(app.screen, Bench))
        desk = Desk(app, pilot, app.screen)
        await desk.until(lambda: desk.bench.engine.ready, 120)
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
        assert "detour from page 2" in follower.transcript.shown.detour
        await desk.press("ctrl+z", "backspace")
        await there()
        assert follower.transcript.shown.detour == ""
        await desk.press("+", "r")
        await desk.until(lambda: follower.transcript.shown.running)
        await desk.press("r")
        await there()
        follower.leave()
        await desk.until(lambda: "0 follow, 1 alone" in desk.text("#header"))
        await follower.close()
        await desk.until(lambda: "0 follow " in desk.text("#header"))
    await asyncio.to_thread(company.close)
    assert not path.exists()
