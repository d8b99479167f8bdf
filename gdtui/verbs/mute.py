"""`{ mute = ["adam", "gd"] }`."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from gdtui.errors import ParameterError
from gdtui.session import Command, Session
from gdtui.text import _
from gdtui.verbs.base import Action, verb
from gdtui.verbs.point import Point


@verb
class Mute(Action):
    """Choose the lanes that are computed but not drawn; [] draws all of them."""

    mute: tuple[str, ...]
    changes: ClassVar[bool] = False

    @property
    def undone_as(self) -> str:
        """Name the lanes that are not drawn."""
        return _("mute {lanes}").format(lanes=", ".join(self.mute)) if self.mute else _("draw every lane")

    def apply(self, session: Session) -> None:
        """Mute these lanes, and no others."""
        for name in self.mute:
            session.simulation.lane(name)
        if wrong := self._fault(session.simulation.lanes):
            raise ParameterError("mute", wrong)
        session.muted = frozenset(self.mute)

    def followed_by(self, later: Command) -> Command | None:
        """Return the later choice."""
        return later if isinstance(later, Mute) else None

    def check(self, point: Point) -> None:
        """Check that the lanes exist and one is left to draw."""
        for name in self.mute:
            point.lane("mute", name)
        if not point.incomplete and (wrong := self._fault(point.lanes)):
            point.fault("mute", wrong)

    def _fault(self, lanes: Collection[str]) -> str:
        return "" if set(lanes) - set(self.mute) else _("one lane must be drawn")
