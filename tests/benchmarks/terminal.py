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
from pathlib import Path

#: No byte for this long: the frame is out; nothing is under way in a program that has just begun.
QUIET, SETTLED = 0.12, 0.6

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
            self._answer(chunk)

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

    def drain(self, seconds: float) -> int:
        """Return how many bytes come within so many seconds."""
        size, end = 0, time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self.fd], [], [], left)[0]:
                chunk = os.read(self.fd, 65_536)
                self._answer(chunk)
                size += len(chunk)
        return size

    def _answer(self, chunk: bytes) -> None:
        """Answer as a modern terminal does: what it can do, and that it has read so far."""
        if b"\x1b[?2026$p" in chunk:
            os.write(self.fd, b"\x1b[?2026;2$y")
        if b"\x1b[5n" in chunk:
            os.write(self.fd, b"\x1b[0n")

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


#: Four charts of plotext in a Textual app, drawn anew and repainted whole at each key: what frames are compared with.
PLOTEXT = """
import plotext
from rich.text import Text
from textual.app import App
from textual.containers import Grid
from textual.widgets import Static
class Chart(Static):
    def draw(self, n):
        f = plotext.figure
        f.clear.all()
        f.plot_size(self.size.width, self.size.height)
        for lane in range(4):
            x = list(range(200))
            y = [(lane + 1) * (i + n) % 97 for i in x]
            f.draw(f.signal(x, y, marker=plotext.marker("braille").fill((80 * lane, 255 - 60 * lane, 120))).lines())
        self.update(Text.from_ansi(f.build().string()))
class Charts(App):
    CSS = "Grid { grid-size: 2 2; }"
    n = 0
    def compose(self):
        with Grid():
            yield from (Chart() for _ in range(4))
    def on_mount(self):
        plotext.terminal.limit(False, False)
        self.call_after_refresh(self.on_key)
    def on_key(self):
        self.n += 1
        for chart in self.query(Chart):
            chart.draw(self.n)
        self.sub_title = str(self.n)
Charts().run()
"""
#: The bench after some updates of its four lanes.
AFTER = """
from gdtui.tui import engine
from gdtui.verbs import Step
opened = engine.Engine._open
def later(self):
    opened(self)
    self.session.apply(Step({updates}))
    self.snapshot = self.session.snapshot()
if {updates}:
    engine.Engine._open = later
"""


def first_frame(code: str, marker: bytes, tries: int = 4, extra: dict[str, str] | None = None) -> float:
    """Return the least of the processor's seconds that a program takes from its start to the frame with `marker`.

    Another program's load lengthens only the wait for the processor, which does not count; without /proc it does.
    """
    times = []
    for _ in range(tries):
        terminal = start(code, 120, 36, extra)
        seconds = terminal.until(marker, 60)
        busy = busy_seconds(terminal.pid)
        terminal.close()
        if seconds is not None:
            times.append(busy or seconds)
    return min(times)


def busy_seconds(pid: int) -> float:
    """Return the processor's seconds of a process and its children, 0 where there is no /proc."""
    try:
        ticks = 0
        for each in (pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return 0.0


@dataclass(frozen=True)
class Steps:
    """What steps took: milliseconds from key to last byte, and the processor's milliseconds a step."""

    milliseconds: list[float]
    busy: float

    @property
    def median(self) -> float:
        """Milliseconds of the median step."""
        return statistics.median(self.milliseconds)

    @property
    def slow(self) -> float:
        """Milliseconds that one step in twenty takes or exceeds."""
        return sorted(self.milliseconds)[int(0.95 * len(self.milliseconds))]


def settle(marker: bytes, *terminals: Terminal) -> None:
    """Wait until each of some programs that have been started shows the marker and is quiet."""
    for each in terminals:
        each.until(marker, 90)
    for each in terminals:
        while each.read(SETTLED):
            pass


def bench(columns: int, rows: int, recorded: int = 0) -> Terminal:
    """Start the bench after `recorded` updates."""
    return start(AFTER.format(updates=recorded) + GDTUI, columns, rows)


def charts(columns: int, rows: int) -> Terminal:
    """Start the app of four plotext charts."""
    return start(PLOTEXT, columns, rows)


def in_turn(*programs: tuple[Terminal, bytes, int]) -> list[Steps]:
    """Press a key so many times in each of some programs that have settled, in turn; return what it took, and end them.

    Another program's load falls on all of them alike.
    """
    times: list[list[float]] = [[] for _ in programs]
    before = [busy_seconds(each.pid) for each, _key, _tries in programs]
    for number in range(max(tries for _each, _key, tries in programs)):
        for (each, key, tries), taken in zip(programs, times, strict=True):
            if number < tries:
                taken.append(each.press(key)[0])
    found = []
    for (each, _key, tries), taken, begun in zip(programs, times, before, strict=True):
        busy = busy_seconds(each.pid) - begun
        each.close()
        found.append(Steps(taken, busy * 1e3 / tries if busy else statistics.median(taken)))
    return found


def bytes_at(terminal: Terminal, *updates: int) -> list[list[int]]:
    """Return the bytes of nine steps around each of some updates, in order, on a bench that has settled; end it."""
    found, made = [], 0
    for update in updates:
        os.write(terminal.fd, b" " * (update - 5 - made))  # typed ahead: only the steps around it are waited for
        while terminal.read(SETTLED):
            pass
        found.append([terminal.press(b" ")[1] for _ in range(9)])
        made = update + 4
    terminal.close()
    return found


def running(terminal: Terminal, seconds: float = 2.5) -> float:
    """Return the bytes a second of a run at the usual 20 updates a second, on a bench that has settled; end it."""
    os.write(terminal.fd, b"r")
    terminal.drain(0.5)
    size = terminal.drain(seconds)
    terminal.close()
    return size / seconds
