"""The bounded history of one lane: all recent rows, and minima and maxima of older ones."""

from __future__ import annotations

from copy import copy

import numpy as np

from gdtui.columns import Column
from gdtui.kernel import Array, Indices
from gdtui.simulation.trace_view import Layout, TraceView

#: The number of recent rows; when there are twice as many, the older half is thinned.
WINDOW = 32_768
#: Rows for which there is room at first.
FIRST_ROWS = 256
#: The number of buckets of older rows; when there are so many, pairs are merged.
BUCKETS = 4_096
#: A summary has the last rows, the first of these numbers or a few more, and minima and maxima of blocks of the second
#: before them. Beside thinned rows a picture has no room for as many.
WHOLE_HISTORY, BESIDE_THINNED = (1_024, 64), (512, 256)
#: At most so many buckets of a summary are of thinned rows.
OLDEST = 512
#: Rows before the present that are whole wherever a lane goes back to, as far as the window reaches.
RECENT = 256
#: The numbers of at most six binary digits, with any number of zeros behind them. `np.unique` would import `numpy.ma`.
_MILESTONES: Indices = np.array(sorted({m << k for k in range(40) for m in range(64)}))


def milestones(after: int, upto: int) -> Indices:
    """Return the updates in (after, upto] with rows that are never thinned: the first 32, then 32 in each doubling."""
    low, high = np.searchsorted(_MILESTONES, (after, upto), side="right")
    return _MILESTONES[low:high]


def _extremes(groups: Array) -> tuple[Array, Array]:
    """Return minima and maxima over axis 1; nan only if all values are nan."""
    with np.errstate(all="ignore"):
        return np.fmin.reduce(groups, axis=1), np.fmax.reduce(groups, axis=1)


def _fewer(low: Array, high: Array, first: Array) -> tuple[Array, Array, Array]:
    """Return copies of buckets, joined so that there are at most `OLDEST` and the rest of the division."""
    each = -(-len(low) // OLDEST)
    if each < 2:
        return low.copy(), high.copy(), first.copy()
    whole = len(low) // each * each
    least, _high = _extremes(low[:whole].reshape(-1, each, low.shape[1]))
    _low, most = _extremes(high[:whole].reshape(-1, each, high.shape[1]))
    return (
        np.concatenate((least, low[whole:])), np.concatenate((most, high[whole:])),
        np.concatenate((first[:whole:each], first[whole:])),
    )  # fmt: skip


class _Buckets:
    """Minima, maxima and first rows of buckets; what is appended never changes what a view shows."""

    def __init__(self, low: Array, high: Array, first: Array) -> None:
        self._parts, self.count = [low, high, first], len(low)

    def extend(self, rows: Array) -> None:
        """Append the buckets of rows: (buckets, rows of each, columns)."""
        added = (*_extremes(rows), rows[:, Column.UPDATE])
        need = self.count + len(rows)
        for place, (part, new) in enumerate(zip(self._parts, added, strict=True)):
            if need > len(part):
                grown = np.empty((max(need, 2 * len(part)), part.shape[1]))
                grown[: self.count] = part[: self.count]
                self._parts[place] = part = grown
            part[self.count : need] = new
        self.count = need

    def view(self) -> tuple[Array, Array, Array]:
        """Return minima, maxima and first rows."""
        low, high, first = (part[: self.count] for part in self._parts)
        return low, high, first


class Trace:
    """The growing history of one lane; can be cut back.

    The rows that a view shows are never overwritten: new rows follow them, and thinning and cutting make new arrays.
    """

    def __init__(self, layout: Layout, *, window: int = WINDOW, buckets: int = BUCKETS) -> None:
        self.layout = layout
        self.window, self.buckets = window, buckets
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._rows = np.empty((FIRST_ROWS, self.layout.width))
        self._count = self._shown = 0
        self._low = self._high = self._first = self._milestones = np.empty((0, self.layout.width))
        self._stride = max(1, 2 * self.window // self.buckets)
        self._summary: _Buckets | None = None
        self._oldest = 0

    def twin(self) -> Trace:
        """Return a history with the same rows; neither of them changes the other."""
        self._shown = max(self._shown, self._count)
        other = copy(self)
        other._summary = None
        other._shown = other._count + 1  # rows of its own go elsewhere: those that follow here are this one's
        return other

    def view(self) -> TraceView:
        """Return the history up to now."""
        self._shown = max(self._shown, self._count)
        return TraceView(
            self.layout, self._rows[: self._count], self._low, self._high, self._first, self._milestones,
            self._coarse(),
        )  # fmt: skip

    def _coarse(self) -> tuple[Array, Array, Array, Array] | None:
        """Return rows, minima, maxima and first rows of the summary, with the blocks that are complete by now."""
        tail, block = self._grain
        if self._count < tail + block:
            return None
        if self._summary is None:
            self._summary = _Buckets(*_fewer(self._low, self._high, self._first))
            self._oldest = self._summary.count
        done = self._summary.count - self._oldest
        blocks = max(done, (self._count - tail) // block)
        if blocks > done:
            new = self._rows[done * block : blocks * block]
            self._summary.extend(new.reshape(-1, block, self.layout.width))
        return (self._rows[blocks * block : self._count], *self._summary.view())

    @property
    def _grain(self) -> tuple[int, int]:
        """Rows of the summary that are whole, and rows of each of its blocks."""
        return BESIDE_THINNED if len(self._low) else WHOLE_HISTORY

    @property
    def last_update(self) -> int:
        """The update of the newest row; −1 if there is none."""
        return int(self._rows[self._count - 1, Column.UPDATE]) if self._count else -1

    @property
    def oldest_whole(self) -> int:
        """The first update from which on every row is kept."""
        return int(self._rows[0, Column.UPDATE]) if self._count else 0

    def extend(self, rows: Array) -> None:
        """Append rows in order of their updates; how they are thinned does not depend on how they are split."""
        self._keep_milestones(rows)
        while len(rows):
            room = 2 * self.window - self._count
            self._append(rows[:room])
            rows = rows[room:]
            if self._count >= 2 * self.window:
                self._thin(self._count - self.window)

    def _keep_milestones(self, rows: Array) -> None:
        if not len(rows):
            return
        updates = rows[:, Column.UPDATE]
        last = int(self._milestones[-1, Column.UPDATE]) if len(self._milestones) else -1
        due = milestones(max(last, int(updates[0]) - 1), int(updates[-1]))
        if len(due):
            places = np.searchsorted(updates, due)
            self._milestones = np.concatenate((self._milestones, rows[places[updates[places] == due]]))

    def _append(self, rows: Array) -> None:
        need = self._count + len(rows)
        if need > len(self._rows) or self._count < self._shown:  # a view may still show rows that were cut off
            size = len(self._rows) if need <= len(self._rows) else max(need, 2 * len(self._rows))
            grown = np.empty((size, self.layout.width))
            grown[: self._count] = self._rows[: self._count]
            self._rows, self._shown = grown, self._count
        self._rows[self._count : need] = rows
        self._count = need

    def _thin(self, count: int) -> None:
        self._summary = None
        count -= count % self._stride
        old = self._rows[:count].reshape(-1, self._stride, self.layout.width)
        low, high = _extremes(old)
        self._low = np.concatenate((self._low, low))
        self._high = np.concatenate((self._high, high))
        self._first = np.concatenate((self._first, old[:, Column.UPDATE]))
        kept = self._rows[count : self._count]
        self._rows = np.empty((max(2 * self.window, len(kept)), self.layout.width))
        self._rows[: len(kept)] = kept
        self._count, self._shown = len(kept), 0
        while len(self._low) >= self.buckets:
            even = len(self._low) // 2 * 2
            low, _high = _extremes(self._low[:even].reshape(-1, 2, self.layout.width))
            _low, high = _extremes(self._high[:even].reshape(-1, 2, self.layout.width))
            self._low = np.concatenate((low, self._low[even:]))
            self._high = np.concatenate((high, self._high[even:]))
            self._first = np.concatenate((self._first[:even:2], self._first[even:]))
            self._stride = min(2 * self._stride, self.window)

    def cut(self, update: int) -> int:
        """Forget the rows after `update`; return the update up to which every row remains.

        If `update` is in the thinned past, that is the end of the last bucket before the `RECENT` rows that end with
        `update`, and the caller makes the rows since then again.
        """
        self._milestones = self._milestones[self._milestones[:, Column.UPDATE] <= update]
        early = update - min(RECENT, self.window)
        if self._count and (early >= self.oldest_whole or (not len(self._low) and update >= self.oldest_whole)):
            keep = int(np.searchsorted(self._rows[: self._count, Column.UPDATE], update, side="right"))
            self._count = keep
            if self._summary is not None and self._summary.count > self._oldest + keep // self._grain[1]:
                self._summary = None
            return min(update, self.last_update)
        whole = int(np.searchsorted(self._high[:, Column.UPDATE], early, side="right")) if len(self._low) else 0
        self._low, self._high, self._first = self._low[:whole], self._high[:whole], self._first[:whole]
        self._rows = np.empty((FIRST_ROWS, self.layout.width))
        self._count = self._shown = 0
        self._summary = None
        return int(self._high[-1, Column.UPDATE]) if whole else -1
