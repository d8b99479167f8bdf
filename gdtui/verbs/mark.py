"""`{ mark = "early" }`."""

from __future__ import annotations

from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.verbs.base import Verb, verb


@verb
class Mark(Verb, Command):
    """Name this point, to come back to."""

    mark: str

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Mark:
        """Remember where every lane stands."""
        session.marks[self.mark] = session.places()
        return self
