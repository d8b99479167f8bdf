"""`{ reset = true }`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gdtui.session import Session
from gdtui.text import N_, _
from gdtui.toml.records import Reads, short
from gdtui.verbs.base import Action, verb
from gdtui.verbs.point import Point


def _true(value: object) -> object:
    if value is True:
        return value
    raise ValueError(_("{{key}} must be true, not {}").format(short(value).replace("{", "{{").replace("}", "}}")))


@verb
class Reset(Action):
    """Put every lane back at its start; edits and marks are dropped."""

    reset: Annotated[bool, Reads(_true, {"const": True, "type": "boolean"})] = True
    names: ClassVar[bool] = True
    undo_words: ClassVar[str] = N_("back to the start")

    def apply(self, session: Session) -> None:
        """Reset the lanes, the marks and the caption."""
        session.simulation.reset()
        session.marks = {}
        session.caption = ""

    def in_words(self) -> str:
        """Say what it does."""
        return _("every lane back to its start")

    def check(self, point: Point) -> None:
        """Drop every mark."""
        point.marks.clear()
