"""A lecturer's hands: pages to jump to, what the class sees, notes on a second terminal."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gdtui.scenario.play.cue import Cue, CueFile, newest_cue, read_cue
from gdtui.scenario.read.load import load_scenario, parse_scenario
from gdtui.scenario.read.selection import find
from gdtui.tui.app import Gdtui
from gdtui.tui.screens.bench import Bench
from gdtui.tui.screens.black import Black
from gdtui.tui.screens.second_screen import Notes, parts
from gdtui.tui.widgets.words import Words

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


def bits(desk: Any) -> list[bytes]:
    return [lane.trace.rows.tobytes() for lane in desk.bench.snapshot.lanes]


async def test_pages_are_listed_and_jumped_to(open_bench: Open) -> None:
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario, size=(80, 24)) as desk:
        bench, last = desk.bench, len(desk.bench.lesson.pages)
        states = [bits(desk)]
        for _page in range(last):
            await desk.press("space")
            states.append(bits(desk))
        await desk.press("J")
        assert [choice.name for choice in desk.app.screen._choices] == [str(n) for n in range(last + 1)]
        await desk.pilot.press("2", "enter")
        await desk.settled()
        assert bench.page == 2 and bits(desk) == states[2]

        await desk.press("right", "J")
        await desk.pilot.press(*str(last), "enter")
        await desk.settled()
        await desk.until(lambda: bench.page == last)
        await desk.settled()
        assert bits(desk) == states[last], "a jump from a detour takes nothing of it along"
        await desk.press("ctrl+z")
        await desk.until(lambda: "detour from page 2: +1 update" in desk.text("#header"))
        await desk.press("backspace", "pagedown")
        assert (bench.page, bits(desk)) == (3, states[3]), "a clicker turns pages"
        await desk.press("pageup")
        assert bench.page == 2

        await desk.pilot.click("#caption", offset=(5, 2))
        await desk.settled()
        assert bench.page == 3
        await desk.pilot.click("#caption", offset=(5, 2), button=3)
        await desk.settled()
        assert bench.page == 2
        await desk.pilot.click("#caption", offset=(5, 0))
        await desk.until(lambda: not isinstance(desk.app.screen, Bench))


async def test_what_the_class_does_not_see(open_bench: Open) -> None:
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario) as desk:
        bench = desk.bench
        await desk.press("space", "B")
        assert isinstance(desk.app.screen, Black)
        page = bench.page
        await desk.press("space")
        assert desk.app.screen is bench and bench.page == page, "the key that ends it does nothing else"

        rows = bench.query_one("#picture").size.height
        await desk.press("H")
        assert not bench.query_one("#bottom").display and not bench.query_one("#timeline").display
        assert bench.query_one("#picture").size.height > rows
        await desk.press("K")
        assert not bench.query_one("#caption").display
        await desk.press("z")
        assert bench.query_one("#chart0").size.height > 25, "a chart nearly as high as the screen"
        await desk.press("z", "K", "H")
        assert bench.query_one("#caption").display and bench.query_one("#bottom").display
        assert bench.query_one("#picture").size.height == rows


NOTED = """format = 1
title = "Noted"
minutes = 4
[objective]
kind = "surface"
name = "sphere"
[lanes.a]
optimizer = "gd"
[script]
do = [
  { say = "Look at the slope.", note = "Ask who has seen this before." },
  { step = 1 },
  { say = "It is smaller now." },
  { ask = "Which rate is larger?", choices = [0.1, 0.5], answer = 0.5, why = "Five times." },
]
"""


async def test_notes_follow_the_presentation_and_the_class_never_sees_them(open_bench: Open, tmp_path: Path) -> None:
    scenario = parse_scenario(NOTED.encode(), tmp_path / "noted.toml")
    async with open_bench(scenario.experiment, scenario=scenario) as desk:
        bench = desk.bench
        bench.cue = CueFile(tmp_path / "run" / "gdtui")

        def told() -> Any:
            path = newest_cue(tmp_path / "run" / "gdtui")
            return read_cue(path) if path is not None else None

        await desk.press("space")
        await desk.until(lambda: told() is not None and told().page == 1)
        cue = told()
        assert (cue.lesson, cue.page, cue.pages, cue.minutes) == ("Noted", 1, 5, 4)
        assert (cue.words, cue.note) == ("Look at the slope.", "Ask who has seen this before.")
        assert cue.then_doing == "1 update on every lane"
        seen = "\n".join("".join(part.text for part in line) for line in desk.app.screen._compositor.render_strips())
        assert "Look at the slope." in seen and "who has seen" not in seen

        await desk.press("right_square_bracket")
        await desk.until(lambda: told().detour == "detour from page 1: lr")
        await desk.press("backspace", "space", "space")
        await desk.until(lambda: told().page == 3)
        assert (told().words, told().note, told().following) == ("It is smaller now.", "", "Which rate is larger?")
        await desk.press("space")
        await desk.until(lambda: told().page == 4)
        assert (told().choices, told().right) == ("0.1 · 0.5", "The answer: 0.5. Five times.")
        page = parts(told())
        assert page["seen"] == "Which rate is larger?\n0.1 · 0.5" and page["next"] == "The answer: 0.5. Five times."
        file = newest_cue(tmp_path / "run" / "gdtui")
        assert file is not None and file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        bench.cue.close()
        assert newest_cue(tmp_path / "run" / "gdtui") is None


def test_a_cue_of_an_ended_program_or_of_nobody_is_none(tmp_path: Path) -> None:
    ended = os.fork()
    if not ended:
        os._exit(0)
    os.waitpid(ended, 0)
    for name, text in ((f"page-{ended}.json", "{}"), ("page-x.json", "{}"), (f"page-{os.getpid()}.json", "[1")):
        (tmp_path / name).write_text(text)
    found = newest_cue(tmp_path)
    assert found is not None and found.name == f"page-{os.getpid()}.json"
    assert read_cue(found) is None
    for text in ('{"lesson": 3}', '{"lesson": "x", "page": 1, "pages": 2, "more": 1}', ""):
        found.write_text(text)
        assert read_cue(found) is None


async def test_notes_on_a_second_terminal(tmp_path: Path) -> None:
    def shown() -> str:
        return " ".join(" ".join(str(part.render()) for part in app.screen.query(Words) if part.display).split())

    clock, file = [1000.0], CueFile(tmp_path / "gdtui")
    app = Gdtui(instead=lambda: Notes(tmp_path / "gdtui", lambda: clock[0]))
    async with app.run_test(size=(80, 24)) as pilot:
        while not isinstance(app.screen, Notes):
            await pilot.pause()
        notes = app.screen
        assert "No presentation is running" in shown()
        cue = Cue(lesson="Noted", page=1, pages=3, words="Look.", note="Ask first.", minutes=4, began=935.0)
        file.show(replace(cue, then_doing="1 update on every lane", place=2, lessons=11, course_began=400.0))
        notes.look()
        await pilot.pause()
        assert "lesson 2 of 11 · page 1 of 3 · Noted" in shown()
        assert "this lesson 1:05 of 4 min · all 10:00" in shown()
        assert "Ask first." in shown() and "▸ 1 update on every lane" in shown()
        clock[0] = 935.0 + 241
        notes.look()
        assert notes.query_one("#time").has_class("late")
        file.show(replace(cue, page=3, note="", next_lesson="More", detour="free after the last page: lr"))
        notes.look()
        await pilot.pause()
        assert "the next is “More”" in shown() and "free after the last page: lr" in shown() and "Ask" not in shown()
        file.close()
        notes.look()
        await pilot.pause()
        assert "No presentation is running" in shown()
