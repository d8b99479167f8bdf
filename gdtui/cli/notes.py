"""`gdtui notes`: the lecturer's second terminal."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from gdtui.cli.exits import NOTHING, PASSED, CommandFailure
from gdtui.files import runtime_folder
from gdtui.scenario.play.cue import newest_cue, read_cue
from gdtui.text import _
from gdtui.tui.terminal.detection import refusal

if TYPE_CHECKING:
    from textual.screen import Screen


def command(options: argparse.Namespace) -> int:
    """Follow the presentation that this user is giving; without a terminal, print its page once."""
    if refusal() is None:
        from gdtui.cli.open import opener

        return opener(options)(instead=_screen)
    from gdtui.tui.screens.second_screen import parts, times

    path = newest_cue(runtime_folder())
    cue = read_cue(path) if path is not None else None
    if cue is None:
        raise CommandFailure(_("no presentation is running: gdtui course lecture begins one"), NOTHING)
    texts = parts(cue)
    print("\n".join(filter(None, (texts["where"], times(cue, time.time()), *list(texts.values())[1:]))))
    return PASSED


def _screen() -> Screen[None]:
    """Import and return the screen; after the first frame."""
    from gdtui.tui.screens.second_screen import Notes

    return Notes(runtime_folder())
