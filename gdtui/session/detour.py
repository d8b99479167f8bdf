"""A detour: what a user has done since the last page of a script, and the way back to that page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gdtui.session.session import Saved
from gdtui.session.snapshot import LaneView, Snapshot
from gdtui.text import _


@dataclass(frozen=True, eq=False)
class Waypoint:
    """The bench as a script left it at the end of a page: what it showed, and how to return to it exactly.

    `unsaved` says whether acts before it are in no file.
    """

    page: int
    saved: Saved
    snapshot: Snapshot
    unsaved: bool = False

    def detour(self, now: Snapshot) -> tuple[str, ...]:
        """Say in a few words each what differs from it by now; () if nothing does, to the last bit."""
        return tuple(_differences(self.snapshot, now))


def _differences(before: Snapshot, now: Snapshot) -> Iterator[str]:
    if before is now:
        return
    if now.experiment.objective != before.experiment.objective:
        yield _("another objective")
        return
    old, new = ({lane.name: lane for lane in snapshot.lanes} for snapshot in (before, now))
    both = [(old[name], new[name]) for name in old if name in new]
    if now.experiment.seed != before.experiment.seed:
        yield _("another seed")
    if updates := max((lane.position for lane in now.lanes), default=0) - max(lane.position for lane in before.lanes):
        yield _updates(updates)
    yield from Counter(key for a, b in both for key in _edited(a, b))
    for lane in [b.name for a, b in both if a.spec != b.spec]:
        yield _("another {lane}").format(lane=lane)
    if more := len(new.keys() - old.keys()):
        yield _("+1 lane") if more == 1 else _("+{n} lanes").format(n=more)
    if fewer := len(old.keys() - new.keys()):
        yield _("−1 lane") if fewer == 1 else _("−{n} lanes").format(n=fewer)
    if [a.name for a, _b in both] != [name for name in new if name in old]:
        yield _("another order")
    if before.muted != now.muted:
        yield _("other lanes drawn")
    if before.mark_updates != now.mark_updates:
        yield _("marks")
    if not updates and all(a.spec == b.spec and a.edits == b.edits for a, b in both):
        for a, b in both:
            if a.position != b.position or a.row.tobytes() != b.row.tobytes():
                yield _("another {lane}").format(lane=a.name)


def _updates(by: int) -> str:
    if by in (1, -1):
        return _("+1 update") if by > 0 else _("−1 update")
    return (_("+{n} updates") if by > 0 else _("−{n} updates")).format(n=abs(by))


def _edited(before: LaneView, now: LaneView) -> list[str]:
    """Return the settings of a lane that have been changed, each once."""
    if before.spec != now.spec:
        return []
    changed = set(before.edits) ^ set(now.edits)
    return list(dict.fromkeys(edit.key for edit in (*before.edits, *now.edits) if edit in changed))
