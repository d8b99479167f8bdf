"""Undo and redo: each returns to the very same session, bit for bit."""

from __future__ import annotations

import gc
import random
import tracemalloc
import weakref

import pytest

from gdtui.errors import CommandError
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import ChangeObjective, Command, History, Load, ReturnTo, Session
from gdtui.session.history import MOST, MOST_EXPERIMENTS, MOST_REMOVED
from gdtui.session.session import Log
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.lane import LaneRun
from gdtui.verbs import (
    Add,
    Back,
    Branch,
    Mark,
    Move,
    Mute,
    Noise,
    Remove,
    Rename,
    Replace,
    Reset,
    Say,
    Seed,
    Set,
    Step,
)  # fmt: skip

TWO = Experiment(
    ObjectiveSpec("surface", "rosenbrock"), (Lane("a", "gd", settings={"lr": 1e-3}), Lane("b", "adam")), seed=3
)


def seen(session: Session) -> tuple[object, ...]:
    """Everything of a session that a user, a chart or a file could tell from another."""
    snapshot = session.snapshot()
    lanes = [
        (lane.spec, lane.position, lane.status, lane.edits, dict(lane.settings), lane.row.tobytes(), lane.next_lr)
        for lane in snapshot.lanes
    ]
    theta = [lane.trace.rows[-1].tobytes() for lane in snapshot.lanes]
    numbers = [(lane.name, lane.number, lane.name in snapshot.muted) for lane in snapshot.lanes]
    return (
        numbers,
        lanes,
        theta,
        snapshot.experiment,
        snapshot.marks,
        snapshot.caption,
        list(session.log),
        session.origin,
    )


ACTS: dict[str, Command] = {
    "a setting": Set("a.lr", 0.01),
    "a lane less": Remove("b"),
    "a lane more": Add(Lane("c", "rmsprop")),
    "a copy": Branch("b", "b2"),
    "another dialect": Replace(Lane("b", "adam", "keras")),
    "another name": Rename("b", "b2"),
    "another order": Move("b", 1),
    "a lane that is not drawn": Mute(("b",)),
    "another seed": Seed(8),
    "noise": Noise(0.1),
    "back to a mark": Back("early"),
    "home": Reset(),
    "another objective": ChangeObjective(ObjectiveSpec("surface", "ravine")),
    "another experiment": Load(Experiment(ObjectiveSpec("dataset", "linear-4-3"), (Lane("x", "gd"),))),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_undo_and_redo_return_to_the_same_bits(act: Command) -> None:
    session, history = Session(TWO), History()
    for command in (Step(7), Mark("early"), Set("b.lr", 0.02), Step(5), Say("words")):
        history.apply(session, command)
    before = seen(session)
    history.apply(session, act)
    history.apply(session, Step(3))
    after = seen(session)
    assert after != before
    moment = history.undo(session, "memo of the later moment")
    assert moment is not None
    assert moment.undone == act.undone_as != ""
    assert seen(session) == before
    again = history.redo(session)
    assert again is not None
    assert again.memo == "memo of the later moment"
    assert seen(session) == after
    history.undo(session)
    session.apply(Step(3))  # the lanes go on as if nothing had been
    fresh = Session(TWO)
    for command in (Step(7), Mark("early"), Set("b.lr", 0.02), Step(5), Say("words"), Step(3)):
        fresh.apply(command)
    assert seen(session) == seen(fresh)


@pytest.mark.parametrize("seed", range(20))
def test_a_random_session_can_be_undone_to_its_start_and_done_again_to_its_end(seed: int) -> None:
    draw = random.Random(seed)
    session, history = Session(TWO), History()
    moments, number = [], 0
    for _ in range(40):
        names = list(session.simulation.lanes)
        number += 1
        act: Command = draw.choice([
            Step(draw.randint(1, 50)), Back(draw.randint(1, 60)), Set(f"{draw.choice(names)}.lr", draw.random() / 100),
            Remove(draw.choice(names)), Add(Lane(f"n{number}", draw.choice(["gd", "adam", "adagrad"]))), Reset(),
            Branch(draw.choice(names), f"n{number}"), Mark(f"m{number}"),
        ])  # fmt: skip
        before, log = seen(session), len(session.log)
        try:
            history.apply(session, act)
        except CommandError:  # the last lane cannot be removed
            assert seen(session) == before
            continue
        if act.undone_as and not (log and log == len(session.log)):
            moments.append(before)
    end = seen(session)
    for before in reversed(moments):
        assert history.undo(session) is not None
        assert seen(session) == before
    assert history.undo(session) is None
    while history.redo(session) is not None:
        pass
    assert seen(session) == end


def test_a_knob_that_turns_is_one_moment_and_one_line_of_the_log() -> None:
    session, history = Session(TWO), History()
    history.apply(session, Step(2))
    before = seen(session)
    for value in (0.01, 0.02, 0.04):
        history.apply(session, Set("a.lr", value))
    assert [*session.log] == [Step(2), Set("a.lr", 0.04)]
    history.undo(session)
    assert seen(session) == before


def test_steps_are_no_moments_and_a_new_act_forgets_what_was_undone() -> None:
    session, history = Session(TWO), History()
    for command in (Step(3), Back(1), Mark("here")):
        history.apply(session, command)
    assert history.undo(session) is None
    assert not history.unsaved
    history.apply(session, Set("a.lr", 0.01))
    assert history.unsaved
    history.undo(session)
    history.apply(session, Set("b.lr", 0.01))
    assert history.redo(session) is None


def test_a_command_that_fails_is_no_moment() -> None:
    session, history = Session(TWO), History()
    with pytest.raises(CommandError):
        history.apply(session, Remove("nobody"))
    assert history.undo(session) is None


def test_few_other_experiments_are_kept_alive() -> None:
    session, history = Session(TWO), History()
    names = ["ravine", "rosenbrock"] * 6
    for name in names:
        history.apply(session, ChangeObjective(ObjectiveSpec("surface", name)))
    undone = 0
    while history.undo(session) is not None:
        undone += 1
    assert undone == MOST_EXPERIMENTS


def test_lanes_that_were_removed_are_not_kept_for_ever() -> None:
    """Each has a trace of its own; the last ones come back."""
    session, history = Session(TWO), History()
    removed = []
    for _there_and_gone in range(3 * MOST_REMOVED):
        history.apply(session, Branch("a", "c"))
        removed.append(weakref.ref(session.simulation.lanes["c"]))
        history.apply(session, Step(1))
        history.apply(session, Remove("c"))
    gc.collect()
    alive = [each() is not None for each in removed]
    assert sum(alive) <= MOST_REMOVED + 1
    assert all(alive[-MOST_REMOVED:])
    assert history.undo(session) is not None
    assert session.simulation.lanes["c"] is removed[-1]()


@pytest.mark.parametrize("way", ["undo", "redo", "leap", "page"])
def test_a_way_back_that_is_stopped_changes_nothing_and_can_be_gone_again(way: str) -> None:
    """5000 updates are made again, in several pieces; the stop comes between two of them."""
    session, history = Session(TWO), History()
    for command in (Set("b.lr", 0.02), Step(5000), Branch("a", "c"), Set("a.lr", 1e-4)):
        history.apply(session, command)
    far = session.saved()
    history.apply(session, Reset())
    if way == "redo":
        history.undo(session)
        history.undo(session)
        session.apply(Back(5000))
    go = {
        "undo": history.undo,
        "redo": history.redo,
        "leap": lambda session, _memo, interrupt=None: history.leap(session, far, "leap", interrupt=interrupt),
        "page": lambda session, memo, interrupt=None: history.apply(
            session, Set("b.lr", 0.5), ReturnTo(far), memo=memo, interrupt=interrupt
        ),
    }[way]
    before, asked = seen(session), []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 4

    with pytest.raises(CommandError, match="stopped"):
        go(session, None, stop)
    assert len(asked) == 5
    assert seen(session) == before
    go(session, None)
    assert session.simulation.lane("b").update == 5000


def test_a_lane_that_is_put_aside_holds_few_states_and_comes_back_to_the_same_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The states that it no longer holds are made again when one goes back over them."""

    def held(run: LaneRun) -> int:
        return sum(state.nbytes for state in run._checkpoints._kept)

    session, history = Session(TWO), History()
    history.apply(session, Step(3000))
    before, run = seen(session), session.simulation.lane("b")
    bound = held(run) // 3
    monkeypatch.setattr("gdtui.simulation.checkpoints.MOST_BYTES_ASIDE", bound)
    for go in (lambda: history.apply(session, Remove("b")), lambda: history.redo(session)):
        go()
        assert held(run) <= bound
        history.undo(session)
        assert session.simulation.lane("b") is run
        assert seen(session) == before
    history.apply(session, ChangeObjective(ObjectiveSpec("surface", "ravine")))
    assert held(run) <= bound
    history.undo(session)
    fresh = Session(TWO)
    fresh.apply(Step(3000))
    for _act in range(3):
        assert seen(session) == seen(fresh)
        for each in (session, fresh):
            each.apply(Back(700))


def test_an_act_costs_a_line_of_the_log() -> None:
    """Undo holds 200 moments: a copy of the log in each would be 1600 bytes an act."""
    session, history = Session(TWO), History()
    history.apply(session, Step(1))

    def use(acts: int) -> int:
        for number in range(acts):
            history.apply(session, Set(f"{'ab'[number % 2]}.lr", 1e-3))
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        growth = -use(250) + use(500)
    finally:
        tracemalloc.stop()
    assert len(session.log) == 751
    assert growth / 500 < 1000


def test_of_many_edits_and_marks_few_moments_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every moment lists all of them."""
    monkeypatch.setattr("gdtui.session.history.MOST_LISTED", 1000)
    session, history = Session(TWO), History()
    for number in range(100):
        for command in (Step(1), Set("a.lr", 1e-3), Mark(f"m{number}")):
            history.apply(session, command)
    before = seen(session)
    undone = 0
    while history.undo(session) is not None:
        undone += 1
    assert 3 <= undone < 10 < MOST
    while history.redo(session) is not None:
        pass
    assert seen(session) == before


def test_a_log_of_a_hundred_thousand_commands_is_forgotten_without_recursion() -> None:
    log = Log()
    for _number in range(100_000):
        log = log.then(Step(1))
    assert len(log) == 100_000
    del log
