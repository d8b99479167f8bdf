"""A lecturer and a follower in GNU screen, which has a terminal of its own for each, and is left and come back to."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from tests.tui.people import Room

pytestmark = [
    pytest.mark.jit,
    pytest.mark.terminal,
    pytest.mark.skipif(shutil.which("screen") is None, reason="no GNU screen here"),
]

LESSON = "adam-first-step"
LEAVE = "\x01d"  # what detaches from screen


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    for person in made.people:
        person.leave()


def test_a_class_in_gnu_screen_which_a_follower_leaves_and_comes_back_to(room: Room, tmp_path: Path) -> None:
    lesson = read_lesson(load_scenario(find(LESSON)))
    folder, path, home = tmp_path / "screen", tmp_path / "lecture.sock", tmp_path / "home" / "gdtui"
    folder.mkdir(mode=0o700)
    home.mkdir(parents=True)
    (home / "config.toml").write_text("")  # no tour
    (tmp_path / "rc").write_text("startup_message off\n")
    places = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), str(home.parent))
    environ = {**places, "SCREENDIR": str(folder), "LANG": "C.UTF-8"}

    def within(name: str, *command: str) -> list[str]:
        return ["screen", "-U", "-c", str(tmp_path / "rc"), "-S", name, sys.executable, "-m", "gdtui", *command]

    lecturer = room.come(within("lecture", "present", LESSON, "--socket", str(path)), (100, 30), environ)
    room.until(path.exists, "the socket")
    follower = room.come(within("follower", "follow", str(path)), (80, 24), environ)
    room.until(lambda: "1 follows" in lecturer.text and "page 0 of" in follower.text, "the follower")

    def words(page: int) -> str:
        return lesson.pages[page - 1].caption[:40]

    lecturer.press("  ")
    room.until(
        lambda: "page 2 of" in follower.text and words(2) in follower.text and "0.1414" in follower.text, "a page"
    )
    lecturer.press("\x1b[C")
    room.until(lambda: "detour from page 2" in follower.text and "update 2 " in follower.text, "an arrow key: a detour")
    lecturer.press("\x7f")
    room.until(lambda: "detour" not in follower.text and "update 1 " in follower.text, "the script")
    follower.press(LEAVE)
    room.until(lambda: follower.gone, "screen is left, the follower in it runs on")
    lecturer.press(" ")
    room.until(lambda: "page 3 of" in lecturer.text and "1 follows" in lecturer.text, "the next page")
    back = room.come(["screen", "-U", "-r", "follower"], (90, 28), environ)
    room.until(lambda: "page 3 of" in back.text and words(3) in back.text and "0.1414" in back.text, "in another size")
    lecturer.press("q")
    room.until(lambda: lecturer.gone and "the lecture is over" in back.text, "the end")
    back.press("q")
    room.until(lambda: back.gone, "both screens are closed")
    assert not path.exists()
