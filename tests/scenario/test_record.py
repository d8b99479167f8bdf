"""What is done on the bench, written as a file: it replays to the same rows, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdtui.errors import CommandError, RecordError
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.optimizers import REGISTRY
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import load_scenario, parse_scenario
from gdtui.scenario.write.record import SCHEMA, save, to_toml
from gdtui.session import ChangeObjective, Command, Load, Session, Snapshot
from gdtui.session.session import Log
from gdtui.simulation.experiment import Experiment, Lane, Stop
from gdtui.simulation.sampling import SHUFFLES, Sampling
from gdtui.simulation.schedules import Schedule
from gdtui.toml.records import keys as keys_of
from gdtui.toml.write import quote
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
from gdtui.verbs.add import AddTable
from gdtui.verbs.lane_table import LaneTable
from tests.lessons import SHORT

SURFACE = Experiment(ObjectiveSpec("surface", "rosenbrock"), (Lane("a", "gd", settings={"lr": 1e-3}),), seed=3)


def recorded(session: Session, title: str = "t") -> Scenario:
    return parse_scenario(to_toml(session, title).encode(), Path("recorded.toml"))


def assert_same(a: Snapshot, b: Snapshot, text: str) -> None:
    assert [lane.name for lane in a.lanes] == [lane.name for lane in b.lanes], text
    for one, other in zip(a.lanes, b.lanes, strict=True):
        assert one.trace.rows.shape == other.trace.rows.shape, f"{one.name}\n{text}"
        assert one.trace.rows.tobytes() == other.trace.rows.tobytes(), f"{one.name}\n{text}"
        assert (one.status, one.position, one.edits) == (other.status, other.position, other.edits), text
    assert a.caption == b.caption
    assert len(a.marks) == len(b.marks)


def round_trip(experiment: Experiment, commands: Sequence[Command], coords: tuple[int, ...] | None = None) -> Scenario:
    """Do it, write it down, read it, replay it; the two must be the same, twice over."""
    session = Session(experiment, coords)
    for command in commands:
        session.apply(command)
    text = to_toml(session, "t")
    scenario = recorded(session)
    report = replay(replace(scenario, coords=coords))
    assert report.passed, text
    assert_same(session.snapshot(), report.final, text)
    return scenario


# -- any session ------------------------------------------------------------------------------------

rates = st.floats(1e-6, 0.3)
names = st.sampled_from(["a", "b", "c-2", "d_", "inf", "true", "E1"])
samplings = st.builds(
    Sampling, st.sampled_from([None, 1, 3, 20]), st.sampled_from(SHUFFLES), st.booleans()
)  # fmt: skip
schedules = st.sampled_from([
    Schedule(), Schedule("step", {"every": 3}), Schedule("exponential", {"factor": 0.97}),
    Schedule("cosine", {"updates": 40.0, "floor": 0.1}), Schedule("plateau", {"patience": 2, "factor": 0.5}),
    Schedule("inverse-time", {"decay": 0.1}), Schedule("warmup-cosine", {"updates": 30, "warmup": 5}),
])  # fmt: skip
stops = st.sampled_from([Stop(), Stop(), Stop(updates=9), Stop(loss=0.5), Stop(grad_norm=1e-2, patience=4)])
OBJECTIVES = (
    ObjectiveSpec("surface", "rosenbrock"), ObjectiveSpec("surface", "ravine", start=(-4.0, 0.1)),
    ObjectiveSpec("surface", "rosenbrock", noise=0.3),
    ObjectiveSpec("expression", "", "x**2 + 10*y**2", ((-2.0, 2.0), (-3.0, 0.1 + 0.2)), (1.0, 1.0), 0.05),
    ObjectiveSpec("dataset", "linear-4-3"), ObjectiveSpec("dataset", "linear-4-3", rows=30, start=(0.1, -0.7)),
)  # fmt: skip


@st.composite
def lanes(draw: st.DrawFn, name: str = "") -> Lane:
    optimizer = draw(st.sampled_from(["gd", "momentum", "rmsprop", "adam", "adagrad", "adamw"]))
    rule = draw(st.sampled_from(REGISTRY[optimizer].rules))
    dialect = draw(st.sampled_from([None, *rule.dialects]))
    options = dict(rule.options) if dialect else {}
    settings: dict[str, float] = {"lr": draw(rates)}
    if dialect and "momentum" in rule.defaults and draw(st.booleans()):
        settings["momentum"] = draw(st.floats(0.0, 0.99))
    if draw(st.booleans()):
        settings[draw(st.sampled_from(["weight_decay", "clip_norm", "clip_value"]))] = draw(st.floats(0.0, 2.0))
    start = draw(st.sampled_from([(), (), (0.5, -0.25), (1e-17, -1 / 3)]))
    return Lane(
        name or draw(names), optimizer, dialect, settings, options, draw(samplings), start,
        draw(st.sampled_from(["", "", "other"])), draw(schedules), draw(stops),
    )  # fmt: skip


experiments = st.builds(
    lambda spec, given, seed: Experiment(spec, tuple({lane.name: lane for lane in given}.values()), seed),
    st.sampled_from(OBJECTIVES),
    st.lists(lanes(), min_size=1, max_size=3),
    st.integers(0, 2**64 - 1),
)
words = st.text(st.characters(exclude_categories=()), max_size=12)
commands = st.one_of(
    st.builds(Step, st.integers(1, 60)),
    st.builds(Step, st.integers(1, 60)),
    st.builds(Epoch, st.integers(1, 2)),
    st.builds(Back, st.integers(1, 40)),
    st.builds(Back, st.sampled_from(["one", "two", 'th"ree\\'])),
    st.builds(Mark, st.sampled_from(["one", "two", 'th"ree\\', "o\x1bne", ""])),
    st.builds(
        lambda name, key, to: Set(f"{name}.{key}", to),
        names,
        st.sampled_from(["lr", "momentum", "beta1", "clip_norm"]),
        st.floats(0.0, 0.99),
    ),
    st.builds(Branch, names, names),
    st.builds(Add, lanes()),
    st.builds(Replace, lanes()),
    st.builds(Rename, names, names),
    st.builds(Move, names, st.integers(1, 3)),
    st.builds(lambda muted: Mute(tuple(muted)), st.lists(names, max_size=2)),
    st.builds(Seed, st.integers(0, 2**64 - 1)),
    st.builds(Noise, st.sampled_from([0.0, 0.2])),
    st.builds(Remove, names),
    st.builds(Until, st.sampled_from(["a.loss < 1", "b.grad_norm<2", "a.theta[0] > 0.9"]), st.integers(1, 80)),
    st.builds(Say, words),
    st.builds(ChangeObjective, st.sampled_from(OBJECTIVES)),
    st.just(Reset()),
)


def check_any_session(experiment: Experiment, asked: list[Command]) -> None:
    session = Session(experiment)
    for command in asked:
        try:
            session.apply(command)
        except CommandError:
            continue  # nothing has changed: nothing is to be recorded
    text = to_toml(session, "t")
    report = replay(recorded(session))
    assert report.passed, text
    now = session.snapshot()
    final = report.final
    assert_same(replace(now, caption=""), replace(final, caption=""), text)


@given(experiments, st.lists(commands, max_size=14))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.jit
def test_any_session_replays_to_the_same_bits(experiment: Experiment, asked: list[Command]) -> None:
    check_any_session(experiment, asked)


@pytest.mark.slow
@given(experiments, st.lists(commands, max_size=40))
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
def test_thousands_of_sessions_replay_to_the_same_bits(experiment: Experiment, asked: list[Command]) -> None:
    check_any_session(experiment, asked)


# -- particular ones --------------------------------------------------------------------------------


def test_a_change_of_objective_starts_a_new_scenario_with_the_lanes_of_that_moment() -> None:
    noisy = ObjectiveSpec("surface", "ravine", noise=0.5)
    session = Session(replace(SURFACE, title="before"))
    for command in (Step(5), Branch("a", "b"), Set("a.lr", 0.01), ChangeObjective(noisy), Step(7), Mark("m")):
        session.apply(command)
    experiment, kept = session.origin, list(session.log)
    assert kept == [Step(7), Mark("m")]
    assert [(lane.name, lane.stream) for lane in experiment.lanes] == [("a", ""), ("b", "a")]
    scenario = recorded(session, "after")
    assert scenario.title == "after"
    assert_same(session.snapshot(), replay(scenario).final, "")
    a, b = replay(scenario).final.lanes
    assert a.trace.rows.tobytes() == b.trace.rows.tobytes(), "the branch draws the noise of its origin"


def test_loading_an_experiment_starts_a_new_scenario() -> None:
    session = Session(SURFACE)
    other = replace(SURFACE, seed=2**64 - 1)
    for command in (Step(5), Mark("m"), Load(other), Step(2)):
        session.apply(command)
    assert (session.origin, [*session.log]) == (other, [Step(2)])
    assert recorded(session).experiment.seed == 2**64 - 1


@pytest.mark.jit
def test_a_step_that_was_stopped_is_as_long_as_it_was() -> None:
    session = Session(SURFACE)
    session.apply(Step(400_000), lambda: True)
    made = session.snapshot().lanes[0].update
    assert 0 < made < 400_000
    assert_same(session.snapshot(), replay(recorded(session)).final, "")
    session.log = Log().then(Step(0))
    assert recorded(session).acts == ()


def test_until_that_was_not_met_is_no_expectation() -> None:
    scenario = round_trip(SURFACE, [Until("a.loss < 0", 30), Step(2), Until("a.loss < 5", 300)])
    assert [act.verb.name for act in scenario.acts] == ["step", "until"]


def test_a_long_session_brings_its_own_limit() -> None:
    session = Session(SURFACE)
    session.log = Log().then(Step(2_500_000_000))
    scenario = recorded(session)
    assert scenario.limits.updates == 2_500_000_000
    assert [act.text for act in scenario.acts] == ["{ step = 1000000000 }"] * 2 + ["{ step = 500000000 }"]


@pytest.mark.jit
def test_back_far_into_the_thinned_past_is_recorded_exactly() -> None:
    wild = Experiment(ObjectiveSpec("surface", "rosenbrock", noise=0.1), (Lane("a", "adam"),), seed=5)
    round_trip(wild, [Step(90_000), Mark("far"), Step(10_000), Back("far"), Back(60_000), Step(3)])


#: The longest: by hand only. What they record, shorter ones do too.
LONG = ("what-an-update-reads", "overfitting", "landscape-of-a-classifier")


@pytest.mark.jit
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=pytest.mark.slow if path.stem in LONG else ()) for path in SHORT],
)
def test_a_lesson_that_was_gone_through_is_recorded(path: Path) -> None:
    scenario = load_scenario(path)
    commands = [act.verb for act in scenario.acts if isinstance(act.verb, Action)]
    round_trip(scenario.experiment, commands, scenario.coords)


def test_every_optimizer_in_every_form_survives() -> None:
    for optimizer in REGISTRY.values():
        for number, rule in enumerate(optimizer.rules):
            for dialect in rule.dialects:
                lane = Lane(f"x{number}", optimizer.name, dialect, rule.defaults, rule.options)
                try:
                    session = Session(Experiment(ObjectiveSpec("surface", "rosenbrock"), (lane,)))
                except ValueError:
                    continue  # a rule for matrices has nothing to do on a surface
                read = recorded(session).experiment.lanes[0]
                assert read.rule is lane.rule
                assert read.values() == lane.values()
                act = Session(SURFACE)
                act.apply(Add(lane))
                assert_same(act.snapshot(), replay(recorded(act)).final, optimizer.name)


def test_a_lane_added_late_starts_from_the_same_bits_in_the_replay() -> None:
    session = Session(SURFACE)
    first = next(iter(session.simulation.lanes))
    for command in (Step(17), Add(Lane("late", "adam"), first, 5), Step(3)):
        session.apply(command)
    assert_same(session.snapshot(), replay(recorded(session)).final, "late")


PAIR = replace(SURFACE, lanes=(Lane("a", "gd", settings={"lr": 1e-3}), Lane("b", "adam")))
NATURES: dict[str, list[Command]] = {
    "a dialect": [Replace(Lane("b", "adam", "keras", {"lr": 0.1}))],
    "a sampling, a schedule and a start": [
        Replace(Lane("b", "adam", None, {}, {}, Sampling(3, "once"), (0.5, 0.5), "a", Schedule("step", {"every": 3})))
    ],
    "a name": [Rename("b", "c"), Step(2), Back("early"), Step(4), Set("c.lr", 0.2)],
    "a place": [Move("b", 1), Branch("a", "c"), Move("a", 3)],
    "lanes that are not drawn": [Mute(("b",)), Rename("b", "c"), Step(1)],
    "a lane that is drawn again after its removal": [Mute(("b",)), Remove("b"), Add(Lane("b", "gd"))],
    "a seed": [Noise(0.3), Seed(11)],
    "noise": [Noise(0.3), Set("a.lr", 2e-3)],
}  # fmt: skip


@pytest.mark.parametrize("acts", NATURES.values(), ids=NATURES)
def test_another_nature_replays_to_the_same_bits(acts: list[Command]) -> None:
    late = [Step(9), Mark("early"), Step(3), Set("b.beta1", 0.5), Step(5)]
    scenario = round_trip(PAIR, [*late, Add(Lane("n", "gd"), "a", 2), *acts, Step(6)])
    assert len(scenario.acts) >= len(late) + len(acts)
    final = replay(scenario).final
    numbers = [lane.number for lane in final.lanes]
    assert sorted(numbers) == list(range(len(numbers))), "each lane keeps a colour of its own"


def test_a_table_of_numbers_is_named_from_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session(SURFACE)
    session.origin = replace(SURFACE, objective=ObjectiveSpec("dataset", "", csv="data/points.csv"))
    for folder, named in ((tmp_path, "data/points.csv"), (tmp_path / "x", str(tmp_path.resolve() / "data/points.csv"))):
        text = to_toml(session, "t", str(folder))
        assert tomllib.loads(text)["objective"] == {"kind": "dataset", "csv": named}


def test_editors_find_the_schema_where_it_lies_beside_the_file(tmp_path: Path) -> None:
    save(Session(SURFACE), tmp_path / "alone.toml")
    assert (tmp_path / "alone.toml").read_text().startswith("format = 1\n")
    (tmp_path / SCHEMA).write_text("{}")
    save(Session(SURFACE), tmp_path / "beside.toml")
    assert (tmp_path / "beside.toml").read_text().startswith(f"#:schema ./{SCHEMA}\nformat = 1\n")
    assert load_scenario(tmp_path / "beside.toml").experiment == load_scenario(tmp_path / "alone.toml").experiment


def test_no_hyperparameter_is_called_like_a_key_of_the_file() -> None:
    keys = {*keys_of(LaneTable), *keys_of(AddTable), *VERBS, "as", "to", "max"}
    for optimizer in REGISTRY.values():
        for rule in optimizer.rules:
            assert not {*rule.defaults, *rule.options} & keys, optimizer.name


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_any_text_is_a_string_on_one_line(text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    line = f"x = {quote(text)}"
    assert len(line.splitlines()) == 1
    assert tomllib.loads(line)["x"] == text


@pytest.mark.parametrize(
    "title", ['"', "\\", "a\nb", "\x00\x1b[2J", "\u202e", "\ud800", "x" * 999, "", " ", "日本", "]]>", "'''"]
)
def test_any_title_can_be_saved_and_read(title: str, tmp_path: Path) -> None:
    save(Session(SURFACE), tmp_path / "t.toml", title)
    read = load_scenario(tmp_path / "t.toml")
    assert read.title
    assert "\x1b" not in read.title


@pytest.mark.parametrize("value", [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 1e16, 1e-5, 1 / 3, 12345678.9])
def test_a_float_reads_back_to_the_same_bit(value: float) -> None:
    lane = Lane("a", "gd", start=(value, np.float64(-value)))
    read: Any = recorded(Session(replace(SURFACE, lanes=(lane,)))).experiment.lanes[0].start
    assert np.array(read).tobytes() == np.array([value, -value]).tobytes()


def test_what_no_file_can_hold_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text("before")
    with pytest.raises(RecordError, match="finite"):
        save(Session(replace(SURFACE, lanes=(Lane("a", "gd", start=(float("nan"), 1.0)),))), path)
    with pytest.raises(RecordError, match="stream"):
        save(Session(replace(SURFACE, lanes=(Lane("a", "gd", stream="\x07"),))), path)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["t.toml"]


KILLED = """
import os, signal, sys, threading
from gdtui.saves import write_whole
text = sys.argv[2] * 400_000
print("ready", flush=True)
while True:
    write_whole(sys.argv[1], text)
"""


def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    for _ in range(8):
        for letter in "ab":
            with subprocess.Popen([sys.executable, "-c", KILLED, path, letter], stdout=subprocess.PIPE) as child:
                assert child.stdout is not None
                child.stdout.readline()
                child.stdout.close()
                try:
                    child.wait(timeout=0.02)
                except subprocess.TimeoutExpired:
                    child.kill()
            if path.exists():
                text = path.read_text()
                assert text in ("a" * 400_000, "b" * 400_000)
    assert path.exists()
