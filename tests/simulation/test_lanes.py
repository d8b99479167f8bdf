"""What a lane makes of its settings: decay, clipping, options, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gdtui.errors import ParameterError, QuantityError
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.optimizers import REGISTRY
from gdtui.session import Session
from gdtui.session.quantities import parse_quantity
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Set, Step

REFERENCE = json.loads((Path(__file__).parent.parent / "reference" / "optimizers.json").read_text())
START = (3.0, -2.0)
SPHERE = ObjectiveSpec("surface", "sphere", start=START)


def run(lane: Lane, updates: int = 1) -> np.ndarray:
    snapshot = Session(Experiment(SPHERE, (lane,))).apply(Step(updates))
    block = snapshot.lanes[0].trace.layout.block("theta")
    return snapshot.lanes[0].trace.rows[:, block]


def test_decay_goes_into_the_gradient_in_pytorch_and_past_it_in_keras() -> None:
    settings = {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.5}
    start = np.array(START)
    coupled = run(Lane("a", "momentum", "pytorch", settings=settings))[1]
    np.testing.assert_allclose(coupled, start - 0.1 * (2 * start + 0.5 * start), rtol=1e-15)
    decoupled = run(Lane("a", "momentum", "keras", settings=settings))[1]
    np.testing.assert_allclose(decoupled, start * (1 - 0.1 * 0.5) - 0.1 * 2 * start, rtol=1e-15)
    adam = run(Lane("a", "adam", "pytorch", settings={"lr": 0.1, "weight_decay": 0.5}))[1]
    adamw = run(Lane("a", "adamw", "pytorch", settings={"lr": 0.1, "weight_decay": 0.5}))[1]
    np.testing.assert_allclose(adam, start - 0.1 * np.sign(start), rtol=1e-7)
    np.testing.assert_allclose(adamw, start * (1 - 0.05) - 0.1 * np.sign(start), rtol=1e-7)


def test_clipping_by_value_and_by_norm() -> None:
    start, g = np.array(START), 2 * np.array(START)
    by_value = run(Lane("a", "gd", settings={"lr": 0.1, "clip_value": 5.0}))[1]
    np.testing.assert_allclose(by_value, start - 0.1 * np.clip(g, -5, 5), rtol=1e-15)
    by_norm = run(Lane("a", "gd", settings={"lr": 0.1, "clip_norm": 1.0}))[1]
    assert np.linalg.norm(start - by_norm) == pytest.approx(0.1, rel=1e-6)
    loose = run(Lane("a", "gd", settings={"lr": 0.1, "clip_norm": 100.0}))[1]
    np.testing.assert_allclose(loose, start - 0.1 * g, rtol=1e-15)


def test_the_gradient_in_the_trace_is_the_one_before_clipping() -> None:
    snapshot = Session(Experiment(SPHERE, (Lane("a", "gd", settings={"clip_norm": 1.0}),))).apply(Step(1))
    np.testing.assert_allclose(snapshot.lanes[0].vector("grad"), 2 * np.array(START))
    assert snapshot.lanes[0].scalar("grad_norm") == pytest.approx(np.linalg.norm(2 * np.array(START)))


def test_a_setting_that_only_one_form_has_chooses_that_form() -> None:
    lane = Lane("a", "rmsprop", "pytorch", settings={"momentum": 0.8})
    assert lane.rule.options.get("momentum") is True
    assert lane.values()["momentum"] == 0.8
    assert "momentum" not in Lane("a", "rmsprop", "pytorch").values()


def test_what_an_optimizer_lacks_is_refused_with_what_it_has() -> None:
    with pytest.raises(ParameterError, match="did you mean 'beta1'"):
        Lane("a", "adam", settings={"beta_1": 0.9})
    with pytest.raises(ParameterError, match="no dialect 'torch'"):
        Lane("a", "adam", "torch").rule  # noqa: B018
    with pytest.raises(ParameterError, match=r"finite|≥ 0"):
        Lane("a", "adam", settings={"lr": float("inf")})
    with pytest.raises(ParameterError, match="name"):
        Lane("a b", "adam")


@pytest.mark.parametrize("name", list(REGISTRY))
def test_every_optimizer_runs_in_a_lane_in_every_dialect(name: str) -> None:
    for dialect in REGISTRY[name].dialects:
        lane = Lane("a", name, dialect)
        if (name, dialect) == ("muon", "pytorch"):
            with pytest.raises(ParameterError, match="matri"):
                run(lane)
            continue
        theta = run(lane, 20)
        assert np.all(np.isfinite(theta)), dialect
        assert np.linalg.norm(theta[-1]) < np.linalg.norm(theta[0]), f"{dialect} goes downhill on a bowl"


def test_a_slot_that_starts_at_a_hyperparameter_follows_an_edit_at_update_0() -> None:
    session = Session(Experiment(SPHERE, (Lane("a", "adagrad", "keras"),)))
    snapshot = session.apply(Set("a.initial_accumulator", 4.0))
    np.testing.assert_array_equal(snapshot.lanes[0].vector("accumulator"), [4.0, 4.0])
    snapshot = session.apply(Step(1))
    np.testing.assert_array_equal(snapshot.lanes[0].vector("accumulator"), 4.0 + (2 * np.array(START)) ** 2)


def test_accuracy_is_a_quantity_on_the_training_rows_and_on_those_held_out() -> None:
    spec = ObjectiveSpec("dataset", "iris", validation=0.3)
    session = Session(Experiment(spec, (Lane("a", "adam", settings={"lr": 0.05}),), seed=3))
    lane = session.apply(Step(15)).lanes[0]
    o, theta = session.simulation.objective, session.simulation.lanes["a"].theta
    answers = np.argmax(o.data[:, :4] @ theta[:12].reshape(3, 4).T + theta[12:], axis=1)
    right = answers == o.data[:, 4]
    found = [lane.measure(parse_quantity(f"a.{name}")) for name in ("accuracy", "val_accuracy")]
    assert found == [np.mean(right[o.train]), np.mean(right[o.held_out])]
    assert found[0] != found[1] and len(o.held_out) == 45
    unsplit = Session(Experiment(ObjectiveSpec("dataset", "iris"), (Lane("a"),))).snapshot().lanes[0]
    with pytest.raises(QuantityError, match="holds out no rows"):
        unsplit.measure(parse_quantity("a.val_accuracy"))
