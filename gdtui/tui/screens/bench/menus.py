"""The menus of the bench: what is done to the selected lane, to the experiment and to the place in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gdtui.text import _
from gdtui.tui.screens.bench.display import Display
from gdtui.tui.screens.bench.lane_menu import LANE_MENU
from gdtui.tui.screens.bench.menu import menu_of
from gdtui.tui.screens.bench.time_menu import TIME_MENU
from gdtui.verbs import Add, Replace, Show
from gdtui.view.frame_state import FrameState

#: The menus, by the name in their key bindings.
MENUS = {"lane": LANE_MENU, "time": TIME_MENU}


class Menus(Display):
    """The part of the bench that opens menus and does what their entries say."""

    def action_menu(self, which: str) -> None:
        """Choose something to do to the selected lane or to the place in time."""
        self.pace.running = False
        if self.frame is not None:
            title = _("{lane}, and the experiment").format(lane=self.frame.lane.name) if which == "lane" else _("time")
            menu = menu_of(title, MENUS[which], self.frame.lane, self.frame.snapshot)
            menu.ask(self.app, lambda key: self.action_change(which, key))

    def action_change(self, which: str, key: str) -> None:
        """Do what an entry of a menu does."""
        if self.frame is not None:
            MENUS[which][key].do(self, self.frame.lane, self.frame.snapshot)

    def menu_entries(self, frame: FrameState) -> Iterator[tuple[str, str, str, str]]:
        """Yield menu, key, words and present value of each entry that applies."""
        for which, entries in MENUS.items():
            for key, entry in entries.items():
                if entry.applies(frame.lane, frame.snapshot):
                    yield which, key, _(entry.words), entry.about(frame.lane, frame.snapshot)

    def start_at(self, start: Sequence[float]) -> None:
        """Let the selected lane start at a point; it is computed again from there."""
        if self.frame is not None:
            self.act(Replace(replace(self.frame.lane.spec, start=tuple(map(float, start)))))

    def add_lane(self, act: Add) -> None:
        """Put a lane on the bench and select it."""
        self.act(act)
        self.show(Show(lane=act.lane.name).changed)
