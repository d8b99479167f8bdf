"""`gdtui` and `gdtui FILE`: the screen."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdtui.cli.command_options import DATA_KEYS
from gdtui.cli.exits import CommandFailure, is_given, refuse, warn
from gdtui.text import _, did_you_mean
from gdtui.tui.company.base import Company
from gdtui.tui.run_app import run_app
from gdtui.tui.terminal import guard
from gdtui.tui.terminal.detection import refusal

if TYPE_CHECKING:
    from gdtui.scenario.quiz.quiz import Quiz
    from gdtui.scenario.read.courses import Course

#: Options that describe an experiment; with none of them the bench opens on its own.
_DESCRIBING = ("surface", "expression", "dataset", "optimizer", "lr", "start", "sampling", "seed", *DATA_KEYS)


def command(options: argparse.Namespace, meet: Callable[[], Company] | None = None) -> int:
    """Open the screen on a scenario or an experiment, and return its exit code.

    `meet` returns who else is at the bench; it is called before anything is shown.
    """
    if refusal() is not None:
        chosen_theme(options.theme)
        _complain_of_file(options)
    opened = opener(options)
    if options.file is None:
        refuse(options, ["at"], _("{} goes with a scenario file"))
        experiment = None
        if any(is_given(options, name) for name in _DESCRIBING):
            from gdtui.cli.experiments import from_options

            experiment = from_options(options)
        return opened(experiment, tour=options.tour, company=None if meet is None else meet())
    from gdtui.cli.experiments import refuse_with_file
    from gdtui.cli.scenarios import read
    from gdtui.scenario.play.lesson import read_lesson

    refuse_with_file(options)
    refuse(options, ["tour"], _("{} goes with the bench, not with a scenario"))
    scenario = read(options.file)
    if options.seed is not None:
        scenario = replace(scenario, experiment=replace(scenario.experiment, seed=options.seed))
    lesson = read_lesson(scenario)
    page = lesson.opening if options.at is None else lesson.page_at(options.at)
    company = None if meet is None else meet()
    return opened(scenario.experiment, scenario=scenario, page=page, company=company)


def opener(options: argparse.Namespace, course: Course | None = None, quiz: Quiz | None = None) -> Callable[..., int]:
    """Return what opens the screen, as `run_app` does, with the user's own files; CommandFailure without a terminal."""
    refused = refusal()
    if refused is not None:
        raise CommandFailure(refused.removeprefix("gdtui: "))
    guard.supervise()  # before anything large is imported: the guard is a copy of this process
    from gdtui.tui.autosave import Autosave, state_folder
    from gdtui.tui.configuration import configuration_file
    from gdtui.tui.kept_configuration import KeptConfiguration
    from gdtui.tui.lectern import Lectern

    lectern = Lectern.of_user(course, quiz)
    warn(lectern.fault)  # a quiz puts its first question in place of the bench's greeting
    return partial(
        run_app, configuration=KeptConfiguration(configuration_file()), autosave=Autosave(state_folder()),
        theme=chosen_theme(options.theme), colors=options.colors, lectern=lectern,
    )  # fmt: skip


def chosen_theme(name: str | None) -> str:
    """Return the name of a theme, "" for none; CommandFailure if there is none of this name."""
    from gdtui.tui.themes import THEMES

    if name and name not in THEMES:
        known = _(" (there are: {})").format(", ".join(THEMES))
        raise CommandFailure(_("--theme: there is no theme {!r}").format(name) + did_you_mean(name, THEMES, known))
    return name or ""


def _complain_of_file(options: argparse.Namespace) -> None:
    """Raise what is wrong with the file: that is more useful than what is wrong with the terminal."""
    if options.file is not None:
        from gdtui.cli.scenarios import read

        read(options.file)
    elif options.dataset is not None:
        from gdtui.cli.experiments import from_options

        from_options(options)
