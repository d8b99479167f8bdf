"""`{ set = "adam.lr", to = 0.01 }`."""

from __future__ import annotations

from gdtui.errors import ParameterError
from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.text import _
from gdtui.verbs.base import Verb, verb


@verb
class Set(Verb, Command):
    """Change a setting of a lane from the next update on."""

    set: str
    to: float

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Set:
        """Edit the lane."""
        lane, dot, key = self.set.partition(".")
        if not dot:
            raise ParameterError("set", _("set names LANE.SETTING, as in 'adam.lr', not {!r}").format(self.set))
        session.simulation.lane(lane).edit(key, self.to)
        return self
