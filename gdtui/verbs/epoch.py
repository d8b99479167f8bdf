"""`{ epoch = 2 }`."""

from __future__ import annotations

from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.verbs.base import Verb, count, verb


@verb
class Epoch(Verb, Command):
    """Advance every lane by n passes over its data."""

    epoch: int = 1

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Epoch:
        """Make the epochs."""
        session.simulation.epoch(count("epoch", self.epoch))
        return self
