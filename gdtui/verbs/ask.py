"""`{ ask = "Which lane turns first?", answer = "momentum" }`."""

from __future__ import annotations

from typing import ClassVar

from gdtui.session import Session
from gdtui.verbs.base import Action, verb


@verb
class Ask(Action):
    """Show a question; a key reveals its answer."""

    ask: str
    answer: str
    note: str | None = None
    changes: ClassVar[bool] = False

    def apply(self, session: Session) -> None:
        """Put the question on the screen."""
        session.caption = self.ask

    def said(self) -> tuple[str, ...]:
        """Return the question and the answer."""
        return self.ask, self.answer
