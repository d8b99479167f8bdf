"""Tapes: the gradients that were given, in their order; patterns go round, inline and file tapes end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gdtui.errors import ObjectiveError
from gdtui.objectives.specs import ObjectiveSpec, Specification
from gdtui.objectives.specs.tape import PATTERNS, pattern_rows
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.simulation import Simulation
from gdtui.verbs import Step
from tests.objectives.building import tape


def gradients_seen(spec: Specification, updates: int) -> tuple[list[float], str]:
    """Return how far gd with lr 1 moved in each update, which is minus its gradient."""
    simulation = Simulation(Experiment(spec, (Lane("gd", "gd", settings={"lr": 1.0}),)))
    lane = simulation.lanes["gd"]
    places = [lane.theta[0]]
    for _ in range(updates):
        simulation.step(1)
        places.append(lane.theta[0])
    return (-np.diff(places)).tolist(), lane.status


def test_update_t_gets_row_t_and_the_tape_ends() -> None:
    spec = ObjectiveSpec("tape", gradients=((1.0,), (2.0,), (3.0,)))
    assert gradients_seen(spec, 5) == ([1, 2, 3, 0, 0], "ended")


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("impulse", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("step", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]),
        ("alternating", [1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1]),
        ("sparse", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]),
        ("constant", [1] * 12),
    ],
)
def test_a_pattern_goes_on(pattern: str, first: list[float]) -> None:
    assert gradients_seen(ObjectiveSpec("tape", pattern=pattern), 12) == (first, "going")


def test_the_table_of_patterns_is_complete() -> None:
    assert set(PATTERNS) == {"impulse", "step", "alternating", "sparse", "constant"}
    assert all(function.__doc__ for function in PATTERNS.values())


def test_coordinates_can_have_patterns_of_their_own() -> None:
    rows = pattern_rows("constant, alternating, sparse")
    assert rows.shape == (10, 3) and rows[:, 0].min() == 1 and rows[:, 1].sum() == 0 and rows[:, 2].sum() == 1
    assert tape(pattern="alternating", start=(0.0, 5.0)).dimension == 2


def test_the_averages_of_the_notes() -> None:
    """v₀ = x₀, then v = βv + (1−β)x, on 1 … 5; `ema` begins at 0, so the first row is scaled to make it begin at x₀."""
    for beta, expected in ((0.1, [1, 1.9, 2.89, 3.889, 4.8889]), (0.9, [1, 1.1, 1.29, 1.561, 1.9049])):
        given = ((1.0 / (1 - beta),), *((float(x),) for x in (2, 3, 4, 5)))
        lane = Lane("ema", "momentum", "ema", settings={"beta": beta, "lr": 1.0})
        simulation = Simulation(Experiment(ObjectiveSpec("tape", gradients=given), (lane,)))
        found = []
        for _ in range(5):
            simulation.step(1)
            found.append(simulation.lanes["ema"].slots[0, 0])
        np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("mu", [1.0, 2.0, -0.3, 1e-9, 7e5])
def test_adam_s_corrected_average_of_a_constant_gradient_is_that_gradient(mu: float) -> None:
    """E[m_t] = (1 − βᵗ)μ, so m/(1 − βᵗ) is μ at every update, not only in the limit; v̂ is μ²."""
    spec = ObjectiveSpec("tape", gradients=((mu,),) * 3000)
    session = Session(Experiment(spec, (Lane("adam", "adam", settings={"lr": 0.1}),)))
    seen = session.apply(Step(3000)).lanes[0].trace
    m, m_hat, v_hat = (seen.rows[1:, seen.layout.block(name)][:, 0] for name in ("m", "m_hat", "v_hat"))
    np.testing.assert_allclose(m_hat, mu, rtol=1e-14)
    np.testing.assert_allclose(v_hat, mu * mu, rtol=1e-11)  # 1 − 0.999ᵗ has lost three digits at t = 1
    np.testing.assert_allclose(m, (1 - 0.9 ** np.arange(1, 3001)) * mu, rtol=1e-13)


def test_there_is_no_loss() -> None:
    o = tape(pattern="constant")
    assert not o.has_loss and np.isnan(o.evaluate(o.start)[0])


def test_a_file_of_gradients(tmp_path: Path) -> None:
    path = tmp_path / "tape.csv"
    path.write_text("gx,gy\n1,2\n3,4\n")
    o = tape(csv=str(path))
    assert tuple(o.names) == ("gx", "gy") and o.data.tolist() == [[1, 2], [3, 4]] and not o.endless
    path.write_text("gx,gy\n1,two\n")
    with pytest.raises(ObjectiveError, match=r"tape.csv:2:3: 'two' is not a number \(column 'gy'\)"):
        tape(csv=str(path))


@pytest.mark.parametrize(
    ("key", "arguments"),
    [
        ("gradients", {}),
        ("pattern", {"gradients": ((1.0,),), "pattern": "step"}),
        ("gradients", {"gradients": ((1.0,), (1.0, 2.0))}),
        ("gradients", {"gradients": ((1.0,), (float("inf"),))}),
        ("gradients", {"gradients": ((),)}),
        ("pattern", {"pattern": "saw"}),
        ("start", {"pattern": "step,step", "start": (1.0,)}),
        ("csv", {"csv": "/nowhere/tape.csv"}),
    ],
)
def test_what_is_no_tape_is_refused(key: str, arguments: dict[str, object]) -> None:
    with pytest.raises(ObjectiveError) as error:
        tape(**arguments)  # type: ignore[arg-type]
    assert error.value.key == key


def test_a_misspelt_pattern_is_guessed() -> None:
    with pytest.raises(ObjectiveError, match="did you mean 'alternating'"):
        tape(pattern="alternatin")
