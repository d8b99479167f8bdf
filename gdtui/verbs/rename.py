"""`{ rename = "adam", as = "warmer" }`."""

from __future__ import annotations

from typing import ClassVar

from gdtui.session import Session
from gdtui.text import N_, _
from gdtui.verbs.base import Action, verb
from gdtui.verbs.point import Point


@verb
class Rename(Action):
    """Give a lane another name; everything else about it stays, its random stream too."""

    rename: str
    as_: str
    names: ClassVar[bool] = True
    of_lane: ClassVar[bool] = True
    undo_words: ClassVar[str] = N_("rename {0.rename} to {0.as_}")

    def apply(self, session: Session) -> None:
        """Rename the lane, on the marks too."""
        session.simulation.rename(self.rename, self.as_)
        session.muted = frozenset(map(self._new_name, session.muted))
        session.marks = {
            mark: {self._new_name(lane): place for lane, place in places.items()}
            for mark, places in session.marks.items()
        }

    def in_words(self) -> str:
        """Say what it does."""
        return _("{lane} is called {name} from now on").format(lane=self.rename, name=self.as_)

    def _new_name(self, name: str) -> str:
        return self.as_ if name == self.rename else name

    def check(self, point: Point) -> None:
        """Check that the lane exists and the name is free."""
        lane = point.lane("rename", self.rename)
        point.lanes.pop(self.rename, None)
        point.new_lane("as", self.as_, lane)
