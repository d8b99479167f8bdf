"""`{ remove = "adam" }`."""

from __future__ import annotations

from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.verbs.base import Verb, verb


@verb
class Remove(Verb, Command):
    """Take a lane away."""

    remove: str

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Remove:
        """Remove the lane."""
        session.simulation.remove(self.remove)
        return self
