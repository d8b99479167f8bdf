"""`gdtui` and `gdtui FILE`: the screen."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from gdtui.cli.exits import CommandFailure, refuse
from gdtui.text import _
from gdtui.tui.run_app import run_app
from gdtui.tui.terminal import guard
from gdtui.tui.terminal.detection import refusal

if TYPE_CHECKING:
    from gdtui.scenario.read.acts import Scenario

#: Options that describe an experiment; with none of them the bench opens on its own.
_DESCRIBING = ("surface", "expression", "dataset", "optimizer", "lr", "start", "sampling", "seed")


def command(options: argparse.Namespace) -> int:
    """Open the screen on a scenario or an experiment, and return its exit code."""
    refused = refusal()
    if refused is not None:
        if options.file is not None:  # the faults of the file are more useful than those of the terminal
            _scenario(options.file)
        raise CommandFailure(refused.removeprefix("gdtui: "))
    guard.supervise()  # before anything large is imported: the guard is a copy of this process
    if options.file is None:
        refuse(options, ["at"], _("{} goes with a scenario file"))
        if all(getattr(options, name) in (None, []) for name in _DESCRIBING):
            return run_app()
        from gdtui.cli.experiments import from_options

        return run_app(from_options(options))
    from gdtui.cli.experiments import refuse_with_file
    from gdtui.scenario.play.lesson import read_lesson

    refuse_with_file(options)
    scenario = _scenario(options.file)
    if options.seed is not None:
        scenario = replace(scenario, experiment=replace(scenario.experiment, seed=options.seed))
    page = 0 if options.at is None else read_lesson(scenario).page_at(options.at)
    return run_app(scenario.experiment, scenario=scenario, page=page)


def _scenario(name: str) -> Scenario:
    from gdtui.scenario.read.load import load_scenario
    from gdtui.scenario.read.selection import find

    return load_scenario(find(name))
