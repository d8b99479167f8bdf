"""`gdtui present`: the screen, for a class that follows."""

from __future__ import annotations

import argparse
from pathlib import Path

from gdtui.cli import open as opening
from gdtui.cli.exits import CommandFailure
from gdtui.text import _
from gdtui.tui.company.base import Company


def command(options: argparse.Namespace) -> int:
    """Open the screen and its socket, and return the exit code."""
    if options.socket == "":
        raise CommandFailure(_("--socket needs a path"))

    def meet() -> Company:
        from gdtui.classroom.door import Door
        from gdtui.tui.company.presenting import Presenting

        return Presenting(Door(Path(options.socket) if options.socket else None, options.group or ""))

    return opening.command(options, meet)
