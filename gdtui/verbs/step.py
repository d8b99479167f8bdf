"""`{ step = 5 }`."""

from __future__ import annotations

from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.verbs.base import Verb, count, verb


@verb
class Step(Verb, Command):
    """Make n updates on every lane."""

    step: int = 1

    def apply(self, session: Session, interrupt: Interrupt | None = None) -> Step:
        """Return a step of as many updates as were made before the interrupt."""
        return Step(session.simulation.step(count("step", self.step), interrupt))

    def followed_by(self, later: Command) -> Command | None:
        """Join steps in a row."""
        return Step(self.step + later.step) if isinstance(later, Step) else None
