"""Answers to the questions of a lesson: asked for over the bench, marked, and the page turned to the right one."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.actions import parse
from textual.message import Message
from textual.widget import Widget

from gdtui.errors import GdtuiError
from gdtui.scenario.play.marking import Given, Mark, mark
from gdtui.session import Snapshot
from gdtui.session.budget import Budget, Limits
from gdtui.text import _
from gdtui.tui.screens.answer import Answer, Reply
from gdtui.tui.screens.bench import aim
from gdtui.tui.screens.bench.questions import Questions
from gdtui.tui.widgets.caption import Caption
from gdtui.tui.widgets.chart_view import ChartView
from gdtui.tui.widgets.map_view import MapView
from gdtui.verbs.ask import Ask
from gdtui.verbs.question import MAP
from gdtui.view.look import Look

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson
    from gdtui.verbs.question import Outlook

#: The action that goes back a page.
PREVIOUS = "previous"
#: The most updates and seconds for which the engine is asked.
LIMITS = Limits(updates=10_000_000, seconds=60.0)


class Answering(Questions):
    """The part of the bench that waits for answers."""

    class Answered(Message):
        """A question has been answered or skipped, and marked."""

        def __init__(self, lesson: Lesson, ask: Ask, given: Given, marked: Mark) -> None:
            super().__init__()
            self.lesson, self.ask, self.given, self.marked = lesson, ask, given, marked

    _pointer: aim.Aim | None = None
    _offered = -1  # the page for which an answer has been asked for

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what turns the pictures or the page while an answer is asked for: other keys are the dialog's."""
        if isinstance(self.app.screen, Answer) and not _only_looks(action, parameters):
            return False
        return super().check_action(action, parameters)

    def _next(self) -> None:
        ask = self.waiting_for
        if ask is None:
            super()._next()
        elif not self._marking:  # else the answer turns the page
            self._ask_for(ask)

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
            message = _("there is no room to point at this place: enlarge the terminal, then press {step}")
            self.say(message.format_map(self.keys))
            return

        def answered(reply: Reply | None) -> None:
            if reply is None:
                self.query("#aim").remove()
            else:
                self.app.turns.answered()  # type: ignore[attr-defined]
                self._marking = True
                self.say(_("your answer is being marked"), good=True)
                self.run_worker(self._answer(ask, reply), exit_on_error=True)

        words = "" if self.query_one(Caption).display else ask.ask
        self.app.push_screen(Answer(ask, self._look_by_key, pointer, words, self._seen), answered)

    def _dialog_changed(self) -> None:
        """Say in footer and caption what the keys do now."""
        self.show_page()
        self.refresh_bindings()

    def on_screen_suspend(self) -> None:
        """Note that another screen covers the bench."""
        super().on_screen_suspend()
        self._dialog_changed()

    def on_screen_resume(self) -> None:
        """Note that the bench is on top again."""
        super().on_screen_resume()
        self._dialog_changed()

    def _aim(self, ask: Ask) -> aim.Aim | None:
        if self.frame is None:
            return None
        frame = self.frame
        views: dict[str, Widget] = {MAP: self.query_one(MapView)}
        for place, view in enumerate(each for each in self.query(ChartView) if each.lane is None and each.display):
            views.setdefault(frame.chart_name(place), view)
        return aim.aim_at(ask, frame, views, aim.Mark.over(self))

    def _look_by_key(self, key: str) -> bool:
        """Do what a key does on the bench if that is offered beside the dialog; going back closes it."""
        bindings = (active.binding for active in self.active_bindings.values() if active.binding.key == key)
        binding = next((each for each in bindings if _only_looks(*parse(each.action)[1:])), None)
        if binding is not None:
            if binding.action == PREVIOUS:
                self.app.screen.dismiss()
            self.call_later(self.run_action, binding.action)
        return binding is not None

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
            marked = marked.unscored() if marked is not None and self._seen else marked
        except GdtuiError as error:
            marked = Mark(None, _("the engine cannot say: {reason}").format(reason=error))
        finally:
            self._marking = False
        if marked is None or self.waiting_for is not ask or self.lesson is None:
            self.show_page()
            return
        self._marked = (*self._marked, (self.lesson, self.page + 1, marked))
        if marked.scored:
            self.run_worker(partial(self.score.note, self.lesson.topic, marked.right), thread=True, exit_on_error=False)
        self.post_message(self.Answered(self.lesson, ask, reply.given, marked))
        self.forget_presses()
        self._in_turn(partial(self._reveal, self.lesson, self.page))
        await self.engine.settled()
        self._renew_mark()

    def _reveal(self, lesson: Lesson, page: int) -> None:
        """Turn from the page of a question to its answer, unless it is left already.

        Keys that were pressed before it was there do not turn it, however late they arrive.
        """
        if (self.lesson, self.page) == (lesson, page) and self.reads:
            self.forget_presses()
            self.app.turns.deaf_until = time.monotonic()  # type: ignore[attr-defined]
            super()._next()

    def on_resize(self) -> None:
        """Fit the bench to the new size, and the mark with it."""
        super().on_resize()
        self._renew_mark()

    def _renew_mark(self) -> None:
        """Put the mark in its place again: the caption has grown, or the terminal."""
        pointer = self._pointer
        if pointer is not None and self.query("#aim"):
            self.call_after_refresh(lambda: pointer.renew() if self.query("#aim") else None)


def _only_looks(action: str, parameters: tuple[object, ...]) -> bool:
    """Say whether an action changes nothing but the pictures or the page."""
    return action == PREVIOUS or (action == "turn" and not {"future", "farther", "seeds"} & set(parameters))


def _showing(look: Look, place: str) -> Look:
    """Return the look with the map, or a chart, in sight."""
    look = replace(look, view="overlay", full=False)
    return replace(look, picture=MAP) if place == MAP else replace(look, chart=place)
