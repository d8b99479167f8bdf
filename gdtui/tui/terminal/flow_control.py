"""How fast pictures follow each other: as fast as the terminal has read them, whatever lies between here and there.

Over SSH, buffers on the way hold seconds of pictures that are old when they are seen. So a terminal is asked whether it
has read as far as this (DSR 5, "are you well?"), once at a time and only while pictures follow each other. On a line
that turns out slow each picture waits for the answer to the one before. A terminal that does not answer is not waited
for, and not asked again.
"""

from __future__ import annotations

import time
from threading import Event, Lock

REQUEST, ANSWER = "\x1b[5n", "\x1b[0n"
#: Pictures within so many seconds of each other follow each other.
_SOON = 1.0
#: An answer is late so many seconds after the time that the fastest one took, which counts for so many at most.
_SLACK, _FAR = 0.1, 0.2
#: Seconds after which an answer is taken for lost, and how many may be lost in succession.
_LOST, _LOSSES = 4.0, 2


class FlowControl:
    """Asks the terminal, and lets the next picture wait for the answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answered = Event()  # or nothing was asked
        self.begin()

    def begin(self) -> None:
        """Take it that nothing is known of the terminal."""
        with self._lock:
            self._asking, self._late = True, False
            self._losses = _LOSSES  # until it has answered once
            self._asked = self._sent = float("-inf")
            self._allowed = _FAR + _SLACK
            self._answered.set()

    def request(self) -> str:
        """Return what is sent behind the picture that is sent now: a request or nothing."""
        with self._lock:
            now, before = time.monotonic(), self._sent
            self._sent = now
            if not (self._asking and self._answered.is_set() and now - before < _SOON):
                return ""
            self._asked = now
            self._answered.clear()
            return REQUEST

    def answer(self) -> None:
        """Take the terminal's answer."""
        with self._lock:
            self._losses = 0
            if not self._answered.is_set():
                took = time.monotonic() - self._asked
                self._allowed = min(self._allowed, took + _SLACK)
                self._late = took > self._allowed
                self._answered.set()

    def wait(self) -> None:
        """Wait until the next picture may be sent."""
        with self._lock:
            now = time.monotonic()
            due = self._asked + (0.0 if self._late else self._allowed)
            left = self._asked + _LOST - now
            if self._losses == _LOSSES or now < due:
                return
        if not self._answered.wait(max(0.0, left)):
            with self._lock:
                self._losses += 1
                if self._losses < _LOSSES:
                    self._answered.set()

    def end(self, patience: float) -> None:
        """Ask no more, and wait for an answer until so many seconds after its request: a shell must not get it."""
        with self._lock:
            self._asking = False
            left = self._asked + patience - time.monotonic()
        self._answered.wait(max(0.0, left))
        self._answered.set()
