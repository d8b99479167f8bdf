"""Opens the screen, and leaves the terminal as it was whatever happens in between."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from gdtui import ending
from gdtui.text import _
from gdtui.tui.terminal import detection, guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from gdtui.scenario.read.acts import Scenario
    from gdtui.simulation.experiment import Experiment
    from gdtui.tui.autosave import Autosave
    from gdtui.tui.company.base import Company
    from gdtui.tui.kept_configuration import KeptConfiguration
    from gdtui.tui.lectern import Lectern
    from gdtui.tui.terminal.detection import Colors

#: Exit code without a terminal for the screen.
NO_TERMINAL = 2
#: Exit code after an exception inside the app.
CRASHED = 70
#: Seconds after the app that the process has to end by itself.
ENDING_SECONDS = 1.0


class Crash(Exception):
    """An exception, which is the cause, has ended the app; the terminal is as it was."""


def run_app(
    experiment: Experiment | None = None, *, scenario: Scenario | None = None, page: int = 0, plain: bool | None = None,
    configuration: KeptConfiguration | None = None, theme: str = "", tour: bool = False,
    autosave: Autosave | None = None, colors: Colors | None = None, lectern: Lectern | None = None,
    instead: Callable[[], Screen[None]] | None = None, company: Company | None = None,
) -> int:  # fmt: skip
    """Open the screen, and return the exit code: 128 + n after signal n, 2 without a terminal.

    `page` is the number of pages of the scenario's lesson that are turned already; `plain` means ASCII only, and None
    leaves it to the environment (`wants_ascii`); `colors` is "16", "256" or "true", and None leaves it to the terminal
    (`detection.colors`); the rest is as in `Gdtui`. Crash: an exception inside the app has ended it.
    """
    sentence = detection.refusal()
    if sentence is not None:
        return _refuse(sentence)
    _prepare()
    if sys.platform != "win32":
        guard.supervise()
        if not guard.await_foreground():
            if guard.lost():
                return 128 + signal.SIGKILL
            return _refuse(_("gdtui: it runs in the background, and no shell can bring it to the front."))
    colors = colors or detection.colors()
    if colors == "none":
        os.environ["NO_COLOR"] = "1"

    from gdtui.tui.app import Gdtui  # heavy: after the fork

    app = Gdtui(
        experiment, scenario=scenario, page=page, plain=detection.wants_ascii() if plain is None else plain,
        configuration=configuration, theme=theme, tour=tour, autosave=autosave, terminal_colors=colors,
        lectern=lectern, instead=instead, company=company,
    )  # fmt: skip
    try:
        app.run()
    finally:
        if company is not None:
            company.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the guard's copy of one that has ended us
    code = CRASHED if app.fault is not None else app.return_code or 0
    if autosave is not None:
        autosave.close(discard=code == 0)
    if lectern is not None and lectern.cue is not None:
        lectern.cue.close()
    _exit_soon(code)
    if app.fault is not None:
        raise Crash from app.fault
    return code


def _prepare() -> None:
    """Undo what in this process would disturb a screen."""
    if sys.stderr is None:  # closed; Textual writes to it
        sys.stderr = sys.__stderr__ = open(os.devnull, "w")  # type: ignore[misc]  # noqa: SIM115
    for name in ("COLUMNS", "LINES"):  # they would freeze the size of the screen
        os.environ.pop(name, None)
    if os.environ.get("NO_COLOR") == "":  # no-color.org: only when not empty; Textual asks less
        del os.environ["NO_COLOR"]
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the driver listens: no traceback of an import


def _exit_soon(code: int) -> None:
    """See to it that the process ends: a worker may still compile, which cannot be interrupted."""
    timer = threading.Timer(ENDING_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()
    ending.collect_seldom()


def _refuse(sentence: str) -> int:
    if sys.stderr is not None:
        print(sentence, file=sys.stderr)
    return NO_TERMINAL
