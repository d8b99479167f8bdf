"""A quiz on the bench: one question after the other, each made while the one before is looked at."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from gdtui.text import _
from gdtui.tui.screens.bench.answering import Answering
from gdtui.tui.widgets.caption import LessonState

if TYPE_CHECKING:
    from gdtui.scenario.quiz.quiz import Quiz

#: How many questions a quiz has that is begun on the bench.
SIZE = 10


class Quizzes(Answering):
    """The part of the bench that asks the questions of a quiz."""

    _quiz: Quiz | None = None
    _before = 0  # how many answers there were when it began
    _preparing = False

    def action_quiz(self) -> None:
        """Draw ten questions, and ask them."""
        from gdtui.scenario.quiz.quiz import SEEDS, draw  # late: only a quiz reads every lesson

        self.begin_quiz(draw(SIZE, secrets.randbelow(SEEDS)))

    def begin_quiz(self, quiz: Quiz) -> None:
        """Ask questions one after the other."""
        self.pace.running = False
        self.waits = True
        self._quiz, self._before = quiz, len(self._marked)
        self._next_question(quiz)

    def lesson_state(self) -> LessonState:
        """Return where a listener of the lesson is, and of a quiz how much of it was right."""
        here = super().lesson_state()
        if self._quiz is None or self.lesson is None or not self.lesson.quiz:
            return here
        return self._state_in_quiz(here, self._quiz)

    def _next(self) -> None:
        quiz = self._quiz
        if quiz and self.lesson is not None and self.lesson.quiz and self.reads and self.at_end and not quiz.ended:
            self._next_question(quiz)
        else:
            super()._next()

    def _next_question(self, quiz: Quiz) -> None:
        if not self._preparing:
            self._preparing = True
            self.run_worker(self._ask_next(quiz), exit_on_error=True)

    async def _ask_next(self, quiz: Quiz) -> None:
        def prepare() -> bool:
            quiz.prepare()
            return False

        try:
            await self.engine.advance(prepare)
        finally:
            self._preparing = False
        question = quiz.ask()
        if question is not None:
            self.open_lesson(question.lesson)
            self._in_turn(super()._next)

    def _state_in_quiz(self, here: LessonState, quiz: Quiz) -> LessonState:
        right = sum(marked.right is True and marked.scored for _lesson, _page, marked in self._marked[self._before :])
        place = _("question {n} of {all} · {right} right").format(n=quiz.asked, all=quiz.size, right=right)
        here = replace(here, place=(place, f"{quiz.asked}/{quiz.size}"))
        if not quiz.ended:
            return replace(here, after=_("{step} ▸ the next question").format_map(self.keys))
        ended = _("The quiz ends here: {right} of {all} right. The bench is yours: {step} steps.")
        return replace(here, after=ended.format(right=right, all=quiz.size, **self.keys))
