"""Reading a user's CSV file; every fault is told with its line and column.

The file is UTF-8 (a byte order mark is fine), its first line names the columns, commas separate them.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
import stat
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np

from gdtui.kernel import Array
from gdtui.objectives.base import ObjectiveError

MAX_BYTES = 64 * 2**20
MAX_ROWS = 1_000_000
MAX_COLUMNS = 1024
MAX_CLASSES = 1000


@dataclass(frozen=True, eq=False)
class Table:
    """Rows to learn from.

    Parameters
    ----------
    x, y
        inputs (rows x d) and targets (rows x k).
    inputs, targets
        the names of their columns.
    classes
        names of the classes where the target is class numbers, else empty.
    """

    x: Array
    y: Array
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    classes: tuple[str, ...] = ()


class _Source:
    """A file's records, each with the line it begins on, and the way to speak of a fault in it."""

    def __init__(self, path: str) -> None:
        self.name = Path(path).name or path
        self.text = _read_text(path, self.name)
        self.line = 0

    def fail(self, message: str, column: int = 0) -> NoReturn:
        """Raise the fault of this line, at its column number (0: of the whole line)."""
        place = f"{self.name}:{self.line}" + (f":{column}" if column else "")
        raise ObjectiveError("csv", f"{place}: {message}")

    def records(self) -> Iterator[list[str]]:
        """Yield the fields of each record that is not an empty line."""
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True, skipinitialspace=True)
        last = 0
        try:
            for record in reader:
                self.line, last = last + 1, reader.line_num
                if record:
                    yield record
        except csv.Error as error:
            self.line = last + 1
            self.fail(f"not CSV: {error}")

    def place(self, field: int) -> int:
        """Return the column (from 1) that field number `field` of this line begins at."""
        line = re.split("\r\n|\r|\n", self.text, maxsplit=self.line)[self.line - 1]
        quoted = False
        for column, character in enumerate(line):
            if field == 0:
                return column + 1
            quoted ^= character == '"'
            field -= character == "," and not quoted
        return len(line) + 1


def _read_text(path: str, name: str) -> str:
    """Return the whole file as text; a pipe or device is refused, not waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ObjectiveError("csv", f"{name}: {reason}") from None
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise ObjectiveError("csv", f"{name}: {'a folder' if stat.S_ISDIR(mode) else 'a pipe or device'}, not a file")
    with os.fdopen(handle, "rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ObjectiveError("csv", f"{name}: larger than {MAX_BYTES // 2**20} MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise ObjectiveError("csv", f"{name}:{line}:{column}: not UTF-8") from None


def _number(text: str) -> float | None:
    """Return the number that a field spells, or None."""
    if not text.isascii() or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _header(source: _Source, records: Iterator[list[str]]) -> list[str]:
    header = next(records, None)
    if header is None:
        source.line = 1
        source.fail("the file is empty")
    names = [name.strip() for name in header]
    if len(names) > MAX_COLUMNS:
        source.fail(f"more than {MAX_COLUMNS} columns")
    if all(_number(name) is not None for name in names):
        source.fail("the first line names the columns, this one has only numbers")
    for field, name in enumerate(names):
        if not name:
            source.fail("this column has no name", source.place(field))
        if name in names[:field]:
            source.fail(f"there are two columns named {name!r}", source.place(field))
    return names


def _read(path: str, labels: frozenset[str] | None = None) -> tuple[list[str], Array, dict[str, list[str]]]:
    """Return names, numbers (rows x columns), and the texts of the columns in `labels`.

    A column of `labels` holds text if its first field is no number; None: the last column may.
    """
    source = _Source(path)
    records = source.records()
    names = _header(source, records)
    may = {len(names) - 1} if labels is None else {i for i, name in enumerate(names) if name in labels}
    texts: dict[int, list[str]] = {}
    cells = array("d")
    rows = 0
    for record in records:
        if len(record) != len(names):
            message = f"{len(record)} fields, the header has {len(names)}"
            source.fail(message, source.place(min(len(record), len(names))))
        if rows == MAX_ROWS:
            source.fail(f"more than {MAX_ROWS} rows")
        for field, text in enumerate(record):
            value = _number(text)
            if value is None and field in may and text.strip() and (rows == 0 or field in texts):
                texts.setdefault(field, [])
            if field in texts:
                if not text.strip():
                    source.fail(f"nothing here (column {names[field]!r})", source.place(field))
                texts[field].append(text.strip())
                cells.append(0.0)
                continue
            if value is None:
                what = f"{text[:40]!r} is not a number" if text.strip() else "nothing here"
                source.fail(f"{what} (column {names[field]!r})", source.place(field))
            if not math.isfinite(value):
                source.fail(f"{text.strip()[:40]!r} is not finite (column {names[field]!r})", source.place(field))
            cells.append(value)
        rows += 1
    if rows == 0:
        source.line = 1
        source.fail("a header and no rows")
    numbers = np.frombuffer(cells, dtype=np.float64).reshape(rows, len(names))
    return names, numbers, {names[field]: column for field, column in texts.items()}


def read_gradients(path: str) -> tuple[tuple[str, ...], Array]:
    """Return the names of the coordinates and the gradients (updates x coordinates) of a tape's file.

    Raises
    ------
    ObjectiveError
        the file cannot be read, or a line of it is at fault; the key is "csv".
    """
    names, numbers, _ = _read(path, frozenset())
    return tuple(names), numbers


def read_dataset(path: str, target: tuple[str, ...] = (), *, as_classes: bool = False) -> Table:
    """Return the rows of a dataset's file.

    Parameters
    ----------
    path
        of the file.
    target
        names of the columns to predict; empty for the last one. A single one may hold words: classes.
    as_classes
        take the different numbers of a single target for classes, too.

    Raises
    ------
    ObjectiveError
        the file cannot be read or a line of it is at fault (key "csv"), or target does not fit (key "target").
    """
    names, numbers, texts = _read(path, frozenset(target) if len(target) == 1 else None if not target else frozenset())
    name = Path(path).name
    chosen = list(target) or names[-1:]
    for column in chosen:
        if column not in names:
            raise ObjectiveError("target", f"{name} has no column {column!r} (it has: {', '.join(names[:20])})")
        if chosen.count(column) > 1:
            raise ObjectiveError("target", f"{column!r} is named twice")
    inputs = [column for column in names if column not in chosen]
    if len(names) == 1:
        raise ObjectiveError("csv", f"{name}:1: a single column; commas separate columns")
    if not inputs:
        raise ObjectiveError("target", f"{name} has no column left to predict {chosen[0]!r} from")
    x = np.ascontiguousarray(numbers[:, [names.index(column) for column in inputs]])
    y = np.ascontiguousarray(numbers[:, [names.index(column) for column in chosen]])
    classes: tuple[str, ...] = ()
    if len(chosen) == 1 and (texts or as_classes):
        classes, y = _classes(name, chosen[0], texts.get(chosen[0]), y)
    return Table(x, y, tuple(inputs), tuple(chosen), classes)


def _classes(name: str, column: str, texts: list[str] | None, y: Array) -> tuple[tuple[str, ...], Array]:
    """Return the names of the classes, sorted, and the class number of each row."""
    if texts is not None:
        words = sorted(set(texts))
        place = {word: number for number, word in enumerate(words)}
        numbers = np.array([place[text] for text in texts], dtype=np.float64)[:, None]
    else:
        values, found = np.unique(y[:, 0], return_inverse=True)
        words = [repr(float(value)).removesuffix(".0") for value in values]
        numbers = found.reshape(-1, 1).astype(np.float64)
    if not 2 <= len(words) <= MAX_CLASSES:
        raise ObjectiveError(
            "target", f"{name}: column {column!r} has {len(words)} different values; classes are 2 to {MAX_CLASSES}"
        )
    return tuple(words), numbers
