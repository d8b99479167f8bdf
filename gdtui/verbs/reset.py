"""`{ reset = true }`."""

from __future__ import annotations

from typing import Literal

from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.verbs.base import Verb, verb


@verb
class Reset(Verb, Command):
    """Put every lane back at its start; edits and marks are dropped."""

    reset: Literal[True] = True

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Reset:
        """Reset the lanes, and what is kept beside them."""
        session.simulation.reset()
        session.marks.clear()
        session.caption = ""
        return self
