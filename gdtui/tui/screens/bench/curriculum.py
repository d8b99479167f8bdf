"""The course on the bench: which lesson is next, how far it is, how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdtui.scenario.play.score import Score
from gdtui.scenario.play.study_record import Progress
from gdtui.text import _
from gdtui.tui.screens.bench.pages import Pages
from gdtui.tui.widgets.caption import LessonState

if TYPE_CHECKING:
    from gdtui.scenario.play.lesson import Lesson
    from gdtui.scenario.read.courses import Course
    from gdtui.scenario.read.lesson_keys import Head


class Curriculum(Pages):
    """The part of the bench that knows the course of a lesson.

    Attributes
    ----------
    course
        the course that is taught; None: the largest one that has the lesson.
    progress, score
        where pages that have been turned, and answers to questions, are noted; a bench's own unless they are set.
    now
        the clock of a lecture, in seconds.
    """

    course: Course | None = None
    now: Callable[[], float] = staticmethod(time.monotonic)
    keeps_time = True  # says the minutes used
    _lesson_began: float | None = None
    _course_began: float | None = None

    @cached_property
    def progress(self) -> Progress:
        """Of this bench alone, unless it is set."""
        return Progress(None)

    @cached_property
    def score(self) -> Score:
        """Of this bench alone, unless it is set."""
        return Score(None)

    # -- lessons ----------------------------------------------------------------------------------

    def action_library(self) -> None:
        """Choose a lesson of a course."""
        from gdtui.scenario.read.courses import shipped_courses
        from gdtui.tui.screens.library import Library

        course = self._course_here()
        courses = dict(shipped_courses())
        if course is not None:
            courses.setdefault(course.name, course)
        name = course.name if course is not None else list(courses)[-1]
        here = None if self.lesson is None else self.lesson.scenario.path
        Library(courses, name, self.progress, self.score, here).ask(
            self.app, lambda chosen: self.open_file(chosen[1], chosen[0])
        )

    def open_file(self, path: Path, course: Course | None = None) -> None:
        """Open a lesson by its file, in a course; say what is wrong if it has faults."""
        from gdtui.scenario.play.lesson import read_lesson
        from gdtui.scenario.read.load import ScenarioError, load_scenario

        try:
            lesson = read_lesson(load_scenario(path))
        except (ScenarioError, OSError) as error:
            self.say(str(error).partition("\n")[0])
            return
        if course is not None and (self.course is None or course.name != self.course.name):
            self.course, self._course_began = course, None
        self.open_lesson(lesson)

    def open_lesson(self, lesson: Lesson) -> None:
        """Put a lesson on the bench, at its beginning; its minutes begin to count."""
        self._lesson_began = self.now()
        super().open_lesson(lesson)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Go from lesson to lesson only where there is one: on a free bench the key does nothing."""
        return self.lesson is not None if action == "lesson" else super().check_action(action, parameters)

    def action_lesson(self, by: int) -> None:
        """Open the next lesson of the course, or the one before (by < 0)."""
        head = self._neighbour(by)
        if head is not None:
            self.open_file(head.path, self._course_here())
        elif self._course_here() is None:
            self.say(_("no course has this lesson: {lessons} opens the library").format_map(self.keys))
        elif by > 0:
            self.say(_("this is the last lesson of the course"))
        else:
            self.say(_("this is the first lesson of the course"))

    def _neighbour(self, by: int) -> Head | None:
        """Return the lesson that is so many further in the course; None: there is none."""
        course = self._course_here()
        place = course.place(self.lesson.scenario.path) if course is not None and self.lesson is not None else None
        if course is None or place is None or not 0 <= place + by < len(course.lessons):
            return None
        return course.lessons[place + by]

    def _course_here(self) -> Course | None:
        """Return the course that has the lesson; without a lesson, the course that was taught last."""
        from gdtui.scenario.read.courses import course_with, shipped_courses

        if self.lesson is None:
            return self.course or next(reversed(shipped_courses().values()), None)
        path = self.lesson.scenario.path
        if self.course is not None and self.course.place(path) is not None:
            return self.course
        return course_with(path)

    # -- where we are -----------------------------------------------------------------------------

    def turn_to(self, page: int) -> None:
        """Show the caption of a page, and note that it has been reached."""
        if self.lesson is not None and not self.lesson.quiz and not self._scripted and self.is_mounted:
            note = partial(self.progress.note, self.lesson.scenario.path, page, len(self.lesson.pages))
            self.run_worker(note, thread=True, exit_on_error=False)
        super().turn_to(page)

    def lesson_state(self) -> LessonState:
        """Return where a listener of the lesson is, in the course and in time."""
        here = super().lesson_state()
        if self.lesson is None or self._scripted:
            return here
        began = self._lesson_began = self.now() if self._lesson_began is None else self._lesson_began
        self._course_began = began if self._course_began is None else self._course_began
        used, minutes = int((self.now() - began) // 60), self.lesson.scenario.minutes
        course = self._course_here()
        place = course.place(self.lesson.scenario.path) if course is not None else None
        long, short = list(here.place[:1]), [f"{self.page}/{len(self.lesson.pages)}"]
        if course is not None and place is not None and self.course is not None:
            long.insert(0, _("lesson {place} of {lessons}").format(place=place + 1, lessons=len(course.lessons)))
            short.insert(0, f"{place + 1}/{len(course.lessons)}")
        if minutes and self.keeps_time:
            long.append(_("{used} of {minutes} min").format(used=used, minutes=minutes))
            short.append(_("{used}/{minutes} min").format(used=used, minutes=minutes))
        return replace(here, place=(" · ".join(long), " · ".join(short)), after=self._after())

    def _after(self) -> str:
        """Say what follows the last page."""
        head = self._neighbour(1)
        if head is None:
            return ""
        said = _("The lesson ends here, the bench is yours: {step} steps, {next-lesson} opens “{title}”.")
        return said.format(title=head.title, **self.keys)
