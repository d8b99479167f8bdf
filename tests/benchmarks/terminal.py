"""The screen, measured from outside through a real pseudo-terminal: milliseconds and bytes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time
from dataclasses import dataclass

#: No byte for this long: the frame is out.
QUIET = 0.12

BARE = (
    "from textual.app import App\nfrom textual.widgets import Footer, Static\n"
    "class A(App):\n    def compose(self):\n        yield Static('bare')\n        yield Footer()\n"
    "A().run()\n"
)
GDTUI = "import sys\nsys.argv = ['gdtui']\nfrom gdtui.__main__ import main\nraise SystemExit(main())\n"


@dataclass
class Terminal:
    """A program on a pseudo-terminal of a given size."""

    pid: int
    fd: int
    started: float

    def read(self, seconds: float) -> bytes:
        """Return what comes until nothing has come for `QUIET`, at most for `seconds`."""
        out, end = b"", time.perf_counter() + seconds
        self.last = time.perf_counter()
        while True:
            now = time.perf_counter()
            wait = min(end - now, QUIET if out else end - now)
            if wait <= 0 or not select.select([self.fd], [], [], wait)[0]:
                return out
            try:
                chunk = os.read(self.fd, 65_536)
            except OSError:
                return out
            if not chunk:
                return out
            out += chunk
            self.last = time.perf_counter()
            # a program asks what the terminal can do: answer as a modern one does
            if b"\x1b[?2026$p" in chunk:
                os.write(self.fd, b"\x1b[?2026;2$y")

    def until(self, what: bytes, seconds: float) -> float | None:
        """Return the seconds since the start at which `what` had come out, or None."""
        out, end = b"", time.perf_counter() + seconds
        while time.perf_counter() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    out += os.read(self.fd, 65_536)
                except OSError:
                    return None
                if what in out:
                    return time.perf_counter() - self.started
        return None

    def press(self, key: bytes) -> tuple[float, int]:
        """Press a key; return (milliseconds to the frame's last byte, bytes)."""
        begun = time.perf_counter()
        os.write(self.fd, key)
        out = self.read(5)
        return (self.last - begun) * 1e3, len(out)

    def close(self) -> None:
        """End the program."""
        try:
            os.kill(self.pid, signal.SIGTERM)
            end = time.perf_counter() + 5
            while time.perf_counter() < end:
                self.read(0.05)
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    break
            else:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.fd)


def start(code: str, columns: int, rows: int, extra: dict[str, str] | None = None) -> Terminal:
    """Start Python code on a pseudo-terminal."""
    begun = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor", **(extra or {})})
        os.execv(sys.executable, [sys.executable, "-c", code])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return Terminal(pid, fd, begun)


def first_frame(code: str, marker: bytes, tries: int = 5, extra: dict[str, str] | None = None) -> float:
    """Return the median of the seconds from start to the first frame that holds `marker`."""
    times = []
    for _ in range(tries):
        terminal = start(code, 120, 36, extra)
        seconds = terminal.until(marker, 60)
        terminal.close()
        if seconds is not None:
            times.append(seconds)
    return statistics.median(times)


def steps(columns: int, rows: int, recorded: int, tries: int = 40) -> tuple[float, float]:
    """Return the medians (milliseconds, bytes) of one step after `recorded` updates."""
    terminal = start(GDTUI, columns, rows)
    terminal.until(b"at the start", 60)
    terminal.until(b"paused", 60)
    terminal.read(2)
    for _ in range(recorded // 10):
        os.write(terminal.fd, b"\x1b[6~")
        if _ % 20 == 19:
            terminal.read(2)
    terminal.read(3)
    measured = [terminal.press(b" ") for _ in range(tries)]
    terminal.close()
    return statistics.median(m[0] for m in measured), statistics.median(m[1] for m in measured)
