"""`{ say = "Both lanes start on the same slope." }`."""

from __future__ import annotations

from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.verbs.base import Verb, verb


@verb
class Say(Verb, Command):
    """Show a caption."""

    say: str

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Say:
        """Put the words on the screen."""
        session.caption = self.say
        return self
