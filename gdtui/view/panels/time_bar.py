"""The timeline: every update so far in one row, with what happened at some of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gdtui.plot.axes import step_125
from gdtui.plot.cells import Row
from gdtui.plot.widths import characters
from gdtui.simulation.stopping import Status
from gdtui.view.colors import lane_color
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper, Span, clip

#: The shortest timeline, in updates.
SHORTEST = 10
#: The most cells of a mark's name.
LONGEST_NAME = 16
#: Updates that have been made, that were taken back, and those after them.
MADE, TAKEN_BACK, TO_COME = "━", "─", "┈"


@dataclass(frozen=True)
class Bar:
    """The cells of the timeline: the first of them is update 0, the last is `end`."""

    left: int
    cells: int
    end: int

    def column(self, update: int) -> int:
        """Return the cell of an update."""
        return self.left + round(min(update, self.end) / self.end * (self.cells - 1))

    def update(self, column: int) -> int:
        """Return the update of a cell, or of the nearest one."""
        place = min(max(column - self.left, 0), self.cells - 1)
        return round(place / max(1, self.cells - 1) * self.end)


def bar_of(frame: FrameState, width: int) -> Bar:
    """Return the timeline's cells in a row of this width; it grows in steps, so that it seldom moves."""
    end = round(step_125(max(frame.furthest, SHORTEST)))
    return Bar(3, max(2, width - 5 - len(str(end))), end)


def update_at(frame: FrameState, width: int, column: int) -> int:
    """Return the update that a cell stands for: of something that happened there, else the nearest."""
    bar = bar_of(frame, width)
    happened = [update for update, _glyph, _role in _events(frame)]
    found = [u for u in (*happened, frame.furthest, frame.position) if bar.column(u) == column]
    return found[-1] if found else bar.update(column)


def timeline(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the row: from 0 to a round number of updates."""
    bar = bar_of(frame, paper.width)
    made, known = (bar.column(update) - bar.left + 1 for update in (frame.position, frame.furthest))
    cells: list[Span] = [
        *[(MADE, "text", False)] * made, *[(TAKEN_BACK, "axis", False)] * (known - made),
        *[(TO_COME, "axis", False)] * (bar.cells - known),
    ]  # fmt: skip
    for column in _epochs(frame, bar):
        cells[column] = ("┴", cells[column][1], False)
    happened = [(bar.column(update) - bar.left, glyph, role) for update, glyph, role in _events(frame)]
    for column, glyph, role in happened:
        cells[column] = (glyph, role, True)
    if frame.look.cursor is not None:
        cells[bar.column(frame.look.cursor) - bar.left] = ("│", "title", True)
    position = bar.column(frame.position) - bar.left
    cells[position] = ("◉", "brand", True)
    taken = {position, *(column for column, _glyph, _role in happened)}
    if frame.look.cursor is not None:
        taken.add(bar.column(frame.look.cursor) - bar.left)
    for name, update in frame.snapshot.mark_updates.items():
        _write_beside(cells, bar.column(update) - bar.left, clip(name, LONGEST_NAME), taken)
    spans = [(" 0 ", "label", False), *_joined(cells), (f" {bar.end} ", "label", False)]
    return paper.page([paper.row(spans)])


def _write_beside(cells: list[Span], column: int, name: str, taken: set[int]) -> None:
    """Write the name of a mark after it, or else before it, where nothing else stands."""
    letters = [part for char, width in characters(name) for part in (char, *[""] * (width - 1))]
    for first in (column + 1, column - len(letters)):
        places = range(first, first + len(letters))
        around = {*places, first - 1, places.stop} - {column}
        if places.start >= 0 and places.stop <= len(cells) and not around & taken:
            for place, char in zip(places, letters, strict=True):
                cells[place] = (char, "label", False)
            taken.update(places)
            return


def _joined(cells: list[Span]) -> Iterator[Span]:
    """Yield the cells, those of one style in a row as one span."""
    text, role, bold = cells[0]
    for char, its_role, its_bold in cells[1:]:
        if (its_role, its_bold) == (role, bold):
            text += char
        else:
            yield text, role, bold
            text, role, bold = char, its_role, its_bold
    yield text, role, bold


def _events(frame: FrameState) -> Iterator[tuple[int, str, str]]:
    """Yield (update, glyph, role): edits, marks, ends of lanes; the later ones are more important."""
    lanes = frame.snapshot.drawn
    for lane in lanes:
        for edit in lane.edits:
            yield edit.update, "△", lane_color(lane)
    for update in frame.snapshot.mark_updates.values():
        yield update, "◇", "title"
    for lane in lanes:
        if lane.status != Status.GOING:
            yield lane.update, "✗" if lane.status == Status.DIVERGED else "✓", lane_color(lane)


def _epochs(frame: FrameState, bar: Bar) -> list[int]:
    """Return the cells in which the selected lane begins an epoch; none if they would be too many."""
    lane = frame.lane
    if lane.epoch is None:
        return []
    updates = np.array([float(bar.update(bar.left + place)) for place in range(bar.cells)])
    epochs = np.floor(lane.data_use.batches(updates) / lane.data_use.batches_per_epoch)
    begun = np.flatnonzero(np.diff(epochs) > 0) + 1
    return begun.tolist() if len(begun) * 4 <= bar.cells else []
