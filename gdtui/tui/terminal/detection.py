"""What happens before and after the screen: is this a terminal, can it show braille, and the way out."""

from __future__ import annotations

import locale
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from gdtui.text import _
from gdtui.tui.terminal import guard

if TYPE_CHECKING:
    from gdtui.scenario.read.acts import Scenario
    from gdtui.simulation.experiment import Experiment

#: Exit code where there is no terminal to open the screen on.
NO_TERMINAL = 2
#: Exit code after an exception inside the app.
CRASHED = 70


class Crash(Exception):
    """The app was ended by an exception, which is the cause; the terminal is as it was."""


def refusal() -> str | None:
    """Return one sentence saying why the screen cannot be opened here, or None if it can."""
    reason = ""
    if not _is_terminal(0):
        reason = _("its input is not a terminal")
    elif not _is_terminal(1):
        reason = _("its output is not a terminal")
    elif sys.platform != "win32" and os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        reason = _("TERM={name} is not a terminal that can show a screen").format(name=os.environ.get("TERM", ""))
    if not reason:
        return None
    return _("gdtui: {reason}; `gdtui run` and `gdtui replay` work without one.").format(reason=reason)


def _is_terminal(fd: int) -> bool:
    try:
        return os.isatty(fd)
    except OSError:
        return False


def wants_ascii() -> bool:
    """Say whether braille and symbols would come out as garbage: the locale is not UTF-8, or the user says so.

    ``GDTUI_ASCII`` decides alone (0 for no). Then a set ``PYTHONUTF8``, then the locale: Python
    turns an explicit C locale into UTF-8, we take it at its word. With nothing set at all (containers,
    bare SSH) the terminal is taken for UTF-8, as Python does.
    """
    told = os.environ.get("GDTUI_ASCII")
    if told:
        return told != "0"
    if os.environ.get("PYTHONUTF8") in ("0", "1"):
        return os.environ["PYTHONUTF8"] == "0" and not _is_utf8(locale.getencoding())
    named = next((v for v in map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG")) if v), "")
    # Python's own coercion of LANG=C writes LC_CTYPE=C.UTF-8 into the environment
    if named in ("C.UTF-8", "C.utf8", "UTF-8") and not os.environ.get("LC_ALL"):
        named = os.environ.get("LANG") or named
    if named in ("C", "POSIX"):
        return True
    if not named or _is_utf8(named):
        return False
    return not _is_utf8(locale.getencoding())


def _is_utf8(name: str) -> bool:
    return "utf8" in name.lower().replace("-", "")


def run_app(
    experiment: Experiment | None = None,
    *,
    scenario: Scenario | None = None,
    page: int = 0,
    plain: bool | None = None,
) -> int:
    """Open the screen; return the exit code (128 + n after signal n, 2 where there is no terminal).

    Parameters
    ----------
    experiment
        what is put on the bench; None for the default.
    scenario
        the scenario that it came from.
    page
        how many pages of its lesson have been turned already.
    plain
        ASCII alone; None to decide by the environment (`wants_ascii`).

    Raises
    ------
    Crash
        an exception inside the app has ended it.
    """
    sentence = refusal()
    if sentence is not None:
        return _refuse(sentence)
    if sys.stderr is None:  # closed; Textual writes to it
        sys.stderr = sys.__stderr__ = open(os.devnull, "w")  # type: ignore[misc]  # noqa: SIM115
    for name in ("COLUMNS", "LINES"):  # they would freeze the size of the screen
        os.environ.pop(name, None)
    if os.environ.get("NO_COLOR") == "":  # no-color.org: only when not empty; Textual asks less
        del os.environ["NO_COLOR"]
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the driver listens: no traceback of an import
    if sys.platform != "win32":
        guard.supervise()
        if not guard.await_foreground():
            return _refuse(_("gdtui: it runs in the background, and no shell can bring it to the front."))

    from gdtui.tui.app import Gdtui  # heavy: after the fork

    app = Gdtui(experiment, scenario=scenario, page=page, plain=wants_ascii() if plain is None else plain)
    app.run()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the guard's copy of one that has ended us
    code = CRASHED if app.fault is not None else app.return_code or 0
    end_within(1.0, code)
    if app.fault is not None:
        raise Crash from app.fault
    return code


def _refuse(sentence: str) -> int:
    if sys.stderr is not None:
        print(sentence, file=sys.stderr)
    return NO_TERMINAL


def end_within(seconds: float, code: int) -> None:
    """End the process after so long, if a worker (a compilation cannot be interrupted) holds it up."""

    def end() -> None:
        os._exit(code)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
