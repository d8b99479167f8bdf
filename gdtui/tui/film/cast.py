"""A recording for asciinema. Its times are those that a patient presenter would take, not the clock's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from gdtui.tui.film.frames import Frame

#: Seconds that the last picture stands.
LAST_SECONDS = 3.0


@dataclass
class Cast:
    """A recording in asciinema's format, version 2: what a terminal is sent, and when."""

    title: str
    now: float = 0.0
    events: list[tuple[float, str, str]] = field(default_factory=list)
    last: Frame | None = None
    first: Frame | None = None

    def show(self, frame: Frame) -> None:
        """Send the lines that have changed."""
        before = self.last
        fresh = before is None or (before.width, before.height) != (frame.width, frame.height)
        self.last = frame
        self.first = self.first or frame
        if fresh and before is not None:
            self.events.append((self.now, "r", f"{frame.width}x{frame.height}"))
        old = () if before is None or fresh else before.lines
        changed = [(y, line) for y, line in enumerate(frame.lines) if y >= len(old) or old[y] != line]
        if changed:
            clear = "\x1b[0m\x1b[?25l\x1b[2J" if fresh else ""
            self.events.append((self.now, "o", clear + "".join(f"\x1b[{y + 1};1H{line}" for y, line in changed)))

    def wait(self, seconds: float) -> None:
        """Let the clock of the recording go on."""
        self.now += seconds

    def text(self) -> str:
        """Return the file."""
        assert self.first is not None
        head = {
            "version": 2, "width": self.first.width, "height": self.first.height, "title": self.title,
            "env": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        }  # fmt: skip
        end = (self.now + LAST_SECONDS, "o", "\x1b[0m")
        lines = [head, *([round(at, 6), kind, data] for at, kind, data in (*self.events, end))]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def reading_seconds(text: str) -> float:
    """Return how long a caption stands: twenty characters a second, two seconds at least, twelve at most."""
    return min(12.0, max(2.0, len(text) / 20))
