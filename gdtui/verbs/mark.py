"""`{ mark = "early" }`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, ClassVar

from annotated_types import MinLen

from gdtui.session import Session
from gdtui.verbs.base import Action, verb
from gdtui.verbs.point import Point


@verb
class Mark(Action):
    """Name this point, to come back to."""

    mark: Annotated[str, MinLen(1)]
    changes: ClassVar[bool] = False
    names: ClassVar[bool] = True

    def apply(self, session: Session) -> None:
        """Remember the place of every lane."""
        session.marks = {**session.marks, self.mark: session.places()}

    def check(self, point: Point) -> None:
        """Add the mark for the acts that follow."""
        point.marks.append(self.mark)

    def tables(self, mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Yield the mark by its name in the file."""
        yield {"mark": mark(self.mark)}
