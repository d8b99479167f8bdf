"""Golden traces: what a script did once is what it does; the first cell that differs is shown."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gdtui.scenario.play import report
from gdtui.scenario.play.golden import SUFFIX, Golden, Recorder, compare, golden_path, settle, unused
from gdtui.scenario.play.player import replay
from gdtui.scenario.play.report import golden_lines
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import folder
from tests.lessons import SHORT, lesson_at

TEXT = """format = 1
title = "t"
[objective]
kind = "surface"
name = "rosenbrock"
noise = 0.1
[lanes.a]
optimizer = "adam"
lr = 0.1
[lanes.wild]
optimizer = "gd"
lr = 0.1
[script]
do = [
  { step = 30 },
  { say = "here" },
  { set = "a.lr", to = 0.01 },
  { step = 3 },
  { back = 20 },
]
"""


SHIPPED = [path for path in SHORT if golden_path(path).exists()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "s.toml"
    file.write_text(TEXT)
    return file


def recorded(path: Path) -> Recorder:
    recorder = Recorder()
    assert replay(load_scenario(path), recorder).passed
    return recorder


def keys(recorder: Recorder, lane: str) -> list[tuple[str, int]]:
    return [(row[0], int(row[2])) for row in recorder.rows if row[1] == lane]


def test_it_has_round_updates_and_where_each_act_led(path: Path) -> None:
    assert keys(recorded(path), "a") == [
        ("start", 0), *(("1: step = 30", update) for update in (1, 2, 5, 10, 20, 30)), ("3: step = 3", 33),
        ("4: back = 20", 13),
    ]  # fmt: skip


def test_a_lane_that_diverges_is_in_it_up_to_there(path: Path) -> None:
    recorder = recorded(path)
    last = [row for row in recorder.rows if row[1] == "wild"][-1]
    assert last[recorder.names.index("status")] == "diverged"
    assert "nan" in last or "inf" in last or any(len(cell) > 100 or "e+" in cell for cell in last)


@pytest.mark.jit
@pytest.mark.parametrize("file", SHORT, ids=lambda p: p.stem)
def test_each_lesson_holds_and_so_does_its_golden_trace_which_stays_small(file: Path) -> None:
    """That a second replay has the same bits: test_record, test_same_trace."""
    recorder = Recorder()
    result = replay(lesson_at(file), recorder)
    assert result.passed, report.text(result)
    text = recorder.text()
    assert len(text) < 40_000
    assert compare(file, text, recorder).status == "same"
    found = settle(lesson_at(file), recorder)
    assert (found is not None) == (file in SHIPPED)
    assert found is None or found.status == "same", (found.message, found.expected, found.got, found.difference)


def test_words_do_not_change_it_but_acts_do(path: Path) -> None:
    settle(load_scenario(path), recorded(path), update=True)
    path.write_text(TEXT.replace('{ say = "here" }', '{ say = "there" }, { mark = "m" }'))
    assert settle(load_scenario(path), recorded(path)).status == "same"  # type: ignore[union-attr]
    path.write_text(TEXT.replace("step = 3 ", "step = 4 "))
    found = settle(load_scenario(path), recorded(path))
    assert found is not None
    assert (found.status, found.expected, found.got) == ("differs", "3: step = 3, a, 33", "3: step = 4, a, 34")
    assert found.message == "the script takes another course"


def test_the_first_cell_that_differs_is_named_with_its_line(path: Path) -> None:
    scenario, recorder = load_scenario(path), recorded(path)
    golden = settle(scenario, recorder, update=True)
    assert golden is not None
    assert golden.status == "new"
    lines = golden.path.read_text().splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("1: step = 30,a,5,"))
    cells = lines[place].split(",")
    column = recorder.names.index("theta_0")
    true = float(cells[column])
    cells[column] = repr(true * (1 + 1e-9))
    lines[place] = ",".join(cells)
    golden.path.write_text("\n".join(lines) + "\n")
    found = settle(scenario, recorder)
    assert found is not None
    assert found.failed
    assert found.line == place + 1
    assert found.message == "theta_0 of a at update 5, after act 1: step = 30"
    assert (found.expected, found.got) == (cells[column], repr(true))
    assert "relative 1e-09, allowed 1e-12" in found.difference
    assert found.others == 0


@pytest.mark.parametrize(("factor", "status"), [(1 + 1e-13, "same"), (1 + 1e-11, "differs"), (-1.0, "differs")])
def test_numbers_agree_to_a_relative_1e_12(path: Path, factor: float, status: str) -> None:
    recorder = recorded(path)
    before = recorder.text()
    column = recorder.names.index("loss")
    recorder.rows[5][column] = repr(float(recorder.rows[5][column]) * factor)
    assert compare(path, before, recorder).status == status


def test_the_file_may_allow_more_and_keeps_it_when_it_is_updated(path: Path) -> None:
    scenario, recorder = load_scenario(path), recorded(path)
    file = golden_path(path)
    file.write_text(recorder.text().replace("# rel = 1e-12", "# rel = 0.001").replace("# abs = 0.0", "# abs = 1e-9"))
    column = recorder.names.index("loss")
    recorder.rows[5][column] = repr(float(recorder.rows[5][column]) * 1.0001)
    assert settle(scenario, recorder).status == "same"  # type: ignore[union-attr]
    recorder.rows[5][column] = "7.0"
    assert settle(scenario, recorder).status == "differs"  # type: ignore[union-attr]
    assert settle(scenario, recorder, update=True).status == "updated"  # type: ignore[union-attr]
    assert "# rel = 0.001\n# abs = 1e-09\n" in file.read_text()
    assert settle(scenario, recorder).status == "same"  # type: ignore[union-attr]


def test_updating_what_holds_leaves_the_file_alone(path: Path) -> None:
    scenario, recorder = load_scenario(path), recorded(path)
    settle(scenario, recorder, update=True)
    before = golden_path(path).stat()
    assert settle(scenario, recorder, update=True).status == "same"  # type: ignore[union-attr]
    after = golden_path(path).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(("a", "b", "status"), [
    ("nan", "nan", "same"), ("inf", "inf", "same"), ("inf", "-inf", "differs"), ("nan", "1.0", "differs"),
    ("inf", "1e308", "differs"), ("", "0.0", "differs"), ("0.0", "-0.0", "same"), ("1e-300", "0.0", "differs"),
    ("abc", "1.0", "differs"),
])  # fmt: skip
def test_what_is_not_an_ordinary_number(path: Path, a: str, b: str, status: str) -> None:
    recorder = recorded(path)
    column = recorder.names.index("loss")
    recorder.rows[3][column] = a
    text = recorder.text()
    recorder.rows[3][column] = b
    found = compare(path, text, recorder)
    assert found.status == status
    assert math.isfinite(found.line)


@pytest.mark.parametrize("text", ["", "x", "# gdtui golden trace, format 2\n", "# gdtui golden trace, format 1\n",
                                  "# gdtui golden trace, format 1\n# rel = much\n"])  # fmt: skip
def test_what_is_no_golden_trace_differs(path: Path, text: str) -> None:
    assert compare(path, text, recorded(path)).status == "differs"


def test_one_that_is_cut_short_or_goes_on_differs(path: Path) -> None:
    recorder = recorded(path)
    whole = recorder.text()
    shorter = "\n".join(whole.splitlines()[:-1]) + "\n"
    assert compare(path, shorter, recorder).expected == "no further row"
    recorder.rows.pop()
    assert compare(path, whole, recorder).got == "no further row"


@pytest.mark.parametrize(("damage", "line", "message"), [
    (lambda whole: whole[:250], 5, "cells, not"), (lambda whole: whole + b"\n", -1, "an empty line"),
    (lambda whole: whole + b"\n\n", -1, "an empty line"), (lambda whole: b"\xff\x00" + whole, 1, "not UTF-8"),
    (lambda whole: whole.replace(b"going", b"\xfe", 1), 5, "not UTF-8"),
    (lambda whole: whole + b'"' + b"x" * 200_000, -1, "not CSV"),
    (lambda whole: whole.replace(b"rel = 1e-12", b"rel = nan"), 2, "rel must be from 0 to below 1, not nan"),
    (lambda whole: whole.replace(b"rel = 1e-12", b"rel = -1"), 2, "rel must be from 0 to below 1, not -1"),
    (lambda whole: whole.replace(b"rel = 1e-12", b"rel = much"), 2, "rel must be from 0 to below 1, not much"),
    (lambda whole: whole.replace(b"abs = 0.0", b"abs = inf"), 3, "abs must be finite and ≥ 0, not inf"),
])  # fmt: skip
def test_a_damaged_one_fails_and_says_where(
    path: Path, damage: Callable[[bytes], bytes], line: int, message: str
) -> None:
    recorder = recorded(path)
    whole = recorder.text().encode()
    file = golden_path(path)
    file.write_bytes(damage(whole))
    found = settle(load_scenario(path), recorder)
    assert found is not None
    assert found.failed
    assert found.line == (line if line > 0 else whole.count(b"\n") + 1)
    assert message in found.message


def test_a_damaged_row_is_written_anew_when_it_is_updated(path: Path) -> None:
    recorder, file = recorded(path), golden_path(path)
    file.write_text(recorder.text(rel=1e-9)[:250])
    updated = settle(load_scenario(path), recorder, update=True)
    assert updated is not None
    assert updated.status == "updated"
    assert file.read_text() == recorder.text(rel=1e-9)


@pytest.mark.parametrize("update", [False, True])
def test_what_is_no_file_is_not_waited_for_nor_written_to(path: Path, update: bool) -> None:
    recorder, file = recorded(path), golden_path(path)
    os.mkfifo(file)
    found = settle(load_scenario(path), recorder, update=update)
    assert found is not None
    assert found.message == "this is not a regular file"
    file.unlink()
    file.symlink_to("/dev/zero")
    found = settle(load_scenario(path), recorder, update=update)
    assert found is not None
    assert found.failed


def test_one_that_is_too_large_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = recorded(path)
    golden_path(path).write_text(recorder.text())
    monkeypatch.setattr("gdtui.scenario.play.golden.MOST_BYTES", 1024)
    found = settle(load_scenario(path), recorder)
    assert found is not None
    assert found.message == "this is larger than 1 KiB"


@pytest.mark.parametrize(("others", "said"), [(0, ""), (1, "and 1 other cell"), (2, "and 2 other cells")])
def test_the_other_cells_that_differ_are_counted(others: int, said: str) -> None:
    lines = golden_lines(Golden(Path("s.golden.csv"), "differs", 5, "lr of a", others=others))
    assert lines == ["s.golden.csv:5: golden trace differs: lr of a", *([f"  {said}"] if said else [])]


def test_missing_ones_are_fine_unless_they_are_wanted(path: Path) -> None:
    scenario, recorder = load_scenario(path), recorded(path)
    assert settle(scenario, recorder) is None
    wanted = settle(scenario, recorder, wanted=True)
    assert wanted is not None
    assert wanted.failed
    assert not golden_path(path).exists()


def test_unused_ones_are_found_at_any_depth(path: Path, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in (f"s{SUFFIX}", f"gone{SUFFIX}", f"deep/er/s{SUFFIX}"):
        (tmp_path / name).write_text("")
    found = unused([tmp_path])
    assert [golden.path.relative_to(tmp_path).as_posix() for golden in found] == [
        f"deep/er/s{SUFFIX}", f"gone{SUFFIX}",
    ]  # fmt: skip
    assert all(golden.failed for golden in found)


# -- those that are shipped -------------------------------------------------------------------------

#: What the golden traces that come with gdtui hold fast, and a lesson that has it.
KINDS = {
    "a tape": "ema-on-a-tape", "momentum's dialects, edits, back": "momentum-conventions", "adam": "adam-anatomy",
    "adagrad's dialects": "adagrad-three-dialects", "rmsprop": "rmsprop-forgets", "adadelta": "adadelta-no-rate",
    "decay": "weight-decay", "least squares": "linear-regression-demo", "batches": "bgd-sgd-minibatch",
    "back-propagation": "backpropagation-by-hand", "a network in batches": "classifier-demo",
    "a saddle": "saddle-momentum-leaves", "schedules, noise": "schedules-by-shape", "stopping": "stopping-conditions",
    "a formula": "warm-up", "newton, a lane added": "newton-one-step", "l-bfgs": "lbfgs-by-evaluations",
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS.values(), ids=list(KINDS))
def test_what_is_held_fast(name: str) -> None:
    assert name in [path.stem for path in SHIPPED]


def test_shipped_ones_are_small_and_none_is_left_over() -> None:
    assert sum(golden_path(path).stat().st_size for path in SHIPPED) < 300_000
    assert unused([folder()]) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_a_shipped_one_leaves_room_for_another_processor(path: Path) -> None:
    """Sums in another order, another sine: some last digits differ, and line searches multiply that."""
    head = golden_path(path).read_text().splitlines()[:3]
    roomy = path.stem == "lbfgs-by-evaluations"
    assert head[1:] == (["# rel = 1e-05", "# abs = 1e-09"] if roomy else ["# rel = 1e-09", "# abs = 1e-12"])
