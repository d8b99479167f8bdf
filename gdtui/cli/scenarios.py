"""Reading the scenario file that a command line names."""

from __future__ import annotations

from gdtui.cli.exits import IO, USAGE, CommandFailure
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import ScenarioError, load_scenario
from gdtui.scenario.read.selection import find


def read(name: str) -> Scenario:
    """Return the scenario in a file, or the one of this name that comes with gdtui.

    Raises
    ------
    CommandFailure
        it cannot be used; with all its faults.
    """
    try:
        return load_scenario(find(name))
    except ScenarioError as error:
        raise CommandFailure(str(error), USAGE, placed=True) from None
    except OSError as error:
        raise CommandFailure(f"{name}: {error.strerror or error}", IO) from None
