"""`{ step = 5 }`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gdtui.session import Command, Session
from gdtui.session.budget import Budget
from gdtui.text import _
from gdtui.verbs.base import CHUNK, MOST, Action, Count, checked, chunks, verb


@verb
class Step(Action):
    """Make n updates on every lane."""

    step: Count = 1

    def apply(self, session: Session) -> Step:
        """Return a step of as many updates as were made before the interrupt."""
        return Step(session.simulation.step(checked("step", self.step), session.interrupt))

    def in_words(self) -> str:
        """Count the updates."""
        return _("1 update on every lane") if self.step == 1 else _("{n} updates on every lane").format(n=self.step)

    def followed_by(self, later: Command) -> Command | None:
        """Join steps in a row."""
        return Step(self.step + later.step) if isinstance(later, Step) else None

    def beyond(self, earlier: Command) -> Command | None:
        """Return the updates that are left after an earlier step."""
        more = self.step - earlier.step if isinstance(earlier, Step) else 0
        return Step(more) if more > 0 else None

    def parts(self, _session: Session, budget: Budget, frames: int) -> Iterator[Step]:
        """Cut a long step, and each chunk into frames."""
        for size in chunks(self.step, CHUNK):
            budget.take(size)
            yield from map(Step, chunks(size, -(-size // frames)))

    def tables(self, _mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Split what is more than one act takes; a step of 0 updates is no act."""
        yield from ({"step": size} for size in chunks(self.step, MOST))

    def most_updates(self, _rows: int) -> int:
        """Count the updates."""
        return self.step
