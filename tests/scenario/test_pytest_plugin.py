"""A directory of scenarios as a test suite: pytest from outside the package, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from gdtui.pytest_plugin import looks_like_scenario
from gdtui.scenario.library import shipped

GOOD = """format = 1
title = "A title"
tags = ["slowly"]
[objective]
kind = "surface"
name = "sphere"
[lanes.a]
optimizer = "gd"
lr = 0.1
[script]
do = [
  { step = 7 },
  { expect = "a.update", eq = 7 },
]
"""
FAILS = GOOD.replace("eq = 7", "eq = 8").replace("]\n", "]\n", 1)
FAULTY = GOOD.replace("sphere", "spere").replace("lr =", "lrr =")
OTHER = '[project]\nname = "x"\nformat = 1\n[script]\n[objective]\n'


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Make a folder, and beside it the entry point as an installed gdtui declares it."""
    declared = tomllib.loads(Path("pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    info = tmp_path / "site" / "gdtui-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gdtui\nVersion: 0\n")
    points = "".join(f"{name} = {value}\n" for name, value in declared.items())
    (info / "entry_points.txt").write_text(f"[pytest11]\n{points}")
    folder = tmp_path / "suite"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "pytest.ini").write_text(
        "[pytest]\nfilterwarnings = error\naddopts = --strict-markers --strict-config\n"
        "asyncio_default_fixture_loop_scope = function\n"
    )
    (folder / "scenarios" / "good.toml").write_text(GOOD)
    (folder / "scenarios" / "other.toml").write_text(OTHER)
    return folder


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(folder.parent / "site"), str(Path.cwd())))
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *words],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        env={**inherited, "PYTHONPATH": path, **environment},
    )  # fmt: skip


def test_scenarios_are_collected_and_run(suite: Path) -> None:
    listed = run(suite, "--collect-only", "-q")
    assert listed.stdout.splitlines()[0] == "scenarios/good.toml::script"
    assert "1 test collected" in listed.stdout
    done = run(suite, "scenarios/good.toml::script")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_a_failure_points_at_its_line_and_shows_how_to_see_it(suite: Path) -> None:
    (suite / "scenarios" / "fails.toml").write_text(FAILS)
    done = run(suite, "--junit-xml", "j.xml")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    begin = lines.index('scenarios/fails.toml:13:3: failed: { expect = "a.update", eq = 8 }')
    assert lines[begin + 1 : begin + 5] == [
        "  expected    a.update = 8", "  got         7", "  difference  -1", "  the last rows of a:",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[begin + 6 : begin + 11]] == ["3", "4", "5", "6", "7"]
    assert lines[begin + 11] == "  on the screen: gdtui scenarios/fails.toml --at 13"
    assert "FAILED scenarios/fails.toml::script - expected a.update = 8, got 7" in lines
    assert "1 failed, 1 passed" in lines[-1]
    failure = ElementTree.parse(suite / "j.xml").getroot().find(".//failure")
    assert failure is not None
    assert failure.get("message") == "expected a.update = 8, got 7"


def test_a_faulty_file_is_a_collection_error_with_all_its_faults(suite: Path) -> None:
    (suite / "scenarios" / "faulty.toml").write_text(FAULTY)
    done = run(suite)
    assert done.returncode == 2
    assert "ERROR collecting scenarios/faulty.toml" in done.stdout
    assert "scenarios/faulty.toml:6:8: error: unknown surface 'spere'" in done.stdout
    assert "scenarios/faulty.toml:9:1: error: gd has no 'lrr'" in done.stdout
    assert "Traceback" not in done.stdout


def test_words_and_tags_select(suite: Path) -> None:
    for word, count in (("slowly and good", 1), ("not good", 0)):
        done = run(suite, "-q", "-k", word)
        assert done.returncode == (0 if count else 5), (word, done.stdout)


def test_a_golden_trace_is_part_of_the_test(suite: Path) -> None:
    assert run(suite, "--gdtui-golden", "-q").returncode == 1
    subprocess.run(
        [sys.executable, "-m", "gdtui", "replay", "--update", "scenarios/good.toml"],
        cwd=suite, check=True, capture_output=True,
        env={key: value for key, value in os.environ.items() if key != "CI"} | {"PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    assert run(suite, "--gdtui-golden", "-q").returncode == 0
    golden = suite / "scenarios" / "good.golden.csv"
    golden.write_text(golden.read_text().replace("1: step = 7,a,7,,7,7,0.1,", "1: step = 7,a,7,,7,7,0.1,9"))
    done = run(suite)
    assert done.returncode == 1
    assert "scenarios/good.golden.csv:9: golden trace differs: loss of a at update 7" in done.stdout
    assert "FAILED scenarios/good.toml::script - golden trace differs: loss of a" in done.stdout


def test_it_can_be_turned_off(suite: Path) -> None:
    assert run(suite, "-o", "gdtui_scenarios=false").returncode == 5
    assert run(suite, "-p", "no:gdtui").returncode == 5


def test_nothing_is_imported_where_there_is_no_scenario(suite: Path) -> None:
    (suite / "scenarios" / "good.toml").unlink()
    (suite / "test_it.py").write_text(
        "import sys\ndef test_it():\n    assert 'gdtui.pytest_plugin' in sys.modules\n"
        "    assert not {m for m in sys.modules if m.startswith('gdtui.')} - {'gdtui.pytest_plugin'}\n"
        "    assert not {'numba', 'pydantic', 'textual'} & set(sys.modules)\n"
    )
    done = run(suite)
    assert done.returncode == 0, done.stdout


@pytest.mark.jit
def test_on_the_screen(suite: Path) -> None:
    (suite / "scenarios" / "good.toml").write_text(GOOD.replace("]\n", "]\n").replace(
        "{ step = 7 },", "{ step = 6 },\n  { press = 'space' },\n  { expect_screen = 'sphere' },"
    ))  # fmt: skip
    assert run(suite).returncode == 1, "without a screen nobody presses the key"
    done = run(suite, "--gdtui-screen")
    assert done.returncode == 0, done.stdout


def test_our_own_suite_does_not_run_them_twice() -> None:
    """`testpaths` has no scenarios in it: they run once, in tests/scenario, unless they are named."""
    settings = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    for folder in settings["testpaths"]:
        assert not [path for path in Path(folder).rglob("*.toml") if looks_like_scenario(path)]


@pytest.mark.parametrize("path", shipped(), ids=lambda p: p.stem)
def test_shipped_scenarios_are_recognised(path: Path) -> None:
    assert looks_like_scenario(path)


NOT_OURS = {
    "pyproject": Path("pyproject.toml").read_text(), "format in a table": OTHER, "nothing": "",
    "another format": '[objective]\nformat = 1\n', "no table of ours": "format = 1\n[tool]\n",
    "a word": 'format = "1"\n[script]\n', "longer names": "format = 1\n[scripts]\n[objectives]\n",
}  # fmt: skip


@pytest.mark.parametrize("text", NOT_OURS.values(), ids=list(NOT_OURS))
def test_other_files_are_left_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(text)
    assert not looks_like_scenario(tmp_path / "x.toml")
