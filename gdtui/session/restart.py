"""The commands that put another experiment, or another moment, on the bench; all others are `gdtui.verbs`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from gdtui.objectives.specs import Specification
from gdtui.session.session import Command, Saved, Session
from gdtui.simulation.experiment import Experiment
from gdtui.text import N_


@dataclass(frozen=True)
class ChangeObjective(Command):
    """Put the same lanes on another objective, at update 0."""

    objective: Specification
    undo_words: ClassVar[str] = N_("another objective")

    def apply(self, session: Session) -> None:
        """Open the present experiment with that objective, without the starts of single lanes, which do not fit it."""
        experiment = session.simulation.experiment.with_objective(self.objective)
        session.open(replace(experiment, lanes=tuple(replace(lane, start=()) for lane in experiment.lanes)))


@dataclass(frozen=True)
class Load(Command):
    """Put another experiment on the bench, at update 0, and record these coordinates of it (None: up to 16)."""

    experiment: Experiment
    coords: tuple[int, ...] | None = None
    worth_saving: ClassVar[bool] = False
    undo_words: ClassVar[str] = N_("open {0.experiment.title!r}")

    def apply(self, session: Session) -> None:
        """Open the experiment."""
        session.open(self.experiment, self.coords)


@dataclass(frozen=True, eq=False)
class ReturnTo(Command):
    """Return to a moment of this session, exactly."""

    moment: Saved

    def apply(self, session: Session) -> None:
        """Put the moment back, with its log."""
        session.put_back(self.moment, session.interrupt)
