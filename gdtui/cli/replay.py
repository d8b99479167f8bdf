"""`gdtui replay`: scenarios with their expectations and golden traces, headless or on the real screen."""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path

from gdtui.cli.destination import make_folder, output
from gdtui.cli.exits import FAILED, IO, LIMIT, NOTHING, PASSED, USAGE, CommandFailure, refuse
from gdtui.cli.waiting import telling
from gdtui.saves import write_whole
from gdtui.scenario.play import report as reports
from gdtui.scenario.play.golden import Golden, Recorder, unused
from gdtui.scenario.play.outcome import Report
from gdtui.scenario.play.player import replay, verify
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import ScenarioError, load_scenario
from gdtui.scenario.read.selection import collect, find, selector
from gdtui.text import _

#: How many of the files that were passed over are named.
SHOWN_OTHERS = 5


def command(options: argparse.Namespace) -> int:
    """Replay the scenarios; return the most serious of their exit codes."""
    _check_options(options)
    scenarios, errors = _load(options)
    for message in (*errors, *(note for scenario in scenarios for note in scenario.notes)):
        print(message, file=sys.stderr)
    if not scenarios and not errors:
        raise CommandFailure(_("no scenario was selected"), NOTHING)
    _check_outputs(options, scenarios)
    done: list[Report] = []
    stale: list[Golden] = []
    if not options.check:
        play = partial(_film, options) if options.screen or options.svg or options.cast else replay
        for scenario in scenarios:
            done.append(verify(scenario, play, update=options.update, wanted=options.golden, strict=options.strict))
            if not _stdout_is_data(options):
                print(reports.text(done[-1]), flush=True)
        stale = unused(path for path in map(find, options.files) if path.is_dir())
    _tell(options, scenarios, done, errors, stale)
    if errors:
        return USAGE
    codes = [report.code for report in done] + [FAILED for _golden in stale]
    return next((code for code in (FAILED, LIMIT) if code in codes), PASSED)


def _stdout_is_data(options: argparse.Namespace) -> bool:
    """Say whether stdout is a document for programs, without lines for people."""
    return bool(options.json) or options.junit == "-"


def _check_options(options: argparse.Namespace) -> None:
    """Raise CommandFailure for options that contradict each other, and for `--update` where nobody reviews it."""
    if options.update and os.environ.get("CI", "").lower() not in ("", "0", "false", "no"):
        message = _("--update: golden traces are not written where CI={} is set: write them at home, and read them")
        raise CommandFailure(message.format(os.environ["CI"]))
    if options.check:
        running = ("update", "golden", "strict", "screen", "svg", "cast")
        refuse(options, running, _("{} and --check do not go together: nothing is run for --check"))
    if options.json and options.junit == "-":
        raise CommandFailure(_("--json and --junit - cannot both go to stdout"))


def _check_outputs(options: argparse.Namespace, scenarios: list[Scenario]) -> None:
    if options.cast and len(scenarios) > 1:
        raise CommandFailure(_("--cast records one scenario, and {} are selected").format(len(scenarios)))
    stems = [scenario.path.stem for scenario in scenarios]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if options.svg and twice:
        raise CommandFailure(_("--svg: two scenarios would write {}.svg").format(twice[0]))
    if options.svg and scenarios and not options.check:
        make_folder("--svg", options.svg)


def _film(options: argparse.Namespace, scenario: Scenario, recorder: Recorder | None) -> Report:
    from gdtui.tui.film.film import film  # late: this room imports textual

    with telling() as tell:
        filmed = film(scenario, recorder, pictures=bool(options.svg), cast=bool(options.cast), tell=tell)
    for name, svg in filmed.pictures.items():
        stem = f"{scenario.path.stem}-{name}" if name else scenario.path.stem
        write_whole(Path(options.svg, f"{stem}.svg"), svg)
    if options.cast:
        write_whole(options.cast, filmed.cast)
    return filmed.report


def _tell(
    options: argparse.Namespace, scenarios: list[Scenario], done: list[Report], errors: list[ScenarioError],
    stale: list[Golden],
) -> None:  # fmt: skip
    """Write the reports that follow the last replay."""
    if options.json:
        results = [reports.as_json(report) for report in done] + [reports.fault_json(error) for error in errors]
        results += map(reports.golden_json, stale)
        print(json.dumps(results, ensure_ascii=False, indent=1, allow_nan=False))
    elif options.check and not _stdout_is_data(options):
        for scenario in scenarios:
            print(_("clean  {}  {} acts").format(scenario.path, len(scenario.acts)))
    elif not _stdout_is_data(options):
        for golden in stale:
            print("\n".join(reports.golden_lines(golden)))
    if options.junit:
        with output(options.junit) as file:
            file.write(reports.junit(done, errors, stale))


def _load(options: argparse.Namespace) -> tuple[list[Scenario], list[ScenarioError]]:
    try:
        selected = selector(options.select) if options.select is not None else None
        paths, others = collect(options.files)
    except ValueError as error:
        raise CommandFailure(str(error)) from None
    except OSError as error:
        raise CommandFailure(f"{error.filename}: {error.strerror or error}", IO) from None
    if others:
        message = _("gdtui: passed over, not a scenario: {}")
        if len(others) > SHOWN_OTHERS:
            message = _("gdtui: passed over, not a scenario: {} and {} more")
        shown = ", ".join(map(str, others[:SHOWN_OTHERS]))
        print(message.format(shown, len(others) - SHOWN_OTHERS), file=sys.stderr)
    scenarios, errors = [], []
    for path in paths:
        try:
            scenario = load_scenario(path)
        except ScenarioError as error:
            errors.append(error)
            continue
        tagged = not options.tag or bool(set(options.tag) & set(scenario.tags))
        if tagged and (selected is None or selected(scenario)):
            scenarios.append(scenario)
    return scenarios, errors
