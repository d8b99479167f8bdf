"""What a command is, and the two that put another experiment on the bench; all others are `gdtui.verbs`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdtui.objectives.specs import Specification
from gdtui.simulation.experiment import Experiment

if TYPE_CHECKING:
    from gdtui.session.session import Session
    from gdtui.simulation.simulation import Interrupt


class Command(ABC):
    """Something that can be done to a session; see `Session.apply`."""

    @abstractmethod
    def apply(self, session: Session, interrupt: Interrupt | None = None) -> Command | None:
        """Do it.

        Parameters
        ----------
        session
            what is changed.
        interrupt
            asked now and then during long steps; True stops them.

        Returns
        -------
        Command | None
            what has been done, as the session's log keeps it; None: the log begins anew.

        Raises
        ------
        GdtuiError
            it cannot be done; nothing has changed.
        """

    def followed_by(self, _later: Command) -> Command | None:
        """Return one command that does what both do, or None."""
        return None


@dataclass(frozen=True)
class ChangeObjective(Command):
    """Put the same lanes on another objective, at update 0."""

    objective: Specification

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> None:
        """Open the present experiment with that objective; starts of single lanes do not fit it."""
        experiment = session.simulation.experiment.with_objective(self.objective)
        session.open(replace(experiment, lanes=tuple(replace(lane, start=()) for lane in experiment.lanes)))


@dataclass(frozen=True)
class Load(Command):
    """Put another experiment on the bench, at update 0, and record these coordinates of it (None: up to 16)."""

    experiment: Experiment
    coords: tuple[int, ...] | None = None

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> None:
        """Open the experiment."""
        session.open(self.experiment, self.coords)
