"""What the bench opens on when nothing is asked for."""

from __future__ import annotations

from gdtui.simulation.experiment import Experiment, Lane, ObjectiveSpec


def default_experiment() -> Experiment:
    """Return rosenbrock with gd, momentum, rmsprop and adam, at rates that show their characters."""
    return Experiment(
        ObjectiveSpec("surface", "rosenbrock"),
        (
            Lane("gd", "gd", settings={"lr": 1e-3}),
            Lane("momentum", "momentum", settings={"lr": 4e-4}),
            Lane("rmsprop", "rmsprop", settings={"lr": 0.01}),
            Lane("adam", "adam", settings={"lr": 0.05}),
        ),
        seed=7,
    )
