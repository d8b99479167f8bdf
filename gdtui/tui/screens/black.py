"""A black screen: the class looks at the lecturer."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from gdtui.tui.screens.terminal_sized import TerminalSized


class Black(TerminalSized, ModalScreen[None]):
    """Black from edge to edge, until the next key or click, which does nothing else."""

    DEFAULT_CSS = "Black, Black Static { background: #000000; width: 100%; height: 100%; }"

    def compose(self) -> ComposeResult:
        """Cover everything."""
        yield Static("")

    def on_key(self, event: events.Key) -> None:
        """Come back."""
        event.stop()
        event.prevent_default()
        self.dismiss(None)

    def on_click(self) -> None:
        """Come back."""
        self.dismiss(None)
