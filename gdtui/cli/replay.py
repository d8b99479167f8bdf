"""`gdtui replay`: scenarios with their expectations, headless."""

from __future__ import annotations

import argparse
import json
import sys

from gdtui.cli.exits import IO, LIMIT, NOTHING, PASSED, USAGE, CommandFailure
from gdtui.cli.output import output
from gdtui.scenario import report as reports
from gdtui.scenario.acts import Scenario
from gdtui.scenario.faults import ScenarioError
from gdtui.scenario.library import collect, selector
from gdtui.scenario.load import load_scenario
from gdtui.scenario.replay import Report, replay
from gdtui.words import _


def command(options: argparse.Namespace) -> int:
    """Replay the scenarios; return the gravest of their exit codes."""
    scenarios, errors = _load(options)
    for error in errors:
        print(error, file=sys.stderr)
    if not scenarios and not errors:
        raise CommandFailure(_("no scenario was selected"), NOTHING)
    done: list[Report] = []
    if not options.check:
        for scenario in scenarios:
            done.append(replay(scenario))
            if not options.json:
                print(reports.text(done[-1]), flush=True)
    if options.json:
        results = [reports.as_json(report) for report in done] + [reports.fault_json(error) for error in errors]
        print(json.dumps(results, ensure_ascii=False, indent=1, allow_nan=False))
    elif options.check:
        for scenario in scenarios:
            print(_("clean  {}  {} acts").format(scenario.path, len(scenario.acts)))
    if options.junit:
        with output(options.junit) as file:
            file.write(reports.junit(done, errors))
    if errors:
        return USAGE
    codes = [report.code for report in done]
    return next((code for code in (1, LIMIT) if code in codes), PASSED)


def _load(options: argparse.Namespace) -> tuple[list[Scenario], list[ScenarioError]]:
    try:
        selected = selector(options.select) if options.select is not None else None
        paths = collect(options.files)
    except ValueError as error:
        raise CommandFailure(str(error)) from None
    except OSError as error:
        raise CommandFailure(f"{error.filename}: {error.strerror or error}", IO) from None
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
