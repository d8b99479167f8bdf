"""Going back is the exact inverse of stepping, however the steps are cut into chunks."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdtui.columns import Column
from gdtui.errors import CommandError
from gdtui.kernel import jit_disabled
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import Session, Snapshot
from gdtui.simulation import checkpoints, tempo
from gdtui.simulation import lane_updates as lanes
from gdtui.simulation.compiled_stepper import CompiledStepper
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.trace import Trace
from gdtui.verbs import Back, Branch, Epoch, Mark, Reset, Set, Step, Until

FEW = 12 if jit_disabled() else 40


def surface_experiment(noise: float = 0.0) -> Experiment:
    return Experiment(
        ObjectiveSpec("surface", "rosenbrock", noise=noise),
        (
            Lane("gd", "gd", settings={"lr": 1e-3}),
            Lane("heavy", "momentum", settings={"lr": 2e-4}),
            Lane("adam", "adam", settings={"lr": 0.05}, sampling=Sampling(4)),
            Lane("boom", "gd", settings={"lr": 0.01}),
        ),
        seed=3,
    )


def data_experiment() -> Experiment:
    return Experiment(
        ObjectiveSpec("dataset", "linear-4-3"),
        (
            Lane("bgd", "gd", settings={"lr": 0.1}),
            Lane("sgd", "adagrad", settings={"lr": 0.1}, sampling=Sampling(1)),
            Lane("mini", "rmsprop", settings={"lr": 0.01}, sampling=Sampling(32)),
            Lane("drop", "adam", settings={"lr": 0.01}, sampling=Sampling(32, drop_last=True)),
            Lane("draw", "adam", settings={"lr": 0.01}, sampling=Sampling(8, "with-replacement")),
        ),
        seed=11,
    )


def rows(snapshot: Snapshot) -> dict[str, np.ndarray]:
    return {lane.name: lane.trace.rows for lane in snapshot.lanes}


def assert_same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    assert a.keys() == b.keys()
    for name in a:
        assert a[name].tobytes() == b[name].tobytes(), name


@pytest.mark.parametrize("experiment", [surface_experiment(), surface_experiment(noise=0.5), data_experiment()])
def test_back_then_step_gives_the_same_rows_bit_for_bit(experiment: Experiment) -> None:
    session = Session(experiment)
    there = rows(session.apply(Step(60)))
    session.apply(Back(23))
    assert_same(there, rows(session.apply(Step(23))))
    session.apply(Reset())
    assert_same(there, rows(session.apply(Step(60))))


@pytest.mark.parametrize("experiment", [surface_experiment(noise=0.5), data_experiment()])
def test_one_step_at_a_time_and_many_at_once_are_the_same(experiment: Experiment) -> None:
    at_once = rows(Session(experiment).apply(Step(70)))
    session = Session(experiment)
    for _ in range(70):
        snapshot = session.apply(Step(1))
    assert_same(at_once, rows(snapshot))


def test_going_back_and_forth_holds_no_more_memory_each_time() -> None:
    """Every snapshot shows rows that going back cuts off, so that what comes next goes to rows of its own."""
    session = Session(surface_experiment())
    session.apply(Step(50))
    tracemalloc.start()
    try:
        for _there_and_back in range(24):
            session.apply(Back(7))
            session.apply(Step(9))
        assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    finally:
        tracemalloc.stop()


@settings(max_examples=FEW, deadline=None)
@given(st.lists(st.one_of(st.integers(-40, 40), st.sampled_from(["lr", "mark", "return"])), min_size=1, max_size=12))
def test_any_walk_ends_where_the_straight_way_leads(walk: list[int | str]) -> None:
    """A walk of steps, backs, edits and marks: what counts is the position and the edits in force."""
    session = Session(surface_experiment(noise=0.3))
    edits: list[tuple[int, float]] = []  # (position, lr) of lane adam
    position, marked = 0, None
    for act in walk:
        if act == "lr":
            value = 0.01 * (1 + position % 7)
            session.apply(Set("adam.lr", value))
            edits = [e for e in edits if e[0] < position] + [(position, value)]
        elif act == "mark":
            session.apply(Mark("here"))
            marked = (position, list(edits))
        elif act == "return":
            if marked is not None:
                session.apply(Back("here"))
                position, edits = marked[0], list(marked[1])
        elif act > 0:
            session.apply(Step(act))
            position += act
        elif act < 0:
            session.apply(Back(-act))
            position = max(0, position + act)
    straight = Session(surface_experiment(noise=0.3))
    at = 0
    for where, value in sorted(edits):
        if where > position:
            break
        if where > at:
            straight.apply(Step(where - at))
        at = where
        straight.apply(Set("adam.lr", value))
    if position > at:
        straight.apply(Step(position - at))
    assert_same(rows(straight.snapshot()), rows(session.snapshot()))


def test_edits_that_lie_ahead_are_made_again_and_a_new_edit_drops_them() -> None:
    session = Session(surface_experiment())
    session.apply(Step(10))
    session.apply(Set("adam.lr", 0.5))
    with_edit = rows(session.apply(Step(10)))["adam"]
    snapshot = session.apply(Back(15))
    assert [e.value for e in snapshot.lane("adam").pending] == [0.5]
    assert snapshot.lane("adam").settings["lr"] == 0.05
    assert with_edit.tobytes() == rows(session.apply(Step(15)))["adam"].tobytes()
    session.apply(Back(15))
    snapshot = session.apply(Set("adam.lr", 0.1))
    assert snapshot.lane("adam").pending == ()
    assert not np.array_equal(with_edit, rows(session.apply(Step(15)))["adam"])


def test_a_diverged_lane_stays_where_it_was_and_the_others_go_on() -> None:
    session = Session(surface_experiment())
    snapshot = session.apply(Step(30))
    boom = snapshot.lane("boom")
    assert boom.status_text == f"diverged at update {boom.update}"
    assert boom.update < 10 and boom.position == 30
    assert snapshot.lane("adam").update == 30
    before = session.apply(Back(30 - boom.update + 1)).lane("boom")
    assert before.status == "going" and before.update == boom.update - 1
    again = session.apply(Step(5)).lane("boom")
    assert again.update == boom.update and again.trace.rows.tobytes() == boom.trace.rows.tobytes()


def test_where_a_lane_diverges_does_not_depend_on_the_size_of_the_steps() -> None:
    updates = set()
    for size in (1, 2, 3, 50):
        session = Session(surface_experiment())
        for _ in range(50 // size):
            session.apply(Step(size))
        updates.add(session.snapshot().lane("boom").update)
    assert len(updates) == 1


def test_back_far_into_the_thinned_past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "Trace", lambda layout: Trace(layout, window=64, buckets=16))
    session = Session(surface_experiment(noise=0.2))
    whole = Session(surface_experiment(noise=0.2))
    session.apply(Step(900))
    assert len(session.snapshot().lane("adam").trace.low) > 0, "the history was meant to be thinned"
    snapshot = session.apply(Back(850))
    straight = whole.apply(Step(50))
    for a, b in zip(snapshot.lanes, straight.lanes, strict=True):
        assert a.row.tobytes() == b.row.tobytes()
        assert a.trace.rows[-1, Column.UPDATE] == b.trace.rows[-1, Column.UPDATE]
    whole.apply(Step(850))
    for a, b in zip(session.apply(Step(850)).lanes, whole.snapshot().lanes, strict=True):
        assert a.row.tobytes() == b.row.tobytes()


def test_few_checkpoints_still_lead_back_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "MOST", 4)
    monkeypatch.setattr(CompiledStepper, "spacing", 8)
    session, straight = Session(surface_experiment()), Session(surface_experiment())
    for _ in range(60):
        session.apply(Step(5))
    session.apply(Back(187))
    assert_same(rows(straight.apply(Step(113))), rows(session.snapshot()))


def test_a_branch_has_the_past_of_its_origin_and_a_future_of_its_own() -> None:
    session = Session(surface_experiment(noise=0.4))
    session.apply(Step(20))
    session.apply(Branch("adam", "what-if"))
    snapshot = session.apply(Step(10))
    origin, copy = snapshot.lane("adam"), snapshot.lane("what-if")
    assert origin.trace.rows.tobytes() == copy.trace.rows.tobytes(), "the same noise falls on both"
    session.apply(Set("what-if.beta1", 0.5))
    snapshot = session.apply(Step(10))
    origin, copy = snapshot.lane("adam"), snapshot.lane("what-if")
    assert origin.trace.rows[:31].tobytes() == copy.trace.rows[:31].tobytes()
    assert not np.array_equal(origin.row, copy.row)


def test_adding_a_lane_disturbs_no_other() -> None:
    alone = Session(data_experiment())
    for extra in range(2):
        lane = Lane(f"extra{extra}", "adam", sampling=Sampling(7))
        more = Session(Experiment(data_experiment().objective, (lane, *data_experiment().lanes), seed=11))
        a, b = rows(alone.apply(Step(40))), rows(more.apply(Step(40 * (extra + 1))))
        assert all(a[name].tobytes() == b[name].tobytes() for name in a)


@pytest.mark.jit
def test_fifty_epochs_are_50_5000_and_250_updates() -> None:
    lanes_ = (
        Lane("bgd", "gd", settings={"lr": 0.1}),
        Lane("sgd", "gd", settings={"lr": 0.01}, sampling=Sampling(1)),
        Lane("minibatch", "gd", settings={"lr": 0.05}, sampling=Sampling(20)),
    )
    snapshot = Session(Experiment(ObjectiveSpec("dataset", "linear-4-3"), lanes_)).apply(Epoch(50))
    assert [lane.update for lane in snapshot.lanes] == [50, 5000, 250]
    assert [lane.epoch for lane in snapshot.lanes] == [50, 50, 50]
    assert [lane.samples for lane in snapshot.lanes] == [5000, 5000, 5000]


def test_until_stops_at_the_first_update_at_which_it_holds() -> None:
    session = Session(surface_experiment())
    snapshot = session.apply(Until("adam.loss < 3.9", 2000))
    assert snapshot.met is True
    losses = snapshot.lane("adam").trace.rows[:, Column.LOSS]
    assert losses[-1] < 3.9 and not np.any(losses[:-1] < 3.9)
    assert snapshot.lane("gd").update == snapshot.lane("adam").update
    assert session.apply(Until("adam.loss < 1e-30", 50)).met is False


def test_what_cannot_be_done_changes_nothing() -> None:
    session = Session(surface_experiment())
    session.apply(Step(5))
    before = rows(session.snapshot())
    for command in (
        Step(0), Set("adam.lr", -1.0), Set("adam.beta1", 1.0), Set("nobody.lr", 1.0), Back("nowhere"),
        Set("adam.moment", 0.5), Until("adam.los < 1", 5), Branch("adam", "gd"), Epoch(1),
    ):  # fmt: skip
        with pytest.raises(CommandError):
            session.apply(command)
        assert_same(before, rows(session.snapshot()))


@pytest.mark.parametrize("back", [1, 7, 33, 59])
def test_what_an_update_started_from_is_known_after_going_back_too(back: int) -> None:
    """The explanation of an update is the same whether one stepped to it or came back to it."""
    session, straight = Session(surface_experiment(noise=0.3)), Session(surface_experiment(noise=0.3))
    session.apply(Step(60))
    there = session.apply(Back(back))
    for a, b in zip(there.lanes, straight.apply(Step(60 - back)).lanes, strict=True):
        assert a.before is not None and b.before is not None
        assert a.before.theta.tobytes() == b.before.theta.tobytes(), a.name
        assert a.before.grad.tobytes() == b.before.grad.tobytes()
        assert a.before.slots.tobytes() == b.before.slots.tobytes()
    met = session.apply(Until("adam.loss < 3.9", 2000)).lane("adam")
    again = Session(surface_experiment(noise=0.3)).apply(Step(met.update)).lane("adam")
    assert met.before is not None and again.before is not None
    assert met.before.theta.tobytes() == again.before.theta.tobytes()
    assert met.before.slots.tobytes() == again.before.slots.tobytes()


def test_stepping_to_and_fro_needs_no_more_memory() -> None:
    session = Session(surface_experiment())
    for _round in range(40):  # each view may go on showing rows that the next step replaces
        session.apply(Step(1))
        session.apply(Back(1))
    assert all(run.trace.view().rows.base is None or len(run.trace.view().rows.base) < 1000
               for run in session.simulation.lanes.values())  # fmt: skip


@pytest.mark.jit
@pytest.mark.parametrize("back", [Back(900), Back("early")], ids=["updates", "mark"])
def test_a_long_way_back_can_be_stopped_and_then_nothing_has_changed(
    back: Back, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CompiledStepper, "spacing", 10**9)  # all updates are made again
    monkeypatch.setattr(tempo, "CHUNK_SECONDS", 1e-6)
    session, straight = Session(surface_experiment()), Session(surface_experiment())
    for each in (session, straight):
        each.apply(Step(100))
        each.apply(Mark("early"))
        each.apply(Set("adam.lr", 0.01))
        each.apply(Step(900))
    before = session.snapshot()
    for pieces in (1, 30, 200):  # in the first lane and in later ones
        asked = iter(range(pieces))
        with pytest.raises(CommandError):
            session.apply(back, lambda asked=asked: next(asked, None) is None)
        assert_same(rows(session.snapshot()), rows(before))
        assert session.position == 1000
        assert [lane.edits for lane in session.snapshot().lanes] == [lane.edits for lane in before.lanes]
    assert_same(rows(session.apply(back, lambda: False)), rows(straight.apply(back)))
    assert_same(rows(session.apply(Step(300))), rows(straight.apply(Step(300))))
