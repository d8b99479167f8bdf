"""`{ branch = "adam", as = "warmer" }`."""

from __future__ import annotations

from typing import ClassVar

from gdtui.session import Session
from gdtui.text import N_, _
from gdtui.verbs.base import Action, verb
from gdtui.verbs.point import Point


@verb
class Branch(Action):
    """Copy a lane with all its past under a new name."""

    branch: str
    as_: str
    names: ClassVar[bool] = True
    again: ClassVar[bool] = True
    of_lane: ClassVar[bool] = True
    undo_words: ClassVar[str] = N_("branch {0.as_}")

    def apply(self, session: Session) -> None:
        """Make the copy."""
        session.simulation.branch(self.branch, self.as_, session.interrupt)

    def in_words(self) -> str:
        """Say what it does."""
        return _("a copy of {lane}, with all its past, is called {name}").format(lane=self.branch, name=self.as_)

    def check(self, point: Point) -> None:
        """Check that the lane exists and the name is free."""
        point.new_lane("as", self.as_, point.lane("branch", self.branch))
