"""Writes to a terminal that may be slow, stopped or gone, and never waits for it indefinitely."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

from gdtui.plot.ascii_text import to_glyphs
from gdtui.tui.terminal import guard

#: Seconds of waiting after which the screen is not drawn until the terminal reads again.
STALLED_AFTER = 0.05

CHUNK = 1 << 16

#: ASCII for the frames and bars that Textual itself draws.
_FRAMES = {
    **dict.fromkeys("─━═▁▂▔▀▄╌╍┄┅╶╴╸╺", "-"),
    **dict.fromkeys("│┃║▎▏▕▊▐▌▍▋▉╎╏┆┇┊┋╵╷╹╻", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬", "+"),
    **dict.fromkeys("█▇▆▅▓", "#"),
    **dict.fromkeys("▒░", ":"),
    **dict(zip("▶▸►◀◂▲▼✓✔✗•…▮⌘⏎", ">>><<^vVVx*.|^<", strict=True)),
}
_TO_ASCII = str.maketrans(_FRAMES)


class Output:
    """The file that Textual's writer thread writes to.

    It calls `stalled` in that thread: with True when the terminal stops reading, with False when it has read
    everything. A flush no longer waits after the time `until` (`time.monotonic`); `cut` tells that it has discarded
    something then. Everything is discarded while it is `dropping`.
    """

    def __init__(self, stalled: Callable[[bool], None], *, ascii: bool = False) -> None:  # noqa: A002
        self._fd = guard.open_output()
        self._stalled = stalled
        self._ascii = ascii
        self._waiting = bytearray()
        self.until: float | None = None
        self.dropping = False
        self.cut = False
        self.is_stalled = False
        self.gone = False

    def fileno(self) -> int:
        """Return the terminal's file descriptor."""
        return self._fd

    def write(self, text: str) -> None:
        """Keep text for the next flush."""
        if self.dropping:
            return
        if self._ascii and not text.isascii():
            text = to_glyphs(text.translate(_TO_ASCII))
        self._waiting += text.encode("utf-8", errors="replace")
        if len(self._waiting) > CHUNK:
            self.flush()

    def flush(self) -> None:
        """Send what has been written; return early if the terminal is gone or time is up."""
        since = time.monotonic()
        data = memoryview(bytes(self._waiting))
        self._waiting.clear()
        while data and not (self.gone or self.dropping):
            try:
                data = data[os.write(self._fd, data) :]
                since = time.monotonic()
            except BlockingIOError:
                now = time.monotonic()
                if self.until is not None and now > self.until:
                    self.cut = True
                    break
                if not self.is_stalled and now - since > STALLED_AFTER:
                    self._tell(True)
                select.select([], [self._fd], [], STALLED_AFTER)
            except OSError:
                self.gone = True
        if self.is_stalled and not self.gone:
            self._tell(False)

    def _tell(self, stalled: bool) -> None:
        self.is_stalled = stalled
        self._stalled(stalled)
