"""Members under way: made further a little at a time, to the same bits as in one go."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gdtui.objectives.specs import ObjectiveSpec, Specification
from gdtui.simulation.experiment import Lane, Stop
from gdtui.simulation.fields.combinations import members_of
from gdtui.simulation.fields.members import Members, Outcomes
from gdtui.simulation.fields.running import Field
from gdtui.simulation.fields.under_way import THREADS, UnderWay
from gdtui.simulation.sampling import Sampling

XOR, RAVINE = ObjectiveSpec("dataset", "xor"), ObjectiveSpec("surface", "ravine")
CASES = {
    "side by side": (XOR, Lane("a", "adam"), True),
    "with batches": (ObjectiveSpec("dataset", "iris"), Lane("a", "momentum", sampling=Sampling(20)), True),
    "one by one": (RAVINE, Lane("a", "adam", settings={"lookahead": 3.0}), False),
    "solvers": (RAVINE, Lane("a", "bfgs"), False),
    "with a last update of their own": (RAVINE, Lane("a", "adam", stop=Stop(updates=4)), True),
    "one by one with a last update": (RAVINE, Lane("a", "bfgs", stop=Stop(updates=4)), False),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
Case = tuple[Specification, Lane, bool]


def begun(case: Case, updates: int = 40) -> tuple[Members, UnderWay, Outcomes]:
    """Members of which an update seems to take long, so that they are dealt out in several shares."""
    spec, lane, side_by_side = case
    objective = spec.build()
    members = members_of(lane, objective, {"lr": np.geomspace(1e-3, 2.0, 50)}, updates, 0)
    under = UnderWay(members, np.arange(50), objective, 4e-4, side_by_side=side_by_side)
    return members, under, Outcomes.none_yet(50, objective.dimension)


def whole(case: Case, updates: int) -> Outcomes:
    members, _under, _outcomes = begun(case, updates)
    field = Field(members, lambda _seed: case[0].build())
    field.run()
    return field.outcomes


@every_case
def test_members_made_in_shares_and_steps_are_those_made_in_one_go(case: Case) -> None:
    _members, under, outcomes = begun(case)
    for updates in (1, 6, 3):
        before = under.made
        under.advance(updates)
        goes = 0
        while under.is_due:
            assert under.made == before and not np.any(outcomes.known)
            under.work(time.perf_counter())  # the time is over at once: each thread does one piece
            goes += 1
            assert goes < 1000, "it ends"
        assert goes > 1 and under.made == before + updates
    under.put(outcomes)
    while under.is_due:
        under.work(time.perf_counter())
    wanted = whole(case, 10)
    for name in ("theta", "loss", "reasons"):
        np.testing.assert_array_equal(getattr(outcomes, name), getattr(wanted, name))
    assert np.all(outcomes.known) and under.made == 10


def test_an_interrupt_ends_the_work_after_a_piece() -> None:
    _members, under, _outcomes = begun(CASES["one by one"])
    under.advance(5)
    asked = []
    made = under.work(time.perf_counter() + 60, lambda: bool(asked.append(1)) or True)
    assert made == 5 and len(asked) == 1 and under.is_due
    assert under.work(time.perf_counter() + 60) == 49 * 5 and not under.is_due


def test_a_member_that_may_take_long_is_made_in_several_goes() -> None:
    _members, under, _outcomes = begun(CASES["solvers"], updates=400)
    under.advance(400)
    made = under.work(time.perf_counter())
    assert 0 < made < 400  # one go of one member, of which nobody knew how long an update takes


def test_threads_are_no_more_than_there_is_work_for() -> None:
    assert begun(CASES["side by side"])[1].threads == min(THREADS, 3)
    assert begun(CASES["solvers"])[1].threads == 1  # Python's work
    members, _under, _outcomes = begun(CASES["side by side"], updates=1)
    assert UnderWay(members, np.arange(50), XOR.build(), 1e-8, side_by_side=True).threads == 1
