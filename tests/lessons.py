"""The shipped lessons, as tests that go through all of them take them."""

from functools import cache
from pathlib import Path

from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import shipped

#: 100 000 updates: tests/scenario/test_replay goes through it once, the others leave it out.
LONGEST = "gaussian-three-batches"
SHORT = [path for path in shipped() if path.stem != LONGEST]


@cache
def lesson_at(path: Path) -> Scenario:
    """Return what a file holds; it is read and checked once."""
    return load_scenario(path)
