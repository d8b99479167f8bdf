"""A course on the bench: the library as it is taught, the next lesson by one key, what has been done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList

from gdtui.scenario.play.player import replay
from gdtui.scenario.play.study_record import Progress
from gdtui.scenario.read.courses import shipped_courses
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.tui.screens.answer import Answer
from gdtui.tui.screens.library import Library
from tests.tui.conftest import caption

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


def listed(desk: Any) -> list[str]:
    assert isinstance(desk.app.screen, Library)
    options = desk.app.screen.query_one(OptionList).options
    return [" ".join(str(option.prompt).split()) for option in options]


async def test_a_lecture_goes_from_lesson_to_lesson(open_bench: Open, tmp_path: Path) -> None:
    first = load_scenario(find("rate-too-small-too-large"))
    async with open_bench(first.experiment, scenario=first, size=(80, 24)) as desk:
        bench = desk.bench
        bench.course, bench.progress = shipped_courses()["lecture"], Progress(tmp_path / "progress.json")
        bench.now = lambda: clock[0]
        clock = [0.0]
        bench._lesson_began = 0.0
        await desk.press("shift+tab")
        assert "this is the first lesson of the course" in desk.text("#message")
        clock[0] = 130.0
        await desk.press("space")
        assert "lesson 1 of 11 · page 1 of 10 · 2 of 4 min" in caption(desk.bench)
        await desk.pilot.resize_terminal(70, 24)
        await desk.until(lambda: "1/11 · 1/10 · 2/4 min" in caption(desk.bench))
        await desk.pilot.resize_terminal(80, 24)
        for _page in range(len(bench.lesson.pages) - 1):
            await desk.press("space")
        assert "space steps, tab opens “One over the limit”." in caption(desk.bench)
        await desk.until(lambda: bench.progress.mark(first.path) == "✓")

        await desk.press("tab")
        assert bench.lesson.scenario.path.stem == "ravine-divergence" and bench.page == 0
        await desk.press("space")
        assert bench.page == 1
        await desk.press("L")
        lines = listed(desk)
        assert lines[:3] == [
            "The learning rate",
            "✓ Too small, just right, too large 4 min beginner",
            "◐ One over the limit 4 min beginner",
        ]
        assert "1 of 11 done · 45 min" in str(desk.app.screen.query_one("#title").render())
        assert desk.app.screen.highlighted.name == "One over the limit", "the one on the bench"
        await desk.pilot.press("tab")
        assert "The complete course" in str(desk.app.screen.query_one("#title").render())
        assert len(listed(desk)) == len(shipped_courses()["complete"].lessons) + len(
            shipped_courses()["complete"].parts
        )
        await desk.pilot.press(*"zigzag", "enter")
        await desk.settled()
        assert bench.lesson.scenario.path.stem == "ravine-zigzag"
        await desk.press("shift+tab")
        assert bench.lesson.scenario.path.stem == "momentum-agree-cancel"


async def test_on_a_free_bench_the_key_of_the_next_lesson_does_nothing(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("tab", "space")
        assert desk.bench.lesson is None
        assert desk.bench.snapshot.lanes[0].update == 1


async def gone_through(desk: Any, lessons: int) -> list[list[bytes]]:
    """Go through lessons of a course with a detour on each page, and return the traces at their ends."""
    bench, ends = desk.bench, []
    for number in range(lessons):
        if number:
            await desk.press("tab")
            await desk.until(lambda: bench.page == 0 and not bench.engine.busy)
        for _key in range(4 * len(bench.lesson.pages)):
            if bench.at_end:
                break
            if isinstance(desk.app.screen, Answer):
                await desk.press("s")
                continue
            desk.send("right")
            await desk.press("right_square_bracket")
            assert bench.aside.startswith("detour") or isinstance(desk.app.screen, Answer)
            await desk.press("backspace")
            assert bench.aside == ""
            await desk.press("space")
        assert bench.at_end
        ends.append([lane.trace.rows.tobytes() for lane in bench.snapshot.lanes])
    return ends


@pytest.mark.parametrize("lessons", [1, pytest.param(11, marks=pytest.mark.slow)])
async def test_the_lecture_with_a_detour_on_every_page_ends_as_without(open_bench: Open, lessons: int) -> None:
    taught = [load_scenario(lesson.path) for lesson in shipped_courses()["lecture"].lessons[:lessons]]
    async with open_bench(taught[0].experiment, scenario=taught[0], size=(80, 24)) as desk:
        desk.bench.course = shipped_courses()["lecture"]
        ends = await gone_through(desk, lessons)
    for scenario, end in zip(taught, ends, strict=True):
        assert end == [lane.trace.rows.tobytes() for lane in replay(scenario).final.lanes], scenario.title
