"""`{ add = "adam", optimizer = "adam", lr = 0.05 }`."""

from __future__ import annotations

from gdtui.session import Command, Session
from gdtui.simulation.experiment import Lane
from gdtui.simulation.simulation import Interrupt
from gdtui.verbs.base import Verb, verb


@verb
class Add(Verb, Command):
    """Put another lane beside the others, at its update 0; the keys are those of a lane."""

    lane: Lane

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Add:
        """Add the lane."""
        session.simulation.add(self.lane)
        return self
