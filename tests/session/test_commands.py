"""Every command: what it does to a session, what it refuses, and how the log keeps it."""

from __future__ import annotations

import pytest

from gdtui.errors import CommandError
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import ChangeObjective, Command, Load, Session, Snapshot
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import (
    VERBS,
    Action,
    Add,
    Back,
    Branch,
    Epoch,
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
    Until,
)  # fmt: skip
from gdtui.verbs.ask import Ask

ROSENBROCK = ObjectiveSpec("surface", "rosenbrock")
TWO = Experiment(ROSENBROCK, (Lane("a", "gd", settings={"lr": 1e-3}), Lane("b", "adam")), seed=3)
DATA = Experiment(ObjectiveSpec("dataset", "linear-4-3"), (Lane("a", "gd"),))


def after(*commands: Command, of: Experiment = TWO) -> tuple[Session, Snapshot]:
    session = Session(of)
    for command in commands:
        session.apply(command)
    return session, session.snapshot()


def updates(snapshot: Snapshot) -> list[int]:
    return [lane.update for lane in snapshot.lanes]


def test_step_moves_every_lane_and_steps_in_a_row_are_one_entry() -> None:
    session, seen = after(Step(), Step(4))
    assert updates(seen) == [5, 5]
    assert [*session.log] == [Step(5)]


def test_an_interrupted_step_is_logged_as_long_as_it_was() -> None:
    session = Session(TWO)
    session.apply(Step(10**6), lambda: True)
    (made,) = session.log
    assert isinstance(made, Step)
    assert updates(session.snapshot()) == [made.step] * 2
    assert made.step < 10**6


def test_epoch_passes_over_the_data() -> None:
    _session, seen = after(Epoch(3), of=DATA)
    assert seen.lane("a").epoch == 3.0


def test_back_undoes_updates() -> None:
    _session, seen = after(Step(7), Back(3), Back())
    assert updates(seen) == [3, 3]


def test_back_to_a_mark_restores_places_and_edits() -> None:
    _session, seen = after(Step(4), Mark("early"), Set("a.lr", 0.5), Step(2), Back("early"))
    assert updates(seen) == [4, 4]
    assert seen.lane("a").settings["lr"] == 1e-3
    assert seen.marks == ("early",)


def test_a_lane_that_was_removed_stays_away_when_going_back() -> None:
    _session, seen = after(Step(4), Mark("m"), Remove("b"), Step(2), Back("m"))
    assert [(lane.name, lane.update) for lane in seen.lanes] == [("a", 4)]


def test_until_stops_at_the_first_update_that_meets_it() -> None:
    session, seen = after(Until("b.update >= 37", 100))
    assert updates(seen) == [37, 37]
    assert seen.met is True
    assert [*session.log] == [Until("b.update >= 37", 100)]


def test_until_unmet_is_logged_as_the_steps_that_it_made() -> None:
    session, seen = after(Until("b.loss < 0", 30))
    assert updates(seen) == [30, 30]
    assert seen.met is False
    assert [*session.log] == [Step(30)]
    assert session.apply(Say("x")).met is None


def test_set_changes_a_setting_from_the_next_update_on() -> None:
    _session, seen = after(Step(2), Set("b.beta1", to=0.5))
    assert seen.lane("b").settings["beta1"] == 0.5
    assert [edit.update for edit in seen.lane("b").edits] == [2]


def test_branch_copies_a_lane_with_its_past() -> None:
    _session, seen = after(Step(5), Branch("a", "c"))
    assert seen.lane("c").row.tobytes() == seen.lane("a").row.tobytes()
    assert [lane.name for lane in seen.lanes] == ["a", "b", "c"]


def test_add_and_remove_change_the_lanes() -> None:
    _session, seen = after(Step(5), Add(Lane("c", "rmsprop")), Remove("a"))
    assert [(lane.name, lane.update) for lane in seen.lanes] == [("b", 5), ("c", 0)]


def test_reset_drops_updates_edits_marks_and_words() -> None:
    _session, seen = after(Say("words"), Mark("m"), Set("a.lr", 0.5), Step(5), Reset())
    assert updates(seen) == [0, 0]
    assert (seen.marks, seen.caption) == ((), "")
    assert seen.lane("a").settings["lr"] == 1e-3


@pytest.mark.parametrize("command", [Say("words"), Ask("words", "more words")])
def test_words_stand_until_others_come(command: Command) -> None:
    _session, seen = after(command, Step(1))
    assert seen.caption == "words"


def test_another_objective_keeps_the_lanes_and_begins_the_log_anew() -> None:
    session, seen = after(Step(5), Branch("a", "c"), Mark("m"), ChangeObjective(ObjectiveSpec("surface", "sphere")))
    assert seen.objective.name == "sphere"
    assert [(lane.name, lane.update) for lane in seen.lanes] == [("a", 0), ("b", 0), ("c", 0)]
    assert ([*session.log], seen.marks) == ([], ())
    assert session.origin == seen.experiment


def test_load_puts_another_experiment_on_the_bench() -> None:
    session, seen = after(Step(5), Load(DATA, (0,)), Step(2))
    assert (session.origin, [*session.log]) == (DATA, [Step(2)])
    assert seen.lane("a").trace.layout.coords == (0,)


REFUSED = [
    Step(0), Step(-1), Epoch(0), Epoch(1), Back(0), Back("nowhere"), Until("a.loss < 1", 0), Until("a.los < 1", 5),
    Until("a.theta < 1", 5), Until("a.status < 1", 5), Until("c.loss < 1", 5), Set("a.lr", -1.0), Set("a.nothing", 1.0),
    Set("c.lr", 1.0), Set("lr", 1.0), Branch("c", "d"), Branch("a", "b"), Branch("a", "1"), Add(Lane("a")),
    Add(Lane("c", start=(1.0,))), Remove("c"), Replace(Lane("c")), Replace(Lane("a", start=(1.0,))), Rename("c", "d"),
    Rename("a", "b"), Rename("a", "1"), Move("c", 1), Move("a", 0), Move("a", 3), Mute(("c",)), Mute(("a", "b")),
    Seed(-1), Seed(2**64), Noise(-0.1), ChangeObjective(ObjectiveSpec("surface", "nowhere")),
]  # fmt: skip


@pytest.mark.parametrize("command", REFUSED, ids=repr)
def test_what_cannot_be_done_is_refused_and_changes_nothing(command: Command) -> None:
    session, before = after(Step(3), Mark("m"), Say("words"))
    log = list(session.log)
    with pytest.raises(CommandError):
        session.apply(command)
    now = session.snapshot()
    assert (updates(now), now.marks, now.caption) == (updates(before), before.marks, before.caption)
    assert [lane.row.tobytes() for lane in now.lanes] == [lane.row.tobytes() for lane in before.lanes]
    assert ([*session.log], session.origin) == (log, TWO)


def test_the_last_lane_stays() -> None:
    session = Session(DATA)
    with pytest.raises(CommandError):
        session.apply(Remove("a"))
    assert [lane.name for lane in session.snapshot().lanes] == ["a"]


def test_a_lane_of_other_nature_has_name_place_colour_update_and_the_edits_that_it_takes() -> None:
    edits = (Step(3), Set("b.lr", 2e-3), Set("b.beta1", 0.5), Step(4))
    _session, seen = after(*edits, Replace(Lane("b", "momentum", settings={"lr": 1e-3})))
    assert [(lane.name, lane.number) for lane in seen.lanes] == [("a", 0), ("b", 1)]
    assert (seen.lane("b").spec.optimizer, updates(seen)) == ("momentum", [7, 7])
    assert [(edit.update, edit.key, edit.value) for edit in seen.lane("b").edits] == [(3, "lr", 2e-3)]
    alone = Experiment(ROSENBROCK, (Lane("b", "momentum", settings={"lr": 1e-3}),), seed=3)
    _session, fresh = after(Step(3), Set("b.lr", 2e-3), Step(4), of=alone)
    assert seen.lane("b").trace.rows.tobytes() == fresh.lane("b").trace.rows.tobytes()


def test_a_lane_that_was_added_where_another_was_begins_there_again_unless_it_gets_a_start() -> None:
    added = (Step(9), Add(Lane("c", "gd"), "a"))
    _session, before = after(*added)
    _session, seen = after(*added, Replace(Lane("c", "adam")))
    there = before.lane("a").parameters
    assert there is not None
    assert seen.lane("c").parameters.tobytes() == there.tobytes()
    _session, seen = after(*added, Replace(Lane("c", "adam", start=(0.5, 0.25))))
    assert list(seen.lane("c").parameters) == [0.5, 0.25]


def test_a_mark_from_before_a_replacement_leads_the_new_lane_there() -> None:
    _session, seen = after(Step(3), Set("b.beta1", 0.5), Mark("m"), Step(4), Replace(Lane("b", "gd")), Back("m"))
    assert updates(seen) == [3, 3]
    assert seen.lane("b").edits == ()


def test_a_renamed_lane_keeps_its_noise_its_marks_and_its_colour() -> None:
    noisy = Experiment(ObjectiveSpec("surface", "rosenbrock", noise=0.3), TWO.lanes, seed=3)
    session, before = after(Step(5), Mark("m"), Step(2), of=noisy)
    seen = session.apply(Rename("b", "c"))
    assert [(lane.name, lane.number) for lane in seen.lanes] == [("a", 0), ("c", 1)]
    assert seen.lane("c").trace.rows.tobytes() == before.lane("b").trace.rows.tobytes()
    assert updates(session.apply(Back("m"))) == [5, 5]


def test_lanes_change_places_and_keep_their_colours() -> None:
    _session, seen = after(Move("b", 1))
    assert [(lane.name, lane.number) for lane in seen.lanes] == [("b", 1), ("a", 0)]
    assert [lane.name for lane in seen.experiment.lanes] == ["b", "a"]


def test_a_muted_lane_is_computed_but_not_drawn() -> None:
    session, seen = after(Mute(("a",)), Step(5))
    assert updates(seen) == [5, 5]
    assert [lane.name for lane in seen.drawn] == ["b"]
    seen = session.apply(Remove("b"))
    assert [lane.name for lane in seen.drawn] == ["a"], "something is always drawn"
    assert [*session.log] == [Mute(("a",)), Step(5), Remove("b")]


def test_another_seed_and_noise_compute_the_lanes_again() -> None:
    session, before = after(Step(5), Set("a.lr", 2e-3), Step(2))
    noisy = session.apply(Noise(0.5))
    assert (updates(noisy), noisy.objective.noise) == ([7, 7], 0.5)
    other = session.apply(Seed(8))
    assert noisy.lane("a").row.tobytes() != other.lane("a").row.tobytes()
    session.apply(Seed(3))
    assert session.apply(Noise(0.0)).lane("a").trace.rows.tobytes() == before.lane("a").trace.rows.tobytes()


def test_data_have_no_gradient_noise() -> None:
    with pytest.raises(CommandError, match="small batches"):
        after(Noise(0.1), of=DATA)


def test_every_verb_that_is_a_command_is_tested_here() -> None:
    known = {
        "add", "ask", "back", "branch", "epoch", "mark", "move", "mute", "noise", "remove", "rename", "replace",
        "reset", "say", "seed", "set", "step", "until",
    }  # fmt: skip
    assert {name for name, verb in VERBS.items() if issubclass(verb, Action)} == known


def test_a_lane_can_be_added_at_the_update_where_the_others_are() -> None:
    session, seen = after(Step(30), Add(Lane("late", "adam"), at=30))
    assert updates(seen) == [30, 30, 30]
    assert seen.lane("late").trace.rows.tobytes() == seen.lane("b").trace.rows.tobytes()
    assert session.log.last == Add(Lane("late", "adam"), at=30)


def test_a_lane_can_be_added_where_another_is() -> None:
    """Gradient descent has no memory: from the same parameters it makes the same updates."""
    copy = Lane("copy", "gd", settings={"lr": 1e-3})
    session, seen = after(Step(12), Add(copy, from_="a"), Step(8), Branch("copy", "twin"))
    ahead, behind = seen.lane("a"), seen.lane("copy")
    assert (ahead.update, behind.update) == (20, 8)
    theta = ahead.trace.layout.block("theta")
    assert behind.trace.rows[:, theta].tobytes() == ahead.trace.rows[12:, theta].tobytes()
    assert seen.lane("twin").trace.rows[1:].tobytes() == behind.trace.rows[1:].tobytes()
    reset = session.apply(Reset())
    assert reset.lane("copy").trace.rows[:, theta].tobytes() == ahead.trace.rows[12:13, theta].tobytes()


def test_a_lane_keeps_its_number_and_a_new_one_takes_the_lowest_free() -> None:
    more = (Add(Lane("c", "adam")), Add(Lane("d", "adam")), Remove("b"))
    session, seen = after(*more)
    assert {lane.name: lane.number for lane in seen.lanes} == {"a": 0, "c": 2, "d": 3}
    seen = session.apply(Add(Lane("e", "adam")))
    assert {lane.name: lane.number for lane in seen.lanes} == {"a": 0, "c": 2, "d": 3, "e": 1}


class Later:
    """An interrupt at the n-th time of asking."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize(
    "command",
    [
        Seed(9), Noise(0.5), Branch("a", "c"), Replace(Lane("a", "momentum", settings={"lr": 1e-5})),
        Add(Lane("c", "adam"), at=200_000), Add(Lane("c", "adam"), from_="a", at=200_000),
    ],
    ids=lambda command: type(command).__name__,
)  # fmt: skip
def test_what_is_computed_again_can_be_stopped_and_has_then_changed_nothing(command: Command) -> None:
    session, before = after(Step(200_000))
    log, experiment = list(session.log), session.simulation.experiment
    with pytest.raises(CommandError, match="stopped"):
        session.apply(command, Later(1))
    now = session.snapshot()
    assert [(lane.name, lane.update, lane.parameters.tobytes()) for lane in now.lanes] == [
        (lane.name, lane.update, lane.parameters.tobytes()) for lane in before.lanes
    ]
    assert [*session.log] == log and session.simulation.experiment == experiment
    assert session.apply(command).lanes[0].update == 200_000


def test_a_rename_computes_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    session, before = after(Step(50))
    monkeypatch.setattr("gdtui.simulation.lane.LaneRun.make_updates", None)
    renamed = session.apply(Rename("a", "z")).lane("z")
    assert renamed.trace.rows.tobytes() == before.lane("a").trace.rows.tobytes()
