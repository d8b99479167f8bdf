"""The library: the lessons of a course as they are taught, with what has been done of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from gdtui.plot.widths import cell_width
from gdtui.scenario.play.score import Score
from gdtui.scenario.play.study_record import DONE, Progress
from gdtui.scenario.read.courses import Course
from gdtui.scenario.read.heads import level_name
from gdtui.scenario.read.lesson_keys import Head
from gdtui.text import N_, _
from gdtui.tui.screens.pick import Choice, Picker
from gdtui.tui.widgets.words import Words, spell
from gdtui.view.panels.paper import clip

#: The widest title in the list, and the cells of a dialog beside it: borders, sign, minutes, level.
TITLE, BESIDE = 62, 30

#: (course, lesson)
Chosen = tuple[Course, Path]


class Library(Picker[Chosen]):
    """Choose a lesson of a course; tab turns to the next course.

    Parameters
    ----------
    courses
        by name.
    course
        the name of the one that is shown first.
    progress, score
        what has been done of each lesson, and how its questions were answered.
    here
        the lesson on the bench.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "course", N_("the next course"), show=False)]

    def __init__(
        self, courses: Mapping[str, Course], course: str, progress: Progress, score: Score, here: Path | None = None
    ) -> None:
        self._courses = list(courses.values())
        self._progress, self._score, self._here = progress, score, here
        while self._courses[0].name != course:
            self._courses.append(self._courses.pop(0))
        super().__init__(self._heading(), self._lessons(), _("type to search in titles and summaries"))

    def _heading(self) -> str:
        course = self._courses[0]
        done = sum(self._progress.mark(lesson.path) == DONE for lesson in course.lessons)
        return _("{course} · {done} of {lessons} done · {minutes} min").format(
            course=course.title, done=done, lessons=len(course.lessons), minutes=course.minutes
        )

    def _lessons(self) -> list[Choice[Chosen]]:
        course, mark = self._courses[0], self._progress.mark
        return [
            Choice(head.title, head.summary, (course, head.path), _kind(head), part.title, f"{mark(head.path)} ")
            for part in course.parts
            for head in part.lessons
        ]

    def _fill(self, typed: str) -> None:
        """Show what matches; begin at the lesson on the bench, or else at the first that is not done."""
        super()._fill(typed)
        here = (choice for choice in self._shown if choice.value[1] == self._here)
        undone = (choice for choice in self._shown if choice.mark != f"{DONE} ")
        if not typed and (first := next(here, None) or next(undone, None)) is not None:
            self._highlight(first)

    def action_course(self) -> None:
        """Turn to the next course."""
        self._courses.append(self._courses.pop(0))
        self._choices = self._lessons()
        self.query_one("#title", Words).update(self._heading())
        self._fill(self.typed)

    def line(self, choice: Choice[Chosen]) -> Content:
        """Return the line of a lesson: whether it is done, its title, its minutes and its level."""
        course, path = choice.value
        lesson = next(lesson for lesson in course.lessons if lesson.path == path)
        room = min(TITLE, self.app.size.width * 9 // 10 - BESIDE)
        title = clip(spell(self.app, choice.name), room - 2)
        minutes = _("{minutes} min").format(minutes=lesson.minutes) if lesson.minutes else ""
        return Content.assemble(
            (spell(self.app, choice.mark), "bold $success"),
            (title + " " * (room - cell_width(title)), "$primary"),
            (f"{minutes:>6}  {level_name(lesson.level):<12}", "$muted"),
            (self._answers(path.stem), "$muted"),
        )

    def _answers(self, lesson: str) -> str:
        """Say how many of a lesson's questions were answered right; "" before the first answer."""
        tally = self._score.of(lesson)
        if not tally.answered:
            return ""
        return _("{right} of {answered} right").format(right=tally.right, answered=tally.answered)

    def keys(self) -> str:
        """Say what the keys do."""
        return _("↑ ↓ choose · enter opens · tab another course · esc cancel")


def _kind(lesson: Head) -> str:
    return " ".join((*lesson.tags, lesson.level or "", lesson.name))
