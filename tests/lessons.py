"""The shipped lessons, as tests that go through all of them take them."""

from gdtui.scenario.read.selection import shipped

#: 100 000 updates: tests/scenario/test_replay goes through it once, the others leave it out.
LONGEST = "gaussian-three-batches"
SHORT = [path for path in shipped() if path.stem != LONGEST]
