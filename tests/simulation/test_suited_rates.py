"""Learning rates that suit an objective."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.simulation import Simulation
from gdtui.simulation.suited_rates import MOST, RATES, suited_rates


def simulation(objective: ObjectiveSpec, *lanes: Lane) -> Simulation:
    return Simulation(Experiment(objective, lanes))


def test_on_a_quadratic_it_is_the_tried_rate_that_is_best_in_closed_form() -> None:
    """After n updates each coordinate is multiplied by (1 − lr·λ)ⁿ: here λ = 2 for x and 20 for y."""
    spec = ObjectiveSpec("expression", formula="x^2 + 10*y^2", start=(1.0, 1.0))
    curvature = np.array([2.0, 20.0])
    with np.errstate(over="ignore"):
        losses = [float(np.sum(curvature / 2 * (1.0 - rate * curvature) ** (2 * MOST))) for rate in RATES]
    found = suited_rates(simulation(spec, Lane("gd", "gd", settings={"lr": 5.0})))
    assert found == {"gd": RATES[int(np.argmin(losses))]}
    assert found["gd"] < 2 / 20


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "beale", "ravine", "booth"])
def test_the_rate_lowers_the_loss_and_neighbours_are_no_better(surface: str) -> None:
    lanes = (Lane("gd", "gd"), Lane("adam", "adam"), Lane("momentum", "momentum"))
    bench = simulation(ObjectiveSpec("surface", surface), *lanes)
    before = {name: run.row.copy() for name, run in bench.lanes.items()}
    found = suited_rates(bench)
    assert set(found) == {"gd", "adam", "momentum"}
    assert all(run.row.tobytes() == before[name].tobytes() for name, run in bench.lanes.items())
    start = bench.objective.evaluate(bench.objective.start)[0]
    for lane in lanes:
        losses = {}
        index = RATES.index(found[lane.name])
        for rate in RATES[max(0, index - 1) : index + 2]:
            alone = simulation(
                ObjectiveSpec("surface", surface), Lane(lane.name, lane.optimizer, settings={"lr": rate})
            )
            alone.step(MOST)
            (run,) = alone.lanes.values()
            losses[rate] = run.objective.evaluate(run.theta)[0] if np.all(np.isfinite(run.theta)) else np.inf
        assert losses[found[lane.name]] == min(losses.values()) < start


def test_a_tape_has_no_loss_and_so_no_rates() -> None:
    tape = ObjectiveSpec("tape", pattern="constant")
    assert suited_rates(simulation(tape, Lane("gd", "gd"))) == {}


def test_a_search_that_is_stopped_finds_nothing() -> None:
    asked = iter([False] * 5 + [True] * 100)
    ravine = simulation(ObjectiveSpec("surface", "ravine"), Lane("a", "gd"), Lane("b", "adam"))
    assert suited_rates(ravine, lambda: next(asked)) == {}
