"""A follower has what the lecturer has, to the last bit, whatever is done and whenever they come."""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdtui.classroom.transcript import Shown
from gdtui.objectives.specs import CsvSpec, DatasetSpec, ObjectiveSpec
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.session import ChangeObjective, Load, Session
from gdtui.simulation.defaults import default_experiment
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.lane_updates import Interrupt
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.simulation import Simulation
from gdtui.verbs import (
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
    Scale,
    Seed,
    Set,
    Step,
    Until,
)
from gdtui.view.look import Look
from gdtui.view.map_window import MapWindow
from gdtui.view.time_window import TimeWindow
from tests.classroom.classes import Follower, Lecturer, same_bits

#: Every verb that is a command, and what has no place in a scenario file.
ACTS = (
    Step(3), Step(4), Set("adam.lr", 0.01), Set("adam.lr", 0.02), Scale("gd", "lr", 1.1), Step(40), Mark("early"),
    Add(Lane("late", "nadam", settings={"lr": 0.02}), from_="adam", at=5), Step(2), Back(9), Branch("adam", "warm"),
    Rename("warm", "warmer"), Move("warmer", 1), Mute(("gd",)), Until("adam.loss < 1", 3000), Say("Look at adam."),
    Noise(0.01), Seed(9), Step(5), Remove("warmer"), Back("early"), Step(1), Reset(), Step(20),
    Replace(Lane("gd", "momentum", settings={"lr": 1e-4})), Step(3),
)  # fmt: skip


async def test_every_act_gives_the_follower_the_same_bits(tmp_path: Path) -> None:
    with Lecturer(tmp_path) as lecturer:
        follower = Follower(lecturer.path, tmp_path / "own")
        for act in ACTS:
            lecturer.do(act)
            await follower.at(lecturer)
            assert same_bits(lecturer.session, follower.session), act
            assert not follower.mirror.differs
            assert [*follower.session.log] == [*lecturer.session.log]
            assert follower.session.caption == lecturer.session.caption
            assert follower.session.muted == lecturer.session.muted
        late = Follower(lecturer.path, tmp_path / "late")
        await late.at(lecturer)
        assert same_bits(lecturer.session, late.session)
        for _act in range(12):
            lecturer.undo()
            for each in (follower, late):
                await each.at(lecturer)
                assert same_bits(lecturer.session, each.session)
        await follower.close()
        await late.close()


async def test_a_follower_freezes_nothing_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever shows the session makes the one snapshot of it: a command by itself makes none."""
    with Lecturer(tmp_path) as lecturer:
        follower = Follower(lecturer.path, tmp_path / "own")
        await follower.at(lecturer)
        made: list[Session] = []
        snapshot = Session.snapshot
        monkeypatch.setattr(Session, "snapshot", lambda session: made.append(session) or snapshot(session))
        for act in (Step(3), Set("adam.lr", 0.01), Step(1), Back(2)):
            lecturer.do(act)
            await follower.at(lecturer)
        assert made.count(lecturer.session) >= 4 and follower.session not in made
        await follower.close()


async def test_another_objective_with_data_epochs_and_a_csv_file_travels(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    csv = tmp_path / "here" / "Größe, klein.csv"
    csv.write_text("x,y\n" + "\n".join(f"{x},{2 * x + 1}" for x in range(20)))
    lanes = (Lane("gd", "gd", settings={"lr": 1e-3}, sampling=Sampling(5)),)
    with Lecturer(tmp_path) as lecturer:
        follower = Follower(lecturer.path, tmp_path / "own")
        for act in (
            ChangeObjective(DatasetSpec("linear-4-3")), Step(2), Epoch(1),
            Load(Experiment(CsvSpec(str(csv)), lanes, seed=3), (1,)), Step(30), Back(2),
            Load(Experiment(ObjectiveSpec("expression", formula="x**4 + y^2", start=(1.0, 2.0)), lanes[:1])), Step(4),
        ):  # fmt: skip
            lecturer.do(act)
            await follower.at(lecturer)
            assert same_bits(lecturer.session, follower.session), act
            assert follower.session.snapshot().objective.name == lecturer.session.snapshot().objective.name
        lecturer.undo()  # back to the CSV file
        await follower.at(lecturer)
        assert same_bits(lecturer.session, follower.session)
        assert [path.name for path in (tmp_path / "own").iterdir()] == [csv.name]
        await follower.close()


async def test_a_file_too_large_to_travel_is_said_and_the_next_objective_is_followed(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr("gdtui.classroom.parcels.MOST_CSV", 1000)
    csv = tmp_path / "large.csv"
    csv.write_text("x,y\n" + "1,2\n3,4\n" * 200)
    with Lecturer(tmp_path) as lecturer:
        follower = Follower(lecturer.path, tmp_path / "own")
        lecturer.do(Load(Experiment(CsvSpec(str(csv)), (Lane("gd", "gd", settings={"lr": 1e-3}),))), Step(3))
        await follower.at(lecturer)
        assert "large.csv is too large to travel to the class" in follower.transcript.refused
        lecturer.do(Load(default_experiment()), Step(2))
        await follower.at(lecturer)
        assert follower.transcript.refused == ""
        assert same_bits(lecturer.session, follower.session)
        await follower.close()


async def test_what_is_shown_travels(tmp_path: Path) -> None:
    look = Look(chart="velocity", view="columns", coordinate=1, linear=True, lane=2, cursor=3, full=True)
    lesson = read_lesson(load_scenario(find("momentum-conventions")))
    with Lecturer(tmp_path) as lecturer:
        follower = Follower(lecturer.path, tmp_path / "own")
        lecturer.do(*lesson.again(2))
        for shown in (
            Shown(look, 2, 7),
            Shown(replace(look, window=MapWindow(3, (0.25, 0.75), True), time=TimeWindow(8, 20)), 3, 20),
            Shown(),
        ):
            lecturer.show(shown, lesson)
            await follower.at(lecturer)
            assert follower.transcript.shown == shown
        theirs = follower.transcript.lesson
        assert theirs is not None
        assert theirs.pages == lesson.pages
        assert theirs.scenario.title == lesson.scenario.title
        lecturer.show(Shown(), None)
        lecturer.do(Step(1))
        await follower.at(lecturer)
        assert follower.transcript.lesson is None
        await follower.close()


async def test_who_explores_alone_comes_back_to_the_same_bits(tmp_path: Path) -> None:
    with Lecturer(tmp_path) as lecturer:
        follower = Follower(lecturer.path, tmp_path / "own")
        lecturer.do(Step(10), Set("adam.lr", 0.1), Step(5))
        await follower.at(lecturer)
        follower.leave()
        mine = follower.session
        for act in (
            Step(100),
            Remove("gd"),
            Branch("adam", "other"),
            ChangeObjective(DatasetSpec("linear-4-3")),
            Step(2),
        ):
            mine.apply(act)
        lecturer.do(Step(2), Back(1), Remove("adam"), Step(7))
        await follower.at(lecturer)
        assert mine.snapshot().objective.name == "linear-4-3"
        follower.rejoin()
        assert same_bits(lecturer.session, mine)
        await until_alone(lecturer, 0)
        lecturer.do(Step(2))
        await follower.at(lecturer)
        assert same_bits(lecturer.session, mine)
        await follower.close()


async def until_alone(lecturer: Lecturer, count: int) -> None:
    from tests.classroom.classes import until

    await until(lambda: lecturer.attendance[-1].alone == count)


async def test_a_late_joiner_makes_no_update_that_the_lecturer_has_taken_back(tmp_path: Path, monkeypatch) -> None:
    with Lecturer(tmp_path) as lecturer:
        lecturer.do(
            Step(5000), Set("adam.lr", 0.5), Branch("adam", "other"), Mark("here"), Step(300), Remove("gd"),
            Back("here"), Add(Lane("late", "nadam", settings={"lr": 0.02}), at=7), Until("adam.loss < 1e-9", 2000),
            Reset(), Step(4),
        )  # fmt: skip
        made: list[int] = []
        step = Simulation.step

        def counted(self: Simulation, n: int, interrupt: Interrupt | None = None) -> int:
            made.append(n)
            return step(self, n, interrupt)

        monkeypatch.setattr(Simulation, "step", counted)
        follower = Follower(lecturer.path, tmp_path / "own")
        await follower.at(lecturer)
        assert same_bits(lecturer.session, follower.session)
        assert made == [4]
        lecturer.undo()  # before the way back to the start, too
        lecturer.undo()
        await follower.at(lecturer)
        assert same_bits(lecturer.session, follower.session)
        assert follower.session.marks == lecturer.session.marks
        await follower.close()


@pytest.mark.jit
async def test_a_late_joiner_has_a_hundred_thousand_updates_and_a_running_lane(tmp_path: Path) -> None:
    with Lecturer(tmp_path) as lecturer:
        lecturer.do(Step(100_000))
        follower = Follower(lecturer.path, tmp_path / "own")
        for _tick in range(10):
            lecturer.do(Step(500))
            await asyncio.sleep(0.01)
        await follower.at(lecturer)
        assert same_bits(lecturer.session, follower.session)
        rows = [session.snapshot().lanes[0].trace.low for session in (lecturer.session, follower.session)]
        assert np.array_equal(*rows, equal_nan=True)
        await follower.close()
