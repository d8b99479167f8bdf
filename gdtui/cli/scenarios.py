"""Reading the scenario that a command line names."""

from __future__ import annotations

from gdtui.cli.exits import CommandFailure
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find, resembles
from gdtui.text import _


def read(name: str) -> Scenario:
    """Return the scenario in a file, or the one of this name that comes with gdtui; CommandFailure for other files."""
    path = find(name)
    if path.suffix != ".toml" and path.is_file() and not resembles(path):
        message = _("{file} is neither a scenario nor a CSV file (--dataset {file} reads it as one)")
        raise CommandFailure(message.format(file=name))
    return load_scenario(path)
