"""`{ back = 3 }`, `{ back = "early" }`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

from gdtui.errors import ParameterError
from gdtui.session import Session
from gdtui.text import _, did_you_mean
from gdtui.toml.records import Reads
from gdtui.verbs.base import MOST, Action, checked, verb
from gdtui.verbs.point import Point


def _count_or_mark(value: object) -> object:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST):
        return value
    raise ValueError(_("{key} must be how many updates (1 or more), or the name of a mark"))


_SCHEMA = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST}, {"type": "string"}]}


@verb
class Back(Action):
    """Undo n updates on every lane, or everything since a mark."""

    back: Annotated[int | str, Reads(_count_or_mark, _SCHEMA)] = 1

    @property
    def undone_as(self) -> str:
        """Name the mark: going back to it drops later edits."""
        return _("back to {mark}").format(mark=self.back) if isinstance(self.back, str) else ""

    def apply(self, session: Session) -> None:
        """Go back."""
        if isinstance(self.back, int):
            session.simulation.back(checked("back", self.back), session.interrupt)
        elif self.back in session.marks:
            session.return_to(session.marks[self.back], session.interrupt)
        else:
            known = ", ".join(session.marks) or _("none")
            raise ParameterError("back", _("there is no mark {!r} (marks: {})").format(self.back, known))

    def in_words(self) -> str:
        """Say how far back."""
        if isinstance(self.back, str):
            return _("back to “{mark}”").format(mark=self.back)
        return _("1 update back") if self.back == 1 else _("{n} updates back").format(n=self.back)

    def check(self, point: Point) -> None:
        """Check that the mark has been set."""
        if isinstance(self.back, str) and self.back not in point.marks and not point.incomplete:
            known = _(" (marks so far: {})").format(", ".join(point.marks) or _("none"))
            hint = did_you_mean(self.back, point.marks, known)
            point.fault("back", _("there is no mark {!r} at this point").format(self.back) + hint)

    def tables(self, mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Yield the mark by its name in the file."""
        yield {"back": mark(self.back) if isinstance(self.back, str) else self.back}
