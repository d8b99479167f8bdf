"""`gdtui present`: the screen, for a class that follows."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gdtui.cli import open as opening
from gdtui.cli.course import open_course
from gdtui.cli.exits import CommandFailure, refuse
from gdtui.cli.experiments import refuse_with_file
from gdtui.scenario.read.courses import shipped_courses
from gdtui.text import _
from gdtui.tui.company.base import Company


def command(options: argparse.Namespace) -> int:
    """Open the screen and its socket, and return the exit code."""
    if options.socket == "":
        raise CommandFailure(_("--socket needs a path"))

    def meet() -> Company:
        from gdtui.classroom.listener import Listener
        from gdtui.tui.company.presenting import Presenting

        return Presenting(Listener(Path(options.socket) if options.socket else None, options.group or ""))

    courses = shipped_courses()
    if options.file in courses and not os.path.lexists(options.file):
        refuse_with_file(options)
        refuse(options, ["tour", "at"], _("{} goes with a single lesson or the bench, not with a course"))
        return open_course(courses[options.file], options, meet)
    refuse(options, ["restart"], _("{} goes with a course"))
    return opening.command(options, meet)
