"""The application: its themes and the bench."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.events import Event, InputEvent, Key, MouseDown, Paste
from textual.theme import Theme
from textual.worker import WorkerFailed

from gdtui.text import _
from gdtui.tui.company.base import Company
from gdtui.tui.screens.floor import FloorMixin
from gdtui.tui.themes import DEFAULT_THEME, THEMES, theme_named
from gdtui.tui.turns import Turns
from gdtui.tui.widgets.words import Words

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.driver import Driver
    from textual.screen import Screen

    from gdtui.scenario.play.lesson import Lesson
    from gdtui.scenario.read.acts import Scenario
    from gdtui.simulation.experiment import Experiment
    from gdtui.tui.autosave import Autosave
    from gdtui.tui.company.base import Maker
    from gdtui.tui.kept_configuration import KeptConfiguration
    from gdtui.tui.lectern import Lectern
    from gdtui.tui.screens.bench import Bench
    from gdtui.tui.terminal.detection import Colors


class Gdtui(FloorMixin, App[None]):
    """The bench as a Textual app.

    Parameters
    ----------
    experiment
        what is on the bench; None for the default.
    scenario, page
        the scenario of the experiment, and how many pages of its lesson are turned already.
    plain
        show ASCII only.
    bench
        a bench made elsewhere, in place of all these.
    configuration
        the user's, which remembers the theme; None: nothing is read or remembered.
    theme
        the name of a theme, in place of the configuration's.
    tour
        show the tour; without a configuration file it is shown once.
    terminal_colors
        those of the terminal: "none", "16", "256" or "true".
    autosave
        keeps what is on the bench, and has what an ended program left; None: nothing is kept.
    lectern
        course, progress and notes; None: nothing is noted.
    instead
        makes another screen, which is shown in place of the bench.
    company
        who else is at the bench.
    """

    TITLE = "gdtui"
    CSS = """
    #opening { height: 1; background: $panel; text-style: bold; }
    Input:focus { background-tint: $background 0%; }
    Input > .input--placeholder, Input > .input--suggestion { color: $muted; }
    """
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = set()  # the bench has its own for all

    def __init__(
        self, experiment: Experiment | None = None, *, scenario: Scenario | None = None, page: int = 0,
        plain: bool = False, bench: Bench | None = None, configuration: KeptConfiguration | None = None,
        theme: str = "", tour: bool = False, autosave: Autosave | None = None, terminal_colors: Colors = "true",
        lectern: Lectern | None = None, instead: Callable[[], Screen[None]] | None = None,
        company: Company | None = None,
    ) -> None:  # fmt: skip
        # under NO_COLOR Textual sends no colour with its 16 ANSI colours, but greys with 24-bit ones
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self._experiment = experiment
        self._scenario = scenario
        self._page = page
        self._bench = bench
        self.plain = plain
        self.terminal_colors = terminal_colors
        self.fault: BaseException | None = None
        self.turns = Turns(self, self._act)
        for name in [name for name in self.available_themes if name not in THEMES]:
            self.unregister_theme(name)
        for known in THEMES.values():
            self.register_theme(known)
        self.configuration = configuration
        self._autosave = autosave
        self._lectern, self._instead, self._company = lectern, instead, company or Company()
        self._left: Path | None = None  # what can be restored
        self.keymap: dict[str, str] = {}
        first_start = configuration is not None and configuration.is_new
        bare = scenario is None and instead is None and not (lectern is not None and lectern.quiz)
        self._tour = bare and self._company.own and (tour or first_start)
        configured = configuration.theme(THEMES) if configuration is not None else ""
        self.theme = theme or configured or DEFAULT_THEME
        self._not_remembered = self._remember(theme) if theme and theme != configured else ""

    def _remember(self, theme: str) -> str:
        return self.configuration.remember_theme(theme) if self.configuration is not None else ""

    def _faults(self) -> str:
        """Return the first thing wrong with the configuration, and how many more there are; "" for nothing."""
        if self.configuration is None:
            return ""
        folder = "" if self.configuration.path is None else f"{self.configuration.path.parent}/"
        said = [fault for fault in (*self.configuration.faults, self._not_remembered) if fault]
        first = "".join(said[:1]).removeprefix(folder)
        more = _("{fault} (and {more} more: gdtui list keys)")
        return more.format(fault=first, more=len(said) - 1) if len(said) > 1 else first

    def watch_theme(self, theme: str) -> None:
        """Remember a theme that is chosen while the bench is open."""
        if self.configuration is None or self._bench is None:
            return
        fault = self._remember(theme)
        said = _("theme {name}, remembered in {path}").format(name=theme, path=self.configuration.path)
        self._bench.say(fault or said, good=not fault)

    def get_theme(self, theme_name: str) -> Theme | None:
        """Return a theme in colours that can be read."""
        theme = super().get_theme(theme_name)
        return None if theme is None else theme_named(theme.name)

    def compose(self) -> ComposeResult:
        """Show one line at once: importing the bench takes longer than painting the line."""
        yield Words(_(" gdtui   opening the bench …"), id="opening")

    def on_mount(self) -> None:
        """Open the bench as soon as the first frame is out."""
        self.call_after_refresh(lambda: self.run_worker(self._begin(), exit_on_error=True))

    async def _begin(self) -> None:
        await self._open()
        self.turns.release()

    async def _open(self) -> None:
        """Put the bench on the screen."""
        if self._instead is not None:
            await self.push_screen(await asyncio.to_thread(self._instead))
            return
        if self._bench is None:
            make, default_keys, experiment, lesson = await asyncio.to_thread(self._imported)
            from gdtui.kernel import be_impatient  # late: it imports numpy

            be_impatient()  # the bench does not wait for compilers
            self._bench = make(experiment, lesson)
            self._furnish(self._bench, default_keys)
            self._company.join(self._bench)
            if lesson is not None and self._page:
                self._bench.go_to(self._page)
        await self.push_screen(self._bench)
        if self._lectern is not None and self._lectern.quiz:
            self._bench.begin_quiz(self._lectern.quiz)
        if self._tour:
            await self._begin_tour(self._bench)
        await self._bench.engine.opened.wait()  # before, most keys have nothing to act on

    def _furnish(self, bench: Bench, default_keys: Mapping[str, str]) -> None:
        """Give a new bench the user's keys, the course and the file that keeps it; what is to be said greets the user.

        Of several things to be said the last is.
        """
        if self.configuration is not None:
            self.keymap = self.configuration.keymap(default_keys)
            self.set_keymap(self.keymap)
            bench.greeting = self._faults()
        if self._autosave is not None:
            bench.engine.after_act = self._autosave.keep
            self._autosave.tell = partial(bench.call_later, bench.warn)
            bench.greeting = self._offer(self._autosave, bench.keys) or bench.greeting
        if self._lectern is not None:
            bench.course, bench.progress = self._lectern.course, self._lectern.progress
            bench.cue, bench.score = self._lectern.cue, self._lectern.score
            bench.greeting = self._lectern.fault or bench.greeting

    def _offer(self, autosave: Autosave, keys: Mapping[str, str]) -> str:
        """Say in one line what an ended program has left; "" for nothing."""
        self._left = autosave.left()
        try:
            when = self._left.stat().st_mtime if self._left is not None else 0.0
        except OSError:
            self._left = None
        if self._left is None:
            return ""
        day = "" if time.time() - when < 86_400 else time.strftime("%Y-%m-%d ", time.localtime(when))
        clock = time.strftime("%H:%M", time.localtime(when))
        return _("{restore} restores what was on the bench at {time}").format(time=f"{day}{clock}", **keys)

    def action_restore(self) -> None:
        """Put back what an ended program has left, if it has left something."""
        left, self._left = self._left, None
        if left is not None:
            self.run_worker(self._restore(left), exit_on_error=True)
        elif self._bench is not None:
            self._bench.say(_("no program that was killed has left a bench"))

    async def _restore(self, left: Path) -> None:
        """Put what was left on the bench."""
        from gdtui.scenario.read.load import ScenarioError, load_scenario

        assert self._autosave is not None
        assert self._bench is not None
        try:
            scenario = await asyncio.to_thread(load_scenario, left)  # first: what cannot be read stays
            await asyncio.to_thread(self._autosave.take, left)
        except (ScenarioError, OSError) as error:
            self._bench.say(_("it cannot be restored: {reason}").format(reason=str(error).partition("\n")[0]))
        else:
            self._bench.restore(scenario)

    async def _begin_tour(self, bench: Bench) -> None:
        from gdtui.tui.widgets.tour import Tour

        await bench.mount(Tour(bench.keys))

    async def on_event(self, event: Event) -> None:
        """Let keys and the mouse act in turn."""
        if isinstance(event, (InputEvent, Paste)) and not event.is_forwarded:
            await self.turns.arrive(event)
        else:
            await self._act(event)

    async def _act(self, event: Event) -> None:
        """End the tour at the first key or click, which does what it does otherwise too."""
        if self._tour and isinstance(event, (Key, MouseDown)) and self._bench is not None:
            self._tour = False
            await self._bench.query("#tour").remove()
            if self.configuration is not None:
                self.configuration.keep()  # from now on this is no first start; where nothing can be written, it is
        await super().on_event(event)

    def action_command_palette(self) -> None:
        """Open the command palette over a screen that has commands: a dialog has none."""
        from gdtui.tui.command_palette import Palette

        if self.use_command_palette and self.screen.COMMANDS and not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def _imported(self) -> tuple[Maker, Mapping[str, str], Experiment, Lesson | None]:
        """Import all that a bench needs, which takes long; called in a thread."""
        from gdtui.scenario.play.lesson import read_lesson
        from gdtui.scenario.read.courses import course_with
        from gdtui.simulation.defaults import default_experiment

        if self._scenario is not None:  # its course is read here, in this thread: the first caption names its place
            course_with(self._scenario.path)
        lesson = read_lesson(self._scenario) if self._scenario is not None and self._scenario.acts else None
        asked = self._lectern.quiz.prepare() if self._lectern is not None and self._lectern.quiz else None
        experiment = asked.lesson.scenario.experiment if asked is not None else self._experiment
        return self._company.load(), self._company.keys(), experiment or default_experiment(), lesson

    def action_redraw(self) -> None:
        """Send the whole screen: what the terminal shows is not what it was sent."""
        redraw = getattr(self._driver, "redraw", self.screen.refresh)
        redraw()

    def action_help_quit(self) -> None:
        """Quit on Ctrl+C if there is nothing to copy, as after SIGINT."""
        self.exit(return_code=130)

    def _handle_exception(self, error: Exception) -> None:
        """Keep the error that has ended the app, to be reported in one line by what has started it.

        An app that is told to exit takes its screens apart, whatever they are doing: errors of theirs are no faults.
        """
        if self._exit:
            return
        if self.fault is None:
            self.fault = error.error if isinstance(error, WorkerFailed) else error
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        """Print the message of an exit, but no traceback."""
        if self.fault is not None:
            self._exit_renderables.clear()
        super()._print_error_renderables()

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """Return the screen as SVG, with wide characters as wide as they are."""
        from gdtui.tui.film.capture import wide  # late: only pictures need it

        return wide(super().export_screenshot(title=title, simplify=simplify))

    def get_driver_class(self) -> type[Driver]:
        """Return gdtui's own driver on Unix terminals, Textual's choice elsewhere."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from gdtui.tui.terminal.driver import TerminalDriver

        return TerminalDriver
