"""`gdtui follow`: a lecture on one's own screen."""

from __future__ import annotations

import argparse
from pathlib import Path

from gdtui.cli.exits import CommandFailure
from gdtui.cli.open import chosen_theme
from gdtui.tui.run_app import run_app
from gdtui.tui.terminal import guard
from gdtui.tui.terminal.detection import refusal


def command(options: argparse.Namespace) -> int:
    """Open the screen on a lecture, and return the exit code."""
    theme = chosen_theme(options.theme)
    refused = refusal()
    if refused is not None:
        raise CommandFailure(refused.removeprefix("gdtui: "))
    guard.supervise()  # before anything large is imported: the guard is a copy of this process
    from gdtui.classroom.client import shake_hands
    from gdtui.insight.field_survey import take_little_room
    from gdtui.tui.company.following import Following
    from gdtui.tui.configuration import configuration_file
    from gdtui.tui.kept_configuration import KeptConfiguration

    take_little_room()
    path = Path(options.path) if options.path is not None else None
    company = Following(shake_hands(path), path)
    return run_app(
        configuration=KeptConfiguration(configuration_file()), theme=theme, colors=options.colors, company=company
    )
