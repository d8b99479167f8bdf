"""A lecture on real pseudo-terminals: the class's at 80×24, and the lecturer's own with the notes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.terminals import Terminal, environment

pytestmark = [pytest.mark.jit, pytest.mark.terminal]

COURSE = 'title = "Short"\n[[parts]]\ntitle = "Two"\nlessons = ["one", "momentum-agree-cancel"]\n'
LESSON = """format = 1
title = "One step"
summary = "How far is a step?"
minutes = 2
[objective]
kind = "surface"
name = "sphere"
start = [1.0, 0.0]
[lanes.gd]
optimizer = "gd"
lr = 0.25
[script]
do = [
  { say = "The slope at 1 is 2.", note = "Draw the bowl." },
  { step = 1 },
  { expect = "gd.theta[0]", eq = 0.5 },
  { say = "Half of it is left." },
]
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[Terminal, Terminal, Path]]:
    """Yield the class's terminal, the lecturer's, and the folder of their files."""
    (tmp_path / "lessons" / "courses").mkdir(parents=True)
    (tmp_path / "lessons" / "one.toml").write_text(LESSON, encoding="utf-8")
    (tmp_path / "lessons" / "courses" / "short.toml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "config" / "gdtui").mkdir(parents=True)
    (tmp_path / "config" / "gdtui" / "config.toml").touch()
    env = environment(
        XDG_DATA_HOME=str(tmp_path / "data"), XDG_STATE_HOME=str(tmp_path / "state"),
        XDG_CONFIG_HOME=str(tmp_path / "config"), XDG_RUNTIME_DIR=str(tmp_path / "run"),
    )  # fmt: skip
    gdtui = (sys.executable, "-m", "gdtui")
    course = str(tmp_path / "lessons" / "courses" / "short.toml")
    shown = Terminal(*gdtui, "course", course, env=env, size=(80, 24))
    own = Terminal(*gdtui, "notes", env=env, size=(60, 20))
    try:
        yield shown, own, tmp_path
    finally:
        for terminal in (shown, own):
            terminal.child.close(force=True)


def test_a_lecture_from_the_first_key_to_the_last(stage: tuple[Terminal, Terminal, Path]) -> None:
    shown, own, folder = stage
    shown.ready()
    shown.until(lambda: "lesson 1 of 2 · page 0 of 3 · 0 of 2 min" in shown.shown(), "the course", 60)
    shown.child.send(" ")
    shown.until(lambda: "space ▸ 1 update on every lane" in shown.shown(), "what space does")
    own.until(lambda: "Draw the bowl." in own.shown(), "the note", 60)
    assert "Draw the bowl" not in shown.shown()

    shown.child.send(" ")
    shown.until(lambda: "update 1 " in shown.shown(), "an update")
    shown.child.send("]")
    shown.until(lambda: "detour from page 2: lr" in shown.shown(), "a detour")
    shown.child.send(" ")
    shown.until(lambda: "detour from page 2: +1 update, lr" in shown.shown(), "an update of one's own")
    own.until(lambda: "detour from page 2" in own.shown(), "the detour in the notes")
    shown.child.send("\x7f")
    shown.until(lambda: "detour" not in shown.shown() and "update 1 " in shown.shown(), "the script")

    shown.child.send("B")
    shown.until(lambda: not shown.shown().strip(), "a black screen")
    shown.child.send(" ")
    shown.until(lambda: "page 2 of 3" in shown.shown(), "the page again")
    shown.child.send(" ")
    shown.until(lambda: "Half of it is left." in shown.shown() and "tab opens" in shown.shown(), "the end")
    shown.child.send("\t")
    shown.until(lambda: "2/2 · 0/" in shown.shown() or "lesson 2 of 2" in shown.shown(), "the next lesson")
    own.until(lambda: "lesson 2 of 2" in own.shown(), "the next lesson in the notes")
    shown.child.send("q")  # a lesson that was opened is nothing to save
    assert shown.end(20) == 0
    own.until(lambda: "No presentation is running" in own.shown(), "the end in the notes")
    own.child.send("q")
    assert own.end(20) == 0
    kept = json.loads((folder / "data" / "gdtui" / "progress.json").read_text(encoding="utf-8"))["lessons"]
    assert kept == {str((folder / "lessons" / "one.toml").resolve()): {"page": 3, "pages": 3}}
    assert list((folder / "run" / "gdtui").iterdir()) == []
