"""`{ move = "adam", to = 1 }`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from annotated_types import Interval

from gdtui.errors import ParameterError
from gdtui.session import Session
from gdtui.simulation.experiment import MOST_LANES
from gdtui.text import N_, _
from gdtui.verbs.base import Action, verb
from gdtui.verbs.point import Point


@verb
class Move(Action):
    """Move a lane to a place among the lanes; the first is 1."""

    move: str
    to: Annotated[int, Interval(ge=1, le=MOST_LANES)]
    of_lane: ClassVar[bool] = True
    undo_words: ClassVar[str] = N_("move {0.move}")

    def apply(self, session: Session) -> None:
        """Move the lane."""
        if wrong := self._fault(len(session.simulation.lanes)):
            raise ParameterError("to", wrong)
        session.simulation.move(self.move, self.to - 1)

    def in_words(self) -> str:
        """Say what it does."""
        return _("{lane} moves to place {place} among the lanes").format(lane=self.move, place=self.to)

    def check(self, point: Point) -> None:
        """Check that the lane and the place exist."""
        point.lane("move", self.move)
        if not point.incomplete and (wrong := self._fault(len(point.lanes))):
            point.fault("to", wrong)

    def _fault(self, lanes: int) -> str:
        return "" if 1 <= self.to <= lanes else _("the places of the lanes are 1 to {lanes}").format(lanes=lanes)
