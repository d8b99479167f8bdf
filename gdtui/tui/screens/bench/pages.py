"""The pages of a lesson on the bench: forwards, backwards, away from the script and back to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from gdtui.session import Command, Difference, PageEnd, ReturnTo, Session, Snapshot
from gdtui.text import _
from gdtui.tui.clock import Clock
from gdtui.tui.screens.bench.travel import Travel
from gdtui.tui.screens.bench.undo import Undo
from gdtui.tui.widgets.caption import way_back
from gdtui.verbs import Show
from gdtui.view.look import LookChange

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson, Page
    from gdtui.scenario.read.acts import Scenario
    from gdtui.simulation.experiment import Experiment


class Pages(Undo, Travel):
    """The part of the bench that turns the pages of a lesson.

    What differs from the end of the present page is a detour: no page runs before the user has returned from it. If
    the bench is `scripted`, a script turns the pages, and space and b make updates.
    """

    def __init__(
        self, experiment: Experiment, lesson: Lesson | None = None, *, session: Session | None = None,
        clock: Clock | None = None, scripted: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(experiment, lesson, session=session, clock=clock)
        self._scripted = scripted
        self._page_ends: dict[int, tuple[Lesson, PageEnd]] = {}
        self.detour: tuple[Difference, ...] = ()
        self._look_of_page = self.look  # when the detour began
        self._presses: deque[Callable[[], None]] = deque()  # keys of pages wait until the engine is idle
        self._read: tuple[Lesson | None, int] = lesson, 0  # a lesson, and the furthest page of it that was turned
        if lesson is not None and not scripted:
            self.engine.when_opened = self._arrive(lesson, 0)

    # -- where we are -----------------------------------------------------------------------------

    @property
    def reads(self) -> bool:
        """Whether space and b turn pages: a lesson is open, and the bench is as its script has left it."""
        return self.lesson is not None and not self._scripted and not self.detour

    @property
    def at_end(self) -> bool:
        """Whether the last page is turned."""
        return self.lesson is not None and self.page >= len(self.lesson.pages)

    @property
    def read_to(self) -> int:
        """The furthest page of the lesson that has been turned."""
        lesson, page = self._read
        return page if lesson is self.lesson else 0

    @property
    def ahead(self) -> int:
        """How many updates a detour is ahead of its page."""
        if self._page_end is None or self.snapshot is None:
            return 0
        return self.snapshot.position - self._page_end.snapshot.position

    @property
    def aside(self) -> str:
        """What has been done since the page, in words for the header; "" for nothing."""
        return self.told(self.detour)

    def told(self, detour: Sequence[Difference]) -> str:
        """Say what has been done since the page; "" for nothing."""
        if not detour:
            return ""
        if self.at_end:
            said = _("free after the last page: {what}")
        else:
            said = _("detour from page {page}: {what}") if self.page else _("detour before the first page: {what}")
        return said.format(page=self.page, what=_(", ").join(each.in_words() for each in detour))

    def labels(self) -> dict[str, str]:
        """Name the keys for a lesson, and for a detour from it."""
        if self.lesson is None or self._scripted:
            return {}
        if self.detour:
            return {"save": _("keep")}
        return {} if self.at_end else {"next": _("go on")}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way back to the script on a detour only."""
        return bool(self.detour) if action == "script" else super().check_action(action, parameters)

    def kept_as(self) -> tuple[str, ...]:
        """Return a title and a file name for what was done since the script began; () if there is no detour."""
        if self.lesson is None or not self.detour:
            return ()
        scenario = self.lesson.scenario
        title = _("{title}: after the last page") if self.at_end else _("{title}: detour from page {page}")
        return title.format(title=scenario.title, page=self.page), f"{scenario.path.stem}-detour.toml"

    def act(self, *commands: Command) -> None:
        """Hand one act of the user to the engine: undo knows it, and what was on the screen."""
        if self._presses:  # a page waits, which comes first
            self._in_turn(lambda: self._submit(commands))
        else:
            self._submit(commands)

    def _submit(self, commands: Sequence[Command]) -> None:
        if not self.detour and not self.engine.busy:  # else a detour may have begun that is not known yet
            self._look_of_page = self.look
        super().act(*commands)

    def _take(self, snapshot: Snapshot, fault: str) -> None:
        page_end, was = self._page_end, bool(self.detour)
        self.detour = page_end.detour(snapshot) if page_end is not None else ()
        if page_end is not None and fault and page_end.page != self.page:
            self.turn_to(page_end.page)  # a page that failed, or was stopped
        elif was != bool(self.detour):
            self.show_page()
            self.refresh_bindings()
        super()._take(snapshot, fault)
        if not self.detour:
            self._look_of_page = self.look

    # -- turning pages ----------------------------------------------------------------------------

    def turn_to(self, page: int) -> None:
        """Show the caption of a page."""
        self._read = self.lesson, max(page, self.read_to)
        ended = self.at_end
        super().turn_to(page)
        if self.at_end != ended:
            self.refresh_bindings()  # the footer has other words for its keys

    def action_next(self) -> None:
        """Make one update; in a lesson, do what its next page says."""
        if self.lesson is None or self._scripted:
            self.action_step(1)
        else:
            self._in_turn(self._next)

    def _next(self) -> None:
        if self.lesson is None or not self.reads or self.at_end:
            self.action_step(1)
            return
        page = self.lesson.pages[self.page]
        self._turn(self.lesson, page.commands(), self.page + 1)
        self.show(*shows([page]))

    def action_previous(self) -> None:
        """Take one update back; in a lesson, go back to the end of the page before."""
        if self.lesson is None or self._scripted:
            self.action_back(1)
        else:
            self._in_turn(self._previous)

    def _previous(self) -> None:
        if self.lesson is None:
            self.action_back(1)
        elif self.detour:
            if self.ahead > 0:
                self.action_back(1)
            else:
                self.say(way_back(self.keys, free=self.at_end))
        elif self.page > 0:
            self.go_to(self.page - 1, looking=any(shows([self.lesson.pages[self.page - 1]])))

    def action_script(self) -> None:
        """Return from a detour to the page where it began."""
        self._in_turn(self._return)

    def _return(self) -> None:
        page_end, scene = self._page_end, self._scene
        if page_end is None or not self.detour:
            return
        self.pace.running = False
        self.engine.submit_leap(page_end, _("the way back to the script"), scene)
        self.show(lambda _look, snapshot: self._look_of_page.fitting(snapshot))

    def _in_turn(self, press: Callable[[], None]) -> None:
        """Do what a key says once everything before it is done: whether there is a detour is known only then."""
        if not self.engine.busy and not self._presses:
            press()
            return
        self.pace.running = False
        self._presses.append(press)
        if len(self._presses) == 1:
            self.run_worker(self._press_in_turn(), exit_on_error=True)

    async def _press_in_turn(self) -> None:
        while self._presses:
            await self.engine.idle()
            if self._presses:  # unless all was stopped
                self._presses.popleft()()

    def forget_presses(self) -> None:
        """Drop the keys that wait."""
        self._presses.clear()

    def _arrive(self, lesson: Lesson, page: int) -> Callable[[Session, Snapshot], None]:
        """Return what notes the end of a page, on the engine's thread."""

        def arrive(session: Session, snapshot: Snapshot) -> None:
            history = self.engine.history
            self._page_end = PageEnd(page, session.saved(), snapshot, history is not None and history.unsaved)
            self._page_ends[page] = lesson, self._page_end

        return arrive

    def _turn(self, lesson: Lesson, commands: Iterable[Command], page: int) -> None:
        self.pace.running = False
        self.engine.submit_page(tuple(commands), self._arrive(lesson, page))
        self.turn_to(page)

    def go_to(self, page: int, *, looking: bool = True) -> None:
        """Bring the lesson to the end of a page, with the look of that page if that is wanted."""
        assert self.lesson is not None
        lesson, known = self._page_ends.get(page, (None, None))
        visited = known is not None and lesson is self.lesson
        self._turn(self.lesson, (ReturnTo(known.saved),) if known and visited else self.lesson.again(page), page)
        if looking:
            self.show(*shows(self.lesson.pages[:page]), afresh=True)

    # -- opening lessons --------------------------------------------------------------------------

    def restore(self, scenario: Scenario) -> None:
        """Put a session on the bench again, with all that was done."""
        from gdtui.scenario.play.lesson import read_lesson

        lesson = read_lesson(scenario)
        for command in lesson.again(len(lesson.pages)):
            self.act(command)
        self.show(afresh=True)

    def open_lesson(self, lesson: Lesson) -> None:
        """Put a lesson on the bench, at its beginning; a session that was saved, at its end."""
        self.pace.running = False
        first = lesson.opening
        self.act(*lesson.again(first))
        self.engine.submit_page((), self._arrive(lesson, first))
        self.lesson = lesson
        self.show(*shows(lesson.pages[:first]), afresh=True)
        self.turn_to(first)
        self.refresh_bindings()


def shows(pages: Sequence[Page]) -> Iterator[LookChange]:
    """Yield how these pages change the look, in order."""
    for page in pages:
        for act in page.acts:
            if isinstance(act.verb, Show):
                yield act.verb.changed
