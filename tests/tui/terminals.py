"""Programs on real pseudo-terminals, what they send, and waiting for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

ROOT = Path(__file__).parents[2]
RUN = "from gdtui.tui.run_app import run_app; raise SystemExit(run_app())"
#: The app without its bench: up in half a second, and it paints all the time after `r`.
LIGHT = """
from gdtui.tui import app
from gdtui.tui.screens.bench.bindings import BINDINGS
from textual.widgets import Static
class Light(app.Gdtui):
    BINDINGS = [*(key for key in BINDINGS if key.key == "Z"), ("r", "run"), ("q", "quit"), ("ctrl+l", "redraw")]
    running, painted = False, ""
    def compose(self):
        yield Static("update 0 ● paused", markup=False)
    def on_mount(self):
        self.updates = 0
        self.set_interval(0.02, self.tick)
    async def _open(self):
        "No bench (Textual calls on_mount of the base class, too)."
    def action_run(self):
        self.running = not self.running
    def tick(self):
        self.updates += self.running
        words = f"update {self.updates} ● " + ("running" if self.running else "paused") + " "
        text = words * (self.size.width * self.size.height // len(words))
        if text != self.painted:
            self.query_one(Static).update(text)
            self.painted = text
app.Gdtui = Light
from gdtui.tui.run_app import run_app
raise SystemExit(run_app())
"""
FRAME = b"\x1b[m"  # the whole screen begins with it
REAL = (sys.executable, "-c", RUN)
#: For what must come at some time: with an empty cache kernels are compiled first.
PATIENCE = 60.0
#: Modes that a terminal has on, and those that it has off, when no program has touched it.
ON = {7, 25}
OFF = {1000, 1002, 1003, 1004, 1006, 1015, 1016, 1049, 2004, 2026, 2048}


def environment(**changes: str | None) -> dict[str, str]:
    env = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    for name in ("LC_ALL", "LC_CTYPE", "NO_COLOR", "COLUMNS", "LINES", "GDTUI_ASCII", "PYTHONUTF8", "GDTUI_GUARD"):
        env.pop(name, None)
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


class Terminal:
    """A program on a pseudo-terminal that answers nothing and remembers every byte."""

    def __init__(
        self,
        *command: str,
        env: dict[str, str] | None = None,
        size: tuple[int, int] = (120, 40),
        ignore_sighup: bool = False,
    ) -> None:
        words = command or (sys.executable, "-c", LIGHT)
        self.child = pexpect.spawn(
            words[0], list(words[1:]), env=env or environment(),
            dimensions=(size[1], size[0]), ignore_sighup=ignore_sighup, timeout=PATIENCE,
        )  # fmt: skip
        self.child.delaybeforesend = None
        self.before = termios.tcgetattr(self.child.child_fd)
        self.output = b""
        self.screen = pyte.Screen(*size)
        self._stream, self._unseen = pyte.ByteStream(self.screen), b""

    def shown(self) -> str:
        """Return what the screen shows."""
        unseen, self._unseen = self._unseen, b""
        self._stream.feed(unseen)
        return "\n".join(self.screen.display)

    def read(self, seconds: float = 0.05) -> bool:
        """Take what comes within so long; False at the end."""
        try:
            came = self.child.read_nonblocking(1 << 16, seconds)
            self.output += came
            self._unseen += came
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    def until(self, found: Callable[[], object], what: str = "it", patience: float = PATIENCE) -> None:
        end = time.monotonic() + patience
        while not found():
            assert time.monotonic() < end, f"{what} did not come; the last bytes were {self.output[-500:]!r}"
            self.read()

    def quiet(self) -> None:
        """Read until nothing comes any more."""
        size = -1
        while size < len(self.output):
            size = len(self.output)
            self.read(0.5)

    def frame(self) -> Terminal:
        self.until(lambda: FRAME in self.output, "a frame")
        return self

    def ready(self) -> Terminal:
        self.until(lambda: "paused" in self.shown(), "the screen")
        return self

    def end(self, patience: float = 6.0) -> int:
        """Read to the end; return the exit code as a shell says it."""
        end = time.monotonic() + patience
        while self.read(0.1):
            assert time.monotonic() < end, "the program goes on"
        self.child.close(force=False)
        code = self.child.exitstatus
        return int(code if code is not None else 128 + self.child.signalstatus)

    @property
    def program(self) -> int:
        """Process id of the program below its guard."""
        return children(self.child.pid)[0]

    def attributes(self) -> list[object]:
        return termios.tcgetattr(self.child.child_fd)

    def assert_as_before(self) -> None:
        assert modes(self.output) == []
        assert self.attributes() == self.before


def modes(output: bytes) -> list[str]:
    """What a terminal that was sent this is left with, apart from what it had."""
    state = dict.fromkeys(OFF, False) | dict.fromkeys(ON, True)
    pushed = 0
    for mode, switch, keyboard in re.findall(rb"\x1b\[(?:\?([\d;]+)([hl])|([<>])\d*u)", output):
        for number in mode.split(b";") if mode else ():
            state[int(number)] = switch == b"h"
        pushed = max(0, pushed + {b">": 1, b"<": -1}.get(keyboard, 0))
    left = [f"{n} {'on' if on else 'off'}" for n, on in state.items() if on != (n in ON)]
    return left + [f"keyboard pushed {pushed} times"] * bool(pushed)


def children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    return [own for own, parent in pairs if parent == pid]


def state(pid: int) -> str:
    return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()[:1]


def gone(pid: int, patience: float) -> None:
    end = time.monotonic() + patience
    while state(pid) not in ("", "Z"):
        assert time.monotonic() < end, "it goes on"
        time.sleep(0.03)


def colours(output: bytes) -> set[bytes]:
    """Every SGR colour but the terminal's own."""
    found = set()
    for sequence in re.findall(rb"\x1b\[([\d;]*)m", output):
        for code in re.findall(rb"(?:[34]8;(?:5;\d+|2;\d+;\d+;\d+))|\d+", sequence):
            if code[:3] in (b"38;", b"48;") or 30 <= int(code) <= 37 or 40 <= int(code) <= 47 or int(code) >= 90:
                found.add(code)
    return found
