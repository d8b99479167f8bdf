"""Questions of a lesson on the bench: which one waits, what it hides, and how its answers were marked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gdtui.scenario.play.marking import Mark
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.tui.screens.answer import Answer
from gdtui.tui.screens.bench.curriculum import Curriculum
from gdtui.tui.widgets.caption import LessonState
from gdtui.verbs.ask import Ask
from gdtui.view.frame_state import Hidden

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson


class Questions(Curriculum):
    """The part of the bench that knows which question is open."""

    _marked: tuple[tuple[Lesson, int, Mark], ...] = ()  # with the number of the page that reveals the answer
    _tried: tuple[Lesson, int] | None = None  # the page of a question whose answer a detour has shown
    _marking = False  # an answer has been given, and the page that reveals the right one is not turned yet
    #: Whether pages wait for an answer; a lecturer lets space reveal it.
    waits = True

    @property
    def waiting_for(self) -> Ask | None:
        """The question that waits for an answer; None: none does, or it is in words, which space reveals."""
        ask = self.open_question
        return ask if self.waits and ask is not None and ask.form != "words" else None

    @property
    def open_question(self) -> Ask | None:
        """The question of this page whose answer is not known yet, also where space reveals it; None: there is none."""
        return self._question if self.reads else None

    @property
    def _question(self) -> Ask | None:
        """The question of this page that is not answered yet, on a detour from it too."""
        if self.lesson is None or self.page == 0:
            return None
        page = self.lesson.pages[self.page - 1]
        if page.ask is None or page.answer:
            return None
        known = self._seen if page.ask.form == "words" else self.page + 1 in self.marks
        return None if known else page.ask

    @property
    def _seen(self) -> bool:
        """Whether the answer to this page's question has been on the screen: tried in a detour, or on a later page."""
        return self.read_to > self.page or self._tried == (self.lesson, self.page)

    @property
    def marks(self) -> dict[int, Mark]:
        """The answers of this lesson so far, by the number of the page that reveals them."""
        return {page: marked for lesson, page, marked in self._marked if lesson is self.lesson}

    @property
    def hidden(self) -> Hidden:
        """What would give the answer away.

        "next" for the update that is asked about, "now" for its present numbers; where words answer, "words".
        """
        ask = self.open_question
        if ask is None:
            return ""
        return "words" if ask.form == "words" else "next" if ask.after is not None else "now"

    @property
    def reveals(self) -> bool:
        """Whether space shows the answers, as a lecturer may want it."""
        return not self.waits

    def lesson_state(self) -> LessonState:
        """Return where a listener of the lesson is, with the marks of answers."""
        waits, asked = self.waits and not self._scripted, isinstance(self.app.screen, Answer)
        return replace(super().lesson_state(), marks=self.marks, waits=waits, asked=asked, marking=self._marking)

    def _take(self, snapshot: Snapshot, fault: str) -> None:
        super()._take(snapshot, fault)
        self._note_tried()

    def _note_tried(self) -> None:
        """Note that a detour shows the answer: the updates that are asked about, or the present numbers."""
        ask = self._question
        shows = ask is not None and (ask.after is None or self.ahead > 0 or self.look.future)
        if shows and self.detour and self.lesson is not None:
            self._tried = self.lesson, self.page

    def action_questions(self) -> None:
        """Let questions wait for an answer, or let space reveal it."""
        self.waits = not self.waits
        self.show_page()
        said = _("questions wait for an answer") if self.waits else _("{step} reveals the answers")
        self.say(said.format_map(self.keys), good=True)
