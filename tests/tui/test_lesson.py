"""Lessons on the bench: space goes through the script, b goes back to where a page stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.events import AppBlur
from textual.widgets._footer import FooterKey

from gdtui.plot.widths import wrapped
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.session import Session
from gdtui.tui.screens.answer import Answer
from gdtui.tui.widgets.caption import Caption, lines_of
from gdtui.verbs import Action
from tests.lessons import SHORT
from tests.tui.conftest import caption

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
SMALL = (80, 24)  # there is less to draw


def test_lines_break_between_formulas() -> None:
    said = "One lane has 1 − lr·λ: 1 − 0.99·2 = −0.98, the other 1 − 1.01·2 = −1.02."
    assert lines_of(said, 40) == ["One lane has 1 − lr·λ:", "1 − 0.99·2 = −0.98, the other", "1 − 1.01·2 = −1.02."]
    long = "v = 1·0.5 + 2·0.5 + 3·0.5 + 4·0.5 + 5·0.5 = 7.5"
    assert lines_of(long, 40) == wrapped(long, 40), "a long one is broken as words are"


async def test_an_answer_without_room_for_its_question_takes_the_rows_that_it_needs(open_bench: Open) -> None:
    scenario = load_scenario(find("bias-correction"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL, answers=True) as desk:
        await desk.press("space")
        await desk.until(lambda: isinstance(desk.app.screen, Answer))
        assert "Every gradient is 2" in caption(desk.bench)
        await desk.pilot.press("s")
        await desk.until(lambda: desk.bench.page == 2)
        await desk.settled()
        said = str(desk.bench.query_one(Caption).render())
        assert "the engine has 0.2" in said and "Every gradient is 2" not in said
        assert desk.bench.query_one(Caption).rows == len(said.split("\n")) == 7


@pytest.mark.parametrize("path", SHORT, ids=lambda p: p.stem)
def test_pages_do_the_whole_script_in_order(path: Any) -> None:
    scenario = load_scenario(path)
    lesson = read_lesson(scenario)
    assert [act for page in lesson.pages for act in page.acts] == list(scenario.acts)
    by_page, straight = Session(scenario.experiment), Session(scenario.experiment)
    for page in lesson.pages:
        for command in page.commands():
            by_page.apply(command)
    for act in scenario.acts:
        if isinstance(act.verb, Action):
            straight.apply(act.verb)
    for a, b in zip(by_page.snapshot().lanes, straight.snapshot().lanes, strict=True):
        assert a.trace.rows.tobytes() == b.trace.rows.tobytes()


async def test_space_and_b_go_through_a_lesson(open_bench: Open) -> None:
    scenario = load_scenario(find("adam-first-step"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        assert scenario.title in caption(desk.bench) and scenario.summary in caption(desk.bench)
        await desk.press("space")
        assert "Before anything moves" in caption(desk.bench)
        assert desk.bench.snapshot.lanes[0].update == 0
        await desk.press("space")
        assert desk.bench.snapshot.lanes[0].update == 1
        assert "Before anything moves" in caption(desk.bench), "the words stay while one looks"
        row = desk.bench.snapshot.lane("adam").row
        await desk.press("space", "space", "b", "b")
        assert desk.bench.page == 2
        assert desk.bench.snapshot.lane("adam").row.tobytes() == row.tobytes()
        await desk.press("b", "b", "b", "b")
        assert desk.bench.page == 0 and desk.bench.snapshot.lanes[0].update == 0
        for _ in range(len(desk.bench.lesson.pages)):
            await desk.press("space")
        assert "The lesson ends here" in caption(desk.bench)


async def test_a_question_keeps_its_answer_for_the_next_press(open_bench: Open) -> None:
    scenario = load_scenario(find("adam-first-step"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        pages = desk.bench.lesson.pages
        answered = next(i for i, page in enumerate(pages) if page.answer)
        for _ in range(answered):
            await desk.press("space")
        assert pages[answered].caption in caption(desk.bench)
        assert pages[answered].answer not in caption(desk.bench)
        await desk.press("space")
        assert pages[answered].answer in caption(desk.bench)


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 36)])
async def test_every_caption_fits_its_box(open_bench: Open, size: tuple[int, int]) -> None:
    """Rich wraps the words; the box must be as high as what it wraps to, or a listener misses the end."""
    scenario = load_scenario(find("bgd-sgd-minibatch"))
    async with open_bench(scenario.experiment, scenario=scenario, size=size) as desk:
        box = desk.bench.query_one("#caption")
        for page in range(len(desk.bench.lesson.pages) + 1):
            desk.bench.turn_to(page)
            await desk.pilot.pause()
            content = box.content_size
            needed = box.get_content_height(desk.app.size, desk.app.size, content.width)
            assert needed <= content.height, f"page {page} needs {needed} rows of {content.height} at {size}"


async def test_on_a_small_screen_the_caption_has_no_rows_for_other_words(open_bench: Open) -> None:
    scenario = load_scenario(find("rate-too-small-too-large"))
    async with open_bench(scenario.experiment, scenario=scenario, size=(80, 24)) as desk:
        box, rows = desk.bench.query_one("#caption"), []
        for page in range(len(desk.bench.lesson.pages) + 1):
            desk.bench.turn_to(page)
            rows.append((box.rows, len(str(box.render()).splitlines())))
        assert all(high == used for high, used in rows[3:6]), "the question, its answer, and other words"
        assert rows[1][0] == rows[2][0] == rows[2][1] == rows[1][1] + 1, "words and their update, in one place"


async def test_the_library_opens_a_lesson(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("L")
        await desk.type("conventions")
        await desk.pilot.press("enter")
        await desk.settled()
        assert [lane.name for lane in desk.bench.snapshot.lanes] == ["classical", "pytorch", "ema"]
        await desk.press("space", "space")
        assert desk.bench.snapshot.lanes[0].update == 20


async def test_the_footer_says_that_space_goes_on_in_a_lesson(open_bench: Open) -> None:
    def labels() -> list[str]:
        return [key.description for key in desk.bench.query("FooterKey")]

    async with open_bench(size=SMALL) as desk:
        assert labels()[0] == "step"
        await desk.press("L")
        await desk.type("conventions")
        await desk.pilot.press("enter")
        await desk.until(lambda: labels()[:2] == ["go on", "back"])
        desk.bench.jump(len(desk.bench.lesson.pages))
        await desk.until(lambda: labels()[:2] == ["step", "back"])


async def test_at_the_smallest_size_a_lesson_has_its_picture_and_nothing_scrolls(open_bench: Open) -> None:
    scenario = load_scenario(find("overfitting"))
    async with open_bench(scenario.experiment, scenario=scenario, size=(60, 18)) as desk:
        await desk.press("space")
        bench = desk.bench
        assert not bench.show_vertical_scrollbar
        assert bench.query_one("#caption").size.width >= 57
        assert bench.query_one("#picture").size.height >= 3, "a picture, if a small one"
        assert bench.query_one("#lanes").size.height >= 3
        assert caption(bench).startswith(f"{scenario.title} 1/7 · 0/4 min") or "page 1 of 7" in caption(bench)


async def test_the_footer_is_right_in_a_terminal_in_the_background_too(open_bench: Open) -> None:
    scenario = load_scenario(find("adam-first-step"))

    def footer(desk: Any) -> list[str]:
        return [f"{key.key_display} {key.description}" for key in desk.bench.query(FooterKey)]

    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        assert "space go on" in footer(desk)
        desk.app.post_message(AppBlur())
        await desk.until(lambda: not desk.app.app_focus)
        desk.bench.go_to(len(desk.bench.lesson.pages))
        await desk.settled()
        assert "space step" in footer(desk), "the last page is turned"
