"""`{ say = "Both lanes start on the same slope." }`."""

from __future__ import annotations

from typing import ClassVar

from gdtui.session import Session
from gdtui.verbs.base import Action, verb


@verb
class Say(Action):
    """Show a caption."""

    say: str
    note: str | None = None
    changes: ClassVar[bool] = False
    words: ClassVar[tuple[str, ...]] = ("say", "note")

    def apply(self, session: Session) -> None:
        """Put the words on the screen."""
        session.caption = self.say

    def said(self) -> tuple[str, ...]:
        """Return the caption."""
        return (self.say,)
