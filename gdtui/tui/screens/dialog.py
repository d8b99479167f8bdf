"""What all dialogs share: one look, one way out by mouse and by key, one answer however fast one types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual import events, on
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Offset
from textual.screen import ModalScreen

from gdtui.text import N_, _
from gdtui.tui.screens.terminal_sized import TerminalSized
from gdtui.tui.widgets.words import Words

T = TypeVar("T")

#: The keys of a dialog with several fields.
FORM_KEYS: list[BindingType] = [
    Binding("escape", "dismiss(None)", N_("cancel")),
    Binding("down", "app.focus_next", show=False),
    Binding("up", "app.focus_previous", show=False),
]


class Close(Words):
    """Says how to leave a dialog; a click leaves it."""

    def on_click(self) -> None:
        """Cancel the dialog."""
        self.screen.dismiss(None)


class Dialog(TerminalSized, ModalScreen[T | None]):
    """A screen over the bench that asks something; keys typed while it closes do nothing, a click beside it cancels."""

    CSS_PATH = "dialog.tcss"

    def head(self, title: str) -> ComposeResult:
        """Lay out the first line: the title, and the way out."""
        with Horizontal(id="head"):
            yield Words(title, id="title")
            yield Close(_("esc ✕"), id="close")

    @property
    def is_asking(self) -> bool:
        """Whether it is on top: neither closed nor covered."""
        return self.app.screen is self

    @on(events.Click)
    def _clicked_beside(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:
            self.clicked_beside(event.screen_offset)

    def clicked_beside(self, _place: Offset) -> None:
        """Cancel the dialog."""
        self.dismiss(None)

    def ask(self, app: App[object], then: Callable[[T], object]) -> None:
        """Open, and call `then` with the answer unless the dialog is cancelled."""

        def answered(answer: T | None) -> None:
            if answer is not None:
                then(answer)

        app.push_screen(self, answered)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with an answer the first time; later calls change nothing."""
        if self.is_asking:
            return super().dismiss(result)
        closed: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
        return closed
