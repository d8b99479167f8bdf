"""Questions of a lesson on the bench: a page waits for the answer, then it is marked and the updates are made."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from gdtui.errors import GdtuiError
from gdtui.scenario.play.marking import Given, Mark, mark
from gdtui.session import Snapshot
from gdtui.session.budget import Budget, Limits
from gdtui.text import _
from gdtui.tui.screens.answer import Answer, Reply
from gdtui.tui.screens.bench import aim
from gdtui.tui.screens.bench.curriculum import Curriculum
from gdtui.tui.widgets.caption import Standing
from gdtui.tui.widgets.chart_view import ChartView
from gdtui.tui.widgets.map_view import MapView
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import MAP
from gdtui.view.look import Look

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson
    from gdtui.verbs.question import Outlook

#: How many questions a quiz has that is begun on the bench.
QUIZ = 10
#: The most updates and seconds for which the engine is asked.
LIMITS = Limits(updates=10_000_000, seconds=60.0)


class Questions(Curriculum):
    """The part of the bench that waits for answers."""

    class Answered(Message):
        """A question has been answered or skipped, and marked."""

        def __init__(self, lesson: Lesson, ask: Ask, given: Given, marked: Mark) -> None:
            super().__init__()
            self.lesson, self.ask, self.given, self.marked = lesson, ask, given, marked

    _marked: tuple[tuple[Lesson, int, Mark], ...] = ()  # with the number of the page that reveals the answer
    _quiz: deque[Lesson] | None = None  # the questions to come
    _asked_of_quiz = 0
    _pointer: aim.Aim | None = None
    _offered = -1  # the page for which an answer has been asked for
    #: Whether pages wait for an answer; a lecturer lets space reveal it.
    waits = True

    @property
    def waiting_for(self) -> Ask | None:
        """The question that waits for an answer; None: none does."""
        return self.open_question if self.waits else None

    @property
    def open_question(self) -> Ask | None:
        """The question of this page whose answer is not known yet, also where space reveals it; None: there is none."""
        if self.lesson is None or not self.reads or self.page == 0:
            return None
        page = self.lesson.pages[self.page - 1]
        return page.ask if page.waits and self.page + 1 not in self.marks else None

    @property
    def marks(self) -> dict[int, Mark]:
        """The answers of this lesson so far, by the number of the page that reveals them."""
        return {page: marked for lesson, page, marked in self._marked if lesson is self.lesson}

    @property
    def hidden(self) -> str:
        """What would give the answer away: "next" for the update that is asked about, "now" for its present numbers."""
        ask = self.open_question
        return "" if ask is None else "next" if ask.after is not None else "now"

    @property
    def reveals(self) -> bool:
        """Whether space shows the answers, as a lecturer may want it."""
        return not self.waits

    def standing(self) -> Standing:
        """Return where a listener of the lesson is, with the marks of answers."""
        told = {page: (marked.right, marked.verdict, marked.reason) for page, marked in self.marks.items()}
        here = replace(super().standing(), marks=told, waits=self.waits and not self._scripted)
        if self._quiz is None or self.lesson is None or not self.lesson.quiz:
            return here
        return self._standing_in_quiz(here, self._quiz)

    def turn_to(self, page: int) -> None:
        """Show the caption of a page; what was pointed at stays for the answer only."""
        lesson = self.lesson
        if lesson is None or page == 0 or not lesson.pages[page - 1].answer:
            self.query("#aim").remove()
        if page != self.page:
            self._offered = -1
        super().turn_to(page)

    def _take(self, snapshot: Snapshot, fault: str) -> None:
        super()._take(snapshot, fault)
        ask = self.waiting_for
        if ask is not None and self._offered != self.page and not self.engine.busy:
            self._offered = self.page
            self._ask_for(ask)

    def _next(self) -> None:
        ask = self.waiting_for
        if ask is not None:
            self._ask_for(ask)
        elif self._quiz and self.lesson is not None and self.lesson.quiz and self.reads and self.at_end:
            self._next_question()
        else:
            super()._next()

    # -- a quiz -----------------------------------------------------------------------------------

    def action_quiz(self) -> None:
        """Draw ten questions, and ask them."""
        self.pace.running = False
        self.say(_("drawing questions …"), good=True)
        self.run_worker(self._draw_quiz(), exit_on_error=True)

    async def _draw_quiz(self) -> None:
        from gdtui.scenario.quiz.quiz import SEEDS, draw  # late: only a quiz reads every lesson

        lessons: list[Lesson] = []

        def work() -> bool:
            lessons.extend(question.lesson for question in draw(QUIZ, secrets.randbelow(SEEDS)))
            return False

        await self.engine.advance(work)
        if lessons:
            self.waits = True
            self.begin_quiz(lessons)

    def begin_quiz(self, questions: Iterable[Lesson]) -> None:
        """Ask questions one after the other."""
        self._quiz = deque(questions)
        self._asked_of_quiz = len(self._quiz)
        self._next_question()

    def _next_question(self) -> None:
        assert self._quiz is not None
        self.open_lesson(self._quiz.popleft())
        self._in_turn(super()._next)

    def _standing_in_quiz(self, here: Standing, quiz: deque[Lesson]) -> Standing:
        marks = [marked for lesson, _page, marked in self._marked if lesson.quiz]
        right, all_ = sum(marked.right is True for marked in marks), self._asked_of_quiz
        place = _("question {n} of {all} · {right} right").format(n=all_ - len(quiz), all=all_, right=right)
        short = f"{all_ - len(quiz)}/{all_}"
        if quiz:
            return replace(here, place=(place, short), after=_("space ▸ the next question"))
        ended = _("The quiz ends here: {right} of {all} right. The bench is yours: space steps.")
        return replace(here, place=(place, short), after=ended.format(right=right, all=all_))

    def action_questions(self) -> None:
        """Let questions wait for an answer, or let space reveal it."""
        self.waits = not self.waits
        self.show_page()
        self.say(_("questions wait for an answer") if self.waits else _("space reveals the answers"), good=True)

    # -- answering --------------------------------------------------------------------------------

    def _ask_for(self, ask: Ask) -> None:
        """Ask for the answer, over the bench."""
        if self.app.screen is not self:
            return
        if ask.place is None or ask.place == MAP:
            self._open(ask)
        else:
            self.run_worker(self._ask_in_chart(ask), exit_on_error=True)

    async def _ask_in_chart(self, ask: Ask) -> None:
        """Ask for a place in a chart, or for the number if the right one is out of its limits."""
        try:
            outlook = await self._look(ask)
        except GdtuiError:
            outlook = None
        right = None if outlook is None else ask.right(outlook)
        self._open(ask, right if isinstance(right, float) else None)

    def _open(self, ask: Ask, right: float | None = None) -> None:
        if ask.place is not None:
            self.show(lambda look, _snapshot: _showing(look, ask.place or ""))
        self.call_after_refresh(self._open_now, ask, right)

    def _open_now(self, ask: Ask, right: float | None) -> None:
        if self.app.screen is not self or self.waiting_for is not ask:
            return
        pointer = self._aim(ask) if ask.place is not None else None
        if pointer is not None and right is not None and not pointer.reaches(right):
            pointer = None
            self.query("#aim").remove()
        self._pointer = pointer
        if ask.place == MAP and pointer is None:
            self.say(_("there is no room to point at this place: enlarge the terminal, then press space"))
            return

        def answered(reply: Reply | None) -> None:
            if reply is None:
                self.query("#aim").remove()
            else:
                self.run_worker(self._answer(ask, reply), exit_on_error=True)

        self.app.push_screen(Answer(ask, self._look_by_key, pointer, self.action_previous), answered)

    def _aim(self, ask: Ask) -> aim.Aim | None:
        if self.frame is None:
            return None
        frame = self.frame
        views: dict[str, Widget] = {MAP: self.query_one(MapView)}
        for place, view in enumerate(each for each in self.query(ChartView) if each.lane is None and each.display):
            views.setdefault(frame.chart_name(place), view)
        if not self.query("#aim"):
            self.mount(aim.Mark())

        def follow(cell: Offset) -> None:
            self.query_one("#aim").styles.offset = cell

        return aim.aim_at(ask, frame, views, follow)

    def _look_by_key(self, key: str) -> bool:
        """Do what a key does on the bench if it only turns what is looked at."""
        for active in self.active_bindings.values():
            binding = active.binding
            if binding.key == key and binding.action.startswith("turn(") and "future" not in binding.action:
                self.call_later(self.run_action, binding.action)
                return True
        return False

    async def _look(self, ask: Ask) -> Outlook | None:
        """Ask the engine what a question is about; None if that was stopped."""
        found: list[Outlook] = []

        def look() -> bool:
            assert self.engine.session is not None
            asking = ask.outlook(self.engine.session, Budget(LIMITS))
            try:
                while True:
                    next(asking)
            except StopIteration as done:
                found.append(done.value)
            return False

        await self.engine.advance(look)
        return found[0] if found else None

    async def _answer(self, ask: Ask, reply: Reply) -> None:
        """Mark an answer, and turn to the page that reveals the right one."""
        try:
            outlook = await self._look(ask)
            marked = None if outlook is None else mark(ask, outlook, reply.given, reply.grain)
        except GdtuiError as error:
            marked = Mark(None, _("the engine cannot say: {reason}").format(reason=error))
        if marked is None or self.waiting_for is not ask or self.lesson is None:
            return
        self._marked = (*self._marked, (self.lesson, self.page + 1, marked))
        self.run_worker(partial(self.score.note, self.lesson.topic, marked.right), thread=True, exit_on_error=False)
        self.post_message(self.Answered(self.lesson, ask, reply.given, marked))
        self._in_turn(super()._next)
        await self.engine.settled()
        self._renew_mark()

    def on_resize(self) -> None:
        """Fit the bench to the new size, and the mark with it."""
        super().on_resize()
        self._renew_mark()

    def _renew_mark(self) -> None:
        """Put the mark in its place again: the caption has grown, or the terminal."""
        pointer = self._pointer
        if pointer is not None and self.query("#aim"):
            self.call_after_refresh(lambda: pointer.renew() if self.query("#aim") else None)


def _showing(look: Look, place: str) -> Look:
    """Return the look with the map, or a chart, in sight."""
    look = replace(look, view="overlay", full=False)
    return replace(look, picture=MAP) if place == MAP else replace(look, chart=place)
