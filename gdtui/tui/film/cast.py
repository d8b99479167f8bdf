"""A recording for asciinema, timed as a patient presenter would go through it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from gdtui.tui.film.capture import Capture

#: Seconds for which the last screen stays.
LAST_SECONDS = 3.0


@dataclass
class Cast:
    """A recording in asciinema's format, version 2: the bytes sent to a terminal, with their times."""

    title: str
    now: float = 0.0
    events: list[tuple[float, str, str]] = field(default_factory=list)
    last: Capture | None = None
    first: Capture | None = None

    def show(self, screen: Capture) -> None:
        """Record the lines that have changed."""
        before = self.last
        fresh = before is None or (before.width, before.height) != (screen.width, screen.height)
        self.last = screen
        self.first = self.first or screen
        if fresh and before is not None:
            self.events.append((self.now, "r", f"{screen.width}x{screen.height}"))
        old = () if before is None or fresh else before.lines
        changed = [(y, line) for y, line in enumerate(screen.lines) if y >= len(old) or old[y] != line]
        if changed:
            clear = "\x1b[0m\x1b[?25l\x1b[2J" if fresh else ""
            self.events.append((self.now, "o", clear + "".join(f"\x1b[{y + 1};1H{line}" for y, line in changed)))

    def wait(self, seconds: float) -> None:
        """Let the time of the recording pass."""
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
    """Return the seconds for which a caption stays: twenty characters a second, at least two, at most twelve."""
    return min(12.0, max(2.0, len(text) / 20))
