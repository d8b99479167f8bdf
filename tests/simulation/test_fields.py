"""Many runs at once are the runs of single lanes, to the last bit."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from gdtui import Experiment, simulate
from gdtui.errors import ParameterError
from gdtui.kernel import Kernel, jit_disabled
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers import REGISTRY
from gdtui.optimizers.language.coordinate_rule import CoordinateRule
from gdtui.optimizers.language.members_source import MEMBERS
from gdtui.simulation.experiment import Lane, Stop
from gdtui.simulation.fields.members import Halt, Members
from gdtui.simulation.fields.running import Built, Field, group_of, outcomes_of
from gdtui.simulation.fields.side_by_side import _compiles
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.schedules import Schedule
from gdtui.simulation.stopping import Reason

ROSENBROCK = Built(ObjectiveSpec())
#: Rates at which a rule creeps, works, and blows up: of the members of a tile some stop early, and it is closed up.
RATES = np.array([1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 1e3, 1e9, 1e300])
STARTS = np.array([[-1.2, 1.0], [0.5, -0.3], [3.0, 2.0]])
#: Of each optimizer the first rule, and those with all their options; the others are compiled by hand.
EVERY_RULE = [
    pytest.param(
        name, rule.dialects[0], dict(rule.options), id=f"{name}-{rule.dialects[0]}-{'-'.join(rule.options)}",
        marks=() if place == 0 or (rule.options and all(rule.options.values())) else pytest.mark.slow,
    )
    for name, optimizer in REGISTRY.items()
    for place, rule in enumerate(optimizer.rules)
    if isinstance(rule, CoordinateRule)
]  # fmt: skip
MOMENTUM, ADAM = Lane("one", "momentum", settings={"lr": 1e-3}), Lane("one", "adam", settings={"lr": 0.05})


def assert_a_halt_ends(field):
    """What would take minutes ends at once, and nothing of it is known."""
    halt = Halt()
    field.warm()
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(field.run, None, halt)
        halt.set()
        running.result(timeout=20)
    assert not np.any(field.outcomes.known)


def assert_same(field, build=None):
    """Every member is its single lane, bit for bit; `build` makes the objective of a seed."""
    members, found = field.members, field.outcomes
    for member in range(members.count):
        objective = build(members.seed_of(member)) if build else field.objective
        run = LaneRun(members.lane_of(member), objective, members.seed_of(member), (0,))
        run.position = members.updates
        run.make_updates(members.updates, record=0)
        assert (found.updates[member], found.reasons[member]) == (run.update, run.stopped)
        np.testing.assert_array_equal(found.theta[member], run.theta)
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(found.loss[member], objective.evaluate(run.theta)[0])


@pytest.mark.jit
@pytest.mark.parametrize(("name", "dialect", "options"), EVERY_RULE)
def test_members_are_single_lanes_to_the_last_bit(name, dialect, options):
    lane = Lane("one", name, dialect, options=options)
    rates = RATES[[lane.takes("lr", rate) for rate in RATES.tolist()]]
    settings = {"lr": np.repeat(rates, 3)}
    for key in ("beta1", "beta2", "momentum", "beta", "rho"):  # what powers are taken of differs between neighbours
        if key in lane.rule.defaults:
            settings[key] = np.linspace(0.1, 0.99, 3 * len(rates))
    starts = np.tile(STARTS, (len(rates), 1))
    field = Field(Members(lane, 3 * len(rates), 60, settings, starts), ROSENBROCK)
    assert field.is_side_by_side
    field.run()
    assert_same(field)


def operations(name):
    """The functions and operators of a surface's formula."""
    return set(re.findall(r"[a-z]{3,}|\^\d+|[-+*/]", SURFACES[name].formula))


def some_surfaces():
    """Surfaces that have every operation between them: all are compiled by hand, and run in plain Python elsewhere."""
    kept, missing = [], set().union(*map(operations, SURFACES))
    while missing:
        kept.append(max(SURFACES, key=lambda name: len(operations(name) & missing)))
        missing -= operations(kept[-1])
    return kept


@pytest.mark.parametrize(
    "name", [name if jit_disabled() or name in some_surfaces() else pytest.param(name, marks=pytest.mark.slow)
             for name in SURFACES],
)  # fmt: skip
def test_every_surface_has_the_same_bits_side_by_side(name):
    build = Built(ObjectiveSpec("surface", name))
    objective = build(0)
    low, high = np.array(objective.domain).T
    starts = low + (high - low) * np.random.default_rng(1).random((6, objective.dimension))
    field = Field(Members(MOMENTUM, 6, 40, starts=starts), build)
    field.run()
    assert_same(field)


@pytest.mark.parametrize(
    "lane",
    [
        Lane("one", "momentum", "keras", settings={"lr": 1e-3, "weight_decay": 0.1, "clip_norm": 1.0}),
        Lane("one", "momentum", "pytorch", settings={"lr": 1e-3, "weight_decay": 0.1, "clip_norm": 1.0}),
        Lane("one", "gd", settings={"lr": 1e-3, "clip_value": 2.0}, schedule=Schedule("cosine", {"updates": 40})),
        Lane("one", "adam", settings={"lr": 0.05}, stop=Stop(loss=0.5)),
        Lane("one", "adam", settings={"lr": 0.05}, stop=Stop(grad_norm=3.0, updates=50)),
        Lane("one", "adam", settings={"lr": 0.05}, stop=Stop(patience=3)),
        Lane("one", "gd", start=(1.0, 1.0), stop=Stop(grad_norm=1e-200)),
    ],
    ids=["keras", "pytorch", "schedule", "loss", "norm", "patience", "a norm whose square is 0"],
)  # fmt: skip
def test_clipping_decay_schedules_and_stops_have_the_same_bits(lane):
    starts = np.tile(STARTS if not lane.start else lane.start, (3 if not lane.start else 9, 1))
    field = Field(Members(lane, 9, 60, {"lr": np.repeat([1e-3, 0.05, 0.3], 3)}, starts), ROSENBROCK)
    assert field.is_side_by_side
    field.run()
    assert_same(field)


def test_a_setting_of_clipping_may_differ_between_members():
    field = Field(Members(MOMENTUM, 3, 30, {"clip_norm": np.array([0.0, 0.5, 2.0])}), ROSENBROCK)
    field.run()
    assert_same(field)
    assert len(np.unique(field.outcomes.theta[:, 0])) == 3


def test_threads_find_what_one_thread_finds():
    members = Members(ADAM, 300, 50, {"lr": np.geomspace(1e-3, 10, 300)})
    one, two = Field(members, ROSENBROCK), Field(members, ROSENBROCK)
    one.run()
    with ThreadPoolExecutor(2) as threads:
        parts = list(two.parts(executor=threads, threads=2))
    assert sorted(np.concatenate(parts).tolist()) == list(range(300))
    np.testing.assert_array_equal(one.outcomes.theta, two.outcomes.theta)


@pytest.mark.parametrize(
    ("lane", "spec"),
    [
        (replace(ADAM, stop=Stop(loss=0.5, updates=50)), ObjectiveSpec(noise=0.1)),
        (Lane("one", "gd", settings={"lr": 1e-3, "lookahead": 3.0}), ObjectiveSpec()),
        (Lane("one", "momentum", sampling=Sampling(33)), ObjectiveSpec("dataset", "linear-4-3")),
    ],
    ids=["noise", "one by one", "batches"],
)
def test_members_that_are_made_little_by_little_are_those_made_at_once(lane, spec):
    build = Built(spec)
    members = Members(lane, 7, 60, {"lr": np.geomspace(1e-4, 3.0, 7)})
    group = group_of(members, build(0), Halt())
    for made, more in ((1, 1), (18, 17), (60, 90)):
        group.advance(more)
        at_once = outcomes_of(replace(members, updates=made), build, Halt())
        little = group.outcomes()
        for name in ("theta", "loss", "updates", "reasons"):
            np.testing.assert_array_equal(getattr(little, name), getattr(at_once, name))


def test_only_as_many_parameters_are_kept_as_are_wanted():
    field = Field(Members(ADAM, 3, 20, kept=1), ROSENBROCK)
    field.run()
    assert field.outcomes.theta.shape == (3, 1)
    assert field.outcomes.theta[0, 0] == simulate(Experiment(lanes=(ADAM,)), 20)["one"]["theta"][-1, 0]


def test_members_already_known_are_not_run_again():
    field = Field(Members(ADAM, 4, 50, {"lr": np.array([0.1, 0.2, 0.3, 0.4])}), ROSENBROCK)
    field.run(np.array([2]))
    assert field.outcomes.known.tolist() == [False, False, True, False]
    assert [part.tolist() for part in field.parts()] == [[0, 1, 3]]


def test_a_halt_leaves_members_unknown():
    halt, field = Halt(), Field(Members(ADAM, 3000, 20), ROSENBROCK)
    for part in field.parts(halt=halt):
        halt.set()
        assert len(part) < 3000
    assert 0 < np.count_nonzero(field.outcomes.known) < 3000


@pytest.mark.jit
def test_a_halt_ends_a_tile_under_way():
    assert_a_halt_ends(Field(Members(ADAM, 8, 50_000_000), ROSENBROCK))


def test_members_must_fit_the_lane_and_the_objective():
    with pytest.raises(ParameterError, match="lr must be"):
        Members(ADAM, 2, 5, {"lr": np.array([0.1, -1.0])})
    with pytest.raises(ParameterError, match="has no 'momentum'"):
        Members(ADAM, 1, 5, {"momentum": np.array([0.1])})
    with pytest.raises(ParameterError, match="2 parameters, start has 3"):
        Field(Members(ADAM, 1, 5, starts=np.zeros((1, 3))), ROSENBROCK)


def test_a_setting_that_chooses_a_form_of_the_rule_may_differ():
    field = Field(Members(Lane("one", "rmsprop", "pytorch"), 2, 20, {"momentum": np.array([0.5, 0.9])}), ROSENBROCK)
    field.run()
    assert_same(field)


@pytest.mark.parametrize("lane", [ADAM, replace(ADAM, settings={"sam_rho": 0.5})], ids=["plain", "uphill"])
def test_a_loss_that_is_not_finite_at_the_start_ends_the_first_update(lane):
    build = Built(ObjectiveSpec("expression", formula="log(x)"))
    field = Field(Members(lane, 2, 9, starts=np.array([[-1.0], [1.0]])), build)
    field.run()
    assert field.outcomes.reasons.tolist() == [Reason.NOT_FINITE, Reason.NONE]
    assert_same(field)


def test_a_member_without_sam_beside_others_is_its_lane_where_the_gradient_is_infinite():
    build = Built(ObjectiveSpec("expression", formula="exp(x^2) + y", start=(-30.0, 1.0)))
    lane = Lane("one", "gd", settings={"clip_value": 0.1})
    field = Field(Members(lane, 2, 5, {"sam_rho": np.array([0.0, 1.0])}), build)
    field.run()
    assert field.is_side_by_side
    assert_same(field)


def wrong(theta_, grad_, slots_, hyper_, t, room_, blocks_):
    theta_[0, 0] = nowhere(grad_)  # noqa: F821


@pytest.mark.jit
def test_a_rule_from_elsewhere_that_cannot_be_compiled_is_left_to_its_lane():
    assert not _compiles(Kernel(wrong, MEMBERS, keep=False))
    assert _compiles(ADAM.rule.over_members)


@pytest.mark.parametrize(
    "lane",
    [
        MOMENTUM,
        replace(ADAM, settings={"lr": 0.3, "clip_norm": 5.0}),
        Lane("ahead", "gd", settings={"lr": 1e-3, "lookahead": 3.0}),
    ],
    ids=["momentum", "clipped", "one by one"],
)
def test_a_run_has_arrived_after_the_last_update_that_is_away(lane: Lane) -> None:
    """Momentum passes the first target and comes back: passing is not arriving."""
    starts = np.array([[-1.2, 1.0], [1.0, 1.0], [0.5, 0.3], [0.0, 2.0], [-1.4, 1.3], [-1.0, 1.0], [50.0, -50.0]])
    targets, reach = np.array([[1.0, 1.0], [-1.0, 1.0]]), 0.4
    field = Field(Members(lane, len(starts), 120, starts=starts, targets=targets, reach=reach), ROSENBROCK)
    field.run()
    for member, arrived in enumerate(field.outcomes.arrived.tolist()):
        own = replace(lane, start=tuple(starts[member].tolist()))
        theta = simulate(Experiment(lanes=(own,)), 120)[lane.name]["theta"]
        distances = np.linalg.norm(theta[:, None] - targets, axis=2).min(axis=1)
        near = [bool(distance < reach) for distance in distances]
        since = next((t for t in range(len(near)) if all(near[t:])), -1)
        assert arrived == since
    assert len(set(field.outcomes.arrived.tolist())) > 2


def test_without_targets_nothing_arrives() -> None:
    field = Field(Members(ADAM, 3, 20), ROSENBROCK)
    field.run()
    assert field.outcomes.arrived.tolist() == [-1, -1, -1]
