"""`{ remove = "adam" }`."""

from __future__ import annotations

from typing import ClassVar

from gdtui.session import Session
from gdtui.text import N_, _
from gdtui.verbs.base import Action, verb
from gdtui.verbs.point import Point


@verb
class Remove(Action):
    """Take a lane away."""

    remove: str
    undo_words: ClassVar[str] = N_("remove {0.remove}")

    def apply(self, session: Session) -> None:
        """Remove the lane."""
        session.simulation.remove(self.remove)
        session.muted -= {self.remove}

    def in_words(self) -> str:
        """Say what it does."""
        return _("the lane {lane} goes").format(lane=self.remove)

    def check(self, point: Point) -> None:
        """Check that the lane exists and is not the last one."""
        point.lane("remove", self.remove)
        if list(point.lanes) == [self.remove]:
            point.fault("remove", _("{!r} is the last lane: one must stay").format(self.remove))
        point.lanes.pop(self.remove, None)
