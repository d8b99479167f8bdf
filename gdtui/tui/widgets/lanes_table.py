"""The lanes table as a widget: a click on a row asks for that lane, the right button for its menu."""

from __future__ import annotations

from textual import events
from textual.message import Message

from gdtui.tui.widgets.rows import RowsView
from gdtui.view.panels.lanes import lanes, shown_lanes


class LanesTable(RowsView):
    """The lanes table."""

    class Clicked(Message):
        """The lane of this number has been clicked; `menu` with the right button, which asks for its menu."""

        def __init__(self, lane: int, *, menu: bool) -> None:
            super().__init__()
            self.lane, self.menu = lane, menu

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(lanes, id=id)

    def on_click(self, event: events.Click) -> None:
        """Report the lane under the pointer."""
        seen = shown_lanes(self.frame, self.size.height) if self.frame is not None else range(0)
        if 1 <= event.y <= len(seen):
            self.post_message(self.Clicked(seen[event.y - 1], menu=event.button == 3))
