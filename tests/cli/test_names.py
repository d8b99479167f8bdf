"""Which files, names and settings a command line means, and what is guessed where it means none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gdtui.cli import main
from gdtui.scenario.read.selection import shipped
from tests.commands import BAD, GOOD, Gdtui

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_folder_is_searched_for_scenarios_and_what_is_none_is_named(tmp_path: Path, gdtui: Gdtui) -> None:
    files = tmp_path
    (files / "good.toml").write_text(GOOD + '[script]\ndo = [{ step = 1 }, { expect = "a.update", eq = 1 }]\n')
    (files / "deep" / ".venv").mkdir(parents=True)
    (files / "deep" / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.x]\nformat = 1\n')
    (files / "deep" / ".venv" / "bad.toml").write_text(BAD)
    done = gdtui("replay", ".")
    assert done.returncode == 0
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["passed", "good.toml"]]
    assert done.stderr == "gdtui: passed over, not a scenario: deep/pyproject.toml\n"
    named = gdtui("replay", "deep/pyproject.toml")
    assert named.returncode == 2, "a file that is named is meant"
    assert "deep/pyproject.toml:1:1: error: 'format' is missing" in named.stderr
    alone = gdtui("replay", "deep")
    assert (alone.returncode, alone.stdout) == (5, "")


@pytest.mark.parametrize(
    "text", [BAD.replace("format", "fromat"), BAD.split("[")[0], "format =\n", "[script\n[lanes.a]\n"]
)
def test_a_scenario_with_a_slip_in_it_is_not_passed_over(text: str, tmp_path: Path, gdtui: Gdtui) -> None:
    (tmp_path / "s.toml").write_text(text)
    done = gdtui("replay", "--check", ".")
    assert done.returncode == 2
    assert done.stderr.startswith("s.toml:")


RMSPROP = GOOD.replace('"gd"', '"rmsprop"\ndialect = "pytorch"')


def test_set_does_what_the_file_would_say(tmp_path: Path, gdtui: Gdtui) -> None:
    """A setting that only one form of the rule has chooses that form, from the command line as in the file."""
    (tmp_path / "plain.toml").write_text(RMSPROP)
    (tmp_path / "written.toml").write_text(RMSPROP + "momentum = 0.9\n")
    (tmp_path / "paper.toml").write_text(RMSPROP.replace("pytorch", "paper"))
    wanted = gdtui("run", "written.toml", "--updates", "9", "--csv", "-").stdout
    assert wanted != gdtui("run", "plain.toml", "--updates", "9", "--csv", "-").stdout
    momentum = ("--set", "a.momentum=0.9")
    for words in (("plain.toml", *momentum), ("paper.toml", *momentum, "--set", "a.dialect=pytorch")):
        done = gdtui("run", *words, "--updates", "9", "--csv", "-")
        assert (done.returncode, done.stdout) == (0, wanted), "in any order"


@pytest.mark.parametrize(("given", "meant"), [
    ("a.momentm=0.9", "momentum"), ("a.centred=true", "centered"), ("a.dialct=keras", "dialect"),
    ("a.dialect=kears", "keras"), ("a.samplig=2", "sampling"), ("a.sampling=sngle", "single"), ("a.lrr=1", "lr"),
    ("long-nam.lr=1", "long-name"),
])  # fmt: skip
def test_a_misspelt_setting_is_guessed(
    given: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.toml").write_text(RMSPROP + '[lanes.long-name]\noptimizer = "gd"\n')
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    assert main(["run", str(tmp_path / "s.toml"), "--set", given]) == 2
    assert capsys.readouterr().err.endswith(f"; did you mean {meant!r}?\n")


@pytest.mark.parametrize("words", [("run",), ("replay",), ("replay", "--check"), ()])
def test_a_misspelt_lesson_is_guessed(words: tuple[str, ...], gdtui: Gdtui) -> None:
    done = gdtui(*words, "adam-frst-step")
    wanted = "adam-frst-step: there is no such file, and no such scenario; did you mean 'adam-first-step'?"
    assert (done.returncode, done.stderr) == (74, f"gdtui: {wanted}\n")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the package out as its wheel does."""
    place = tmp_path_factory.mktemp("site")
    wheel = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for package in wheel["packages"]:
        shutil.copytree(REPOSITORY / package, place / package)  # with its bytecode, as pip makes it
    for source, target in wheel["force-include"].items():
        shutil.copytree(REPOSITORY / source, place / target)
    return place


#: Several commands in one process; after each its exit code.
EACH = """
import sys
from gdtui.cli import main
for words in sys.argv[1:]:
    print("code", main(words.split()))
"""


def test_an_installed_gdtui_lists_its_scenarios_and_finds_them_by_name(installed: Path, tmp_path: Path) -> None:
    commands = "list scenarios", "replay ema-on-a-tape adam-first-step.toml", "run warm-up --updates 3", "warm-up"
    done = subprocess.run(
        [sys.executable, "-c", EACH, *commands], capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
        # a copy's kernels would all be compiled anew, and what they compute is not the question
        stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(installed), "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert re.findall(r"^code (\d+)$", done.stdout, re.M) == ["0", "0", "0", "2"], done.stdout + done.stderr
    listed, replayed = done.stdout.split("code 0\n")[:2]
    assert [line.split()[0] for line in listed.splitlines()] == [path.stem for path in shipped()]
    assert f"{installed / 'gdtui' / 'scenarios' / 'ema-on-a-tape.toml'}  13 of 13" in replayed
    assert "golden trace holds" in replayed
    assert "not a terminal" in done.stderr, "warm-up was found: only a terminal is missing"


def test_a_file_of_ones_own_comes_before_a_lesson_of_its_name(tmp_path: Path, gdtui: Gdtui) -> None:
    (tmp_path / "warm-up").write_text(GOOD)
    assert "my own" not in gdtui("run", "warm-up.toml", "--json", "-", "--updates", "1").stdout
    (tmp_path / "warm-up.toml").write_text(GOOD.replace('"t"', '"my own"'))
    assert '"my own"' in gdtui("run", "warm-up.toml", "--json", "-", "--updates", "1").stdout
