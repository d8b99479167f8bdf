"""The updates that the charts show: all of them, or a window that follows the newest or stays."""

from __future__ import annotations

from dataclasses import dataclass

#: The narrowest window, in updates.
LEAST = 4


@dataclass(frozen=True)
class TimeWindow:
    """A window of `span` updates (0: all) that ends at the update `until` (None: at the newest)."""

    span: int = 0
    until: int | None = None

    def limits(self, newest: int) -> tuple[int, int] | None:
        """Return the first and the last update of the window; None: everything is shown."""
        if not self.span or self.span >= newest:
            return None
        last = newest if self.until is None else max(self.span, min(self.until, newest))
        return last - self.span, last

    def narrowed(self, newest: int, around: int | None = None) -> TimeWindow:
        """Return a window half as wide, around an update if one is given."""
        shown = self.limits(newest) or (0, newest)
        span = max(LEAST, (shown[1] - shown[0]) // 2)
        return self._ending(span, self.until if around is None else around + span // 2, newest)

    def widened(self, newest: int) -> TimeWindow:
        """Return a window twice as wide, or everything."""
        if 2 * self.span >= newest:
            return TimeWindow()
        return self._ending(2 * self.span, None if self.until is None else self.until + self.span // 2, newest)

    def moved(self, by: int, newest: int) -> TimeWindow:
        """Return the window a quarter of its width later (by 1) or earlier (by -1)."""
        shown = self.limits(newest)
        if shown is None:
            return self
        return self._ending(self.span, shown[1] + by * max(1, self.span // 4), newest)

    def holding(self, update: int, newest: int) -> TimeWindow:
        """Return the window, moved as little as it takes to show an update."""
        shown = self.limits(newest)
        if shown is None or shown[0] <= update <= shown[1]:
            return self
        return self._ending(self.span, update if update > shown[1] else update + self.span, newest)

    @staticmethod
    def _ending(span: int, until: int | None, newest: int) -> TimeWindow:
        """Return a window that follows the newest update if it would reach there."""
        return TimeWindow(span, None if until is None or until >= newest else max(span, until))
