"""The picture as a widget: it says what the mouse does on it."""

from __future__ import annotations

from textual import events
from textual.geometry import Offset
from textual.message import Message

from gdtui.plot.figure import Figure
from gdtui.tui.widgets.rows import RowsView
from gdtui.view.frame_state import FrameState
from gdtui.view.panels import picture


class MapView(RowsView):
    """The picture of the objective; cells are counted from its upper left."""

    class Clicked(Message):
        """A cell has been clicked, `right` with the right button."""

        def __init__(self, cell: Offset, *, right: bool = False) -> None:
            super().__init__()
            self.cell, self.right = cell, right

    class Dragged(Message):
        """The pointer has been dragged by so many cells."""

        def __init__(self, by: Offset) -> None:
            super().__init__()
            self.by = by

    class Turned(Message):
        """The wheel has been turned over a cell: 1 is up, -1 down."""

        def __init__(self, cell: Offset, by: int) -> None:
            super().__init__()
            self.cell, self.by = cell, by

    class Resized(Message):
        """It has been laid out in another size."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(picture, id=id)
        self._held: Offset | None = None
        self._dragged = False

    def figure(self, frame: FrameState) -> Figure | None:
        """Return the picture."""
        return frame.picture

    def on_resize(self) -> None:
        """Paint for the new size, and tell of it."""
        super().on_resize()
        self.post_message(self.Resized())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag."""
        if event.button == 1:
            self._held, self._dragged = event.offset, False
            self.capture_mouse()
        elif event.button == 3:
            self.post_message(self.Clicked(event.offset, right=True))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Report how far the pointer is dragged."""
        if self._held is None or event.offset == self._held:
            return
        by, self._held, self._dragged = event.offset - self._held, event.offset, True
        self.post_message(self.Dragged(by))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Report a click if the pointer has not been dragged."""
        if self._held is None:
            return
        self._held = None
        self.release_mouse()
        if not self._dragged:
            self.post_message(self.Clicked(event.offset))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Report a turn of the wheel."""
        self.post_message(self.Turned(event.offset, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Report a turn of the wheel."""
        self.post_message(self.Turned(event.offset, -1))
