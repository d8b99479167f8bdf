"""The bench in Chinese: every sentence translated, no layout broken by wide characters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find, shipped
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.text import speak
from gdtui.tui.film.capture import capture
from gdtui.tui.key_names import first_keys
from gdtui.tui.screens.bench import Bench
from gdtui.tui.widgets.caption import Caption, LessonState
from tests.translate.left import english_in

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


@pytest.fixture
def chinese() -> Iterator[None]:
    speak("zh")
    yield
    speak("en")


def seen(desk: Any, width: int, height: int) -> str:
    """Return the screen, once it is sure that its lines are as wide as it and that nothing on it is English."""
    lines = capture(desk.app).text
    assert len(lines) == height
    assert [line for line in lines if cell_len(line) > width] == []
    text = "\n".join(lines)
    assert english_in(text) == []
    return text


#: Keys that open what the bench has, and a word that is then on the screen.
SCREENS = {
    "question_mark": "按键与术语", "e": "与整个实验", "g": "时间", "o": "目标函数", "a": "添加跑道", "L": "课程",
    "enter": "从第 4 次更新起", "s": "把所做的保存为场景", "ctrl+p": "输入所找内容",
}  # fmt: skip


@pytest.mark.parametrize("size", [(60, 18), pytest.param((80, 24), marks=pytest.mark.slow)])
async def test_everything_fits_and_is_translated(open_bench: Open, chinese: None, size: tuple[int, int]) -> None:
    async with open_bench(size=size) as desk:
        await desk.press("space", "space", "space")
        text = seen(desk, *size)
        assert "损失" in text
        assert "第 3 次更新" in text
        for key, word in SCREENS.items():
            await desk.pilot.press(key)
            await desk.until(lambda: not isinstance(desk.app.screen, Bench))
            assert word in seen(desk, *size), key
            await desk.pilot.press("escape")
            await desk.until(lambda: isinstance(desk.app.screen, Bench))
        for key in ("v", "v", "c", "c", "c", "c", "x", "u", "t", "z", "z", "h", "f", "b", "T", "bracketleft"):
            await desk.press(key)
            seen(desk, *size)


async def test_a_network_and_a_lesson_are_translated(open_bench: Open, chinese: None) -> None:
    spec = ObjectiveSpec("dataset", "two-moons")
    experiment = Experiment(spec, (Lane("adam", "adam", sampling=Sampling(20)), Lane("gd", "gd")))
    async with open_bench(experiment, size=(80, 24)) as desk:
        await desk.press("space")
        for key in ("n", "x", "full_stop", "n", "m", "m", "u"):
            await desk.press(key)
            seen(desk, 80, 24)
    lesson = load_scenario(find("adam-first-step"))
    async with open_bench(scenario=lesson, size=(80, 24)) as desk:
        for _page in range(4):
            await desk.press("space")
            assert "空格" in seen(desk, 80, 24)


async def test_every_caption_in_chinese_is_whole_in_its_box(open_bench: Open, chinese: None) -> None:
    async with open_bench(size=(60, 18)) as desk:
        box = desk.bench.query_one(Caption)
        keys = first_keys(desk.bench)
        for lesson in (read_lesson(load_scenario(path)) for path in shipped()):
            pages = enumerate(lesson.pages, start=1)
            for (number, page), size in product(pages, (Size(80, 24), Size(60, 18))):
                box.turn_to(lesson, LessonState(number, keys), size)
                shown = "".join(str(box.render()).split())
                words = page.answer or page.caption
                assert "".join(words.split()) in shown, f"{lesson.scenario.path.stem}, page {number}: {words}"


async def test_the_effective_rate_has_its_name_among_the_symbols(open_bench: Open, chinese: None) -> None:
    scenario = load_scenario(find("adagrad-own-rates"))
    async with open_bench(scenario.experiment, scenario=scenario, size=(80, 24), answers=True) as desk:
        await desk.press("space", "s")
        await desk.until(lambda: desk.bench.page == 2)
        text = seen(desk, 80, 24)
        assert "有效 η ← η/√(G+ε) = 0.5/√(0.16+1e-8) = 1.25" in text and "effective" not in text
