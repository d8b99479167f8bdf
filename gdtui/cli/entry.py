"""`gdtui …`: chooses the command, and turns every way in which it can end into an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from gdtui.cli.exits import INTERNAL, IO, USAGE, CommandFailure
from gdtui.cli.parsers import COMMANDS, parse
from gdtui.words import _


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; no exception leaves.

    Codes: 0 pass, 1 an expectation failed, 2 bad scenario or usage, 4 limit, 5 nothing selected, 70 internal error,
    74 input or output, 128 + n signal n.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    _soften_streams()
    try:
        code = _dispatch(given)
        sys.stdout.flush()
        return code
    except SystemExit as exit_:
        _arrived()
        return _exit_code(exit_)
    except CommandFailure as failure:
        _complain(str(failure), placed=failure.placed)
        return failure.code
    except KeyboardInterrupt:
        _arrived()
        _complain(_("interrupted"))
        return 128 + signal.SIGINT
    except BrokenPipeError:
        _silence_stdout()
        return 128 + getattr(signal, "SIGPIPE", 13)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _complain(f"{where}{error.strerror or error}")
        return IO
    except Exception as error:
        return _internal(error)


def _dispatch(argv: list[str]) -> int:
    name, options = parse(argv)
    if name != "open":
        _end_on_signals()
    if getattr(options, "plugin", None) is not None:
        from gdtui.cli.plugins import load

        load(options)
    return COMMANDS[name].load()(options)


def _exit_code(exit_: SystemExit) -> int:
    with suppress(OSError):
        sys.stdout.flush()
    return exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else USAGE


def _complain(message: str, *, placed: bool = False) -> None:
    with suppress(OSError):
        print(message if placed else f"gdtui: {message}", file=sys.stderr)


def _internal(error: Exception) -> int:
    if os.environ.get("GDTUI_DEBUG"):
        import traceback

        traceback.print_exc()
        return INTERNAL
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    kind = type(error).__name__
    text = " ".join(str(error).split())[:200]
    _complain(_("internal error: {}: {}{}; please report it (GDTUI_DEBUG=1 shows more)").format(kind, text, where))
    return INTERNAL


def _soften_streams() -> None:
    """Let no character that the terminal's encoding lacks raise."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with suppress(ValueError, OSError):
                reconfigure(errors="backslashreplace")


def _silence_stdout() -> None:
    """Point stdout nowhere, so that the interpreter's last flush has nothing to complain of."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end_on_signals() -> None:
    """End on SIGINT, SIGTERM and SIGHUP through the `finally` clauses: no half-written file stays behind.

    What a handler raises can be lost where C code that was called back into Python is between the two: so it is
    raised again until it has arrived.
    """
    received: list[int] = []

    def again(_number: int, _frame: FrameType | None) -> NoReturn:
        if received[0] == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + received[0])

    def end(number: int, frame: FrameType | None) -> NoReturn:
        if not received:
            received.append(number)
            with suppress(AttributeError, ValueError):
                signal.signal(signal.SIGALRM, again)
                signal.setitimer(signal.ITIMER_REAL, 1.0, 1.0)
        again(number, frame)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with suppress(AttributeError, ValueError):  # not on this system; not in the main thread
            number = getattr(signal, name)
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, end)


def _arrived() -> None:
    """Stop raising again: the signal has come through."""
    with suppress(AttributeError, ValueError):
        signal.setitimer(signal.ITIMER_REAL, 0.0)
