"""The trace as CSV and JSON, written while it is made: a run of any length takes the memory of one piece.

Rows come update by update, the lanes of an update in the order of the experiment; a lane that has stopped has no
further rows. Of a thinned trace (`every` K) there are the updates 0, K, 2K … and every lane's last.

- Floats are written by `repr`: they read back to the same bit.
- Empty (CSV), null (JSON): does not apply. There is no gradient at update 0, no velocity in an optimizer that
  keeps none, no validation loss without rows held out, no epoch without data.
- nan and infinities are values, and what a lesson on divergence is about: in CSV ``nan``, ``inf``, ``-inf``; in
  JSON, which has no such numbers, the strings ``"NaN"``, ``"Infinity"``, ``"-Infinity"``: Python's ``float()`` and
  JavaScript's ``Number()`` read them, and null stays free for what does not apply.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from typing import TextIO

import numpy as np

from gdtui.kernel import Array
from gdtui.session import LaneView, Session, Snapshot
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.loop import HEAD
from gdtui.verbs import Step

#: Updates between two looks at the trace, which keeps twice as many rows whole.
PIECE = 16_384

COLUMNS = (
    "lane", "update", "epoch", "samples", "evaluations", "lr", "loss", "batch_loss", "val_loss", "grad_norm",
    "step_norm", "status",
)  # fmt: skip
#: Columns between "evaluations" and "status".
MEASURED = 6
VECTORS = ("theta", "grad", "velocity", "accumulator")

#: Makes n updates of every lane; False: no more are to be made. By default the command Step.
Advance = Callable[[int], bool]
#: A cell: a word, a whole number, a float, or nothing.
Cell = str | int | float | None


def header(coords: Iterable[int]) -> list[str]:
    """Return the column names for the coordinates that are recorded."""
    listed = tuple(coords)
    return [*COLUMNS, *(f"{name}_{i}" for name in VECTORS for i in listed)]


def fresh_rows(session: Session, updates: int, advance: Advance | None = None) -> Iterator[list[Array]]:
    """Make `updates` updates in pieces, and yield after each the new rows of every lane, in their order.

    The first piece holds what each lane has already.
    """
    step: Advance = advance or (lambda n: bool(session.apply(Step(n))))
    runs = list(session.simulation.lanes.values())
    seen = [-1] * len(runs)
    left = updates
    while True:
        pieces = []
        for place, run in enumerate(runs):
            rows = run.trace.view().rows
            rows = rows[np.searchsorted(rows[:, 0], seen[place], side="right") :]
            seen[place] = run.trace.last_update
            pieces.append(rows)
        yield pieces
        if left <= 0 or not session.simulation.going:
            return
        left = left - min(left, PIECE) if step(min(left, PIECE)) else 0


class LaneWriter:
    """Turns the rows of one lane into cells.

    Parameters
    ----------
    every
        only updates that are multiples of it, and the last.
    most
        of each vector this many coordinates at most.
    """

    def __init__(self, run: LaneRun, every: int, most: int | None = None) -> None:
        self.run, self.every = run, every
        self.last_written = -1
        layout, objective = run.layout, run.objective
        none: list[int | None] = [None] * len(layout.coords[:most])
        columns: list[int | None] = [HEAD.index(name) for name in COLUMNS[5:11]]
        for name in VECTORS:
            block = layout.block(name)
            columns += none if block is None else list(range(block.start, block.stop))[:most]
        grad = layout.block("grad")
        assert grad is not None
        later = (HEAD.index("batch_loss"), HEAD.index("grad_norm"), HEAD.index("step_norm"))
        self.later = {*later, *range(grad.start, grad.stop)}  # not at update 0
        never = set() if len(objective.held_out) else {HEAD.index("val_loss")}
        if not objective.has_loss:
            never |= {HEAD.index("loss"), HEAD.index("batch_loss")}
        self.columns = [None if column in never else column for column in columns]

    def rows(self, rows: Array, *, last: bool) -> Iterator[tuple[int, list[Cell]]]:
        """Yield (update, cells) of the rows that are due; `last`: the lane makes no more."""
        due = rows[:, 0] % self.every == 0
        if last and len(rows):
            due[-1] = due[-1] or rows[-1, 0] == self.run.update
        kept = rows[due]
        for begin in range(0, len(kept), 1024):
            for values in kept[begin : begin + 1024].tolist():
                self.last_written = int(values[0])
                yield self.last_written, self.cells(self.last_written, values)

    def cells(self, update: int, values: list[float]) -> list[Cell]:
        """Return the cells of one row."""
        run = self.run
        status = run.status if update == run.update else "going"
        hidden = self.later if update == 0 else ()
        cells = [None if c is None or c in hidden else values[c] for c in self.columns]
        evaluations = int(values[HEAD.index("evaluations")])
        head = (run.spec.name, update, run.epoch_at(update), run.samples_at(update), evaluations)
        return [*head, *cells[:MEASURED], status, *cells[MEASURED:]]


def trace_rows(session: Session, updates: int, every: int = 1,
               advance: Advance | None = None) -> Iterator[list[Cell]]:  # fmt: skip
    """Run `updates` updates and yield the rows of the trace as cells, in the order of `header`."""
    writers = [LaneWriter(run, every) for run in session.simulation.lanes.values()]
    for pieces in fresh_rows(session, updates, advance):
        due = [_due(place, writer, rows) for place, (writer, rows) in enumerate(zip(writers, pieces, strict=True))]
        yield from (cells for _update, _place, cells in merge(*due, key=lambda item: item[:2]))
    for writer in writers:
        if writer.last_written != writer.run.update:
            for _update, cells in writer.rows(writer.run.row[None, :], last=True):
                yield cells


def _due(place: int, writer: LaneWriter, rows: Array) -> Iterator[tuple[int, int, list[Cell]]]:
    for update, cells in writer.rows(rows, last=writer.run.status != "going"):
        yield update, place, cells


_NOT_FINITE = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}


def json_text(cell: Cell) -> str:
    """Return a cell as strict JSON."""
    if cell is None:
        return "null"
    if isinstance(cell, float):
        return repr(cell) if math.isfinite(cell) else _NOT_FINITE[repr(cell)]
    return str(cell) if isinstance(cell, int) else json.dumps(cell)


def cell_text(cell: Cell) -> str:
    """Return a cell as CSV has it."""
    return "" if cell is None else cell if isinstance(cell, str) else repr(cell)


class CsvWriter:
    """Writes rows as CSV to a text file; lane names and statuses need no quotes."""

    def __init__(self, file: TextIO, names: list[str]) -> None:
        self.file = file
        file.write(",".join(names) + "\n")

    def write(self, cells: list[Cell]) -> None:
        """Write one row."""
        texts = ["" if c is None else c if type(c) is str else repr(c) for c in cells]
        self.file.write(",".join(texts) + "\n")

    def close(self) -> None:
        """Write what comes after the last row: nothing."""


class JsonWriter:
    """Writes rows as one JSON document: what was run, then ``rows``, one object a row and one row a line."""

    def __init__(self, file: TextIO, names: list[str], about: dict[str, object]) -> None:
        self.file = file
        self.keys = [json.dumps(name) + ": " for name in names]
        self.separator = "\n"
        file.write(json.dumps(about, ensure_ascii=False, allow_nan=False)[:-1])
        file.write(', "rows": [')

    def write(self, cells: list[Cell]) -> None:
        """Write one row."""
        pairs = (key + json_text(cell) for key, cell in zip(self.keys, cells, strict=True))
        self.file.write(f"{self.separator}{{{', '.join(pairs)}}}")
        self.separator = ",\n"

    def close(self) -> None:
        """Write the end of the document."""
        self.file.write("\n]}\n")


def recent_rows(lane: LaneView, count: int) -> tuple[list[str], list[list[str]]]:
    """Return a header and the newest rows of a lane as text, for a failure report: what fits a line."""
    layout = lane.trace.layout
    names = ["update", "lr", *(["loss"] if lane.objective.has_loss else []), "grad_norm", "step_norm"]
    columns = [HEAD.index(name) for name in names]
    for name in ("theta", "velocity", "accumulator"):
        block = layout.block(name)
        if block is not None:
            names += [f"{name}[{i}]" for i in layout.coords[:2]]
            columns += list(range(block.start, block.stop))[:2]
    return names, [[_brief(row[column], name) for column, name in zip(columns, names, strict=True)]
                   for row in lane.trace.rows[-count:]]  # fmt: skip


def _brief(value: float, name: str) -> str:
    return str(int(value)) if name == "update" else f"{value:.6g}"


def table(names: list[str], rows: list[list[str]], indent: str = "") -> list[str]:
    """Return text lines of a table, columns aligned to the right."""
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    return [indent + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (names, *rows)]  # fmt: skip


def lanes_table(snapshot: Snapshot) -> list[str]:
    """Return the lanes as they stand, as lines of text for people."""
    names = ["lane", "optimizer", "dialect", "sampling", "updates", "evaluations", "loss", "grad_norm", "lr", "status"]
    rows = []
    for lane in snapshot.lanes:
        numbers = [f"{lane.scalar(name):.6g}" for name in ("loss", "grad_norm")]
        numbers[0] = numbers[0] if lane.objective.has_loss else "-"
        rows.append([
            lane.name, lane.spec.optimizer, lane.spec.dialect_name or "-", str(lane.spec.sampling), str(lane.update),
            str(lane.evaluations), *numbers, f"{lane.settings['lr']:g}", lane.status_text,
        ])  # fmt: skip
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    right = {"updates", "evaluations", "loss", "grad_norm", "lr"}
    return ["  ".join(cell.rjust(width) if name in right else cell.ljust(width)
                      for cell, width, name in zip(row, widths, names, strict=True)).rstrip()
            for row in (names, *rows)]  # fmt: skip
