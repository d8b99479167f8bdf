"""What the bench opens on when nothing is asked for."""

from __future__ import annotations

from gdtui.objectives.specs import SurfaceSpec
from gdtui.simulation.experiment import Experiment, Lane

#: Optimizers with rates at which each behaves on Rosenbrock's valley as it is known to, and unlike the others.
DEFAULT_LANES = (("gd", 1e-3), ("momentum", 4e-4), ("rmsprop", 0.01), ("adam", 0.05))


def default_experiment() -> Experiment:
    """Return rosenbrock with gd, momentum, rmsprop and adam."""
    lanes = tuple(Lane(name, name, settings={"lr": rate}) for name, rate in DEFAULT_LANES)
    return Experiment(SurfaceSpec("rosenbrock"), lanes)
