"""The bench: the picture of the objective, charts, lanes, and the running rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from gdtui.charts import panels
from gdtui.charts.bench import KINDS, ORDER, Charts, axes_of
from gdtui.charts.cells import Row
from gdtui.charts.palette import Palette
from gdtui.insight.diagnosis import diagnose
from gdtui.session import Add, Back, ChangeObjective, Command, LaneView, Remove, Reset, Set, Snapshot, Step
from gdtui.tui.engine import Engine
from gdtui.tui.screens.pick import PickLane, PickObjective
from gdtui.tui.screens.settings import EditLane
from gdtui.tui.widgets.rows import RowsView
from gdtui.words import _

if TYPE_CHECKING:
    from gdtui.scenario.lesson import Lesson
    from gdtui.simulation.experiment import Experiment

#: Updates a second.
SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 20_000, 100_000, 1_000_000)
FRAMES = 20

#: Charts shown in a small, a usual and a large terminal.
PLACES = {"narrow": 1, "usual": 3, "wide": 6}
ORDER_BY_SIZE = {
    "narrow": ORDER,
    "usual": ORDER,
    "wide": ("loss", "grad_norm", "velocity", "accumulator", "effective_lr", "step_norm", "theta", "batch_loss"),
}


def _key(keys: str, action: str, label: str, help_: str, *, shown: str = "", priority: bool = False) -> Binding:
    """Return a binding: `label` in the footer ("" = not there), `help_` in the list of keys and the palette."""
    return Binding(
        keys, action, label or help_, show=bool(label), key_display=shown or None, priority=priority,
        tooltip=help_, id=action,
    )  # fmt: skip


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
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("space", "next", _("step"), _("make one update on every lane; in a lesson, go on"), priority=True),
        _key("b", "previous", _("back"), _("take one update back, to the last bit; in a lesson, one page")),
        _key("right", "step(1)", "", _("one update, in a lesson too")),
        _key("left", "back(1)", "", _("one update back, in a lesson too")),
        _key("r", "run", _("run"), _("run, or pause")),
        _key("question_mark", "help", _("help"), _("what every key does"), shown="?"),
        _key("q", "app.quit", _("quit"), _("leave; the terminal is as it was"), shown="q"),
        _key("L", "library", _("lessons"), _("open a lesson from the library")),
        _key("o", "objective", _("objective"), _("choose a surface or a dataset, or type a formula")),
        _key("a", "add", _("add"), _("put another optimizer on the bench")),
        _key("enter", "edit", _("edit"), _("change settings of the selected lane"), shown="⏎"),
        _key("c", "chart(1)", _("chart"), _("turn to the next charts")),
        _key("v", "view", _("view"), _("lanes over one another, or side by side in columns")),
        _key("x", "coordinate(1)", _("coord"), _("norms, then one coordinate after the other")),
        _key("s", "save", _("save"), _("save what was done as a scenario that can be replayed")),
        _key("n", "network", "", _("inside the network: every layer forwards and backwards for one sample")),
        _key("full_stop", "sample(1)", "", _("inside the network: the next sample")),
        _key("comma", "sample(-1)", "", _("inside the network: the sample before")),
        _key("plus,equals_sign", "speed(1)", "", _("run faster"), shown="+"),
        _key("minus", "speed(-1)", "", _("run slower"), shown="−"),
        _key("pagedown", "step(10)", "", _("ten updates")),
        _key("pageup", "back(10)", "", _("ten updates back")),
        _key("home", "reset", "", _("every lane back to its start")),
        _key("escape", "stop", "", _("stop whatever runs")),
        _key("up,k", "select(-1)", "", _("select the lane above")),
        _key("down,j", "select(1)", "", _("select the lane below")),
        _key("delete,d", "remove", "", _("take the selected lane away")),
        _key("l", "scale", "", _("logarithmic or linear")),
        _key("u", "axis", "", _("count updates, epochs, samples or evaluations")),
        _key("m", "picture", "", _("loss surface, or data and fitted lines")),
        _key("C", "chart(-1)", "", _("turn the charts back")),
        _key("X", "coordinate(-1)", "", _("the coordinate before")),
    ]

    def __init__(self, experiment: Experiment, lesson: Lesson | None = None) -> None:
        super().__init__()
        self._experiment = experiment
        self.lesson = lesson
        self.page = 0
        self.engine = Engine(self._shown)
        self.charts = Charts()
        self.snapshot: Snapshot | None = None
        self.selected = 0
        self._opening = True
        self.place: int | None = None  # the coordinate charts show; None: norms
        self.running = False
        self.speed = SPEEDS.index(20)
        self.view = "overlay"
        self.sample = 0
        self.first_chart = 0
        self.linear = False
        self.axis = experiment.x_axis
        self.fit_view = False
        self._message, self._good = "", False
        self._due = 0.0
        self._columns_of: tuple[str, ...] = ()

    # -- building ---------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out the bench."""
        yield RowsView(self._paint_header, id="header")
        yield Static("", id="caption", markup=False)
        with Container(id="body"):
            with Horizontal(id="overlay"):
                yield RowsView(self._paint_picture, id="picture")
                with Container(id="charts"):
                    for index in range(PLACES["wide"]):
                        yield RowsView(self._painter_of_chart(index), id=f"chart{index}", classes="chart")
            yield Horizontal(id="columns")
            yield RowsView(self._paint_network, id="network")
        with Container(id="bottom"):
            yield RowsView(self._paint_lanes, id="lanes")
            yield RowsView(self._paint_update, id="update")
        yield RowsView(self._paint_status, id="message")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Start the engine once the first frame is out."""
        self._lay_out()
        self._show_page()
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self.run_worker(self._run_engine(), name="engine", exit_on_error=True)
        self.set_interval(1 / FRAMES, self._tick)

    async def _run_engine(self) -> None:
        await self.engine.run(self._experiment)
        if self.engine.fault:
            self.app.exit(return_code=2, message=f"gdtui: {self.engine.fault}")

    # -- frames -----------------------------------------------------------------------------------

    @property
    def palette(self) -> Palette:
        """Colours of the present theme."""
        from gdtui.tui.themes import palette_of

        return palette_of(self.app)

    @property
    def plain(self) -> bool:
        """Whether only ASCII may be shown."""
        return bool(getattr(self.app, "plain", False))

    def _shown(self, snapshot: Snapshot, fault: str) -> None:
        fresh = self.snapshot is None or snapshot.objective is not self.snapshot.objective
        self.snapshot = snapshot
        if self._opening:  # begin at the lane whose rule has most to show
            self._opening = False
            lengths = [panels.line_count(lane) for lane in snapshot.lanes]
            self.selected = lengths.index(max(lengths))
        self.selected = min(self.selected, len(snapshot.lanes) - 1)
        if fresh:
            self.charts.forget()
            self.place = None
            self.sample = 0
            if self.view == "network" and snapshot.objective.model is None:
                self.view = "overlay"
        self.say(fault or ("" if self.lesson else snapshot.caption))
        if self.running and not any(lane.status == "going" for lane in snapshot.lanes):
            self.running = False
        self.repaint()

    def say(self, text: str, *, good: bool = False) -> None:
        """Show a message in the line above the footer; "" gives it back to the diagnosis."""
        self._message, self._good = text, good
        self.query_one("#message", RowsView).repaint()

    def _paint_status(self, width: int, height: int) -> tuple[Row, ...]:
        """Return a message, else the diagnosis of the selected lane, else what the objective teaches."""
        text, role = self._message, "good" if self._good else "bad"
        if not text and self.snapshot is not None:
            lane = self.snapshot.lanes[self.selected]
            found = diagnose(self.snapshot.objective, lane.trace, lane.settings, lane.next_lr, lane.status)
            text, role = (f"{lane.name}: {found[0]}", "text") if found else (self.snapshot.objective.teaches, "label")
        return (panels.row([(f" {text}", role, False)], width, self.palette, ascii=self.plain),)

    def repaint(self) -> None:
        """Bring every part up to date."""
        self._lay_out()
        for view in self.query(RowsView):
            if view.display:
                view.repaint()

    def _size_class(self) -> str:
        width, height = self.size.width, self.size.height
        if width < 100 or height < 28:
            return "narrow"
        return "wide" if width >= 160 and height >= 42 else "usual"

    def _lay_out(self) -> None:
        """Fit the layout to the terminal and the number of lanes."""
        size = self._size_class()
        for name in PLACES:
            self.set_class(size == name, name)
        count = len(self.snapshot.lanes) if self.snapshot else len(self._experiment.lanes)
        height = self.size.height
        table = 1 + min(count, max(1, height // 5))
        lines = max((panels.line_count(lane) for lane in self._lanes()), default=6)
        rule = 1 + min(lines, 7 if height >= 28 else 5 if height >= 22 else 3)
        beside = size == "wide"  # the running rule beside the lanes, where there is room
        for name, rows in (
            ("#lanes", max(table, rule) if beside else table),
            ("#update", max(table, rule) if beside else rule),
            ("#bottom", max(table, rule) if beside else table + rule),
        ):
            part = self.query_one(name)
            if part.styles.height is None or part.styles.height.value != rows:
                part.styles.height = rows
        for index in range(PLACES["wide"]):
            self.query_one(f"#chart{index}").display = index < PLACES[size]
        self.query_one("#overlay").display = self.view == "overlay"
        self.query_one("#columns").display = self.view == "columns"
        self.query_one("#network").display = self.view == "network"
        if self.view == "columns":
            self._lay_out_columns()

    def _lanes(self) -> tuple[LaneView, ...]:
        return self.snapshot.lanes if self.snapshot else ()

    def _lay_out_columns(self) -> None:
        """Mount a column of charts for each lane that has room, the selected one among them."""
        lanes = self._lanes()
        room = max(1, self.size.width // 26)
        first = max(0, min(self.selected - room + 1, len(lanes) - room)) if len(lanes) > room else 0
        shown = tuple(f"{i}" for i in range(first, min(len(lanes), first + room)))
        if shown == self._columns_of:
            return
        self._columns_of = shown
        holder = self.query_one("#columns", Horizontal)
        holder.remove_children()
        rows = ("loss", "velocity", "accumulator")
        for index in range(first, first + len(shown)):
            column = Vertical(*(RowsView(self._painter_of_column(name, index), classes="chart") for name in rows))
            holder.mount(column)

    # -- painters ---------------------------------------------------------------------------------

    def _blank(self, width: int, height: int, text: str = "") -> tuple[Row, ...]:
        first = panels.caption(text, width, self.palette, ascii=self.plain)
        empty = panels.row([], width, self.palette)
        return (first, *[empty] * (height - 1))

    def _paint_header(self, width: int, height: int) -> tuple[Row, ...]:
        if self.snapshot is None:
            return self._blank(width, height, f"gdtui   {_('opening the bench …')}")
        if not self.engine.ready:
            state = _("compiling …")
        else:
            state = f"▶ {_('running')}" if self.running else f"▮▮ {_('paused')}"
        speed = f"{SPEEDS[self.speed]:,}/s".replace(",", " ")
        return (
            panels.header(
                self.snapshot, self.selected, state, speed, width, self.palette, ascii=self.plain
            ),
        )  # fmt: skip

    def _paint_picture(self, width: int, height: int) -> tuple[Row, ...]:
        from gdtui.charts.canvas import draw
        from gdtui.charts.pictures import picture

        if self.snapshot is None:
            return self._blank(width, height)
        figure = picture(self.snapshot, self.selected, fit_view=self.fit_view)
        return draw(figure, width, height, self.palette, ascii=self.plain)

    def _painter_of_chart(self, index: int):  # type: ignore[no-untyped-def]
        def paint(width: int, height: int) -> tuple[Row, ...]:
            order = ORDER_BY_SIZE[self._size_class()]
            return self._paint_chart(order[(index + self.first_chart) % len(order)], None, width, height)

        return paint

    def _painter_of_column(self, name: str, lane: int):  # type: ignore[no-untyped-def]
        return lambda width, height: self._paint_chart(name, lane, width, height)

    def _paint_chart(self, name: str, lane: int | None, width: int, height: int) -> tuple[Row, ...]:
        from gdtui.charts.canvas import draw

        if self.snapshot is None or (lane is not None and lane >= len(self.snapshot.lanes)):
            return self._blank(width, height)
        figure = self.charts.chart(
            self.snapshot, KINDS[name], axis=self.axis, coordinate=self.place, only=lane, linear=self.linear
        )
        return draw(figure, width, height, self.palette, ascii=self.plain)

    def _paint_lanes(self, width: int, height: int) -> tuple[Row, ...]:
        if self.snapshot is None:
            return self._blank(width, height)
        return panels.lanes(self.snapshot, self.selected, width, height, self.palette, ascii=self.plain)

    def _paint_update(self, width: int, height: int) -> tuple[Row, ...]:
        if self.snapshot is None:
            return self._blank(width, height)
        return panels.this_update(
            self.snapshot, self.selected, self.place or 0, width, height, self.palette, ascii=self.plain
        )

    # -- acts -------------------------------------------------------------------------------------

    def act(self, command: Command) -> None:
        """Hand a command to the engine: the one road for every act."""
        self.engine.submit(command)

    def _tick(self) -> None:
        if not self.running or self.engine.busy:
            return
        self._due += SPEEDS[self.speed] / FRAMES
        if self._due >= 1:
            n = int(self._due)
            self._due -= n
            self.act(Step(n))

    def action_next(self) -> None:
        """Make one update; in a lesson, do what its next page says."""
        if self.lesson is None:
            self.action_step(1)
        elif self.page < len(self.lesson.pages):
            self.running = False
            for command in self.lesson.pages[self.page].commands():
                self.act(command)
            self.page += 1
            self._show_page()
        else:
            self.say(_("the lesson ends here: the bench is yours, L opens the library"))

    def action_previous(self) -> None:
        """Take one update back; in a lesson, go back to where the page before stood."""
        if self.lesson is None:
            self.action_back(1)
        elif self.page > 0:
            self.running = False
            self.page -= 1
            for command in self.lesson.again(self.page):
                self.act(command)
            self._show_page()

    def _show_page(self) -> None:
        """Bring the caption to the present page; its box is as high as the longest one needs."""
        box = self.query_one("#caption", Static)
        box.display = self.lesson is not None
        if self.lesson is None:
            return
        width = max(20, self.size.width - 3)
        texts = [self._caption_of(self.lesson, page) for page in range(len(self.lesson.pages) + 1)]
        box.styles.height = min(max(len(text.wrap(width)) for text in texts), max(4, self.size.height // 3))
        box.update(texts[self.page])

    def _caption_of(self, lesson: Lesson, number: int) -> Content:
        """Return title, words, and what was done or answered on a page (0: before the first)."""
        page = lesson.pages[number - 1] if number else None
        count = f"{number}/{len(lesson.pages)}"
        text = page.caption if page else lesson.scenario.summary or _("space begins")
        parts: list[Any] = [(f"{lesson.scenario.title}  {count}\n", "bold $primary"), text]
        if page and page.answer:
            parts.append((f"\n{page.answer}", "bold $success"))
        elif page and page.doing:
            parts.append((f"\n▸ {page.doing}", "$accent"))
        elif page is None:
            parts.append((f"\n{_('space goes on, b goes back')}", "$accent"))
        return Content.assemble(*parts)

    def open_lesson(self, lesson: Lesson) -> None:
        """Put a lesson on the bench, at its beginning."""
        self.lesson, self.page, self.running = lesson, 0, False
        self.axis = lesson.scenario.experiment.x_axis
        self._opening = True
        for command in lesson.again(0):
            self.act(command)
        self._show_page()

    def action_save(self) -> None:
        """Save what was done as a scenario."""
        from gdtui.tui.screens.save import SaveAs

        self.running = False

        def chosen(answer: tuple[Path, str] | None) -> None:
            if answer is not None:
                self.run_worker(self._save(*answer), exit_on_error=True)

        self.app.push_screen(SaveAs(), chosen)

    async def _save(self, path: Path, title: str) -> None:
        """Write the scenario once every act has been carried out, and say what came of it."""
        from gdtui.scenario.record import RecordError, save

        await self.engine.settled()
        assert self.engine.session is not None
        try:
            save(self.engine.session, path, title)
        except (RecordError, OSError) as error:
            self.say(f"{path}: {error.strerror if isinstance(error, OSError) and error.strerror else error}")
        else:
            self.say(f"{_('saved')}: gdtui replay {path}", good=True)

    def action_network(self) -> None:
        """Look inside the network, or out of it again."""
        if self.snapshot is None or self.snapshot.objective.model is None:
            self.say(_("there is no network here: o opens a dataset"))
            return
        self.view = "overlay" if self.view == "network" else "network"
        self.repaint()

    def action_sample(self, by: int) -> None:
        """Choose the sample that the network view shows."""
        if self.snapshot and len(self.snapshot.objective.data):
            self.sample = (self.sample + by) % len(self.snapshot.objective.data)
            self.repaint()

    def _paint_network(self, width: int, height: int) -> tuple[Row, ...]:
        if self.snapshot is None:
            return self._blank(width, height)
        return panels.network(self.snapshot, self.selected, self.sample, width, height, self.palette, ascii=self.plain)

    def action_library(self) -> None:
        """Choose a lesson."""
        from gdtui.tui.screens.library import PickLesson

        def chosen(lesson: Lesson | None) -> None:
            if lesson is not None:
                self.open_lesson(lesson)

        self.app.push_screen(PickLesson(), chosen)

    def action_step(self, n: int) -> None:
        """Make n updates on every lane."""
        self.running = False
        self.act(Step(n))

    def action_back(self, n: int) -> None:
        """Take n updates back."""
        self.running = False
        self.act(Back(n))

    def action_run(self) -> None:
        """Run or pause."""
        self.running = not self.running
        self._due = 1.0
        if not self.running:
            self.engine.stop_long_step()
        self.repaint()

    def action_stop(self) -> None:
        """Stop whatever runs."""
        self.running = False
        self.engine.stop_long_step()
        self.say("")
        self.repaint()

    def action_speed(self, by: int) -> None:
        """Run faster or slower."""
        self.speed = max(0, min(len(SPEEDS) - 1, self.speed + by))
        self.repaint()

    def action_select(self, by: int) -> None:
        """Select the lane above or below."""
        if self.snapshot:
            self.selected = (self.selected + by) % len(self.snapshot.lanes)
            self.repaint()

    def action_chart(self, by: int) -> None:
        """Show the next charts."""
        self.first_chart = (self.first_chart + by) % len(ORDER)
        self.repaint()

    def show_chart(self, name: str) -> None:
        """Turn the charts so that this one comes first."""
        self.first_chart = ORDER_BY_SIZE[self._size_class()].index(name)
        self.repaint()

    def action_view(self) -> None:
        """Change between overlay and columns."""
        self.view = "columns" if self.view == "overlay" else "overlay"
        self._columns_of = ()
        self.repaint()

    def action_coordinate(self, by: int) -> None:
        """Show the norm, then each coordinate."""
        if self.snapshot:
            count = len(self.snapshot.lanes[0].trace.layout.coords)
            place = (-1 if self.place is None else self.place) + 1 + by
            place %= count + 1
            self.place = None if place == 0 else place - 1
            self.repaint()

    def action_scale(self) -> None:
        """Change between logarithmic and linear scales."""
        self.linear = not self.linear
        self.repaint()

    def action_axis(self) -> None:
        """Count updates, epochs, samples or evaluations along the x axis."""
        if self.snapshot is None:
            return
        axes = axes_of(self.snapshot)
        if len(axes) == 1:
            self.say(_("a surface has no epochs or samples: the x axis counts updates"))
            return
        self.axis = axes[(axes.index(self.axis) + 1) % len(axes)] if self.axis in axes else axes[0]
        self.repaint()

    def action_picture(self) -> None:
        """Change between the loss surface and the fit."""
        self.fit_view = not self.fit_view
        self.repaint()

    def action_reset(self) -> None:
        """Put every lane back at its start."""
        self.running = False
        self.act(Reset())

    def action_remove(self) -> None:
        """Take the selected lane away."""
        if self.snapshot:
            self.act(Remove(self.snapshot.lanes[self.selected].name))

    def action_objective(self) -> None:
        """Choose a surface, a dataset, or type a formula."""
        self.running = False

        def chosen(spec: object) -> None:
            if spec is not None:
                self.act(ChangeObjective(spec))  # type: ignore[arg-type]

        self.app.push_screen(PickObjective(), chosen)

    def action_add(self) -> None:
        """Choose an optimizer and put it on the bench."""
        if self.snapshot is None:
            return
        names = tuple(lane.name for lane in self.snapshot.lanes)

        def chosen(lane: object) -> None:
            if lane is not None:
                self.act(Add(lane))  # type: ignore[arg-type]

        self.app.push_screen(PickLane(names), chosen)

    def action_edit(self) -> None:
        """Change the settings of the selected lane."""
        if self.snapshot is None:
            return
        lane = self.snapshot.lanes[self.selected]

        def chosen(changes: dict[str, float] | None) -> None:
            for key, value in (changes or {}).items():
                self.act(Set(lane.name, key, value))

        self.app.push_screen(EditLane(lane), chosen)

    def action_help(self) -> None:
        """Show what every key does."""
        from gdtui.tui.screens.keys import Keys

        self.app.push_screen(Keys(self))

    @on(events.Click, "#lanes")
    def _lane_clicked(self, event: events.Click) -> None:
        if self.snapshot and 1 <= event.y <= len(self.snapshot.lanes):
            self.selected = event.y - 1
            self.repaint()

    def on_resize(self) -> None:
        """Fit the layout to the new size."""
        self._show_page()
        self.repaint()
