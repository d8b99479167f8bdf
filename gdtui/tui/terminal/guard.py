"""The guard: a small parent process that restores the terminal if the program could not.

The program is the guard's child. However the program ends (SIGKILL, a crash in compiled code, the out-of-memory
killer), the guard survives it, and the shell does not take the terminal back before the guard has finished. The guard
passes signals down to the program, and stops and exit codes up to the shell. It stays small: it forks before NumPy and
Textual are imported.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import warnings
from contextlib import suppress

if sys.platform != "win32":
    import termios

    #: The signals that the guard passes on, and those that it waits for.
    FORWARDS = {signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2}
    WAITS = {*FORWARDS, signal.SIGCHLD, signal.SIGCONT, signal.SIGTSTP, signal.SIGALRM}

#: Undoes everything that a screen may have set in a terminal; a terminal ignores what it does not know.
#: It begins with the end of a sequence that was cut; the keyboard is popped before the alternate screen is left.
LEAVE = (
    b"\x1b\\\x1b[?2026l"  # synchronized output
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse
    b"\x1b[?2004l\x1b[?1004l\x1b[?2048l\x1b[?7h"  # paste, focus, resize reports; line wrap
    b"\x1b]22;\x07\x1b[<u\x1b[0m"  # pointer shape, kitty's keyboard, colours
    b"\x1b[?1049l\x1b[?25h"  # alternate screen, cursor
)

#: The part that Textual's driver does not undo.
LEAVE_MORE = "\x1b[?1016l\x1b]22;\x07\x1b[0m"

#: Seconds to wait for a terminal that does not read, and for a program that does not end.
PATIENCE = 0.7
GRACE = 5

#: As `termios.tcgetattr` returns them.
Attributes = list[int | list[bytes | int]]

_report: int | None = None  # in the program: the pipe that tells the guard whether the screen is open
_guard: int | None = None  # in the program: the guard's process id


def attributes(fd: int = 0) -> Attributes | None:
    """Return the terminal's line settings; None if there are none."""
    try:
        return termios.tcgetattr(fd)
    except (termios.error, OSError, ValueError):
        return None


def set_attributes(wanted: Attributes | None, fd: int = 0) -> None:
    """Set the terminal's line settings at once, without waiting for output to drain."""
    if wanted is not None:
        with suppress(termios.error, OSError, ValueError):
            termios.tcsetattr(fd, termios.TCSANOW, wanted)


def foreground(fd: int = 0) -> bool:
    """Say whether this process group may use the terminal: no shell has taken it back."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return True  # not the controlling terminal: no shell takes it


def await_foreground() -> bool:
    """Stop, like any job started with `&`, until the shell gives this one the terminal.

    Return False if no shell can: the job is in the background and no shell controls it.
    """
    for _attempt in range(100):
        if foreground():
            return True
        if lost():
            return False
        os.kill(os.getpid(), signal.SIGTTOU)
        time.sleep(0.02)
    return False


def open_output(fd: int = 1) -> int:
    """Open the terminal of `fd` a second time, non-blocking; return `fd` itself if that fails.

    O_NONBLOCK on `fd` itself would also apply to the shell, which shares it.
    """
    flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK
    with suppress(OSError):
        return os.open(os.ttyname(fd), flags)
    with suppress(OSError):  # after `su` the terminal belongs to another user
        os.tcgetpgrp(fd)  # fails if this is not the controlling terminal
        return os.open("/dev/tty", flags)
    return fd


def send(data: bytes, fd: int, patience: float = PATIENCE) -> bool:
    """Write to a terminal that may not read; after `patience` seconds discard what it has not read."""
    flushed = False
    end = time.monotonic() + patience
    while data:
        try:
            _, ready, _ = select.select([], [fd], [], max(0.0, end - time.monotonic()))
            if ready:
                data = data[os.write(fd, data) :]
                continue
            if flushed:
                return False
            termios.tcflush(fd, termios.TCOFLUSH)  # to make room for this
            flushed, end = True, time.monotonic() + 0.2
        except BlockingIOError:
            time.sleep(0.005)
        except (OSError, ValueError, termios.error):
            return False
    return True


def put_back(before: Attributes | None, *, screen: bool) -> None:
    """Restore the terminal: its line settings, and all modes if a screen was open.

    A shell that has taken the terminal back (after the death of the guard) has set its own line settings; it knows
    nothing of the modes.
    """
    front = foreground()
    if screen:
        if not front:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        out = open_output()
        send(LEAVE, out)
        if out != 1:
            os.close(out)
    if screen and front:
        time.sleep(0.02)  # the last mouse reports are still on their way
        with suppress(termios.error, OSError):
            termios.tcflush(0, termios.TCIFLUSH)
    if front:
        set_attributes(before)


def screen_open(is_open: bool) -> None:
    """Tell the guard whether the screen is open (before the first byte, and after the last)."""
    if _report is not None:
        with suppress(OSError):
            os.write(_report, b"+" if is_open else b"-")


def lost() -> bool:
    """Say whether there was a guard and it has died; called in the program."""
    return _guard is not None and os.getppid() != _guard


def supervise() -> None:
    """Continue in a child process with a guard as its parent; without a guard if no process can be made.

    Call it early: the guard keeps everything that is imported already. ``GDTUI_GUARD=0`` makes no guard.
    """
    global _report, _guard
    if sys.platform == "win32" or _guard is not None or os.environ.get("GDTUI_GUARD") == "0":
        return
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
    before = attributes()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, WAITS | {signal.SIGTTOU})
    reading, writing = os.pipe()
    guard = os.getpid()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about threads: the parent does nothing but wait
            program = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return
    if program == 0:
        os.close(reading)
        _report, _guard = writing, guard
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return
    os.close(writing)
    code = 1
    try:
        code = _Guard(program, reading, before).watch()
    finally:
        os._exit(code)  # no interpreter shutdown: that is the program's


class _Guard:
    """The parent's side: waits for the program and for signals."""

    def __init__(self, program: int, reading: int, before: Attributes | None) -> None:
        self._program = program
        self._reading = reading
        self._before = before
        self._screen = False
        self._ignored = {number for number in FORWARDS if signal.getsignal(number) == signal.SIG_IGN}
        os.set_blocking(reading, False)

    def watch(self) -> int:
        """Wait for the end of the program; return its exit code."""
        for awaited in (signal.SIGCHLD, signal.SIGCONT):
            signal.signal(awaited, lambda *_: None)  # otherwise the system may drop them although they are awaited
        while True:
            number = signal.sigwait(WAITS)
            if number == signal.SIGCHLD:
                with suppress(ChildProcessError):
                    pid, status = os.waitpid(self._program, os.WNOHANG | os.WUNTRACED)
                    if pid and os.WIFSTOPPED(status):
                        self._stopped()
                    elif pid:
                        return self._ended(status)
            elif number == signal.SIGALRM:
                self._pass_on(signal.SIGKILL)  # it was asked to end and hangs
            elif number not in self._ignored:  # nohup
                self._pass_on(number)
                if number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                    signal.alarm(GRACE)

    def _pass_on(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._program, number)

    def _is_open(self) -> bool:
        with suppress(BlockingIOError):
            while told := os.read(self._reading, 4096):
                self._screen = told.endswith(b"+")
        return self._screen

    def _stopped(self) -> None:
        """Restore the terminal and stop like the program, so that the shell takes over."""
        if self._is_open():
            put_back(self._before, screen=True)  # after SIGSTOP the program could not
            self._screen = False
        if signal.SIGCONT in signal.sigpending():
            return
        # the whole group, so that a script that started the program stops as well; the kernel ignores the signal if
        # there is no shell to continue the group
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})
        os.kill(0, signal.SIGTSTP)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTSTP})

    def _ended(self, status: int) -> int:
        if not os.WIFSIGNALED(status):
            if attributes() != self._before and foreground():
                set_attributes(self._before)
            return os.waitstatus_to_exitcode(status)
        number = os.WTERMSIG(status)
        was_open = self._is_open()
        put_back(self._before, screen=was_open)
        if was_open:
            from gdtui.text import _

            line = _("gdtui was ended by {signal}; the terminal is as it was before").format(
                signal=signal.Signals(number).name
            )
            with suppress(OSError):
                os.write(2, f"{line}\n".encode(errors="replace"))
        return 128 + number
