"""`gdtui …`: runs the command, and turns each way in which it can end into an exit code."""

from __future__ import annotations

import argparse
import errno
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from types import FrameType
from typing import TextIO

from gdtui import ending
from gdtui.cli.exits import INTERNAL, IO, USAGE, CommandFailure
from gdtui.cli.language import take_language
from gdtui.cli.parsers import COMMANDS, parse
from gdtui.errors import GdtuiError
from gdtui.plot.ascii_text import to_ascii, writing
from gdtui.text import _, printable


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; every exception becomes one.

    Codes: 0 pass, 1 an expectation failed, 2 bad scenario or usage, 4 limit, 5 nothing selected, 70 internal error,
    74 input or output, 128 + n signal n.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    _replace_closed_streams()
    _soften_streams()
    plain = _needs_ascii(sys.stdout)
    with _spelled_streams() if plain else nullcontext():
        return _run(given, plain=plain)


def _run(given: list[str], *, plain: bool) -> int:
    try:
        words, said = take_language(given, plain=plain)
        if said:
            _complain(said)
        _be_somewhere()
        code = _dispatch(words)
        sys.stdout.flush()
        _tell_of_cache()
        return code
    except SystemExit as exit_:
        return _exit_code(exit_)
    except GdtuiError as error:
        _complain(str(error), placed=error.placed)
        return error.code if isinstance(error, CommandFailure) else USAGE
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        _silence_stdout()
        return 128 + getattr(signal, "SIGPIPE", 13)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _complain(f"{where}{error.strerror or error}")
        return IO
    except Exception as error:
        signalled = _signal_in(error)
        if signalled is None:
            return _internal(error)
        return _exit_code(signalled) if isinstance(signalled, SystemExit) else _interrupted()


def _signal_in(error: BaseException | None) -> BaseException | None:
    """Return what a handler of a signal raised if that is what has become this error; None if not.

    Python makes a RuntimeError of whatever is raised while a class is being made, and of some more.
    """
    while error is not None and not isinstance(error, (KeyboardInterrupt, SystemExit)):
        error = error.__cause__ or error.__context__
    return error


def _interrupted() -> int:
    _arrived()
    _complain(_("interrupted"))
    return 128 + signal.SIGINT


def _be_somewhere() -> None:
    """Raise CommandFailure if the current directory has been removed: relative names and imports fail in many ways."""
    try:
        os.getcwd()
    except OSError as error:
        message = _("the current directory: {reason}; change to another one")
        raise CommandFailure(message.format(reason=error.strerror or error), IO) from None


def _dispatch(argv: list[str]) -> int:
    name, options = parse(argv)
    if not COMMANDS[name].screen:
        _end_on_signals()
    if getattr(options, "plugin", None) is not None:
        _load_plugins(options.plugin)
    if isinstance(sys.stdout, _Spelling) and (COMMANDS[name].screen or name == "schema" or _is_data(options)):
        sys.stdout = sys.stdout.stream
    return COMMANDS[name].load()(options)


def _tell_of_cache() -> None:
    """Say once, at the end, that everything was slower than it need be."""
    if "gdtui.kernel" in sys.modules:
        from gdtui.kernel import kernels_are_lost

        if kernels_are_lost():
            _complain(_("compiled kernels cannot be kept, so each start compiles them anew: see `gdtui check`"))


def _load_plugins(files: list[str]) -> None:
    """Load the optimizers of installed packages and of the files that `--plugin` names."""
    from gdtui.scenario.read.plugins import load_file, load_installed

    for message in load_installed():
        _complain(message)
    for name in files:
        try:
            load_file(name)
        except OSError as error:
            raise CommandFailure(_("--plugin {}: {}").format(name, error.strerror or error), IO) from None


def _is_data(options: argparse.Namespace) -> bool:
    """Say whether stdout is for programs: they get every character unchanged."""
    return any(getattr(options, name, None) in ("-", True) for name in ("csv", "json", "junit"))


class _Spelling(io.TextIOBase):
    """Writes texts to a stream in ASCII."""

    encoding = "ascii"

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str, /) -> int:
        return self.stream.write(to_ascii(text))

    def flush(self) -> None:
        self.stream.flush()

    def fileno(self) -> int:
        return self.stream.fileno()

    def isatty(self) -> bool:
        return self.stream.isatty()


@contextmanager
def _spelled_streams() -> Iterator[None]:
    """Write ASCII to stdout and stderr."""
    out, err = sys.stdout, sys.stderr
    with writing(plain=True):
        sys.stdout, sys.stderr = _Spelling(out), _Spelling(err)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = out, err


def _needs_ascii(stream: TextIO) -> bool:
    """Say whether a stream needs ASCII: by GDTUI_ASCII, else by its encoding and, for a terminal, by the locale."""
    from gdtui.tui.terminal.detection import wants_ascii

    if os.environ.get("GDTUI_ASCII"):
        return wants_ascii()
    if not (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf"):
        return True
    with suppress(ValueError, OSError):
        return stream.isatty() and wants_ascii()
    return False


def _exit_code(exit_: SystemExit) -> int:
    _arrived()
    with suppress(OSError):
        sys.stdout.flush()
    return exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else USAGE


def _complain(message: str, *, placed: bool = False) -> None:
    """Print a message; one that begins with its place in a file does without the program's name."""
    with suppress(OSError):
        print(printable(message if placed else f"gdtui: {message}", "\n\t"), file=sys.stderr)


def _internal(error: BaseException) -> int:
    from gdtui.tui.run_app import Crash

    if isinstance(error, Crash) and error.__cause__ is not None:
        error = error.__cause__
    if os.environ.get("GDTUI_DEBUG"):
        import traceback

        traceback.print_exception(error)
        return INTERNAL
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    kind = type(error).__name__
    text = " ".join(str(error).split())[:200]
    _complain(_("internal error: {}: {}{}; please report it (GDTUI_DEBUG=1 shows more)").format(kind, text, where))
    return INTERNAL


class _Closed(io.TextIOBase):
    """Replaces a stream that was closed before the start: writing to it is an error, not a loss."""

    def write(self, text: str, /) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "stdout")


def _replace_closed_streams() -> None:
    """Replace stdout and stderr if the caller has closed them (``>&-``): Python has None there."""
    if sys.stdout is not None and sys.stderr is not None:
        return
    with suppress(OSError):
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:  # a file that is opened later must not become a stream
            pass
        os.close(handle)
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it stays open


def _soften_streams() -> None:
    """Escape characters that the terminal's encoding lacks instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with suppress(ValueError, OSError):
                reconfigure(errors="backslashreplace")


def _silence_stdout() -> None:
    """Point stdout to nothing, so that the interpreter's last flush does not fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end_on_signals() -> None:
    """End on SIGINT, SIGTERM and SIGHUP through the `finally` clauses, so that no half-written file remains.

    An exception raised by a handler can be lost in C code that calls back into Python, so it is raised again until it
    has arrived.
    """

    def again(_number: int, _frame: FrameType | None) -> None:
        ending.check()

    def end(number: int, _frame: FrameType | None) -> None:
        if ending.tell(number):
            with suppress(AttributeError, ValueError):
                signal.signal(signal.SIGALRM, again)
                signal.setitimer(signal.ITIMER_REAL, 1.0, 1.0)
        ending.check()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with suppress(AttributeError, ValueError):  # not on this system; not in the main thread
            number = getattr(signal, name)
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, end)


def _arrived() -> None:
    """Stop raising again: the signal has arrived."""
    with suppress(AttributeError, ValueError):
        signal.setitimer(signal.ITIMER_REAL, 0.0)
