"""`{ noise = 0.1 }`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from annotated_types import Ge

from gdtui.errors import ParameterError
from gdtui.objectives.specs import ExpressionSpec, SurfaceSpec
from gdtui.session import Session
from gdtui.text import N_, _, number
from gdtui.verbs.base import Action, verb
from gdtui.verbs.point import Point

_REFUSED = N_("only surfaces and formulas have gradient noise; with data, small batches are noisy")


@verb
class Noise(Action):
    """Set the standard deviation of the gradient noise: every lane is computed again from its start, with its edits."""

    noise: Annotated[float, Ge(0)]
    again: ClassVar[bool] = True
    undo_words: ClassVar[str] = N_("noise {0.noise:g}")

    def in_words(self) -> str:
        """Say what it does."""
        return _("noise of {noise} on every gradient: every lane is computed anew").format(noise=number(self.noise))

    def apply(self, session: Session) -> None:
        """Compute the lanes again."""
        simulation = session.simulation
        spec = simulation.experiment.objective
        if not isinstance(spec, (SurfaceSpec, ExpressionSpec)):
            raise ParameterError("noise", _(_REFUSED))
        objective = replace(spec, noise=float(self.noise))
        experiment = replace(simulation.experiment, objective=objective)
        session.simulation = simulation.on(experiment, session.interrupt)

    def check(self, point: Point) -> None:
        """Check that the objective can have noise."""
        if point.objective is not None and point.objective.expression is None:
            point.fault("noise", _(_REFUSED), key=True)
