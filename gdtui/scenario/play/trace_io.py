"""The trace as CSV and JSON, written during the run: a run of any length takes the memory of one chunk.

Rows come update by update, with the lanes in the order of the experiment; a lane that has stopped has no further
rows. A thinned trace (`every` K) has the updates 0, K, 2K … and every lane's last.

- Floats are written by `repr`: they read back to the same bit.
- Empty (CSV) and null (JSON) mean: does not apply. There is no gradient at update 0, no velocity in an optimizer that
  keeps none, no validation loss without held-out rows, no epoch without data.
- nan and infinities are values; lessons on divergence are about them. CSV has ``nan``, ``inf``, ``-inf``. JSON has no
  such numbers, so it gets the strings ``"NaN"``, ``"Infinity"``, ``"-Infinity"``, which Python's ``float()`` and
  JavaScript's ``Number()`` read.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import merge
from typing import TextIO

import numpy as np

from gdtui.columns import EXPORTED, EXPORTED_VECTORS, Column, Vector
from gdtui.kernel import Array
from gdtui.session import LaneView, Session, Snapshot
from gdtui.simulation.stopping import Status
from gdtui.text import aligned
from gdtui.verbs import Step
from gdtui.verbs.base import CHUNK

COLUMNS = ("lane", *EXPORTED)
#: Columns that are copied from the rows: those between "evaluations" and "status".
MEASURED = tuple(column for column in Column if column.exported and 0 < column < Column.EVALUATIONS)

#: Makes n updates of every lane; False: make no more. By default the command Step.
Advance = Callable[[int], bool]
#: A cell: a word, a whole number, a float, or nothing.
Cell = str | int | float | None
#: Writes a row.
Write = Callable[[Sequence[Cell]], object]


def header(coords: Iterable[int]) -> list[str]:
    """Return the column names for the coordinates that are recorded."""
    listed = tuple(coords)
    return [*COLUMNS, *(f"{name}_{i}" for name in EXPORTED_VECTORS for i in listed)]


def fresh_rows(
    session: Session, updates: int, advance: Advance | None = None, most: int = CHUNK
) -> Iterator[list[tuple[LaneView, Array]]]:
    """Make `updates` updates, at most `most` at once; yield each lane with its new rows, first with those it has."""
    step: Advance = advance or (lambda n: bool(session.apply(Step(n))))
    seen: dict[str, float] = {}
    left = updates
    while True:
        lanes = session.snapshot().lanes
        chunk = []
        for lane in lanes:
            rows = lane.trace.rows
            new = np.searchsorted(rows[:, Column.UPDATE], seen.get(lane.name, -1.0), side="right")
            chunk.append((lane, rows[new:]))
            seen[lane.name] = float(rows[-1, Column.UPDATE])
        yield chunk
        if left <= 0 or all(lane.status != Status.GOING for lane in lanes):
            return
        left = left - min(left, most) if step(min(left, most)) else 0


class LaneCells:
    """Turns the rows of one lane into cells, in the order of `header`; of each vector at most `most` coordinates."""

    def __init__(self, lane: LaneView, most: int | None = None) -> None:
        layout, objective = lane.trace.layout, lane.objective
        none: list[int | None] = [None] * len(layout.coords[:most])
        columns: list[int | None] = [*MEASURED]
        for name in EXPORTED_VECTORS:
            block = layout.block(name)
            columns += none if block is None else list(range(block.start, block.stop))[:most]
        grad = layout.block(Vector.GRAD)
        assert grad is not None
        later = (Column.BATCH_LOSS, Column.GRAD_NORM, Column.STEP_NORM)
        self.later = {*later, *range(grad.start, grad.stop)}  # not at update 0
        never = set() if len(objective.held_out) else {Column.VAL_LOSS}
        if not objective.has_loss:
            never |= {Column.LOSS, Column.BATCH_LOSS}
        self.columns = [None if column in never else column for column in columns]

    def of(self, lane: LaneView, values: list[float]) -> list[Cell]:
        """Return the cells of one row of the lane as it is now."""
        update = int(values[Column.UPDATE])
        status = str(lane.status if update == lane.update else Status.GOING)
        hidden = self.later if update == 0 else ()
        cells = [None if c is None or c in hidden else values[c] for c in self.columns]
        evaluations = int(values[Column.EVALUATIONS])
        head = (lane.name, update, lane.data_use.epoch_at(update), lane.data_use.samples_at(update), evaluations)
        return [*head, *cells[: len(MEASURED)], status, *cells[len(MEASURED) :]]


def trace_rows(session: Session, updates: int, every: int = 1, advance: Advance | None = None) -> Iterator[list[Cell]]:
    """Run `updates` updates and yield every K-th row and each lane's last, as cells in `header`'s order."""
    cells = [LaneCells(lane) for lane in session.snapshot().lanes]
    written = [-1] * len(cells)
    for chunk in fresh_rows(session, updates, advance):
        due = [_due(place, *new, every) for place, new in enumerate(chunk)]
        for update, place, values in merge(*due, key=lambda item: item[:2]):
            written[place] = update
            yield cells[place].of(chunk[place][0], values)
    for place, lane in enumerate(session.snapshot().lanes):
        if written[place] != lane.update:
            yield cells[place].of(lane, lane.row.tolist())


def _due(place: int, lane: LaneView, rows: Array, every: int) -> Iterator[tuple[int, int, list[float]]]:
    """Yield (update, place, values) of the rows that are written; of a lane that has stopped also the last."""
    due = rows[:, Column.UPDATE] % every == 0
    if len(rows) and lane.status != Status.GOING:
        due[-1] = due[-1] or rows[-1, Column.UPDATE] == lane.update
    kept = rows[due]
    for begin in range(0, len(kept), 1024):
        for values in kept[begin : begin + 1024].tolist():
            yield int(values[Column.UPDATE]), place, values


def csv_rows(file: TextIO, names: Sequence[str]) -> Write:
    """Begin a CSV file with its head; return the function that writes a row."""
    write = csv.writer(file, lineterminator="\n").writerow  # floats by repr, nothing for None
    write(names)
    return write


@contextmanager
def json_rows(file: TextIO, names: Sequence[str], about: Mapping[str, object]) -> Iterator[Write]:
    """Write one JSON document: the run, then ``rows``, an object and a line for each row."""
    file.write(json.dumps(about, ensure_ascii=False, allow_nan=False)[:-1] + ', "rows": [')
    separator = "\n"

    def write(cells: Sequence[Cell]) -> None:
        nonlocal separator
        file.write(separator + json.dumps(dict(zip(names, map(_strict_json, cells), strict=True)), allow_nan=False))
        separator = ",\n"

    yield write
    file.write("\n]}\n")


_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _strict_json(cell: Cell) -> Cell:
    """Return a cell without numbers that strict JSON lacks."""
    return _NOT_FINITE[repr(cell)] if isinstance(cell, float) and not math.isfinite(cell) else cell


def recent_rows(lane: LaneView, count: int) -> tuple[tuple[str, ...], ...]:
    """Return a head and the newest rows of a lane for a failure report, with as many columns as fit a line."""
    layout = lane.trace.layout
    names = ["update", "lr", *(["loss"] if lane.objective.has_loss else []), "grad_norm", "step_norm"]
    columns: list[int] = [Column[name.upper()] for name in names]
    for name in ("theta", "velocity", "accumulator"):
        block = layout.block(name)
        if block is not None:
            names += [f"{name}[{i}]" for i in layout.coords[:2]]
            columns += list(range(block.start, block.stop))[:2]
    rows = lane.trace.rows[-count:, columns].tolist()
    return tuple(names), *((str(int(update)), *(f"{value:.6g}" for value in values)) for update, *values in rows)


def lanes_table(snapshot: Snapshot) -> list[str]:
    """Return the present state of the lanes as lines of text."""
    names = ["lane", "optimizer", "dialect", "sampling", "updates", "evaluations", "loss", "grad_norm", "lr", "status"]
    rows = []
    for lane in snapshot.lanes:
        loss = f"{lane.scalar('loss'):.6g}" if lane.objective.has_loss else "-"
        rows.append([
            lane.name, lane.spec.optimizer, lane.spec.dialect_name or "-", str(lane.spec.sampling), str(lane.update),
            str(lane.evaluations), loss, f"{lane.scalar('grad_norm'):.6g}", f"{lane.settings['lr']:g}",
            lane.status_text,
        ])  # fmt: skip
    return aligned([names, *rows], right=range(4, 9))
