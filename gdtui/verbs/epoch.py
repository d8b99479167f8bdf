"""`{ epoch = 2 }`."""

from __future__ import annotations

from collections.abc import Iterator

from gdtui.session import Session
from gdtui.session.budget import Budget
from gdtui.text import _
from gdtui.verbs.base import Action, Count, checked, verb
from gdtui.verbs.point import Point


@verb
class Epoch(Action):
    """Advance every lane by n passes over its data."""

    epoch: Count = 1

    def apply(self, session: Session) -> None:
        """Make the epochs."""
        session.simulation.epoch(checked("epoch", self.epoch))

    def in_words(self) -> str:
        """Count the epochs."""
        if self.epoch == 1:
            return _("1 epoch: every lane passes over its data once")
        return _("{n} epochs on every lane").format(n=self.epoch)

    def check(self, point: Point) -> None:
        """Check that there are data."""
        if point.objective is not None and not point.has_data:
            point.fault("epoch", _("this objective has no data, so no epochs: use step"), key=True)

    def parts(self, session: Session, budget: Budget, _frames: int) -> Iterator[Epoch]:
        """Yield one epoch at a time."""
        updates = max(lane.end_of_epoch(1) - lane.position for lane in session.simulation.lanes.values())
        for _epoch in range(self.epoch):
            budget.take(updates)
            yield Epoch(1)

    def most_updates(self, rows: int) -> int:
        """Count one row an update."""
        return self.epoch * rows
