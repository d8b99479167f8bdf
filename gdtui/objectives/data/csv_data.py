"""Reading a user's CSV file; every fault is told with its line and column.

The file is UTF-8 (a byte order mark is fine), its first line names the columns, commas separate them.
"""

from __future__ import annotations

import difflib
import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array
from gdtui.objectives.data.csv_source import Source
from gdtui.objectives.data.data_table import Table
from gdtui.text import _

MAX_ROWS = 1_000_000
MAX_COLUMNS = 1024
MAX_CLASSES = 1000

#: What other programs separate columns with.
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_DECIMAL_COMMA = re.compile(r"\s*[-+]?[0-9]+,[0-9]+\s*")


def _number(text: str) -> float | None:
    """Return the number that a field spells, or None."""
    if not text.isascii() or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _not_a_number(text: str, value: float | None, column: str) -> str:
    """Say what is wrong with a field, and what to do about it."""
    shown, where = repr(text.strip()[:40]), f"(column {column!r})"
    if not text.strip():
        return f"nothing here {where}: fill it in, or leave out the row"
    if value is not None:
        return f"{shown} is not finite {where}: leave out the row"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"{shown} is not a number {where}: write a decimal point, {text.strip().replace(',', '.')}"
    return f"{shown} is not a number {where}"


def _header(source: Source, records: Iterator[list[str]]) -> list[str]:
    header = next(records, None)
    if header is None:
        source.line = 1
        source.fail("the file is empty")
    names = [name.strip() for name in header]
    for mark, separators in _SEPARATORS.items() if len(names) == 1 else ():
        if mark in names[0]:
            message = f"columns are separated by commas, not by {separators}"
            source.fail(
                message + " (and numbers have a decimal point)" * (mark == ";"), source.line_text().find(mark) + 1
            )
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


@dataclass(frozen=True, eq=False)
class _Content:
    """A file's columns: their names and where these stand, their numbers, and the texts of those that hold words."""

    names: list[str]
    places: list[str]
    numbers: Array
    texts: dict[str, list[str]]


def _check_target(name: str, names: list[str], target: tuple[str, ...]) -> None:
    for column in target:
        if column not in names:
            close = difflib.get_close_matches(column, names, 1)
            hint = f"; did you mean {close[0]!r}?" if close else f" (it has: {', '.join(names[:20])})"
            raise ObjectiveError("target", f"{name} has no column {column!r}{hint}")
        if target.count(column) > 1:
            raise ObjectiveError("target", f"{column!r} is named twice")


def _read(path: str, target: tuple[str, ...] = (), *, words: bool) -> _Content:
    """Return what the file holds.

    With `words`, a single target column (none named: the last one) may hold them: it does if its first field is no
    number.
    """
    source = Source(path)
    records = source.records()
    names = _header(source, records)
    places = [f"{source.name}:{source.line}:{column}" for column in source.places()]
    _check_target(source.name, names, target)
    may = names.index(target[0] if target else names[-1]) if words and len(target) < 2 else -1
    texts: dict[int, list[str]] = {}
    cells = array("d")
    rows = 0
    for record in records:
        if len(record) != len(names):
            message = f"{len(record)} {'field' if len(record) == 1 else 'fields'}, the header has {len(names)}"
            source.fail(message, source.place(min(len(record), len(names))))
        if rows == MAX_ROWS:
            source.fail(f"more than {MAX_ROWS} rows")
        for field, text in enumerate(record):
            value = _number(text)
            if value is None and field == may and text.strip() and (rows == 0 or field in texts):
                texts.setdefault(field, [])
            if field in texts:
                if not text.strip():
                    source.fail(_not_a_number(text, None, names[field]), source.place(field))
                texts[field].append(text.strip())
                cells.append(0.0)
                continue
            if value is None or not math.isfinite(value):
                source.fail(_not_a_number(text, value, names[field]), source.place(field))
            cells.append(value)
        rows += 1
    if rows == 0:
        source.line = 1
        source.fail("a header and no rows")
    numbers = np.frombuffer(cells, dtype=np.float64).reshape(rows, len(names))
    return _Content(names, places, numbers, {names[field]: column for field, column in texts.items()})


def read_gradients(path: str) -> tuple[tuple[str, ...], Array]:
    """Return the names of the coordinates and the gradients (updates x coordinates) of a tape's file.

    Raises
    ------
    ObjectiveError
        the file cannot be read, or a line of it is at fault; the key is "csv".
    """
    content = _read(path, words=False)
    return tuple(content.names), content.numbers


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
    content = _read(path, target, words=True)
    names, numbers, texts = content.names, content.numbers, content.texts
    name = Path(path).name
    chosen = list(target) or names[-1:]
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
    places = tuple(content.places[names.index(column)] for column in inputs)
    return Table(x, y, tuple(inputs), tuple(chosen), classes, places, name, name, _("Your own data."))


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
