"""Diagnoses are true, with the numbers of closed forms; where nothing stands out there are none."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gdtui.insight import diagnosis
from gdtui.insight.case import Case
from gdtui.insight.curvature import spectrum
from gdtui.insight.diagnosis import diagnose
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step


def say(surface: str, lane: Lane, updates: int, start: tuple[float, ...] = ()) -> tuple[str, ...]:
    snapshot = Session(Experiment(ObjectiveSpec("surface", surface, start=start), (lane,))).apply(Step(updates))
    return diagnose(snapshot.lanes[0].case)


def test_a_rate_above_two_over_the_curvature_is_named_with_the_limit() -> None:
    # ravine x²/20 + y²: curvatures 0.1 and 2, so the limit is 1
    assert "lr 1.1 is above 2/λmax = 1 here" in say("ravine", Lane("a", "gd", settings={"lr": 1.1}), 5)[0]
    assert not any("above" in s for s in say("ravine", Lane("a", "gd", settings={"lr": 0.9}), 5))


def test_heavy_ball_has_a_limit_of_its_own() -> None:
    settings = {"momentum": 0.9}
    assert not any("above" in s for s in say("ravine", Lane("a", "momentum", settings={"lr": 1.8, **settings}), 5))
    said = say("ravine", Lane("a", "momentum", settings={"lr": 2.0, **settings}), 5)[0]
    assert "2(1+μ)/λmax = 1.9" in said


def test_momentum_of_pytorch_with_dampening_is_not_told_that_it_grows_while_it_converges() -> None:
    settings = {"momentum": 0.9, "dampening": 0.9, "lr": 3.0}
    lane = Lane("a", "momentum", "pytorch", settings=settings)
    snapshot = Session(Experiment(ObjectiveSpec("surface", "ravine"), (lane,))).apply(Step(3000))
    assert snapshot.lanes[0].scalar("loss") < 1e-100
    assert not any("above" in sentence for sentence in say("ravine", lane, 50))
    faster = Lane("a", "momentum", "pytorch", settings={**settings, "lr": 19.5})
    assert "lr 19.5 is above 2(1+μ)/((1−τ)λmax) = 19 here" in say("ravine", faster, 5)[0]


def test_a_clipped_gradient_does_not_grow() -> None:
    lane = Lane("a", "gd", settings={"lr": 5.0, "clip_norm": 1.0})
    losses = [
        Session(Experiment(ObjectiveSpec("surface", "ravine"), (lane,))).apply(Step(updates)).lanes[0].scalar("loss")
        for updates in (200, 1000)
    ]
    assert losses[0] == pytest.approx(losses[1])
    assert not any("above" in sentence for sentence in say("ravine", lane, 200))


def test_nesterov_has_a_lower_limit_than_the_heavy_ball() -> None:
    lane = Lane("a", "nesterov", settings={"momentum": 0.9, "lr": 0.7})
    assert "lr 0.7 is above 2(1+μ)/((1+2μ)λmax) = 0.6786 here" in say("ravine", lane, 5)[0]


def test_what_weighs_most_is_said_first() -> None:
    said = say("ravine", Lane("a", "gd", settings={"lr": 1.0001}), 200)
    assert len(said) == 2
    assert "the steep direction grows" in said[0] and "jumps to and fro" in said[1]


def test_a_diagnosis_is_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "_ENTRIES", [*diagnosis._ENTRIES])

    @diagnosis.diagnosis(45)
    def unlucky(case: Case) -> str | None:
        return "13 updates are unlucky" if case.column("update")[-1] == 13 else None

    lane = Lane("a", "gd", settings={"lr": 1.0001})
    assert [sentence[:12] for sentence in say("ravine", lane, 13)] == ["lr 1.0001 is", "13 updates a", "y jumps to a"]
    assert len(say("ravine", lane, 14)) == 2


def test_a_diverged_lane_is_told_what_was_wrong_at_the_start() -> None:
    said = say("rosenbrock", Lane("a", "gd", settings={"lr": 0.1}), 50)
    assert re.search(r"above 2/λmax = 0\.00\d+ at the start", said[0])


def test_adaptive_rules_have_no_such_limit() -> None:
    assert not any("above" in s for s in say("ravine", Lane("a", "adam", settings={"lr": 50.0}), 20))


@pytest.mark.parametrize(
    ("surface", "start", "kind"), [("saddle", (2.0, 0.0), "saddle"), ("sphere", (2.0, 1.0), "minimum")]
)
def test_where_it_rests_is_told_by_the_eigenvalues(surface: str, start: tuple[float, float], kind: str) -> None:
    said = say(surface, Lane("a", "gd", settings={"lr": 0.1}), 120, start)
    assert kind in said[0]
    assert ("2, −2" if kind == "saddle" else "2, 2") in said[0]


def test_jumping_to_and_fro() -> None:
    said = say("ravine", Lane("a", "gd", settings={"lr": 0.95}), 20)
    assert any(s.startswith("y jumps to and fro: its gradient changed sign") for s in said)


def test_adagrad_is_told_that_its_rate_falls() -> None:
    said = say("rosenbrock", Lane("a", "adagrad", settings={"lr": 0.5}), 20)
    assert not any("rate fell" in s for s in said)
    said = say("sphere", Lane("a", "adagrad", settings={"lr": 0.001}), 2000, (3.0, 4.0))
    # almost constant g: G = t·g², so the rate falls as 1/√t: √2000 = 44.7
    match = re.search(r"rate fell (\d+)×", " ".join(said))
    assert match and 40 <= int(match[1]) <= 50


def test_nothing_is_said_at_the_start_and_of_a_healthy_run() -> None:
    assert say("sphere", Lane("a", "gd", settings={"lr": 0.1}), 1) == ()
    assert say("sphere", Lane("a", "gd", settings={"lr": 0.1}), 20) == ()


def test_curvatures_of_a_known_quadratic() -> None:
    objective = Session(Experiment(ObjectiveSpec("surface", "ravine"), (Lane("a"),))).snapshot().objective
    found = spectrum(objective, np.array([1.0, 1.0]))
    assert found is not None
    np.testing.assert_allclose(found.values, [0.1, 2.0])
