"""One line in place of a broken layout if the terminal is smaller than 60×18."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import Screen

from gdtui.text import _
from gdtui.tui.screens.terminal_sized import TerminalSized
from gdtui.tui.terminal.detection import LEAST_SIZE
from gdtui.tui.widgets.words import Words

#: Width and height below which the bench is not shown.
FLOOR = Size(*LEAST_SIZE)


def is_small(size: Size) -> bool:
    """Say whether a terminal of this size is below the floor."""
    return size.width < FLOOR.width or size.height < FLOOR.height


class Ground(TerminalSized, Screen[None]):
    """What is there before the bench, and under all other screens."""


class TooSmall(TerminalSized, Screen[None]):
    """Covers whatever is open, and closes by itself once the terminal is large enough."""

    DEFAULT_CSS = "TooSmall { align: center middle; } TooSmall Words { width: 100%; text-align: center; }"

    def compose(self) -> ComposeResult:
        """Show the line."""
        yield Words(self._line(self.app.size))

    def _line(self, size: Size) -> str:
        return _("gdtui needs {floor}, this terminal is {size}").format(
            floor=f"{FLOOR.width}×{FLOOR.height}", size=f"{size.width}×{size.height}"
        )

    def on_resize(self) -> None:
        """Show the new size."""
        self.query_one(Words).update(self._line(self.app.size))

    def on_screen_suspend(self) -> None:
        """Return to the top if another screen has been opened; close if the terminal has become large enough."""
        app = self.app
        app.call_later(lambda: keep_above_floor(app, app.size))  # the size that it has then

    on_screen_resume = on_screen_suspend


def keep_above_floor(app: App[object], size: Size) -> None:
    """Cover the screen if it is too small, uncover it if it is large enough."""
    covered = isinstance(app.screen, TooSmall)
    if is_small(size) and not covered:
        app.push_screen(TooSmall())
    elif covered and not is_small(size):
        app.pop_screen()


class FloorMixin:
    """For the app: `class Gdtui(FloorMixin, App[None])`."""

    def get_default_screen(self) -> Screen[None]:
        """Return the screen under all others."""
        return Ground(id="_default")

    def on_resize(self, event: events.Resize) -> None:
        """Cover or uncover, before Textual passes the size on: a covered screen never gets it."""
        assert isinstance(self, App)
        keep_above_floor(self, event.size)
