"""Undo and redo: the moments of a session before each act that lost something."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from gdtui.session.session import Command, Saved, Session
from gdtui.session.snapshot import Snapshot
from gdtui.simulation.lane_updates import Interrupt

#: Moments kept. A moment holds its lanes alive, with their traces, so few other experiments are kept, and few lanes
#: that were removed; and of edits and marks, which every moment lists, not more than so many in all.
MOST, MOST_EXPERIMENTS, MOST_REMOVED, MOST_LISTED = 200, 4, 8, 500_000


@dataclass(frozen=True, eq=False)
class Moment:
    """A moment to return to, the act between it and the next one, and what the caller wants back with it."""

    undone: str
    saved: Saved
    memo: object = None


class History:
    """Moments before the present one, and moments that were undone."""

    def __init__(self) -> None:
        #: Whether acts can be undone that no file holds yet; saving a file clears it.
        self.unsaved = False
        self._past: list[Moment] = []
        self._future: list[Moment] = []

    def apply(
        self, session: Session, *commands: Command, memo: object = None, interrupt: Interrupt | None = None
    ) -> Snapshot:
        """Carry out commands as one act; keep the moment before it if going back alone cannot undo it.

        CommandError means that one of them cannot be done and nothing has changed.
        """
        before = Moment(", ".join(filter(None, (c.undone_as for c in commands))), session.saved(), memo)
        snapshot = None
        with session.all_or_nothing() if len(commands) > 1 else nullcontext():
            for command in commands:
                snapshot = session.apply(command, interrupt)
        if before.undone:
            self._future.clear()
            self.unsaved = self.unsaved or any(command.worth_saving for command in commands)
            if not self._past or not _joined(before.saved, session):
                self._past.append(before)
                self._forget_the_oldest(session)
        return snapshot or session.snapshot()

    def leap(
        self, session: Session, to: Saved, undone: str, memo: object = None, *, unsaved: bool = False,
        interrupt: Interrupt | None = None,
    ) -> None:  # fmt: skip
        """Return to a moment as one act that can be undone under the name `undone`; say what was unsaved then.

        CommandError after an interrupt: nothing has changed.
        """
        before = session.saved()
        session.put_back(to, interrupt)
        self._future.clear()
        self.unsaved = unsaved
        self._past.append(Moment(undone, before, memo))
        self._forget_the_oldest(session)

    def undo(self, session: Session, memo: object = None, interrupt: Interrupt | None = None) -> Moment | None:
        """Return to the moment before the last act; None: there is none. CommandError after an interrupt: as before."""
        return self._travel(session, self._past, self._future, memo, interrupt)

    def redo(self, session: Session, memo: object = None, interrupt: Interrupt | None = None) -> Moment | None:
        """Return to where the last undo began; None: there was none since the last act. Otherwise as `undo`."""
        return self._travel(session, self._future, self._past, memo, interrupt)

    def _travel(
        self, session: Session, origin: list[Moment], other: list[Moment], memo: object, interrupt: Interrupt | None
    ) -> Moment | None:
        if not origin:
            return None
        moment, here = origin[-1], session.saved()
        session.put_back(moment.saved, interrupt)
        origin.pop()
        other.append(Moment(moment.undone, here, memo))
        return moment

    def _forget_the_oldest(self, session: Session) -> None:
        while (
            len(self._past) > MOST
            or _experiments(self._past, session) > MOST_EXPERIMENTS
            or _removed(self._past, session) > MOST_REMOVED
            or _listed(self._past) > MOST_LISTED
        ):
            del self._past[0]


def _joined(before: Saved, session: Session) -> bool:
    """Whether the log has taken the last command into the one before it: one moment for both."""
    return bool(session.log) and len(session.log) == len(before.log)


def _experiments(moments: list[Moment], session: Session) -> int:
    return len({id(moment.saved.simulation) for moment in moments} - {id(session.simulation)})


def _removed(moments: list[Moment], session: Session) -> int:
    here = [moment.saved.lanes for moment in moments if moment.saved.simulation is session.simulation]
    held = {run for lanes in here for run in lanes.values()}
    return len(held.difference(session.simulation.lanes.values()))


def _listed(moments: list[Moment]) -> int:
    """Return how many edits and marks the moments list; what several share counts once."""
    edits = {id(place.edits): len(place.edits) for moment in moments for place in moment.saved.places.values()}
    marks = {id(moment.saved.marks): len(moment.saved.marks) for moment in moments}
    return sum(edits.values()) + sum(marks.values())
