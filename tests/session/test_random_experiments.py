"""Experiments at random, from the whole catalogue: taken back, branched, alone and replayed, they keep every bit."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gdtui.errors import GdtuiError
from gdtui.kernel import jit_disabled
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers import REGISTRY
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import parse_scenario
from gdtui.scenario.write.record import to_toml
from gdtui.session import Session, Snapshot
from gdtui.simulation.experiment import Experiment, Lane, Stop
from gdtui.simulation.sampling import SHUFFLES, Sampling
from gdtui.simulation.schedules import Schedule
from gdtui.verbs import Back, Branch, Mark, Mute, Set, Step

FORMULAS = ("x**2 + 10*y**2", "sin(3*x) + x**2/10 + abs(y)", "log(1 + x**2 + 3*y**2)", "sqrt(abs(x)) + exp(-y**2)")
PATTERNS = ("alternating", "constant", "sparse")
SCHEDULES = (
    Schedule(), Schedule(), Schedule("step", {"every": 3}), Schedule("cosine", {"updates": 40.0, "floor": 0.1}),
    Schedule("plateau", {"patience": 2, "factor": 0.5}), Schedule("inverse-time", {"decay": 0.1}),
)  # fmt: skip
STOPS = (Stop(), Stop(), Stop(), Stop(updates=17), Stop(grad_norm=1e-2, patience=4))


def tries(make: Callable[[], Experiment]) -> Experiment:
    """Return the first that the program takes: not every rule works on every objective."""
    for _try in range(200):
        try:
            experiment = make()
            Session(experiment)
        except GdtuiError:
            continue
        return experiment
    raise AssertionError("none of 200 can be made")


def objective(chance: random.Random) -> ObjectiveSpec:
    kind = chance.choice(("surface", "surface", "expression", "dataset", "tape"))
    noise = chance.choice((0.0, 0.0, 0.3))
    if kind == "surface":
        return ObjectiveSpec("surface", chance.choice(list(SURFACES)), noise=noise)
    if kind == "expression":
        start = (chance.uniform(-2, 2), chance.uniform(-2, 2))
        return ObjectiveSpec("expression", "", chance.choice(FORMULAS), ((-2.0, 2.0), (-2.0, 2.0)), start, noise)
    if kind == "dataset":
        small = [data.name for data in DATASETS.values() if data.name.startswith(("linear", "two-moons", "iris"))]
        return ObjectiveSpec("dataset", chance.choice(small), rows=chance.choice((0, 30, 60)))
    return ObjectiveSpec("tape", pattern=chance.choice(PATTERNS))


def lane(chance: random.Random, name: str) -> Lane:
    optimizer = chance.choice(list(REGISTRY.values()))
    rule = chance.choice(optimizer.rules)
    settings = {"lr": 10.0 ** chance.uniform(-6, 0.5)}
    if chance.random() < 0.3:
        settings["clip_norm"] = chance.choice((0.1, 1.0))
    if chance.random() < 0.3:
        settings["weight_decay"] = chance.choice((1e-3, 0.1))
    sampling = Sampling(chance.choice((None, None, 1, 7)), chance.choice(SHUFFLES), chance.random() < 0.3)
    return Lane(
        name, optimizer.name, next(iter(rule.dialects), None), settings, dict(rule.options), sampling,
        schedule=chance.choice(SCHEDULES), stop=chance.choice(STOPS),
    )  # fmt: skip


def experiment(chance: random.Random) -> Experiment:
    def make() -> Experiment:
        on = objective(chance)
        lanes = []
        for name in "abc"[: chance.randint(1, 3)]:
            alone = tries(lambda name=name: Experiment(on, (lane(chance, name),)))
            lanes.append(alone.lanes[0])
        return Experiment(on, tuple(lanes), seed=chance.randrange(2**32))

    return tries(make)


def bits(snapshot: Snapshot, *names: str) -> dict[str, bytes]:
    return {each.name: each.trace.rows.tobytes() for each in snapshot.lanes if not names or each.name in names}


def walk(session: Session, chance: random.Random) -> None:
    """Do what a person does: steps, back, edits, a mark, a branch, and forward again."""
    session.apply(Step(chance.randint(1, 30)))
    session.apply(Mark("m"))
    for _act in range(chance.randint(2, 6)):
        name = chance.choice([each.name for each in session.snapshot().lanes])
        act = chance.choice((
            Step(chance.randint(1, 40)), Back(chance.randint(1, 30)), Back("m"), Set(f"{name}.lr", chance.random() / 9),
            Mute((name,)), Branch(name, f"{name}x"),
        ))  # fmt: skip
        try:
            session.apply(act)
        except GdtuiError:
            continue  # the name is taken, or the mark lies ahead
    session.apply(Step(chance.randint(1, 30)))


def check(number: int) -> None:
    chance = random.Random(number)
    made = experiment(chance)
    session = Session(made)
    begin = bits(session.snapshot())
    n = chance.randint(2, 60)
    there = session.apply(Step(n))
    assert bits(session.apply(Back(n))) == begin, made
    assert bits(session.apply(Step(n))) == bits(there), made
    one = chance.choice(made.lanes)
    # alone, and one update at a time
    alone = Session(replace(made, lanes=(one,)))
    for _update in range(n):
        alone.apply(Step(1))
    assert bits(alone.snapshot()) == bits(there, one.name), made
    walk(session, chance)
    final = session.snapshot()
    text = to_toml(session, "t")
    again = replay(parse_scenario(text.encode(), "t.toml")).final
    assert bits(again) == bits(final), text
    assert [each.status for each in again.lanes] == [each.status for each in final.lanes], text


@pytest.mark.parametrize("group", range(6))
def test_60_random_experiments_keep_every_bit(group: int) -> None:
    for number in range(group * 10, group * 10 + (3 if jit_disabled() else 10)):
        check(number)


@pytest.mark.slow
@pytest.mark.parametrize("group", range(10))
def test_1000_random_experiments_keep_every_bit(group: int) -> None:
    for number in range(1000 + group * 100, 1100 + group * 100):
        check(number)


def assert_back_to_the_start(lanes: tuple[Lane, ...], updates: int) -> None:
    session = Session(Experiment(ObjectiveSpec("surface", "rosenbrock", noise=0.1), lanes, seed=4))
    begin = bits(session.snapshot())
    states = {name: (run.theta.tobytes(), run.slots.tobytes()) for name, run in session.simulation.lanes.items()}
    forward = session.apply(Step(updates))
    assert [each.update for each in forward.lanes] == [updates] * len(lanes)
    last = bits(forward)
    session.apply(Back(updates // 3))
    session.apply(Back(updates - updates // 3))
    assert bits(session.snapshot()) == begin
    assert states == {
        name: (run.theta.tobytes(), run.slots.tobytes()) for name, run in session.simulation.lanes.items()
    }
    again = session.apply(Step(updates))
    for each in again.lanes:
        newest = forward.lane(each.name).trace.rows[-1]
        assert np.array_equal(each.trace.rows[-1], newest, equal_nan=True)
    assert list(bits(again)) == list(last)


LONG_RUN = (Lane("gd", "gd", settings={"lr": 1e-4}), Lane("adam", "adam", settings={"lr": 1e-3}))


@pytest.mark.jit
def test_a_hundred_thousand_updates_forward_and_back_are_the_start() -> None:
    assert_back_to_the_start(LONG_RUN, 100_000)


@pytest.mark.slow
def test_a_million_updates_forward_and_back_are_the_start() -> None:
    assert_back_to_the_start(LONG_RUN, 1_000_000)
