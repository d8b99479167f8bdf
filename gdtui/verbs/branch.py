"""`{ branch = "adam", as = "warmer" }`."""

from __future__ import annotations

from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.verbs.base import Verb, verb


@verb
class Branch(Verb, Command):
    """Copy a lane with all its past under a new name."""

    branch: str
    as_: str

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Branch:
        """Make the copy."""
        session.simulation.branch(self.branch, self.as_)
        return self
