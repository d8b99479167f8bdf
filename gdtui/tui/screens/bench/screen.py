"""The bench itself: keys become commands or another look, snapshots come back and are painted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from gdtui.errors import LookError
from gdtui.session import Command, Snapshot
from gdtui.text import _
from gdtui.tui.engine import Engine
from gdtui.tui.screens.bench import dialogs, pages
from gdtui.tui.screens.bench.keys import KEYS
from gdtui.tui.screens.bench.pace import FRAMES, Pace
from gdtui.tui.screens.bench.parts import arrange, parts
from gdtui.tui.widgets.rows import RowsView
from gdtui.tui.widgets.words import spell
from gdtui.verbs import Back, Remove, Reset, Step
from gdtui.view import layout, painters, panels
from gdtui.view.chart_figures import Charts, charts_of
from gdtui.view.charts import Show
from gdtui.view.look import Look, opening, turned
from gdtui.view.painters import Rows, Scene

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson
    from gdtui.simulation.experiment import Experiment


def _palette() -> type[Any]:
    from gdtui.tui.commands import BenchCommands

    return BenchCommands


class Bench(Screen[None]):
    """The live bench.

    Parameters
    ----------
    experiment
        what is put on it.
    lesson
        the script that space goes through, if there is one.
    """

    CSS_PATH = "bench.tcss"
    COMMANDS: ClassVar[set[Any]] = {lambda: _palette()}
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self, experiment: Experiment, lesson: Lesson | None = None) -> None:
        super().__init__()
        self._experiment = experiment
        self.lesson = lesson
        self.page = 0
        self.engine = Engine(self._shown)
        self.charts = Charts()
        self.snapshot: Snapshot | None = None
        self.look = Look(x_axis=experiment.x_axis)
        self._afresh = True  # the next snapshot is looked at as when the bench opens
        self._asked: list[Show] = []  # by the script; it waits for the snapshot that it speaks of
        self.pace = Pace()
        self._message, self._good = "", False
        self._caption = 0  # rows of a lesson's

    # -- building ---------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out the bench."""
        yield from parts(lambda: self.scene, self._paint_chart, lambda: {"next": _("go on")} if self.lesson else {})

    def _paint_chart(self, place: int, lane: int | None, paper: panels.Paper) -> Rows:
        return painters.chart(self.scene, self.charts, place, self._order(), lane, paper)

    def _order(self) -> tuple[str, ...]:
        """Return the order in which charts fill their places."""
        return layout.ORDER_BY_SIZE[self._plan().size]

    def on_mount(self) -> None:
        """Start the engine once the first frame is out."""
        self._lay_out()
        self._show_page()
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self.run_worker(self._run_engine(), name="engine", exit_on_error=True)
        self.set_interval(1 / FRAMES, self._tick)

    async def _run_engine(self) -> None:
        await self.engine.run(self._experiment, self.lesson.scenario.coords if self.lesson else None)
        if self.engine.fault:
            self.app.exit(return_code=2, message=f"gdtui: {self.engine.fault}")

    # -- frames -----------------------------------------------------------------------------------

    @property
    def selected(self) -> int:
        """Number of the selected lane."""
        return self.look.lane

    @property
    def axis(self) -> str:
        """What is counted along the x axis."""
        return self.look.x_axis

    @property
    def scene(self) -> Scene:
        """What is painted now."""
        state = self.pace.state if self.engine.ready else _("compiling …")
        return Scene(self.snapshot, self.look, state, self.pace.speed, self._message, self._good)

    def _shown(self, snapshot: Snapshot, fault: str) -> None:
        before, self.snapshot = self.snapshot, snapshot
        if before is None or snapshot.objective is not before.objective:
            self.charts.forget()
            if before is not None and snapshot.experiment.objective != before.experiment.objective:
                self.look = replace(self.look, coordinate=None, sample=0)
        self._look_as_asked(snapshot)
        self._message, self._good = fault or ("" if self.lesson else snapshot.caption), False
        if self.pace.running and not any(lane.status == "going" for lane in snapshot.lanes):
            self.pace.running = False
        self.repaint()

    def _look_as_asked(self, snapshot: Snapshot) -> None:
        """Bring the look to what the script asks for, and to what there is."""
        if self._afresh:
            self.look, self._afresh = opening(snapshot), False
        if not self.engine.busy:
            for show in self._asked:
                self.look = self.look.after(show, snapshot)
            self._asked = []
        self.look = self.look.fitting(snapshot)

    def say(self, text: str, *, good: bool = False) -> None:
        """Show a message in the line above the footer; "" gives it back to the diagnosis."""
        self._message, self._good = text, good
        self.query_one("#message", RowsView).repaint()

    def repaint(self) -> None:
        """Bring every part up to date."""
        self._lay_out()
        for view in self.query(RowsView):
            if view.display:
                view.repaint()

    def _plan(self) -> layout.Plan:
        lanes = self.snapshot.lanes if self.snapshot else ()
        lines = max((panels.line_count(lane) for lane in lanes), default=6)
        count = len(lanes) or len(self._experiment.lanes)
        return layout.plan(self.size.width, self.size.height, count, lines, self._caption)

    def _lay_out(self) -> None:
        """Fit the parts to the terminal and to the lanes there are."""
        shown = layout.columns(self.size.width, len(self.scene.lanes), self.look.lane)
        arrange(self, self._plan(), self.look.view, shown)

    def on_resize(self) -> None:
        """Fit the layout to the new size."""
        self._show_page()
        self.repaint()

    # -- acts -------------------------------------------------------------------------------------

    def act(self, command: Command) -> None:
        """Hand a command to the engine: the one road for every act on the lanes."""
        self.engine.submit(command)

    def show(self, *asked: Show, afresh: bool = False) -> None:
        """Look at something else: the one road for every act of looking but a few keys' own.

        Parameters
        ----------
        asked
            one after the other; they wait until what has been submitted before them is there to be seen.
        afresh
            begin from the look with which the bench opens.
        """
        self._afresh = self._afresh or afresh
        self._asked.extend(asked)
        if not self.engine.busy and self.snapshot is not None:
            self._look_as_asked(self.snapshot)
            self.repaint()

    def action_turn(self, what: str, by: int) -> None:
        """Turn to the next or the last chart, view, coordinate, scale, x axis, lane, picture or sample."""
        if self.snapshot is None:
            return
        try:
            self.look = turned(self.look, self.snapshot, what, by, charts_of(self.snapshot, self._order()))
        except LookError as error:
            self.say(str(error))
        self.repaint()

    def _tick(self) -> None:
        n = 0 if self.engine.busy else self.pace.tick()
        if n:
            self.act(Step(n))

    def action_step(self, n: int) -> None:
        """Make n updates on every lane."""
        self.pace.running = False
        self.act(Step(n))

    def action_back(self, n: int) -> None:
        """Take n updates back."""
        self.pace.running = False
        self.act(Back(n))

    def action_run(self) -> None:
        """Run or pause."""
        self.pace.toggle()
        if not self.pace.running:
            self.engine.stop_long_step()
        self.repaint()

    def action_stop(self) -> None:
        """Stop whatever runs."""
        self.pace.running = False
        self.engine.stop_long_step()
        self._message = ""
        self.repaint()

    def action_speed(self, by: int) -> None:
        """Run faster or slower."""
        self.pace.change(by)
        self.repaint()

    def action_reset(self) -> None:
        """Put every lane back at its start."""
        self.pace.running = False
        self.act(Reset())

    def action_remove(self) -> None:
        """Take the selected lane away."""
        if self.snapshot:
            self.act(Remove(self.snapshot.lanes[self.look.lane].name))

    @on(events.Click, "#lanes")
    def _lane_clicked(self, event: events.Click) -> None:
        if self.snapshot is None:
            return
        lanes = self.snapshot.lanes
        seen = panels.window(len(lanes), self.look.lane, self.query_one("#lanes").size.height)
        if 1 <= event.y <= seen.end - seen.first:
            self.show(Show(lane=lanes[seen.first + event.y - 1].name))

    # -- lessons ----------------------------------------------------------------------------------

    def action_next(self) -> None:
        """Make one update; in a lesson, do what its next page says."""
        if self.lesson is None:
            self.action_step(1)
        elif self.page < len(self.lesson.pages):
            self.pace.running = False
            page = self.lesson.pages[self.page]
            for command in page.commands():
                self.act(command)
            self.page += 1
            self._show_page()
            self.show(*pages.shows([page]))
        else:
            self.say(_("the lesson ends here: the bench is yours, L opens the library"))

    def action_previous(self) -> None:
        """Take one update back; in a lesson, go back to where the page before stood."""
        if self.lesson is None:
            self.action_back(1)
        elif self.page > 0:
            self.pace.running = False
            self.page -= 1
            self.go_to(self.page, looking=any(pages.shows([self.lesson.pages[self.page]])))

    def go_to(self, page: int, *, looking: bool = True) -> None:
        """Put the lesson where a page of it ends, with the look of that page if that is to be brought back."""
        assert self.lesson is not None
        self.page = page
        for command in self.lesson.again(page):
            self.act(command)
        if looking:
            self.show(*pages.shows(self.lesson.pages[:page]), afresh=True)
        if self.is_mounted:
            self._show_page()

    def open_lesson(self, lesson: Lesson) -> None:
        """Put a lesson on the bench, at its beginning."""
        self.lesson, self.pace.running = lesson, False
        self.go_to(0)
        self.refresh_bindings()

    def _show_page(self) -> None:
        """Bring the caption to the present page; its box is as high as the longest one needs."""
        box = self.query_one("#caption", Static)
        box.display = self.lesson is not None
        if self.lesson is not None:
            texts = pages.captions(self.lesson, partial(spell, self.app))
            box.styles.height = self._caption = pages.rows_of(texts, self.size.width, self.size.height)
            box.update(texts[self.page])

    # -- dialogs ----------------------------------------------------------------------------------

    def action_objective(self) -> None:
        """Choose a surface, a dataset, or type a formula."""
        self.pace.running = False
        dialogs.ask_objective(self.app, self.act)

    def action_add(self) -> None:
        """Choose an optimizer and put it on the bench."""
        if self.snapshot is not None:
            dialogs.ask_lane(self.app, self.snapshot, self.act)

    def action_edit(self) -> None:
        """Change the settings of the selected lane."""
        if self.snapshot is not None:
            dialogs.ask_settings(self.app, self.snapshot.lanes[self.look.lane], self.act)

    def action_library(self) -> None:
        """Choose a lesson."""
        dialogs.ask_lesson(self.app, self.open_lesson)

    def action_help(self) -> None:
        """Show what every key does."""
        from gdtui.tui.screens.keys import Keys

        self.app.push_screen(Keys(self))

    def action_save(self) -> None:
        """Save what was done as a scenario."""
        self.pace.running = False
        dialogs.ask_file(self.app, self._save)

    def _save(self, path: Path, title: str) -> None:
        async def save() -> None:
            await self.engine.settled()
            assert self.engine.session is not None
            text, good = dialogs.saved(self.engine.session, path, title)
            self.say(text, good=good)

        self.run_worker(save(), exit_on_error=True)
