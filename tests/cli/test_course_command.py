"""`gdtui course`: what it lists, what it refuses, the films that it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdtui.cli import main
from gdtui.scenario.play.study_record import Progress, progress_file
from gdtui.scenario.read.courses import shipped_courses

LESSON = (
    'format = 1\ntitle = "One"\n[objective]\nkind = "surface"\nname = "sphere"\n[lanes.a]\noptimizer = "gd"\n'
    '[script]\ndo = [{ say = "Look." }, { step = 1 }, { screenshot = "after" }, { expect = "a.update", eq = 1 }]\n'
)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    (tmp_path / "courses").mkdir()
    (tmp_path / "one.toml").write_text(LESSON)
    path = tmp_path / "courses" / "mine.toml"
    path.write_text('title = "Mine"\n[[parts]]\ntitle = "First"\nlessons = ["one"]\n')
    return path


def test_courses_and_their_lessons_are_listed(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["course"]) == 0
    listed = capsys.readouterr().out
    assert main(["list", "courses"]) == 0
    assert capsys.readouterr().out == listed
    assert [line.split()[0] for line in listed.splitlines()] == ["lecture", "complete"]
    first, second = shipped_courses()["lecture"].lessons[:2]
    progress = Progress(progress_file())
    progress.note(first.path, 10, 10)
    progress.note(second.path, 1, 10)
    assert main(["course", "lecture", "--list"]) == 0
    rows = [line.split()[:2] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert rows[:3] == [["✓", first.name], ["◐", second.name], ["○", "bgd-sgd-minibatch"]]
    assert len(rows) == 11


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["lectrue"], 74, "did you mean 'lecture'?"),
        (["--svg", "x"], 2, "--svg goes with the name of a course"),
        (["lecture", "--list", "--cast", "x"], 2, "--cast and --list do not go together"),
        (["lecture", "--svg", "x", "--restart"], 2, "--restart goes with the screen, not with films"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: list[str], code: int, said: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["course", *words]) == code
    assert said in capsys.readouterr().err


def test_a_fault_of_a_course_has_its_place(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course.write_text('title = "Mine"\n[[parts]]\ntitle = "First"\nlessons = ["oen"]\n')
    assert main(["course", str(course), "--list"]) == 2
    assert "mine.toml:4:12: error: there is no lesson 'oen'; did you mean 'one'?" in capsys.readouterr().err


@pytest.mark.jit
def test_a_course_is_filmed_in_one_command(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    films = tmp_path / "films"
    assert main(["course", str(course), "--cast", str(films), "--svg", str(films)]) == 0
    assert capsys.readouterr().out == "filmed  one\n"
    assert sorted(path.name for path in films.iterdir()) == ["01-one-after.svg", "01-one.cast", "01-one.svg"]
    assert "Look." in (films / "01-one.cast").read_text(encoding="utf-8")
    (tmp_path / "one.toml").write_text(LESSON.replace("eq = 1", "eq = 2"))
    assert main(["course", str(course), "--svg", str(films)]) == 1
    assert "failed  one" in capsys.readouterr().out


def test_signs_of_lessons_can_be_told_apart_in_ascii(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GDTUI_ASCII", "1")
    first, second = shipped_courses()["lecture"].lessons[:2]
    progress = Progress(progress_file())
    progress.note(first.path, 10, 10)
    progress.note(second.path, 1, 10)
    assert main(["course", "lecture", "--list"]) == 0
    rows = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert rows[:3] == ["+", "%", "O"]
