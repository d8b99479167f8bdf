"""The weights of past gradients in a velocity: closed forms, and that with them the velocity is their sum."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.insight.velocity_weights import MOST, velocity_weights
from gdtui.kernel import Array
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import LaneView, Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.schedules import Schedule
from gdtui.verbs import Set, Step

N = 12
GRADIENTS = tuple((float(np.sin(3 * i)), float(i % 5)) for i in range(1, N + 1))


def after(lane: Lane, updates: int = N) -> LaneView:
    tape = ObjectiveSpec("tape", gradients=GRADIENTS, start=(0.0, 0.0))
    return Session(Experiment(tape, (lane,))).apply(Step(updates)).lanes[0]


def weights(lane: LaneView) -> Array | None:
    return velocity_weights(lane.trace, lane.settings)


POWERS = 0.9 ** np.arange(N - 1.0, -1.0, -1.0)
FORMS = {
    "momentum:pytorch": POWERS,
    "momentum:classical": -0.01 * POWERS,
    "momentum:ema": 0.1 * POWERS,
    "adam": 0.1 * POWERS,
}


@pytest.mark.parametrize("name", FORMS)
def test_the_weights_are_those_of_the_closed_form(name: str) -> None:
    optimizer, _, dialect = name.partition(":")
    lane = after(Lane("a", optimizer, dialect) if dialect else Lane("a", optimizer))
    np.testing.assert_allclose(weights(lane), FORMS[name], rtol=1e-12)


def test_the_first_value_of_a_damped_momentum_has_the_weight_of_all_before_it() -> None:
    damped = {"momentum": 0.5, "dampening": 0.5}
    found = weights(after(Lane("a", "momentum", "pytorch", settings=damped), 5))
    assert found is not None and found.tolist() == [0.5**4, 0.5**4, 0.5**3, 0.5**2, 0.5]


def test_a_schedule_is_in_the_weights_of_a_velocity_that_holds_the_rate() -> None:
    lane = after(Lane("a", "momentum", "classical", schedule=Schedule("exponential", {"factor": 0.5})))
    rates = 0.01 * 0.5 ** np.arange(N)
    np.testing.assert_allclose(weights(lane), -rates * POWERS, rtol=1e-12)


def test_a_velocity_that_is_no_sum_of_its_gradients_has_no_weights() -> None:
    assert weights(after(Lane("a", "gd"))) is None
    assert weights(after(Lane("a", "momentum", "pytorch", settings={"clip_value": 0.5}))) is None
    assert weights(after(Lane("a", "momentum", "pytorch", settings={"weight_decay": 0.5}))) is None
    assert weights(after(Lane("a", "momentum"), 1)) is not None


def test_an_edit_on_the_way_leaves_no_weights_that_are_wrong() -> None:
    tape = ObjectiveSpec("tape", gradients=GRADIENTS, start=(0.0, 0.0))
    session = Session(Experiment(tape, (Lane("a", "momentum", "pytorch"),)))
    session.apply(Step(6))
    session.apply(Set("a.momentum", 0.5))
    assert weights(session.apply(Step(6)).lanes[0]) is None


def test_there_are_none_before_the_first_update_nor_beyond_the_most() -> None:
    session = Session(Experiment(ObjectiveSpec("surface", "sphere"), (Lane("a", "momentum"),)))
    assert weights(session.snapshot().lanes[0]) is None
    assert weights(session.apply(Step(MOST)).lanes[0]) is not None
    assert weights(session.apply(Step(1)).lanes[0]) is None
