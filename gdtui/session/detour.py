"""A detour: what a user has done since the last page of a script, and the way back to that page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, MaxLen

from gdtui.session.lane_view import LaneView
from gdtui.session.session import Saved
from gdtui.session.snapshot import Snapshot
from gdtui.text import _

#: The most that is counted, and the longest name of a lane or setting.
MOST, LONGEST_NAME = 10**15, 80

Kind = Literal["objective", "seed", "updates", "setting", "lane", "lanes", "order", "drawn", "marks"]


@dataclass(frozen=True)
class Difference:
    """Something that differs from the script: how many more (`n` < 0: fewer), or the name of a lane or setting."""

    kind: Kind
    n: Annotated[int, Interval(ge=-MOST, le=MOST)] = 0
    name: Annotated[str, MaxLen(LONGEST_NAME)] = ""

    def in_words(self) -> str:
        """Say it in the language that is spoken here."""
        return _WORDS[self.kind](self)


def _updates(by: Difference) -> str:
    if by.n in (1, -1):
        return _("+1 update") if by.n > 0 else _("−1 update")
    return (_("+{n} updates") if by.n > 0 else _("−{n} updates")).format(n=abs(by.n))


def _lanes(by: Difference) -> str:
    if by.n in (1, -1):
        return _("+1 lane") if by.n > 0 else _("−1 lane")
    return (_("+{n} lanes") if by.n > 0 else _("−{n} lanes")).format(n=abs(by.n))


_WORDS: Mapping[Kind, Callable[[Difference], str]] = {
    "objective": lambda _by: _("another objective"),
    "seed": lambda _by: _("another seed"),
    "updates": _updates,
    "setting": lambda by: by.name,
    "lane": lambda by: _("another {lane}").format(lane=by.name),
    "lanes": _lanes,
    "order": lambda _by: _("another order"),
    "drawn": lambda _by: _("other lanes drawn"),
    "marks": lambda _by: _("marks"),
}


@dataclass(frozen=True, eq=False)
class PageEnd:
    """The bench as a script left it at the end of a page: what it showed, and how to return to it exactly.

    `unsaved` says whether acts before it are in no file.
    """

    page: int
    saved: Saved
    snapshot: Snapshot
    unsaved: bool = False

    def detour(self, now: Snapshot) -> tuple[Difference, ...]:
        """Return what differs from it by now; () if nothing does, to the last bit."""
        return tuple(_differences(self.snapshot, now))


def _differences(before: Snapshot, now: Snapshot) -> Iterator[Difference]:
    if before is now:
        return
    if now.experiment.objective != before.experiment.objective:
        yield Difference("objective")
        return
    old, new = ({lane.name: lane for lane in snapshot.lanes} for snapshot in (before, now))
    both = [(old[name], new[name]) for name in old if name in new]
    if now.experiment.seed != before.experiment.seed:
        yield Difference("seed")
    if updates := now.position - before.position:
        yield Difference("updates", updates)
    yield from (Difference("setting", name=key) for key in dict.fromkeys(key for a, b in both for key in _edited(a, b)))
    yield from (_other(b) for a, b in both if a.spec != b.spec)
    if more := len(new.keys() - old.keys()):
        yield Difference("lanes", more)
    if fewer := len(old.keys() - new.keys()):
        yield Difference("lanes", -fewer)
    if [a.name for a, _b in both] != [name for name in new if name in old]:
        yield Difference("order")
    if before.muted != now.muted:
        yield Difference("drawn")
    if before.mark_updates != now.mark_updates:
        yield Difference("marks")
    if not updates and all(a.spec == b.spec and a.edits == b.edits for a, b in both):
        yield from (_other(b) for a, b in both if a.position != b.position or a.row.tobytes() != b.row.tobytes())


def _other(lane: LaneView) -> Difference:
    return Difference("lane", name=lane.name[:LONGEST_NAME])


def _edited(before: LaneView, now: LaneView) -> list[str]:
    """Return the settings of a lane that have been changed, each once."""
    if before.spec != now.spec:
        return []
    changed = set(before.edits) ^ set(now.edits)
    return list(dict.fromkeys(edit.key for edit in (*before.edits, *now.edits) if edit in changed))
