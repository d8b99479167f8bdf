"""A directory of scenarios as a test suite: pytest from outside the package, in a process of its own."""

from __future__ import annotations

import os
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from _pytest.pytester import SysModulesSnapshot

from gdtui.cli import main
from gdtui.pytest_plugin import looks_like_scenario
from gdtui.scenario.read.selection import shipped

pytest_plugins = ("pytester",)

REPOSITORY = Path(__file__).resolve().parents[2]
PYPROJECT = (REPOSITORY / "pyproject.toml").read_text()

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
def suite(pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a folder of somebody's, who has installed gdtui: its entry point is declared, its source is elsewhere."""
    declared = tomllib.loads(PYPROJECT)["project"]["entry-points"]["pytest11"]
    info = tmp_path / "gdtui-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gdtui\nVersion: 0\n")
    points = "".join(f"{name} = {value}\n" for name, value in declared.items())
    (info / "entry_points.txt").write_text(f"[pytest11]\n{points}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(REPOSITORY))))
    pytester.makeini(
        "[pytest]\nfilterwarnings = error\naddopts = --strict-markers --strict-config -p no:xdist\n"
        "asyncio_default_fixture_loop_scope = function\n"
    )
    write(pytester, good=GOOD, other=OTHER)
    return pytester


def write(suite: pytest.Pytester, **files: str) -> None:
    folder = suite.path / "scenarios"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)


def test_scenarios_are_collected_and_run(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = suite.runpytest_subprocess("--collect-only", "-q")
    assert listed.outlines[0] == "scenarios/good.toml::script"
    listed.stdout.fnmatch_lines(["1 test collected*"])
    here(suite, monkeypatch, "scenarios/good.toml::script").assert_outcomes(passed=1)


def test_a_failure_points_at_its_line_and_shows_how_to_see_it(suite: pytest.Pytester) -> None:
    write(suite, fails=FAILS)
    done = suite.runpytest_subprocess("--junit-xml", "j.xml")
    done.assert_outcomes(passed=1, failed=1)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    lines = done.outlines
    begin = lines.index('scenarios/fails.toml:13:3: failed: { expect = "a.update", eq = 8 }')
    assert lines[begin + 1 : begin + 5] == [
        "  expected    a.update = 8", "  got         7", "  difference  -1", "  the last rows of a:",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[begin + 6 : begin + 11]] == ["3", "4", "5", "6", "7"]
    assert lines[begin + 11] == "  on the screen: gdtui scenarios/fails.toml --at 13"
    assert "FAILED scenarios/fails.toml::script - expected a.update = 8, got 7" in lines
    failure = ElementTree.parse(suite.path / "j.xml").getroot().find(".//failure")
    assert failure is not None
    assert failure.get("message") == "expected a.update = 8, got 7"


def here(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *words: str) -> pytest.RunResult:
    """Run pytest in this process; what it imports stays, for numpy and numba cannot be imported twice."""
    monkeypatch.setattr(SysModulesSnapshot, "restore", lambda self: None)
    return suite.runpytest_inprocess(*words)


@pytest.mark.parametrize("style", ["long", "short", "line", "no"])
def test_every_style_of_traceback_points_at_the_line(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    write(suite, fails=FAILS)
    done = here(suite, monkeypatch, f"--tb={style}")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*INTERNALERROR*")
    if style != "no":
        done.stdout.fnmatch_lines(["*scenarios/fails.toml:13:*"])


def test_two_failures_are_both_shown_and_a_script_that_breaks_off_says_so(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = '  { until = "a.loss < 0", max = 3 },\n  { expect = "a.update", eq = 0 },\n]'
    write(suite, good=FAILS.replace("\n]\n", f"\n{until}\n"))
    done = here(suite, monkeypatch)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([
        "scenarios/good.toml:13:3: failed: *", "scenarios/good.toml:14:3: failed: { until = *",
        "  expected    a.loss < 0* within 3 updates",
    ])  # fmt: skip
    done.stdout.no_fnmatch_line("scenarios/good.toml:15:*")


def test_a_faulty_file_is_a_collection_error_with_all_its_faults(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(suite, faulty=FAULTY)
    done = here(suite, monkeypatch)
    done.assert_outcomes(errors=1)
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines([
        "*ERROR collecting scenarios/faulty.toml*", "scenarios/faulty.toml:6:8: error: there is no surface 'spere'*",
        "scenarios/faulty.toml:9:1: error: gd has no 'lrr'*",
    ])  # fmt: skip
    done.stdout.no_fnmatch_line("*Traceback*")


def test_words_and_tags_select(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for word, code in (("slowly and good", 0), ("not good", 5)):
        assert here(suite, monkeypatch, "-q", "-k", word).ret == code, word


def test_a_golden_trace_is_part_of_the_test(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    here(suite, monkeypatch, "--gdtui-golden").assert_outcomes(failed=1)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    assert main(["replay", "--update", "scenarios/good.toml"]) == 0
    here(suite, monkeypatch, "--gdtui-golden").assert_outcomes(passed=1)
    golden = suite.path / "scenarios" / "good.golden.csv"
    golden.write_text(golden.read_text().replace("1: step = 7,a,7,,7,7,0.1,", "1: step = 7,a,7,,7,7,0.1,9"))
    done = here(suite, monkeypatch)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([
        "scenarios/good.golden.csv:9: golden trace differs: loss of a at update 7*",
        "FAILED scenarios/good.toml::script - golden trace differs: loss of a*",
    ])  # fmt: skip


def test_it_can_be_turned_off(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (("-o", "gdtui_scenarios=false"), ("-p", "no:gdtui")):
        assert here(suite, monkeypatch, *words).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_nothing_is_imported_where_there_is_no_scenario(suite: pytest.Pytester) -> None:
    (suite.path / "scenarios" / "good.toml").unlink()
    suite.makepyfile(
        "import sys\ndef test_it():\n    assert 'gdtui.pytest_plugin' in sys.modules\n"
        "    assert not {m for m in sys.modules if m.startswith('gdtui.')} - {'gdtui.pytest_plugin'}\n"
        "    assert not {'numba', 'pydantic', 'textual'} & set(sys.modules)\n"
    )
    suite.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.jit
def test_on_the_screen(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    write(suite, good=GOOD.replace(
        "{ step = 7 },", "{ step = 6 },\n  { press = 'space' },\n  { expect_screen = 'sphere' },"
    ))  # fmt: skip
    assert here(suite, monkeypatch).ret == 1, "without a screen nobody presses the key"
    here(suite, monkeypatch, "--gdtui-screen").assert_outcomes(passed=1)


def test_our_own_suite_does_not_run_them_twice() -> None:
    """`testpaths` has no scenarios in it: they run once, in tests/scenario, unless they are named."""
    settings = tomllib.loads(PYPROJECT)["tool"]["pytest"]["ini_options"]
    for folder in settings["testpaths"]:
        assert not [path for path in Path(folder).rglob("*.toml") if looks_like_scenario(path)]


@pytest.mark.parametrize("path", shipped(), ids=lambda p: p.stem)
def test_shipped_scenarios_are_recognised(path: Path) -> None:
    assert looks_like_scenario(path)


NOT_OURS = {
    "pyproject": PYPROJECT, "format in a table": OTHER, "nothing": "",
    "another format": '[objective]\nformat = 1\n', "no table of ours": "format = 1\n[tool]\n",
    "a word": 'format = "1"\n[script]\n', "longer names": "format = 1\n[scripts]\n[objectives]\n",
}  # fmt: skip


@pytest.mark.parametrize("text", NOT_OURS.values(), ids=list(NOT_OURS))
def test_other_files_are_left_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(text)
    assert not looks_like_scenario(tmp_path / "x.toml")


UNCHECKED = GOOD.replace('  { expect = "a.update", eq = 7 },\n', "")


def test_a_script_that_checks_nothing_is_skipped_and_fails_where_that_is_strict(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(suite, good=UNCHECKED)
    done = here(suite, monkeypatch, "-rs")
    done.assert_outcomes(skipped=1)
    done.stdout.fnmatch_lines(["SKIPPED*nothing was checked"])
    strict = here(suite, monkeypatch, "--gdtui-strict")
    strict.assert_outcomes(failed=1)
    strict.stdout.fnmatch_lines(["FAILED scenarios/good.toml::script - nothing was checked"])
    write(suite, good=GOOD.split("[script]")[0])
    here(suite, monkeypatch).assert_outcomes()
    here(suite, monkeypatch, "--gdtui-strict").assert_outcomes(failed=1)
