"""Learning rates that suit an objective: a short run of a lane at each of many rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gdtui.simulation.experiment import Lane
from gdtui.simulation.lane import Interrupt, LaneRun
from gdtui.simulation.simulation import Simulation

#: Four rates a decade.
RATES = tuple(float(f"{rate:.2g}") for rate in 10.0 ** np.arange(-6.0, 2.01, 0.25))
#: Updates at each rate, fewer where they would take longer than `SECONDS` for a lane.
MOST, LEAST, SECONDS = 200, 20, 0.3


def suited_rates(simulation: Simulation, stopped: Interrupt = lambda: False) -> dict[str, float]:
    """Return for each lane the rate of `RATES` with the lowest loss after a short run from its start.

    Lanes without a loss, and lanes for which no rate lowers it, are left out; so is everything once `stopped` says so.
    """
    if not simulation.objective.has_loss:
        return {}
    found = {name: _suited(simulation, run, stopped) for name, run in simulation.lanes.items()}
    return {} if stopped() else {name: rate for name, rate in found.items() if rate is not None}


def _suited(simulation: Simulation, run: LaneRun, stopped: Interrupt) -> float | None:
    objective = simulation.objective
    best, suited = objective.evaluate(run.first)[0], None
    affordable = int(SECONDS / len(RATES) / run.seconds)
    for rate in RATES[:: 1 if affordable >= LEAST else 4]:
        if stopped():
            return None
        spec: Lane = replace(run.spec, settings={**run.spec.settings, "lr": rate})
        trial = LaneRun(spec, objective, simulation.experiment.seed, (0,), run.first)
        trial.make_updates(max(LEAST, min(MOST, affordable)), record=0)
        with np.errstate(all="ignore"):
            loss = objective.evaluate(trial.theta)[0]
        if loss < best:
            best, suited = loss, rate
    return suited
