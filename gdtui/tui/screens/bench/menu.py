"""A menu: entries that each say what is in force and do something; the palette has them too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gdtui.session import LaneView, Snapshot
from gdtui.text import _
from gdtui.tui.screens.bench.display import Display
from gdtui.tui.screens.pick import Choice, Picker


@dataclass(frozen=True)
class Entry:
    """One line of a menu: its words, what is in force now, and what it does to the selected lane."""

    words: str
    about: Callable[[LaneView, Snapshot], str]
    do: Callable[[Display, LaneView, Snapshot], object]
    applies: Callable[[LaneView, Snapshot], bool] = lambda _lane, _snapshot: True


def menu_of(title: str, entries: Mapping[str, Entry], lane: LaneView, snapshot: Snapshot) -> Picker[str]:
    """Return a picker of the entries that apply; its answer is the key of an entry."""
    choices = [
        Choice(_(entry.words), entry.about(lane, snapshot), key)
        for key, entry in entries.items()
        if entry.applies(lane, snapshot)
    ]
    return Picker(title, choices, _("type to search"))


def key(action: str) -> Callable[[Display, LaneView, Snapshot], object]:
    """Return the act of an entry that does what a key does."""
    return lambda bench, _lane, _snapshot: bench.call_later(bench.run_action, action)


def said(text: str) -> Callable[[LaneView, Snapshot], str]:
    """Return what an entry says if it is always the same."""
    return lambda _lane, _snapshot: _(text)
