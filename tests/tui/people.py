"""People at terminals of their own: real pseudo-terminals, what is on each of them, and waiting for it."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Mapping

import pexpect
import pyte

PATIENCE = 60.0


class Person:
    """Somebody at a terminal."""

    def __init__(self, command: list[str], size: tuple[int, int], environ: Mapping[str, str]) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            command[0],
            command[1:],
            dimensions=size[::-1],
            timeout=PATIENCE,
            env={**os.environ, "TERM": "xterm-256color", **environ},
        )  # fmt: skip
        self.child.delaybeforesend = None
        self.gone, self._lines = False, [""] * size[1]
        self.opened = 0  # how often a screen of its own

    def read(self) -> None:
        """Take in what has come."""
        try:
            data = os.read(self.child.child_fd, 1 << 16)
        except OSError:
            self.gone = True
            return
        self._stream.feed(data)
        self.opened += data.count(b"\x1b[?1049h")

    @property
    def lines(self) -> list[str]:
        """The rows of the screen: those that have changed since the last look are read anew."""
        for row in self.screen.dirty:
            cells = self.screen.buffer[row]
            self._lines[row] = "".join(cells[column].data for column in range(self.screen.columns)).rstrip()
        self.screen.dirty.clear()
        return self._lines

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def leave(self) -> None:
        self.gone = True
        self.child.close(force=True)


class Room:
    """People who are waited for together."""

    def __init__(self) -> None:
        self.people: list[Person] = []

    def come(self, command: list[str], size: tuple[int, int], environ: Mapping[str, str] | None = None) -> Person:
        """Let somebody begin at a terminal of this size."""
        self.people.append(Person(command, size, environ or {}))
        return self.people[-1]

    def until(self, found: Callable[[], object], what: str) -> None:
        """Let everyone read until it is so."""
        end = time.monotonic() + PATIENCE
        while not found():
            here = {person.child.child_fd: person for person in self.people if not person.gone}
            waited = 0.05
            while ready := select.select(list(here), [], [], waited)[0]:
                for handle in ready:
                    here[handle].read()
                here, waited = {handle: person for handle, person in here.items() if not person.gone}, 0.0
            assert time.monotonic() < end, what + "\n" + "\n----\n".join(person.text for person in self.people)
