"""The timeline as a widget: a click or a drag asks for the update there."""

from __future__ import annotations

from textual import events
from textual.message import Message

from gdtui.tui.widgets.rows import RowsView
from gdtui.view.panels.time_bar import timeline, update_at


class TimelineView(RowsView):
    """The timeline."""

    class Scrubbed(Message):
        """The pointer asks for this update."""

        def __init__(self, update: int) -> None:
            super().__init__()
            self.update = update

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(timeline, id=id)
        self._held = False

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Ask for the update under the pointer, and begin to drag."""
        if event.button == 1:
            self._held = True
            self.capture_mouse()
            self._ask(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Ask for the update under the pointer while it is dragged."""
        if self._held:
            self._ask(event.x)

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Stop dragging."""
        if self._held:
            self._held = False
            self.release_mouse()

    def _ask(self, column: int) -> None:
        if self.frame is not None:
            self.post_message(self.Scrubbed(update_at(self.frame, self.size.width, column)))
