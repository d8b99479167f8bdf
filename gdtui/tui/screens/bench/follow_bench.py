"""A bench that follows a lecture: read-only, until its user explores alone, and again once they join the class."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.timer import Timer

from gdtui.classroom.client import Client, reconnected
from gdtui.classroom.lines import LONGEST_ANSWER, WireError, Word
from gdtui.classroom.transcript import Transcript, answer_of, question_of
from gdtui.session import History, PageEnd, Snapshot
from gdtui.simulation.experiment import Experiment
from gdtui.text import N_, _
from gdtui.tui.screens.answer import Answer
from gdtui.tui.screens.bench.bench import Bench
from gdtui.tui.screens.bench.bindings import BINDINGS
from gdtui.tui.screens.bench.led import Led
from gdtui.tui.screens.bench.pursuit import Pursuit
from gdtui.tui.screens.black import Black
from gdtui.tui.widgets.caption import LessonState
from gdtui.verbs.ask import Ask

JOIN = Binding(
    "E", "join", N_("explore alone"), tooltip=N_("leave the class to explore alone, or join it again"), id="follow.join"
)


class FollowBench(Led):
    """The bench of a follower; `folder` takes the files that come with a lecture."""

    BINDINGS: ClassVar[list[BindingType]] = [JOIN, *BINDINGS]

    def __init__(self, experiment: Experiment, connection: socket.socket, path: Path | None, folder: Path) -> None:
        super().__init__(experiment)
        self._connection, self._path = connection, path
        self._client = Client(folder)
        self._transcript = Transcript()  # the lecture up to now
        self._pursuit = Pursuit(self.engine, lambda: self._transcript if self.follows else None, self._say_class)
        self._since: int | None = None  # the page at which the user has left the class
        self._there: bool | None = True  # whether the lecture goes on; None: it is away
        self.company = self._class()

    def labels(self) -> dict[str, str]:
        """Name the key that leaves the class for what it does."""
        if self.follows:
            return {"join": _("explore alone"), "next": _("answer")}
        return {**super().labels(), "join": _("join the class")}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to join while there is a class."""
        return self._there is not False if action == "join" else super().check_action(action, parameters)

    # -- what is shown ------------------------------------------------------------------------------

    @property
    def aside(self) -> str:
        """What the header says beside the objective."""
        if self.follows:
            return self.told(self._transcript.shown.detour)
        if self._there is False:
            return super().aside
        if self._since is None:
            return _("on your own")
        return _("on your own since page {page}").format(page=self._since)

    def lesson_state(self) -> LessonState:
        """Return where a listener of the lesson is: the lecturer turns the pages."""
        return replace(super().lesson_state(), detour=bool(self.detour), led=self.follows)

    def _tick(self) -> None:
        if not self.follows:
            super()._tick()

    def _keep_ticking(self) -> None:
        """Let the clock stand still while the lecturer leads: twenty ticks a second would be for nothing."""
        if isinstance(self._ticking, Timer):
            (self._ticking.pause if self.follows else self._ticking.resume)()

    def _take(self, snapshot: Snapshot, fault: str) -> None:
        if self.follows and self._pursuit.mirror.scene is None:
            return  # nothing has come yet
        super()._take(snapshot, fault)
        if self.follows and self._pursuit.trouble:
            self.say(self._pursuit.trouble)

    def _look_as_asked(self, snapshot: Snapshot) -> None:
        if not self.follows:
            super()._look_as_asked(snapshot)
            return
        shown = self._transcript.shown
        self.pace.set(shown.level, running=shown.running)
        self._furthest = max(self._furthest, shown.furthest)
        self._open_look = False
        self.look = shown.look.fitting(snapshot)
        for change in self._asked:  # to point at what the question is about
            self.look = change(self.look, snapshot).fitting(snapshot)

    # -- following ----------------------------------------------------------------------------------

    def _start(self) -> None:
        super()._start()
        self._keep_ticking()
        self.run_worker(self._attend(), exit_on_error=True)
        self.run_worker(self._pursuit.keep_up(), exit_on_error=True)

    async def _attend(self) -> None:
        """Take in the lecture; where it breaks off, try to reach it again."""
        connection = self._connection
        while True:
            try:
                greeted = False
                async for transcript in self._client.transcripts(connection):
                    if not greeted and not self.follows:  # alone since an earlier connection
                        self._client.say(Word(alone=True))
                    self._transcript, greeted = transcript, True
                    self._news()
            except WireError as error:
                self.say(_("the lecture says something that is not understood: {reason}").format(reason=error))
            if self._client.over:
                break
            self._there = None
            self._say_class()
            self.say(_("the lecture is away: this bench waits for it"))
            connection = await reconnected(self._path, self.say)
            self._there = True
            self._say_class()
        self._there = False
        await self._go_on_alone()

    async def _go_on_alone(self) -> None:
        """Leave the bench to its user: the lecture is over."""
        if self.follows:
            await self._leave()
        self._darken(black=False)
        self._say_class()
        self.say(_("the lecture is over: the bench is yours"), good=True)

    def _class(self) -> str:
        """Return what the header says of the class."""
        if not self._there:
            return _("the lecture is over") if self._there is False else _("the lecture is away")
        if self.follows:
            return _("catching up") if self._pursuit.slow else _("following")
        page = self._transcript.shown.page
        return _("class: page {page}").format(page=page) if self._transcript.lesson else ""

    def _say_class(self) -> None:
        words = self._class()
        if words != self.company:
            self.company = words
            self.repaint()

    def _news(self) -> None:
        """Show what has come, or say that it has while one explores alone."""
        if not self.follows:
            self._say_class()
            return
        self._show_lesson()
        if self.waiting_for is None and isinstance(self.app.screen, Answer):
            self.app.screen.dismiss(None)  # the lecturer does something else, and asks again afterwards
            self._offered = -1
        now = self._transcript
        if now.refused:
            self.say(now.refused)
        elif self._pursuit.is_behind(now):
            self._pursuit.go()
        elif self.snapshot is not None and self.frame is not None:
            self._take(self.snapshot, "")
        self._darken(black=now.shown.black)

    def _darken(self, *, black: bool) -> None:
        """Be black while the lecturer's screen is."""
        top = self.app.screen
        if black and top is self:
            self.app.push_screen(Black())
        elif not black and isinstance(top, Black):
            top.dismiss(None)

    def _show_lesson(self) -> None:
        """Turn to the lecturer's page."""
        lesson, page = self._transcript.lesson, self._transcript.shown.page
        if lesson is not None:
            page = min(page, len(lesson.pages))
        if lesson is self.lesson and page == self.page:
            return
        self._asked.clear()
        if isinstance(self.app.screen, Answer):
            self.app.screen.dismiss(None)  # the lecturer goes on
        self.lesson = lesson
        self.turn_to(page)
        self.refresh_bindings()

    # -- questions ----------------------------------------------------------------------------------

    @property
    def open_question(self) -> Ask | None:
        """The question of this page; None: there is none, or the lecturer does something else."""
        return None if self.follows and self._transcript.shown.detour else super().open_question

    @on(Bench.Answered)
    def _answered(self, event: Bench.Answered) -> None:
        """Tell the lecturer the answer."""
        question = question_of(event.lesson, self.page)
        if self.follows and question is not None:
            text = answer_of(event.ask, event.given)[:LONGEST_ANSWER]
            self._client.say(Word(question=question, answer=text, right=event.marked.right))
            self.refresh_bindings()  # there is nothing to answer any more
            self.say(_("your answer has been sent: the lecturer will show what is right"), good=True)

    # -- alone and back -----------------------------------------------------------------------------

    def action_join(self) -> None:
        """Leave the class to explore alone, or join it again."""
        self.pace.running = False
        if self.follows:
            self.run_worker(self._explore(), exit_on_error=True, group="explore", exclusive=True)
        else:
            self.engine.stop_long_step()
            self._rejoin()

    async def _explore(self) -> None:
        await self._leave()
        self.say(_("the bench is yours: {join} joins the class again").format_map(self.keys), good=True)

    async def _leave(self) -> None:
        """Let the user explore from where the lecturer is; what the lecturer does goes on to be taken in."""
        await self._pursuit.catch_up()  # else the page on the screen would not be what one explores
        self.follows = False
        self._keep_ticking()
        shown = self._transcript.shown
        self._since = shown.page if self.lesson is not None else None
        if shown.detour:
            self.lesson = None  # the script would go on from another state
        lesson, page = self.lesson, self.page

        def leave() -> bool:
            session = self.engine.session
            assert session is not None
            self._pursuit.mirror.leave(session)
            self.engine.history = History()
            self._page_ends.clear()
            self._page_end = PageEnd(page, session.saved(), session.snapshot()) if lesson is not None else None
            return True

        self.company = self._class()
        self._client.say(Word(alone=True))
        self.refresh_bindings()
        self.show_page()
        await self.engine.advance(leave)

    def _rejoin(self) -> None:
        """Return to where the lecturer is by now."""
        self.follows = True
        self._keep_ticking()
        self._page_end, self.detour, self._since = None, (), None
        self._pursuit.reached = None
        self.company = self._class()
        self.engine.history = History()
        self.say("")
        self._client.say(Word(alone=False))
        self.refresh_bindings()
        self._news()
        self.show_page()
