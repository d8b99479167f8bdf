"""Killed at any moment, by any signal, gdtui leaves the terminal as it was, the right exit code, and the session."""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gdtui.scenario.read.load import load_scenario
from tests.tui.terminals import Terminal, children, environment, modes, state

pytestmark = [pytest.mark.terminal, pytest.mark.jit]

#: Signals that ask, and signals that nobody can answer.
ASKING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
CRASHING = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)
#: What is typed before the kill: acts, runs, dialogs that are being mounted, and their end.
KEYS = (" ", " ", "r", "]", "\x1b[6~", "a", "o", "?", "e", "\x10", "\x1b", "c", "b", "x")
#: The program and its guard end within so many seconds.
SOON = 6.0


@dataclass(frozen=True)
class Kill:
    """Who is killed how, after how many seconds, and what was typed before."""

    way: str
    whom: str
    number: signal.Signals
    delay: float
    keys: tuple[str, ...]

    @property
    def code(self) -> int:
        return 128 + self.number


def kills(count: int, seed: int) -> Iterator[Kill]:
    chance = random.Random(seed)
    everyone = [
        *(("guard", number) for number in (*ASKING, signal.SIGKILL)),
        *(("program", number) for number in (*ASKING, *CRASHING)),
        *(("group", number) for number in ASKING),
    ]
    for place in range(count):
        whom, number = everyone[place % len(everyone)]
        # a script's own group is that of its shell, and a guard that is killed leaves the terminal to the shell
        way = (
            "job"
            if whom == "group" or (whom, number) == ("guard", signal.SIGKILL)
            else chance.choice(("job", "script"))
        )
        keys = tuple(chance.choices(KEYS, k=chance.randint(0, 6)))
        yield Kill(way, whom, number, chance.choice((0.02, 0.2, 0.8)) * chance.random(), keys)


class Shell(Terminal):
    """`tests.tui.job_shell` on a terminal."""

    def __init__(self, folder: Path) -> None:
        env = environment(XDG_STATE_HOME=str(folder), LANG="C.UTF-8", GDTUI_DEBUG=None)
        super().__init__(sys.executable, "-m", "tests.tui.job_shell", env=env, size=(100, 30))
        self.folder = folder / "gdtui" / "autosave"
        self.until(lambda: b"READY>" in self.output, "the shell", 60)
        self.before = self.attributes()

    def start(self, way: str) -> tuple[int, int]:
        """Start gdtui; return the process ids of its guard and of the program."""
        self.output = b""
        termios.tcflush(self.child.child_fd, termios.TCIOFLUSH)
        self.child.send(f"\n{way}\n")  # what the last program has not read is a line of its own
        found: list[int] = []

        def both() -> bool:
            found[:] = children(self.child.pid)[:1]
            found.extend(children(found[0])[:1] if found else ())
            return len(found) == 2

        self.until(both, "the program", 10)
        return found[0], found[1]

    def wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(min(left, 0.02))

    def die(self, kill: Kill) -> int:
        """Start gdtui, type, kill, and check that all is as before; return the program's process id."""
        guard, program = self.start(kill.way)
        for key in kill.keys:
            self.wait(kill.delay / (len(kill.keys) + 1))
            self.child.send(key)
        self.wait(kill.delay / (len(kill.keys) + 1))
        if kill.whom == "group":
            os.killpg(guard, kill.number)
        else:
            os.kill(guard if kill.whom == "guard" else program, kill.number)
        self.until(lambda: re.search(rb"code \d+\r\n", self.output), f"the exit code after {kill}", SOON + 4)
        self.until(lambda: state(program) in ("", "Z"), f"the end of the program after {kill}", SOON)
        self.wait(0.02)
        said = self.output.decode(errors="replace")
        assert re.findall(r"code (\d+)\r\n", said) == [str(kill.code)], (kill, said[-600:])
        assert modes(self.output) == [], (kill, said[-600:])
        assert self.attributes() == self.before, kill
        assert "Traceback" not in said and "internal error" not in said, (kill, said[-600:])
        return program


def assert_all_survive(shell: Shell, count: int, seed: int) -> None:
    for kill in kills(count, seed):
        program = shell.die(kill)
        kept = shell.folder / f"{program}.toml"
        if kept.exists():
            load_scenario(kept)  # whole, and good


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    one = Shell(tmp_path_factory.mktemp("state"))
    yield one
    one.child.send("exit\n")
    one.child.close(force=True)


def test_60_kills_by_every_signal_at_any_moment(shell: Shell) -> None:
    assert_all_survive(shell, 60, 1)


def test_a_guard_killed_while_the_program_starts_leaves_no_program(shell: Shell) -> None:
    for delay in (0.0, 0.005, 0.01, 0.015, 0.02):
        shell.die(Kill("job", "guard", signal.SIGKILL, delay, ()))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_500_kills_by_every_signal_at_any_moment(shell: Shell, seed: int) -> None:
    assert_all_survive(shell, 50, seed)
