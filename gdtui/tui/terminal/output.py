"""Writes to a terminal that may be slow, stopped or gone, and never waits for it indefinitely."""

from __future__ import annotations

import os
import select
import time
from threading import Lock

from gdtui.tui.terminal import guard
from gdtui.tui.terminal.flow_control import FlowControl
from gdtui.tui.terminal.wire import Wire

#: Seconds between two looks at a terminal that does not read.
_LOOK = 0.05


class Output:
    """The file that Textual's writer thread writes to: it only says when, what is sent comes from the wire.

    A flush no longer waits after the time `until` (`time.monotonic`); `cut` tells that it has discarded something then.
    Everything is discarded while it is `dropping`.
    """

    def __init__(self, wire: Wire) -> None:
        self._fd = guard.open_output()
        self._wire = wire
        self._lock = Lock()
        self._sending = False
        self.flow = FlowControl()
        self.until: float | None = None
        self.dropping = False
        self.cut = False
        self.gone = False

    def fileno(self) -> int:
        """Return the terminal's file descriptor."""
        return self._fd

    def wants_waking(self) -> bool:
        """Say whether the writer thread has to be woken for what was written to the wire."""
        with self._lock:
            sleeps, self._sending = not self._sending, True
        return sleeps

    def write(self, text: str) -> None:
        """Take a wake-up; the text itself is nothing."""

    def flush(self) -> None:
        """Send the newest picture as often as there is another; return if the terminal is gone or time is up."""
        while True:
            self.flow.wait()
            with self._lock:
                data = self._wire.next()
                if not data:
                    self._sending = False
                    return
            self._send(memoryview((data + self.flow.request()).encode("utf-8", errors="replace")))

    def _send(self, data: memoryview) -> None:
        while data and not (self.gone or self.dropping):
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                if self.until is not None and time.monotonic() > self.until:
                    self.cut = self._wire.doubted = True
                    return
                select.select([], [self._fd], [], _LOOK)
            except OSError:
                self.gone = True
