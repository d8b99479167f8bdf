"""Golden traces: the rows that a script once produced, kept beside it as `NAME.golden.csv`, compared at every replay.

After each act, a golden trace has rows for every lane that the act has moved: the updates 1, 2, 5, 10, 20, 50 … and
the last one. A difference therefore shows up near the act that causes it, and the file stays small however long the
run. Floats are written by `repr`.

Builds for one processor family agree to the last bit; different mathematical libraries do not. Numbers are therefore
compared to a relative 1e-12. A script that needs wider tolerances (chaos, cancellation) states them in the head of its
file, ``# rel = 1e-9``, ``# abs = 1e-15``, and `--update` keeps them. The golden traces that come with gdtui state
them, because they are replayed on every kind of processor.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from gdtui.columns import Column
from gdtui.errors import UnsuitableFileError
from gdtui.files import read_text
from gdtui.saves import write_whole
from gdtui.scenario.play.trace_io import LaneCells, header
from gdtui.scenario.read.acts import Act, Scenario
from gdtui.session import LaneView, Session, Snapshot
from gdtui.text import _
from gdtui.verbs import Action

SUFFIX = ".golden.csv"
#: How near numbers must be, unless the file says otherwise.
REL, ABS = 1e-12, 0.0
#: Coordinates of each vector in a golden trace.
MOST_COORDS = 4
#: The largest file that is read.
MOST_BYTES = 64 * 2**20
#: Columns whose cells are words or counts: the same or not.
EXACT = frozenset(("act", "lane", "update", "samples", "evaluations", "status"))

_HEAD = "# gdtui golden trace, format 1"
_TOLERANCE = re.compile(r"# (rel|abs) = (\S+)")
GoldenStatus = Literal["same", "differs", "missing", "new", "updated", "unused"]


@dataclass(frozen=True)
class Golden:
    """The result of comparing a replay with its golden trace: the first difference, and how many other cells differ."""

    path: Path
    status: GoldenStatus
    line: int = 0
    message: str = ""
    expected: str = ""
    got: str = ""
    difference: str = ""
    others: int = 0

    @property
    def failed(self) -> bool:
        """Whether it makes a replay fail."""
        return self.status in ("differs", "missing", "unused")


def golden_path(scenario: Path) -> Path:
    """Return where the golden trace of a scenario file is, or would be."""
    return scenario.with_name(scenario.stem + SUFFIX)


def unused(folders: Iterable[Path]) -> list[Golden]:
    """Return the golden traces in these folders, at any depth, that have no scenario beside them."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*" + SUFFIX)):
            scenario = path.with_name(path.name.removesuffix(SUFFIX) + ".toml")
            if not scenario.exists():
                message = _("there is no {} beside it: remove it, or give the scenario back its name")
                found.append(Golden(path, "unused", 1, message.format(scenario.name)))
    return found


@dataclass
class Recorder:
    """Records the golden trace of a script while it is replayed."""

    rows: list[list[str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    number: int = 0
    where: dict[str, int] = field(default_factory=dict)

    def begin(self, snapshot: Snapshot) -> None:
        """Record where every lane starts."""
        self.names = ["act", *header(snapshot.lanes[0].trace.layout.coords[:MOST_COORDS])]
        self._record("start", snapshot)

    def after(self, session: Session, act: Act) -> None:
        """Record the lanes that an act has moved."""
        if isinstance(act.verb, Action) and act.verb.changes:
            self.number += 1
            self._record(f"{self.number}: {act.text.strip('{} ')}", session.snapshot())

    def _record(self, act: str, snapshot: Snapshot) -> None:
        for lane in snapshot.lanes:
            before = self.where.get(lane.name, -1)
            if lane.update != before:
                self.rows += [[act, *cells] for cells in _cells(lane, before)]
        self.where = {lane.name: lane.update for lane in snapshot.lanes}

    def text(self, rel: float = REL, abs_: float = ABS) -> str:
        """Return the file."""
        out = io.StringIO()
        out.write(f"{_HEAD}\n# rel = {rel!r}\n# abs = {abs_!r}\n")
        csv.writer(out, lineterminator="\n").writerows([self.names, *self.rows])
        return out.getvalue()


def _cells(lane: LaneView, before: int) -> list[list[str]]:
    """Return the rows of a lane that moved on from update `before`, as CSV writes them."""
    rows = lane.trace.rows
    marks = [update for update in round_numbers(lane.update) if update > before]
    kept = rows[np.isin(rows[:, Column.UPDATE], marks)].tolist()
    cells = LaneCells(lane, MOST_COORDS)
    return [
        ["" if cell is None else cell if isinstance(cell, str) else repr(cell) for cell in cells.of(lane, values)]
        for values in [*kept, lane.row.tolist()]
    ]


def round_numbers(end: int) -> list[int]:
    """Return 1, 2, 5, 10, 20, 50 … below `end`."""
    powers = [10**exponent for exponent in range(len(str(max(end, 1))))]
    return [digit * power for power in powers for digit in (1, 2, 5) if digit * power < end]


# -- comparing --------------------------------------------------------------------------------------


def settle(scenario: Scenario, recorder: Recorder, *, update: bool = False, wanted: bool = False) -> Golden | None:
    """Compare what was recorded with the golden trace; None if there is none and none is wanted.

    With `update`, write the file if there is none or it differs by more than it allows. With `wanted`, a missing golden
    trace is a failure. OSError if the file cannot be read or written.
    """
    path = golden_path(scenario.path)
    if not path.exists():
        if update:
            write_whole(path, recorder.text())
            return Golden(path, "new")
        message = _("`gdtui replay --update {}` writes it").format(scenario.path)
        return Golden(path, "missing", 1, message) if wanted else None
    try:
        old = read_text(path, MOST_BYTES).replace("\r\n", "\n")
        tolerances = _tolerances(old)
    except UnsuitableFileError as error:  # not written over: it may state tolerances
        return Golden(path, "differs", max(1, error.line), str(error))
    found = compare(path, old, recorder)
    if found.status == "differs" and update:
        write_whole(path, recorder.text(*tolerances))
        return Golden(path, "updated")
    return found


def compare(path: Path, old: str, recorder: Recorder) -> Golden:
    """Compare a golden trace with what was recorded."""
    if not old.startswith(_HEAD + "\n"):
        return Golden(path, "differs", 1, _("this is no golden trace of this gdtui"))
    try:
        rel, abs_ = _tolerances(old)
        head, names, rows = _table(old)
    except UnsuitableFileError as error:
        return Golden(path, "differs", error.line, str(error))
    if names != recorder.names:
        return Golden(path, "differs", head, _("the columns differ"), ",".join(names), ",".join(recorder.names))
    first, count = None, 0
    for place in range(max(len(rows), len(recorder.rows))):
        line, wanted = rows[place] if place < len(rows) else (rows[-1][0] + 1 if rows else head + 1, [])
        got = recorder.rows[place] if place < len(recorder.rows) else []
        if wanted[:3] != got[:3]:  # another act, lane or update: the rows after it cannot be compared
            none = _("no further row")
            first = first or Golden(
                path, "differs", line, _("the script takes another course"), ", ".join(wanted[:3]) or none,
                ", ".join(got[:3]) or none,
            )  # fmt: skip
            break
        for name, a, b in zip(names, wanted, got, strict=True):
            if not _equal(name, a, b, rel, abs_):
                count += 1
                place_of = _("{} of {} at update {}, after act {}").format(name, *wanted[1:3], wanted[0])
                first = first or Golden(
                    path, "differs", line, place_of,
                    a or _("empty"), b or _("empty"), _difference(a, b, rel, abs_),
                )  # fmt: skip
    return replace(first, others=max(0, count - 1)) if first else Golden(path, "same")


def _table(text: str) -> tuple[int, list[str], list[tuple[int, list[str]]]]:
    """Return the line of the head, its names, and every row with its line; UnsuitableFileError if it is damaged."""
    lines = text.split("\n")
    lines = lines[:-1] if lines[-1] == "" else lines
    head = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines)) + 1
    reader = csv.reader(lines[head - 1 :])
    names: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            line = head + reader.line_num - 1
            if line > head and len(cells) != len(names):
                message = _("this row has {} cells, not {}: the file is damaged").format(len(cells), len(names))
                raise _damage(line, message if cells else _("an empty line: the file is damaged"))
            if line > head:
                rows.append((line, cells))
            else:
                names = cells
    except csv.Error as error:
        raise _damage(head + max(reader.line_num, 1) - 1, _("this is not CSV: {}").format(error)) from None
    return head, names, rows


def _damage(line: int, message: str) -> UnsuitableFileError:
    return UnsuitableFileError(message, "damage", line)


def _equal(name: str, a: str, b: str, rel: float, abs_: float) -> bool:
    if a == b or name in EXACT or "" in (a, b):
        return a == b
    try:
        x, y = float(a), float(b)
    except ValueError:
        return False
    return x == y or (x != x and y != y) or abs(x - y) <= max(abs_, rel * max(abs(x), abs(y))) < float("inf")


def _difference(a: str, b: str, rel: float, abs_: float) -> str:
    try:
        gap = float(b) - float(a)
        share = abs(gap) / max(abs(float(a)), abs(float(b)))
    except (ValueError, ZeroDivisionError):
        return ""
    return _("{!r} (relative {:.2g}, allowed {:g}; absolute allowed {:g})").format(gap, share, rel, abs_)


def _tolerances(text: str) -> tuple[float, float]:
    """Return (rel, abs) from the head of a golden file; UnsuitableFileError if they are out of range."""
    found = {"rel": REL, "abs": ABS}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("#"):
            break
        if match := _TOLERANCE.fullmatch(line.strip()):
            found[match[1]] = _tolerance(number, match[1], match[2])
    return found["rel"], found["abs"]


def _tolerance(line: int, key: str, text: str) -> float:
    below = 1.0 if key == "rel" else math.inf
    with suppress(ValueError):
        if 0.0 <= (value := float(text)) < below:
            return value
    wanted = _("from 0 to below 1") if key == "rel" else _("finite and ≥ 0")
    raise _damage(line, _("{} must be {}, not {}").format(key, wanted, text))
