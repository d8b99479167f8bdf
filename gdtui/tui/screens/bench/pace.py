"""The pace of a running bench: the updates that are due at each tick of its clock."""

from __future__ import annotations

from gdtui.text import _

#: Updates a second.
SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 20_000, 100_000, 1_000_000)
#: Ticks a second.
FRAMES = 20


class Pace:
    """Whether the bench runs, its speed, and the updates that are due."""

    def __init__(self) -> None:
        self.running = False
        self._speed = SPEEDS.index(20)
        self._due = 0.0

    def toggle(self) -> None:
        """Run, with an update at once, or pause."""
        self.running = not self.running
        self._due = 1.0

    @property
    def level(self) -> int:
        """The place of the speed among `SPEEDS`."""
        return self._speed

    def set(self, level: int, *, running: bool) -> None:
        """Show another bench's pace; a level beyond `SPEEDS` is its last."""
        self._speed, self.running = max(0, min(len(SPEEDS) - 1, level)), running

    def change(self, by: int) -> None:
        """Take a faster or a slower speed."""
        self._speed = max(0, min(len(SPEEDS) - 1, self._speed + by))

    def tick(self) -> int:
        """Return how many updates are due."""
        if not self.running:
            return 0
        self._due += SPEEDS[self._speed] / FRAMES
        n = int(self._due)
        self._due -= n
        return n

    @property
    def state(self) -> str:
        """Whether it runs, in words."""
        return f"▶ {_('running')}" if self.running else f"▮▮ {_('paused')}"

    @property
    def speed(self) -> str:
        """The speed, in words."""
        return f"{SPEEDS[self._speed]:,}/s".replace(",", " ")
