"""`gdtui course`: the courses, their lessons, and films of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gdtui.cli.destination import make_folder
from gdtui.cli.exits import FAILED, PASSED, refuse, warn
from gdtui.cli.listing import courses
from gdtui.cli.waiting import telling
from gdtui.saves import write_whole
from gdtui.scenario.play.study_record import DONE, Progress, progress_file
from gdtui.scenario.read.courses import Course, find_course
from gdtui.scenario.read.heads import level_name
from gdtui.scenario.read.lesson_keys import Head
from gdtui.text import _, aligned

if TYPE_CHECKING:
    from gdtui.tui.company.base import Company


def command(options: argparse.Namespace) -> int:
    """List the courses, list the lessons of one, film it, or open it."""
    if options.name is None:
        refuse(options, ("svg", "cast", "list", "restart", "theme", "colors"), _("{} goes with the name of a course"))
        print("\n".join(aligned(courses())))
        return PASSED
    course = find_course(options.name)
    if options.list:
        refuse(options, ("svg", "cast", "restart", "theme", "colors"), _("{} and --list do not go together"))
        progress = Progress(progress_file())
        warn(progress.fault)
        print("\n".join(_agenda(course, progress)))
        return PASSED
    if options.svg or options.cast:
        refuse(options, ("restart", "theme", "colors"), _("{} goes with the screen, not with films"))
        return _film(course, options.svg, options.cast)
    return open_course(course, options)


def _agenda(course: Course, progress: Progress) -> list[str]:
    """Return the lessons under their headings: done or not, file, title, minutes, level."""
    lines = [course.title, *([course.summary] if course.summary else [])]
    rows = aligned([_row(lesson, progress) for lesson in course.lessons], right=(3,), indent="  ")
    for part in course.parts:
        lines += ["", *([part.title] if part.title else []), *(rows.pop(0) for _lesson in part.lessons)]
    return lines


def _row(lesson: Head, progress: Progress) -> tuple[str, ...]:
    minutes = _("{minutes} min").format(minutes=lesson.minutes) if lesson.minutes else ""
    return progress.mark(lesson.path), lesson.name, lesson.title, minutes, level_name(lesson.level)


def open_course(course: Course, options: argparse.Namespace, meet: Callable[[], Company | None] = lambda: None) -> int:
    """Open the course at its first lesson that is not done, or at the first; `meet` returns who else is there."""
    from gdtui.cli.open import opener  # late: a list needs neither screen nor scenarios
    from gdtui.scenario.read.load import load_scenario

    opened, progress = opener(options, course), Progress(progress_file())
    undone = (lesson for lesson in course.lessons if progress.mark(lesson.path) != DONE)
    lesson = course.lessons[0] if options.restart else next(undone, course.lessons[0])
    scenario = load_scenario(lesson.path)
    return opened(scenario.experiment, scenario=scenario, company=meet())


def _film(course: Course, svg: str | None, cast: str | None) -> int:
    """Write films and pictures of every lesson, numbered in the order of the course."""
    from gdtui.scenario.read.load import load_scenario
    from gdtui.tui.film.film import film  # late: this room imports textual

    for option, folder in (("--svg", svg), ("--cast", cast)):
        if folder is not None:
            make_folder(option, folder)
    failed = 0
    for number, lesson in enumerate(course.lessons, start=1):
        with telling() as tell:
            filmed = film(load_scenario(lesson.path), pictures=svg is not None, cast=cast is not None, tell=tell)
        stem = f"{number:02}-{lesson.name}"
        if svg is not None:
            for name, picture in filmed.pictures.items():
                write_whole(Path(svg, f"{stem}-{name}.svg" if name else f"{stem}.svg"), picture)
        if cast is not None:
            write_whole(Path(cast, f"{stem}.cast"), filmed.cast)
        failed += not filmed.report.passed
        said = _("filmed  {lesson}") if filmed.report.passed else _("failed  {lesson}: gdtui replay {lesson} says why")
        print(said.format(lesson=lesson.name), flush=True)
    return FAILED if failed else PASSED
