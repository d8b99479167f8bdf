"""The frames of the bench: one for each snapshot, handed to every region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.screen import Screen

from gdtui.session import Command, Session, Snapshot
from gdtui.simulation.stopping import Status
from gdtui.text import _
from gdtui.tui.clock import Clock
from gdtui.tui.engine import Engine
from gdtui.tui.key_names import first_keys
from gdtui.tui.screens.bench.pace import FRAMES, Pace
from gdtui.tui.screens.bench.regions import fit, regions
from gdtui.tui.screens.terminal_sized import TerminalSized
from gdtui.tui.widgets.caption import Caption, LessonState
from gdtui.tui.widgets.direct_painter import DirectPainter
from gdtui.view.chart_figures import ChartFigures
from gdtui.view.frame_state import FrameState, Hidden, Notice, last_known
from gdtui.view.layout import Plan, plan
from gdtui.view.look import Look, LookChange, opening
from gdtui.view.map_window import MapWindow
from gdtui.view.rule_lines import line_count
from gdtui.view.time_window import TimeWindow

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson
    from gdtui.simulation.experiment import Experiment

#: Lines of a rule before the first snapshot.
USUAL_LINES = 6
#: Curvature and planes are measured in idle times for so long between two frames.
MEASURING_SECONDS = 0.03
#: How long a warning stays.
WARNING_SECONDS = 10.0


class Display(TerminalSized, Screen[None]):
    """The half of the bench that shows frames.

    It shows the session, or one that it opens for the experiment on the engine's thread; the clock, or else the
    screen's timers, drives a running bench.
    """

    def __init__(
        self, experiment: Experiment, lesson: Lesson | None = None, *, session: Session | None = None,
        clock: Clock | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        coords = lesson.scenario.coords if lesson else None
        self.lesson, self.page = lesson, 0
        self.engine = Engine(lambda: session or Session(experiment, coords), self._take)
        self.pace = Pace()
        self.look = Look(x_axis=experiment.x_axis)
        self.frame: FrameState | None = None
        self._clock: Clock = clock or self.set_interval
        self._ticking: object = None  # what the clock gave: a timer, if it is the screen's own
        self._lane_count = len(experiment.lanes)
        self.snapshot: Snapshot | None = None
        self._lines: tuple[int, ...] = ()
        self._figures = ChartFigures()
        self._furthest = 0  # the last update ever made on this objective
        self._fitted: tuple[Plan, str, bool, bool] | None = None
        self._painter = DirectPainter(self)
        self._futures_asked = 0, "", 0
        self._message, self._good = "", False
        #: How far work under way has come, in words; None: it does not know.
        self.under_way: Callable[[], str] | None = None
        self.greeting = ""  # the message with the first snapshot
        self._warning = ""  # the message with every snapshot for a while
        self._open_look = True  # the next snapshot begins with the look of a new bench
        self._asked: list[LookChange] = []  # waits for the snapshot that the script means
        self.company = ""  # what the header says of a class
        #: Called after each frame.
        self.after_frame: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """Lay out the bench."""
        yield from regions(self.labels, self.BINDINGS)

    def labels(self) -> dict[str, str]:
        """Return the present names of keys in the footer, by action, where they are not the usual ones."""
        return {}

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """The first key of each action, for sentences that name it."""
        return first_keys(self)

    @property
    def aside(self) -> str:
        """What the header says of a detour; "" for none."""
        return ""

    @property
    def hidden(self) -> Hidden:
        """What would give away the answer to a question: "next", "now", "words", or "" for nothing."""
        return ""

    @property
    def reveals(self) -> bool:
        """Whether space shows the answers, as a lecturer may want it."""
        return False

    def on_mount(self) -> None:
        """Start the engine once the first frame is out."""
        self._fit()
        self.show_page()
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.repaint())
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self.run_worker(self._run_engine(), name="engine", exit_on_error=True)
        self._ticking = self._clock(1 / FRAMES, self._tick)

    async def _run_engine(self) -> None:
        await self.engine.run()
        if self.engine.fault:
            self.app.exit(return_code=2, message=f"gdtui: {self.engine.fault}")

    def _tick(self) -> None:
        raise NotImplementedError

    def act(self, *commands: Command) -> None:
        """Hand one act of the user to the engine."""
        raise NotImplementedError

    # -- frames -----------------------------------------------------------------------------------

    @property
    def selected(self) -> int:
        """Number of the selected lane."""
        return self.look.lane

    def _take(self, snapshot: Snapshot, fault: str) -> None:
        """Show a snapshot from the engine, with what went wrong."""
        before, self.snapshot = self.snapshot, snapshot
        self._lines = tuple(map(line_count, snapshot.lanes))
        if before is None or snapshot.objective is not before.objective:
            self._figures.forget()
            self._furthest = 0
            if before is not None and snapshot.experiment.objective != before.experiment.objective:
                self.look = replace(
                    self.look, coordinate=None, sample=0, window=MapWindow(), cursor=None, time=TimeWindow()
                )
        self._furthest = max(self._furthest, last_known(snapshot))
        self._look_as_asked(snapshot)
        if before is not None and snapshot is not before:
            self.greeting = ""
        self._message, self._good = (
            (fault or self._warning or ("" if self.lesson else snapshot.caption) or self.greeting),
            False,
        )
        if self.pace.running and not any(lane.status == Status.GOING for lane in snapshot.lanes):
            self.pace.running = False
        self.repaint()

    def _look_as_asked(self, snapshot: Snapshot) -> None:
        """Apply the changes of the look that wait for this snapshot, and fit the look to it."""
        if self._open_look:
            self.look, self._open_look = opening(snapshot, self._lines), False
        for change in self._asked:
            self.look = change(self.look, snapshot)
        self._asked.clear()
        self.look = self.look.fitting(snapshot)

    def show(self, *asked: LookChange, afresh: bool = False) -> None:
        """Change the look once the commands submitted before are done; `afresh` begins with the look of a new bench."""
        self._open_look = self._open_look or afresh
        self._asked.extend(asked)
        if not self.engine.busy and self.snapshot is not None:
            self._look_as_asked(self.snapshot)
            self.repaint()

    def say(self, text: str, *, good: bool = False) -> None:
        """Show a message in the line above the footer; "" leaves the line to the diagnosis."""
        self._message, self._good = text, good
        self.repaint()

    def warn(self, text: str) -> None:
        """Show a message for a while, even on a bench that runs."""
        self._warning = text
        self.say(text)
        self.set_timer(WARNING_SECONDS, partial(setattr, self, "_warning", ""))

    def ask_for_futures(self) -> None:
        """Ask for the next updates of the lanes, and the selected one with other seeds, if the look shows them."""
        asked = 0, "", 0
        if self.snapshot is not None and self.hidden in ("", "words"):
            repeated = self.snapshot.lanes[self.look.lane].name if self.look.seeds else ""
            asked = self.look.future, repeated, self.look.seeds
        if asked != self._futures_asked:
            self._futures_asked = asked
            self.engine.show_futures(*asked)

    def repaint(self) -> None:
        """Make a frame and hand it to every region; a screen that is being taken apart has none any more."""
        caption = next((child for child in self.children if isinstance(child, Caption)), None)
        if caption is None:  # not asked of Textual, whose queries take as long as a panel
            return
        self.frame = None
        if self.snapshot is not None:
            self.ask_for_futures()
            state = self.pace.state if self.engine.ready else _("compiling …")
            self.frame = FrameState.of(
                self.snapshot, self.look, self.size, self._lines,
                notice=Notice(
                    state, self.pace.speed, self._message, self._good, self.aside, self.hidden, self.company,
                    self.reveals, self.keys,
                ),
                caption=caption.rows, figures=self._figures, furthest=self._furthest,
            )  # fmt: skip
        self._fit()
        self._painter.show(self.frame)
        self.after_frame()
        if self.frame is not None and self._measure(self.frame):
            return
        if self.snapshot is not None and self.snapshot.more_to_come:
            self._look_ahead(self.snapshot)

    def _measure(self, frame: FrameState) -> bool:
        """Measure what a frame does not know once nothing else is under way; say whether there is such a thing."""
        work = frame.waiting()
        if work is None:
            return False
        news: list[bool] = []

        def then() -> None:
            if self.frame is not frame or any(news) or not self._measure(frame):
                self._repaint_if_shown()

        self.engine.when_idle(lambda: news.append(work(MEASURING_SECONDS, lambda: self.engine.busy)), then)
        return True

    def _look_ahead(self, snapshot: Snapshot) -> None:
        """Make more of what the lanes have not done once nothing else is under way."""
        found: list[Snapshot] = []

        def work() -> None:
            assert self.engine.session is not None
            found.append(self.engine.session.look_ahead(snapshot, MEASURING_SECONDS))

        def then() -> None:
            if self.snapshot is snapshot:
                self.snapshot = found[0]
            self._repaint_if_shown()

        self.engine.when_idle(work, then)

    def _repaint_if_shown(self) -> None:
        if self.is_mounted:
            self.repaint()

    def _fit(self) -> None:
        """Fit the regions to the terminal and to the lanes."""
        if self.frame is not None:
            planned = self.frame.plan
        else:
            planned = plan(*self.size, self._lane_count, USUAL_LINES, self.query_one(Caption).rows)
        arranged = planned, self.look.view, self.look.full, self.look.bare
        if self._fitted != arranged:
            self._fitted = arranged
            fit(self, planned, self.frame)

    def turn_to(self, page: int) -> None:
        """Show the caption of a page."""
        self.page = page
        if self.is_mounted:
            self.show_page()

    def show_page(self) -> None:
        """Show the present page in the caption."""
        self.query_one(Caption).turn_to(self.lesson, self.lesson_state(), self.size)

    def lesson_state(self) -> LessonState:
        """Return where a listener of the lesson is."""
        count = 0 if self.lesson is None else len(self.lesson.pages)
        short = f"{self.page}/{count}"
        return LessonState(
            self.page,
            first_keys(self),
            bool(self.aside),
            (_("page {page} of {pages}").format(page=self.page, pages=count), short),
        )

    @property
    def furthest(self) -> int:
        """The last update that has ever been made on this objective."""
        return self._furthest

    def on_screen_suspend(self) -> None:
        """Note that another screen covers the bench."""
        self.after_frame()

    def on_screen_resume(self) -> None:
        """Note that the bench is on top again."""
        self.after_frame()

    def on_resize(self) -> None:
        """Fit the bench to the new size."""
        self.show_page()
        self.repaint()
