"""`gdtui sweep`: its table, its errors, and how it goes on after an interrupt."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from itertools import islice

import numpy as np
import pytest

from gdtui import Experiment, Lane, sweep
from gdtui.cli.exits import CommandFailure
from gdtui.cli.sweep_journal import journal
from gdtui.cli.sweeping import _progress
from gdtui.simulation.fields.combinations import Sweep, grid
from gdtui.simulation.fields.ranges import read_range
from gdtui.view.colors import DARK
from tests.commands import Gdtui

WORDS = ["sweep", "--optimizer", "adam", "--over", "lr=1e-3:1:4:log", "--updates", "50"]


@pytest.fixture
def gdtui(gdtui: Gdtui):
    def run(*words: str) -> tuple[int, str, str]:
        done = gdtui(*words)
        return done.returncode, done.stdout, done.stderr

    return run


def test_the_table_has_a_row_a_run(gdtui):
    code, out, err = gdtui(*WORDS, "--csv", "-")
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    expected = sweep(Experiment(lanes=(Lane("adam", "adam"),)), {"lr": "1e-3:1:4:log"}, 50)
    assert [float(row["loss"]) for row in rows] == expected["loss"].tolist()  # read back to the bit
    assert [float(row["theta_1"]) for row in rows] == expected["theta"][:, 1].tolist()
    assert {(row["lane"], row["updates"], row["status"]) for row in rows} == {("adam", "50", "going")}


def test_json_has_words_for_what_is_no_number(gdtui):
    code, out, _err = gdtui("sweep", "--optimizer", "gd", "--over", "lr=0.001,10", "--updates", "9", "--json", "-")
    assert code == 0
    read = json.loads(out)
    assert (read["columns"], read["over"], read["updates"]) == (
        ["lane", "lr", "updates", "status", "loss", "theta_0", "theta_1"], ["lr"], 9,
    )  # fmt: skip
    assert read["rows"][1][3:5] == ["diverged", "Infinity"]


def test_without_a_file_it_names_the_best(gdtui):
    code, out, _err = gdtui(*WORDS)
    assert code == 0
    assert out.splitlines()[0].split() == ["lane", "runs", "diverged", "lr", "lowest", "loss"]
    table = sweep(Experiment(lanes=(Lane("adam", "adam"),)), {"lr": "1e-3:1:4:log"}, 50)
    best = table["lr"][np.argmin(table["loss"])]
    assert out.splitlines()[1].split()[:4] == ["adam", "4", "0", f"{best:g}"]


def test_a_run_that_diverged_is_not_the_best_however_low_it_ended(gdtui):
    words = ["sweep", "--expression", "1e300*x", "--optimizer", "gd", "--over", "lr=1e-300,1e8", "--updates", "3"]
    _code, out, _err = gdtui(*words, "--json", "-")
    assert [row[3] for row in json.loads(out)["rows"]] == ["diverged", "diverged"]
    assert json.loads(out)["rows"][0][4] < 0
    assert gdtui(*words)[1].splitlines()[1].split() == ["gd", "2", "2", "–", "–"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("sweep", "over what?"),
        ("sweep --over lr", "KEY=A,B"),
        ("sweep --over lr=1:2", "how many values"),
        ("sweep --optimizer gd --over momentum=0.1,0.2", "no 'momentum'"),
        ("sweep --over lr=-1,2", "lr must be"),
        ("sweep --over lr=1,2 --over lr=3,4", "twice"),
        ("sweep --over lr=1,2 --csv - --json -", "cannot both go to stdout"),
        ("sweep --over lr=1,2 --csv a --json a", "cannot both go to a"),
        ("sweep --over lr=1,2 --csv a --svg a", "cannot both go to a"),
        ("sweep --over lr=0:1:5:log", "begins above 0"),
        ("sweep --over lr=1,2 --csv a --json ./a", "cannot both go to a"),
        ("sweep --over lr=1,2 --random 10000001", "at most 10**7"),
    ],
)
def test_what_cannot_be_swept_is_a_usage_error(gdtui, words, says):
    code, out, err = gdtui(*words.split())
    assert (code, out) == (2, "")
    assert says in err


def test_what_cannot_be_written_is_called_by_the_name_that_was_given(gdtui):
    code, out, err = gdtui("sweep", "--over", "lr=1e-3,1e-2", "--csv", "/nowhere/t.csv")
    assert (code, out, err) == (74, "", "gdtui: /nowhere/t.csv: No such file or directory\n")


@pytest.mark.parametrize("words", ["--csv a.csv --svg /nowhere/p.svg", "--csv a.csv --json .", "--json -  --svg ./d"])
def test_what_cannot_be_written_is_said_before_the_runs(gdtui, tmp_path, words):
    (tmp_path / "d").mkdir()
    code, out, err = gdtui("sweep", "--over", "lr=1e-3,1e-2", *words.split())
    assert (code, out) == (74, "") and words.split()[-1] in err
    assert [file.name for file in tmp_path.iterdir()] == ["d"]


def test_stdout_has_a_name_too(tmp_path):
    words = [sys.executable, "-m", "gdtui", *WORDS, "--csv", "/dev/stdout"]
    assert subprocess.check_output(words, cwd=tmp_path, text=True).count("\n") == 5
    with open(tmp_path / "t.csv", "w") as file:
        subprocess.run(words, cwd=tmp_path, check=True, stdout=file)
    assert (tmp_path / "t.csv").read_text().count("\n") == 5
    assert os.listdir(tmp_path) == ["t.csv"]


def test_pipes_and_devices_have_no_journal(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    words = [sys.executable, "-m", "gdtui", *WORDS, "--csv", "pipe", "--json", "/dev/null"]
    running = subprocess.Popen(words, cwd=tmp_path)
    rows = (tmp_path / "pipe").read_text().splitlines()
    assert (running.wait(60), len(rows), os.listdir(tmp_path)) == (0, 5, ["pipe"])
    assert not os.path.exists("/dev/null.part")


def test_seeds_are_whole_numbers_and_have_to_matter(gdtui):
    words = ["sweep", "--optimizer", "adam", "--over", "seed=3,4", "--updates", "2", "--csv", "-"]
    for data, says in ((), "every seed makes the same run"), (("--dataset", "two-moons"), ""):
        code, out, err = gdtui(*words, *data)
        rows = list(csv.DictReader(io.StringIO(out)))
        assert code == 0 and [row["seed"] for row in rows] == ["3", "4"]
        assert (rows[0]["loss"] == rows[1]["loss"]) == bool(says)
        assert says in err and bool(says) == bool(err)


@pytest.mark.parametrize(
    ("over", "pictures", "holds"),
    [
        (("lr=1e-3:1:9:log",), 1, ("loss after 5 updates", "adam", "gd")),
        (
            ("lr=1e-3:1:9:log", "x=-1:1:5"),
            2,
            ("loss of adam after 5 updates, x upwards", "loss of gd after 5", DARK.roles["field0"]),
        ),
        (("lr=1e-3:1:9:log", "x=-1:1:5", "y=0:1:2"), 1, ("loss after 5 updates",)),
    ],
)
def test_a_picture_has_curves_over_one_key_and_maps_over_two(gdtui, tmp_path, over, pictures, holds):
    words = [word for one in over for word in ("--over", one)]
    code, out, err = gdtui(
        "sweep", "--optimizer", "adam", "--optimizer", "gd", *words, "--updates", "5", "--svg", "p.svg"
    )
    assert (code, err) == (0, "") and out
    text = (tmp_path / "p.svg").read_text().replace("&#160;", " ")
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    assert all(word in text for word in holds)
    assert len(re.findall("clip-path=.*?-line-", text)) >= 30 * pictures


@pytest.mark.parametrize("columns", [24, 30, 60, 200])
def test_the_bar_leaves_room_for_the_echo_of_an_interrupt(monkeypatch, columns):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(columns))
    with _progress(400) as progress:
        progress(100)
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-ln-z]", "\n", sys.stderr.getvalue())
    lines = re.sub(r"\x1b\[[0-9;]*m", "", drawn).split()
    assert "100/400" in lines
    assert len(" ".join(lines[: lines.index("-:--:--") + 1])) + len("^C") < columns


def _sweep(updates: int = 20) -> Sweep:
    experiment = Experiment(lanes=(Lane("adam", "adam"), Lane("newton", "newton")))
    return Sweep.of(experiment, grid([read_range("lr=0.01:0.5:40")]), updates)


def test_after_an_interrupt_nothing_is_run_again(tmp_path):
    target = str(tmp_path / "t.csv")
    first, whole = _sweep(), _sweep()
    with pytest.raises(KeyboardInterrupt), journal(first, target) as kept:
        for lane, members in islice(first.parts(), 3):
            kept.note(lane, members)
        raise KeyboardInterrupt
    with open(f"{target}.part", "a") as file:
        file.write('{"lane": "newt')  # a line that was cut off
    again = _sweep()
    with journal(again, target) as kept:
        done = again.known
        assert 0 < done < again.size
        made = 0
        for lane, members in again.parts():
            kept.note(lane, members)
            made += len(members)
        assert made == again.size - done
    assert not os.path.exists(f"{target}.part")
    for _part in whole.parts():
        pass
    for name, column in whole.columns().items():
        np.testing.assert_array_equal(column, again.columns()[name])


def test_what_is_kept_stays_at_every_moment(tmp_path):
    target, part = str(tmp_path / "t.csv"), tmp_path / "t.csv.part"
    with pytest.raises(KeyboardInterrupt), journal(first := _sweep(), target) as kept:
        for lane, members in islice(first.parts(), 3):
            kept.note(lane, members)
        raise KeyboardInterrupt
    before = part.read_bytes()
    lines = before.splitlines(keepends=True)
    damaged = lines[1].replace(b"2", b"3", 1)
    assert damaged != lines[1]
    part.write_bytes(b"".join([lines[0], damaged, b"\0\n", b"[" * 100_000 + b"\n", *lines[2:], lines[1][:-9]]))
    with pytest.raises(KeyboardInterrupt), journal(again := _sweep(), target) as kept:
        assert part.read_bytes().endswith(lines[-1])  # a process that is killed here has lost nothing
        assert again.known == kept.kept < first.known  # the damaged runs are made again
        for lane, members in again.parts():
            kept.note(lane, members)
        assert kept.kept == again.size
        raise KeyboardInterrupt
    assert again.columns()["loss"][: first.known].tolist() == first.columns()["loss"][: first.known].tolist()
    with journal(third := _sweep(), target):
        assert third.known == third.size


@pytest.mark.parametrize("text", ["my notes\n", '["gdtui"]\n', "\udcff", '{"gdtui": "0.1.0"}'])
def test_a_file_that_is_no_journal_is_left_alone(tmp_path, text):
    part = tmp_path / "t.csv.part"
    part.write_text(text, errors="surrogateescape")
    before = part.read_bytes()
    with pytest.raises(CommandFailure, match="is not the journal"), journal(_sweep(), str(tmp_path / "t.csv")):
        pass
    assert part.read_bytes() == before


def test_one_sweep_at_a_time_writes_a_journal(tmp_path):
    target = str(tmp_path / "t.csv")
    busy = pytest.raises(CommandFailure, match="another sweep is writing")
    with journal(_sweep(), target), busy, journal(_sweep(), target):
        pass
    with journal(_sweep(), target) as kept:
        assert kept.kept == 0


def test_the_results_of_another_sweep_are_not_taken(tmp_path):
    target, part = str(tmp_path / "t.csv"), tmp_path / "t.csv.part"
    with pytest.raises(KeyboardInterrupt), journal(first := _sweep(), target) as kept:
        head = part.read_bytes()
        kept.note(*next(iter(first.parts())))
        raise KeyboardInterrupt
    before = part.read_bytes()
    with pytest.raises(CommandFailure, match="another sweep"), journal(_sweep(21), target):
        pass
    assert part.read_bytes() == before
    part.write_bytes(head)  # of a process that was killed before it had any
    with pytest.raises(KeyboardInterrupt), journal(_sweep(21), target):
        assert part.read_bytes() != head
        raise KeyboardInterrupt
    assert not part.exists()  # without results it is in nobody's way


@pytest.mark.jit
def test_an_interrupted_command_keeps_what_it_has_and_goes_on(tmp_path):
    words = [sys.executable, "-m", "gdtui", "sweep", "--optimizer", "adam", "--over", "lr=0.01:0.5:4000"]
    words += ["--csv", "t.csv", "--updates", "60000", "--threads", "1"]
    part = tmp_path / "t.csv.part"
    running = subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (part.exists() and part.read_text().count("\n") > 2):
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _out, err = running.communicate(timeout=60)
    kept, interrupted = err.splitlines()
    assert (running.returncode, interrupted) == (130, "gdtui: interrupted")
    assert re.fullmatch(r"gdtui: \d+ of 4000 runs are in t\.csv\.part: the same command goes on from there", kept)
    assert not (tmp_path / "t.csv").exists()
    kept = part.read_text().splitlines()
    assert len(kept) > 2
    assert all(json.loads(line) for line in kept)
