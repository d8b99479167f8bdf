"""`gdtui` and `gdtui FILE`: the screen."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from gdtui.cli.exits import CommandFailure
from gdtui.cli.experiments import from_options, refuse_with_file
from gdtui.words import _


def command(options: argparse.Namespace) -> int:
    """Open the screen on a scenario or an experiment, and return its exit code."""
    scenario = None
    if options.file is None:
        experiment = from_options(options)
    else:
        from gdtui.cli.scenarios import read

        refuse_with_file(options)
        scenario = read(options.file)
        experiment = scenario.experiment
        if options.seed is not None:
            experiment = replace(experiment, seed=options.seed)
            scenario = replace(scenario, experiment=experiment)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandFailure(_("the screen needs a terminal; headless there are `gdtui run` and `gdtui replay`"))
    from gdtui.tui.terminal import run_app  # late: this room imports textual

    return run_app(experiment, scenario=scenario)
