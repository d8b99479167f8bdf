"""Scenario files as tests: `pytest scenarios` runs each script with its expectations and its golden trace.

A TOML file is a scenario if it has ``format = NUMBER`` before its first table and one of the tables ``[objective]``,
``[lanes.…]`` and ``[script]``. Other TOML files are ignored, and gdtui is imported only if there is a scenario.
pytest's own rules decide what is collected: a folder of scenarios outside ``testpaths`` is run only if it is named.
``gdtui_scenarios = false`` in pytest's settings, or ``-p no:gdtui``, turns this off.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest._code.code import ReprFileLocation, TerminalRepr, TracebackStyle
from _pytest._io import TerminalWriter

if TYPE_CHECKING:
    from gdtui.scenario.play.golden import Recorder
    from gdtui.scenario.play.outcome import Report
    from gdtui.scenario.read.acts import Scenario

#: How much of a TOML file is looked at.
SNIFFED = 64 * 1024

_FORMAT = re.compile(rb"^format[ \t]*=[ \t]*\d", re.MULTILINE)
_TABLE = re.compile(rb"^[ \t]*\[", re.MULTILINE)
_OURS = re.compile(rb"^[ \t]*(?:\[[ \t]*(?:objective|script|lanes)[ \t]*[\].]|objective[ \t]*=[ \t]*\{)", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our settings."""
    parser.addini("gdtui_scenarios", "collect gdtui scenario files (*.toml) as tests", type="bool", default=True)
    group = parser.getgroup("gdtui")
    group.addoption("--gdtui-screen", action="store_true", help="replay gdtui scenarios on the real screen, headless")
    group.addoption("--gdtui-golden", action="store_true", help="a gdtui scenario without a golden trace fails")
    group.addoption("--gdtui-strict", action="store_true", help="a gdtui scenario that checks nothing fails")


def looks_like_scenario(path: Path) -> bool:
    """Say whether a file is meant to be a scenario, valid or not."""
    try:
        with path.open("rb") as file:
            begun = file.read(SNIFFED)
    except OSError:
        return False
    first = _TABLE.search(begun)
    head = begun if first is None else begun[: first.start()]
    return _FORMAT.search(head) is not None and _OURS.search(begun) is not None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files."""
    if file_path.suffix != ".toml" or not parent.config.getini("gdtui_scenarios"):
        return None
    return ScenarioFile.from_parent(parent, path=file_path) if looks_like_scenario(file_path) else None


class ScenarioFile(pytest.File):
    """A scenario file; a faulty one is an error that shows all its faults."""

    def collect(self) -> Iterable[pytest.Item]:
        """Read the file; yield its script, if it has one."""
        from gdtui.scenario.read.load import ScenarioError, load_scenario

        try:
            scenario = load_scenario(_relative(self.path, self.config.invocation_params.dir))
        except ScenarioError as error:
            raise self.CollectError(str(error)) from None
        if scenario.acts or self.config.getoption("--gdtui-strict"):
            yield ScriptItem.from_parent(self, name="script", scenario=scenario)


def _relative(path: Path, folder: Path) -> Path:
    """Return a path relative to the folder in which pytest was called."""
    try:
        return Path(os.path.relpath(path, folder))
    except ValueError:  # another drive
        return path


class ScriptFailure(Exception):
    """A script that has failed."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report.scenario.path))
        self.report = report


class ScriptItem(pytest.Item):
    """The script of a scenario."""

    def __init__(self, name: str, parent: ScenarioFile, scenario: Scenario) -> None:
        super().__init__(name, parent)
        self.scenario = scenario
        self.extra_keyword_matches.update(scenario.tags)

    def runtest(self) -> None:
        """Replay the script, on a screen if one is asked for."""
        from gdtui.scenario.play.player import replay, verify
        from gdtui.scenario.play.report import nothing_checked

        play = _play_on_screen if self.config.getoption("--gdtui-screen") else replay
        golden, strict = (self.config.getoption(f"--gdtui-{name}") for name in ("golden", "strict"))
        report = verify(self.scenario, play, wanted=golden, strict=strict)
        if not report.passed:
            raise ScriptFailure(report)
        if not report.checked:
            pytest.skip(nothing_checked())

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: TracebackStyle | None = None
    ) -> str | TerminalRepr:
        """Return the failures with their lines in the file."""
        if isinstance(excinfo.value, ScriptFailure):
            return _Shown(excinfo.value.report)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return file, line (from 0) and name."""
        first = next(iter(self.scenario.acts), None)
        return self.path, first.place.line - 1 if first else 0, f"{self.scenario.title} ({self.name})"


def _play_on_screen(scenario: Scenario, recorder: Recorder | None) -> Report:
    from gdtui.tui.film.film import film

    return film(scenario, recorder, pictures=False, cast=False).report


class _Shown(TerminalRepr):
    """A failed script for pytest: every failure with its line; the first one stands in the short summary."""

    def __init__(self, report: Report) -> None:
        from gdtui.scenario.play.report import failure_lines, golden_lines, golden_word, nothing_checked

        self.lines: list[str] = []
        crashes: list[ReprFileLocation] = []
        for outcome in report.failures:
            self.lines += failure_lines(report, outcome)
            text = outcome.message.split("\n")[0]
            crashes.append(ReprFileLocation(str(report.scenario.path), outcome.act.place.line, text))
        if report.golden is not None and report.golden.failed:
            golden = report.golden
            self.lines += golden_lines(golden)
            crashes.append(ReprFileLocation(str(golden.path), golden.line, f"{golden_word(golden)}: {golden.message}"))
        if not report.checked:
            self.lines.append(f"{report.scenario.path}:1: {nothing_checked()}")
            crashes.append(ReprFileLocation(str(report.scenario.path), 1, nothing_checked()))
        self.reprcrash = crashes[0]

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def toterminal(self, tw: TerminalWriter) -> None:
        """Write it."""
        for line in self.lines:
            tw.line(line, red=not line.startswith(" "), bold=not line.startswith(" "))
