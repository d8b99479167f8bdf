"""A bench that somebody else leads: what its user may do, until they explore alone."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.events import Key
from textual.message import Message

from gdtui.session import Command
from gdtui.text import _
from gdtui.tui.screens.bench.bench import Bench
from gdtui.tui.widgets.chart_view import ChartView
from gdtui.tui.widgets.lanes_table import LanesTable
from gdtui.tui.widgets.map_view import MapView
from gdtui.tui.widgets.timeline_view import TimelineView
from gdtui.view.look import LookChange

#: What can be done while the lecturer leads.
ALLOWED = {"join", "help", "leave", "suspend_process", "redraw", "caption"}


class Led(Bench):
    """The part of a follower's bench that leaves the lead to the lecturer while it `follows`."""

    follows = True
    keeps_time = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the lecturer lead, unless one explores alone."""
        asked = action == "next" and self.follows and self.waiting_for is not None
        return (not self.follows or asked or action in ALLOWED) and super().check_action(action, parameters)

    def act(self, *commands: Command) -> None:
        """Do what the user does alone; the lecturer's bench is not theirs."""
        if self.follows:
            self._refuse()
        else:
            super().act(*commands)

    def show(self, *asked: LookChange, afresh: bool = False) -> None:
        """Show what the user wants to see alone, or what the question is about."""
        if self.follows and self.waiting_for is None:
            self._refuse()
        else:
            super().show(*asked, afresh=afresh)

    @on(ChartView.Clicked)
    @on(TimelineView.Scrubbed)
    @on(LanesTable.Clicked)
    @on(MapView.Dragged)
    @on(MapView.Turned)
    def _pointed(self, event: Message) -> None:
        """Let the lecturer point."""
        if self.follows:
            event.prevent_default()
            self._refuse()

    def on_key(self, event: Key) -> None:
        """Say how to explore when a key does nothing here."""
        if self.follows and event.key not in self.active_bindings:
            self._refuse()

    def _refuse(self) -> None:
        self.say(_("the lecturer leads: {join} lets you explore alone, and come back").format_map(self.keys))

    def action_next(self) -> None:
        """Answer the question, if it has been put aside; alone, go on."""
        ask = self.waiting_for
        if not self.follows:
            super().action_next()
        elif ask is not None:
            self._ask_for(ask)

    def _in_turn(self, press: Callable[[], None]) -> None:
        """Leave the pages to the lecturer."""
        if not self.follows:
            super()._in_turn(press)
