"""Courses: lessons in the order in which they are taught.

A course is a file, `courses/NAME.toml` in a folder of lessons, with a title and parts that list lessons; so a lesson
can belong to several courses, and knows nothing of them. A folder without such a file has a course for each name that
its lessons give in their key `course`, in the order of their key `order`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from gdtui.errors import UnsuitableFileError
from gdtui.files import read_text
from gdtui.scenario.read.course_tables import CourseTable, PartTable
from gdtui.scenario.read.heads import heads, shipped_heads
from gdtui.scenario.read.languages import note_unused, translated
from gdtui.scenario.read.lesson_keys import MOST_BYTES as LONGEST_LESSON
from gdtui.scenario.read.lesson_keys import Head, minutes_of
from gdtui.scenario.read.selection import COURSES, folder, names_in_reach
from gdtui.text import _, did_you_mean, spoken
from gdtui.toml.document import read_document
from gdtui.toml.records import read_record
from gdtui.toml.source import Fault, Place, ScenarioError, Source

#: The largest file of a course.
MOST_BYTES = 2**18


@dataclass(frozen=True)
class Part:
    """A part of a course: its heading, and its lessons."""

    title: str
    lessons: tuple[Head, ...]


@dataclass(frozen=True)
class Course:
    """A course by its name; lessons come in the order of the parts."""

    name: str
    title: str
    summary: str
    parts: tuple[Part, ...]

    @cached_property
    def lessons(self) -> tuple[Head, ...]:
        """Every lesson, in order."""
        return tuple(lesson for part in self.parts for lesson in part.lessons)

    @property
    def minutes(self) -> int:
        """The minutes of all lessons that state theirs."""
        return minutes_of(self.lessons)

    def place(self, path: Path) -> int | None:
        """Return the place of a lesson's file, from 0; None if it does not belong to the course."""
        return self._places.get(os.path.realpath(path))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {os.path.realpath(lesson.path): number for number, lesson in enumerate(self.lessons)}


def read_course(path: Path) -> Course:
    """Read a course; ScenarioError with every fault found, OSError for a file that cannot be read."""
    try:
        source = Source(str(path), read_text(path, MOST_BYTES).replace("\r\n", "\n"))
    except UnsuitableFileError as error:
        raise ScenarioError(str(path), [Fault(Place(error.line, error.column), str(error))]) from None
    document = read_document(source)
    note_unused(source, document)
    table = read_record(source, (), CourseTable, translated(document))
    lessons = path.parent.parent if path.parent.name == COURSES else path.parent
    known = {**shipped_heads(), **heads(sorted(lessons.glob("*.toml")))}
    taken: list[str] = []
    reach = names_in_reach(lessons)
    parts = tuple(_parts(source, table.parts, known, taken, reach)) if table is not None else ()
    if table is not None and not taken:
        source.add(("parts",), _("a course has one lesson or more"), key=True)
    source.close()
    assert table is not None
    return Course(path.stem, table.title, table.summary, parts)


def _parts(
    source: Source, data: tuple[object, ...], known: Mapping[str, Head], taken: list[str], reach: Collection[str]
) -> Iterator[Part]:
    """Yield the parts; note lessons that do not exist, stand twice, or need one that is missing or comes later."""
    wanted = [name for part in data if isinstance(part, Mapping) for name in _listed(part)]
    for number, item in enumerate(data):
        part = read_record(source, ("parts", number), PartTable, item)
        for place, name in enumerate(part.lessons if part is not None else ()):
            at = ("parts", number, "lessons", place)
            if name not in known:
                source.add(at, _("there is no lesson {!r}").format(name) + did_you_mean(name, known))
            elif name in taken:
                source.add(at, _("the lesson {!r} is in this course already").format(name))
            elif unmet := _unmet(known[name], wanted, taken, reach):
                source.add(at, unmet)
            taken.append(name)
        if part is not None:
            yield Part(part.title, tuple(known[name] for name in part.lessons if name in known))


def _unmet(lesson: Head, wanted: Collection[str], taken: Collection[str], reach: Collection[str]) -> str:
    """Say what a lesson needs that comes later in its course, or does not exist; "" for nothing."""
    if late := [need for need in lesson.needs if need in wanted and need not in taken]:
        message = _("the lesson {lesson} needs {needed}, which comes later in this course")
        return message.format(lesson=lesson.name, needed=", ".join(late))
    if missing := [need for need in lesson.needs if need not in reach]:
        message = _("the lesson {lesson} needs {needed}, which does not exist")
        return message.format(lesson=lesson.name, needed=", ".join(missing)) + did_you_mean(missing[0], reach)
    return ""


def _listed(part: Mapping[str, object]) -> list[str]:
    lessons = part.get("lessons")
    return [str(name) for name in lessons] if isinstance(lessons, list) else []


def courses_in(where: Path) -> list[Course]:
    """Return the courses of a folder of lessons: those with a file, then those that lessons name; ScenarioError."""
    found = [read_course(path) for path in sorted((where / COURSES).glob("*.toml"))]
    named: dict[str, list[Head]] = {}
    for head in heads(sorted(where.glob("*.toml"))).values():
        if head.course and head.course not in {course.name for course in found}:
            named.setdefault(head.course, []).append(head)
    for name, lessons in named.items():
        ordered = sorted(lessons, key=lambda head: (head.order is None, head.order or 0, head.name))
        _check_needs(ordered, names_in_reach(where))
        found.append(Course(name, name, "", (Part("", tuple(ordered)),)))
    return found


def _check_needs(lessons: Sequence[Head], reach: Collection[str]) -> None:
    """Raise ScenarioError for the first lesson of a course without a file whose needs it does not meet."""
    names = [lesson.name for lesson in lessons]
    for place, lesson in enumerate(lessons):
        if unmet := _unmet(lesson, names, names[:place], reach):
            source = Source(str(lesson.path), read_text(lesson.path, LONGEST_LESSON))
            source.add(("needs",), unmet)
            source.close()


def shipped_courses() -> dict[str, Course]:
    """Return the courses that come with gdtui, by name, the shortest first."""
    return _shipped_courses(spoken())


@cache
def _shipped_courses(_language: str) -> dict[str, Course]:
    return {course.name: course for course in sorted(courses_in(folder()), key=lambda course: len(course.lessons))}


def find_course(name: str) -> Course:
    """Return the course of a file, of a folder that has a single one, or the shipped one of that name.

    Raises
    ------
    ScenarioError
        its file has faults.
    FileNotFoundError
        there is none.
    """
    path = Path(name)
    if path.is_dir():
        found = courses_in(path)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(course.name for course in found)
            raise FileNotFoundError(2, _("there are several courses: name the file of one ({})").format(names), name)
        raise FileNotFoundError(2, _("no lesson here names a course, and there is no folder courses"), name)
    if os.path.lexists(path):
        return read_course(path)
    known = shipped_courses()
    if name in known:
        return known[name]
    hint = did_you_mean(name, known, _(" (there are: {})").format(", ".join(known)))
    raise FileNotFoundError(2, _("there is no such file, and no such course") + hint, name)


def course_with(path: Path) -> Course | None:
    """Return the largest shipped course that has a lesson; None if none has it."""
    return next((course for course in reversed(shipped_courses().values()) if course.place(path) is not None), None)
