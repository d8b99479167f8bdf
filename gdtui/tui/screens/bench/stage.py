"""The hands of a lecturer: pages to jump to, what the class sees and does not see, notes on a second terminal."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from gdtui.scenario.play.cue import Cue, CueFile
from gdtui.scenario.play.marking import written
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.tui.screens.bench.curriculum import Curriculum
from gdtui.tui.screens.black import Black
from gdtui.tui.screens.pick import Choice, Picker
from gdtui.tui.widgets.caption import Caption

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Page

#: Updates from which a key counts as that of a clicker.
CLICK = 10


def _about(page: Page) -> str:
    """Return what a page of the list says or does."""
    return _("the answer") if page.answer else page.doing or page.caption


def _kind(page: Page) -> str:
    """Return what kind of page it is, which gives no answer away."""
    if page.answer:
        return _("the answer")
    return _("a question") if page.ask is not None else _("an act") if page.doing else _("words")


class Stage(Curriculum):
    """The part of the bench that a lecturer needs before a class.

    Attributes
    ----------
    cue
        where the lecturer's notes are written; None: nowhere.
    """

    cue: CueFile | None = None
    _caption_closed = False

    # -- pages ------------------------------------------------------------------------------------

    def action_pages(self) -> None:
        """Choose a page of the lesson to go to."""
        if self.lesson is None:
            self.say(_("there are no pages here: {lessons} opens a lesson").format_map(self.keys))
            return
        self.pace.running = False
        lesson, opened = self.lesson, self.lesson.open_to(self.read_to)
        choices = [Choice("0", lesson.scenario.summary, 0, mark=self._mark(0))]
        for number, page in enumerate(lesson.pages, start=1):
            about = _about(page) if number <= opened else _kind(page)
            choices.append(Choice(str(number), about, number, kind=page.caption, mark=self._mark(number)))
        title = _("pages of “{title}”").format(title=self.lesson.scenario.title)
        Picker(title, choices, _("type a number, or words")).ask(self.app, self.jump)

    def _mark(self, page: int) -> str:
        return "▸ " if page == self.page else "  "

    def jump(self, page: int) -> None:
        """Go to a page, from a detour too, which can be undone."""
        if self.detour:
            self.action_script()
        self._in_turn(lambda: self.go_to(page))

    def action_along(self, n: int) -> None:
        """Move the cursor, or make updates; where pages are read, ten mean a page: a clicker sends these keys."""
        if self.reads and not self.at_end and self.look.cursor is None and abs(n) >= CLICK:
            self.action_next() if n > 0 else self.action_previous()
        else:
            super().action_along(n)

    # -- what the class sees ----------------------------------------------------------------------

    def action_black(self) -> None:
        """Show nothing, until the next key."""
        self.pace.running = False
        self.app.push_screen(Black())

    def action_caption(self) -> None:
        """Close the words of the lesson, or show them again."""
        if self.lesson is None:
            self.say(_("there are no words to close: {lessons} opens a lesson").format_map(self.keys))
            return
        self._caption_closed = not self._caption_closed
        self.show_page()
        self.repaint()

    def show_page(self) -> None:
        """Show the present page in the caption, unless it is closed, and in the lecturer's notes."""
        if self._caption_closed:
            self.query_one(Caption).turn_to(None, self.lesson_state(), self.size)
        else:
            super().show_page()
        self._write_cue()

    @on(Caption.Clicked)
    def _caption_clicked(self, event: Caption.Clicked) -> None:
        if event.back:
            self.action_previous()
        elif event.row == 0:
            self.action_pages()
        else:
            self.action_next()

    # -- notes ------------------------------------------------------------------------------------

    def _take(self, snapshot: Snapshot, fault: str) -> None:
        before = self.detour
        super()._take(snapshot, fault)
        if self.detour != before:
            self._write_cue()

    def _write_cue(self) -> None:
        if self.cue is not None and self.lesson is not None and not self._scripted:
            text = self.cue.take(self._cue_now())
            self.run_worker(partial(self.cue.write, text), thread=True, exit_on_error=False)

    def _cue_now(self) -> Cue:
        assert self.lesson is not None
        scenario, pages = self.lesson.scenario, self.lesson.pages
        page = pages[self.page - 1] if self.page else None
        then = pages[self.page] if self.page < len(pages) else None
        course, head = self.course, self._neighbour(1)
        place = course.place(scenario.path) if course is not None else None
        cue = Cue(
            lesson=scenario.title, page=self.page, pages=len(pages), words=scenario.summary,
            detour=self.aside, minutes=scenario.minutes or 0, began=self._epoch(self._lesson_began),
            next_lesson=head.title if head is not None else "",
        )  # fmt: skip
        if page is not None:
            cue = replace(cue, words=page.caption, answer=page.answer, doing=page.doing, note=page.note)
            if page.ask is not None and not page.answer:
                cue = replace(cue, choices=" · ".join(map(written, page.ask.choices or ())))
        if then is not None:
            cue = replace(cue, following=then.caption, right=then.answer, then_doing=then.doing)
        if course is not None and place is not None:
            cue = replace(
                cue, course=course.title, place=place + 1, lessons=len(course.lessons), course_minutes=course.minutes,
                course_began=self._epoch(self._course_began),
            )  # fmt: skip
        return cue

    def _epoch(self, moment: float | None) -> float:
        """Return a moment of the lecture's clock as seconds since 1970; 0.0 for none."""
        return 0.0 if moment is None else time.time() - (self.now() - moment)
