"""The application: themes, the bench, and nothing else."""

from __future__ import annotations

import asyncio
import importlib
import os
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.worker import WorkerFailed

from gdtui.text import _
from gdtui.tui.screens.floor import FloorMixin
from gdtui.tui.terminal.detection import run_app
from gdtui.tui.themes import GDTUI_DARK, GDTUI_LIGHT
from gdtui.tui.widgets.words import Words

if TYPE_CHECKING:
    from textual.driver import Driver

    from gdtui.scenario.read.acts import Scenario
    from gdtui.simulation.experiment import Experiment

__all__ = ["Gdtui", "run_app"]


class Gdtui(FloorMixin, App[None]):
    """The bench as a Textual app.

    Parameters
    ----------
    experiment
        what is put on the bench; None for the default.
    scenario
        a script to go through; its experiment is given beside it.
    page
        how many pages of it have been turned already.
    plain
        show ASCII alone.
    """

    TITLE = "gdtui"
    CSS = "#opening { height: 1; background: $panel; text-style: bold; }"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[Any]] = [Binding("ctrl+z", "suspend_process", show=False)]

    def __init__(
        self,
        experiment: Experiment | None = None,
        *,
        scenario: Scenario | None = None,
        page: int = 0,
        plain: bool = False,
    ) -> None:
        # with its own (16) colours Textual takes NO_COLOR at its word, with 24-bit ones it sends greys
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self._experiment = experiment
        self._scenario = scenario
        self._page = page
        self.plain = plain
        self.fault: BaseException | None = None
        self.register_theme(GDTUI_DARK)
        self.register_theme(GDTUI_LIGHT)
        self.theme = "gdtui-dark"

    def compose(self) -> ComposeResult:
        """Show one line at once: what the bench is made of takes longer to import than this to paint."""
        yield Words(f" gdtui   {_('opening the bench …')}", id="opening")

    def on_mount(self) -> None:
        """Open the bench as soon as the first frame is out."""
        self.call_after_refresh(lambda: self.run_worker(self._open(), exit_on_error=True))

    async def _open(self) -> None:
        """Import the bench beside the event loop, then put it on the screen."""
        module = await asyncio.to_thread(importlib.import_module, "gdtui.tui.screens.bench")
        defaults = await asyncio.to_thread(importlib.import_module, "gdtui.simulation.defaults")
        lesson = None
        if self._scenario is not None and self._scenario.acts:
            lessons = await asyncio.to_thread(importlib.import_module, "gdtui.scenario.play.lesson")
            lesson = lessons.read_lesson(self._scenario)
        bench = module.Bench(self._experiment or defaults.default_experiment(), lesson)
        if lesson is not None and self._page:
            bench.go_to(self._page)
        await self.push_screen(bench)

    def action_help_quit(self) -> None:
        """Quit by Ctrl+C where it copies nothing, as after SIGINT."""
        self.exit(return_code=130)

    def _handle_exception(self, error: Exception) -> None:
        """Keep what has ended the app: whoever has started it says so, in one line."""
        if self.fault is None:
            self.fault = error.error if isinstance(error, WorkerFailed) else error
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        """Print parting words, but no pages of a traceback."""
        if self.fault is not None:
            self._exit_renderables.clear()
        super()._print_error_renderables()

    def get_driver_class(self) -> type[Driver]:
        """Return our own driver on Unix terminals, Textual's choice elsewhere."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from gdtui.tui.terminal.driver import TerminalDriver

        return TerminalDriver
