"""`{ back = 3 }`, `{ back = "early" }`."""

from __future__ import annotations

from gdtui.errors import ParameterError
from gdtui.session import Command, Session
from gdtui.simulation.simulation import Interrupt
from gdtui.text import _
from gdtui.verbs.base import Verb, count, verb


@verb
class Back(Verb, Command):
    """Undo n updates on every lane, or everything since a mark."""

    back: int | str = 1

    def apply(self, session: Session, _interrupt: Interrupt | None = None) -> Back:
        """Go back."""
        if isinstance(self.back, int):
            session.simulation.back(count("back", self.back))
        elif self.back in session.marks:
            session.return_to(session.marks[self.back])
        else:
            known = ", ".join(session.marks) or _("none")
            raise ParameterError("back", _("there is no mark {!r} (marks: {})").format(self.back, known))
        return self
