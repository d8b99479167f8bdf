"""Reading a user's CSV file; every fault is reported with its line and column.

The file is UTF-8 (a byte order mark is fine), its first line names the columns, commas separate them.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array
from gdtui.objectives.data.csv_source import CsvSource
from gdtui.objectives.data.data_table import Table
from gdtui.text import _, did_you_mean

MAX_ROWS = 1_000_000
MAX_COLUMNS = 1024
MAX_CLASSES = 1000
#: Characters of a field that a message quotes.
QUOTED = 40

_DECIMAL_COMMA = re.compile(r"\s*[-+]?[0-9]+,[0-9]+\s*")


def _number(text: str) -> float | None:
    """Return the number that a field spells, or None."""
    if not text.isascii() or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _not_a_number(source: CsvSource, text: str, value: float | None, column: str) -> str:
    """Say what is wrong with a field, and how to mend it."""
    if not source.quotable:
        return _("this is not a finite number")
    if not text.strip():
        message = _("nothing here (column {column!r}): fill it in, or leave out the row")
    elif value is not None:
        message = _("{field!r} is not finite (column {column!r}): leave out the row")
    elif _DECIMAL_COMMA.fullmatch(text):
        message = _("{field!r} is not a number (column {column!r}): write a decimal point, {meant}")
    else:
        message = _("{field!r} is not a number (column {column!r})")
    field = text.strip()[:QUOTED]
    return message.format(field=field, column=column[:QUOTED], meant=field.replace(",", "."))


def _on_one_line(text: str) -> str:
    """Return a name as the screen can show it: spreadsheets write line breaks into the names of columns."""
    return re.sub(r"\s*[\t\r\n]\s*", " ", text.strip())


def _header(source: CsvSource, records: Iterator[list[str]]) -> list[str]:
    separators = {
        ";": _("columns are separated by commas, not by semicolons (and numbers have a decimal point)"),
        "\t": _("columns are separated by commas, not by tabs"),
        "|": _("columns are separated by commas, not by bars"),
    }
    header = next(records, None)
    if header is None:
        source.line = 1
        source.fail(_("the file is empty"))
    names = list(map(_on_one_line, header))
    for mark, message in separators.items() if len(names) == 1 else ():
        if mark in header[0]:
            source.fail(message, source.line_text().find(mark) + 1)
    if len(names) > MAX_COLUMNS:
        source.fail(_("more than {} columns").format(MAX_COLUMNS))
    if all(_number(name) is not None for name in names):
        source.fail(_("the first line names the columns, this one has only numbers"))
    for field, name in enumerate(names):
        if not name:
            source.fail(_("this column has no name"), source.place(field))
        if name in names[:field]:
            twice = (
                _("there are two columns named {!r}") if source.quotable else _("there are two columns of this name")
            )
            source.fail(twice.format(name[:QUOTED]), source.place(field))
    return names


@dataclass(frozen=True, eq=False)
class _Content:
    """A file's columns: their names, the places of the names, their numbers, and the texts of columns of words."""

    names: list[str]
    places: list[str]
    numbers: Array
    texts: dict[str, list[str]]


def _check_target(source: CsvSource, names: list[str], target: tuple[str, ...]) -> None:
    for column in target:
        if column not in names:
            message = _("{file} has no column {column!r}").format(file=source.name, column=column)
            known = _(" (it has: {})").format(", ".join(name[:QUOTED] for name in names[:20]))
            hint = did_you_mean(column, names, known) if source.quotable else ""
            raise ObjectiveError("target", message, hint)
        if target.count(column) > 1:
            raise ObjectiveError("target", _("{!r} is named twice").format(column))


def _check_length(source: CsvSource, record: list[str], names: list[str]) -> None:
    if len(record) != len(names):
        one, several = _("1 field, the header has {header}"), _("{count} fields, the header has {header}")
        message = (one if len(record) == 1 else several).format(count=len(record), header=len(names))
        source.fail(message, source.place(min(len(record), len(names))))


def _read(path: str, target: tuple[str, ...] = (), *, words: bool) -> _Content:
    """Return the columns of the file.

    With `words`, a single target (by default the last column) is a column of words if its first field is not a number.
    """
    source = CsvSource(path)
    records = source.records()
    names = _header(source, records)
    places = [f"{source.name}:{source.line}:{column}" for column in source.places()]
    _check_target(source, names, target)
    may = names.index(target[0] if target else names[-1]) if words and len(target) < 2 else -1
    texts: dict[int, list[str]] = {}
    cells = array("d")
    rows = 0
    for record in records:
        _check_length(source, record, names)
        if rows == MAX_ROWS:
            source.fail(_("more than {} rows").format(MAX_ROWS))
        for field, text in enumerate(record):
            value = _number(text)
            if value is None and field == may and text.strip() and (rows == 0 or field in texts):
                texts.setdefault(field, [])
            if field in texts:
                if not text.strip():
                    source.fail(_not_a_number(source, text, None, names[field]), source.place(field))
                texts[field].append(_on_one_line(text))
                cells.append(0.0)
                continue
            if value is None or not math.isfinite(value):
                source.fail(_not_a_number(source, text, value, names[field]), source.place(field))
            cells.append(value)
        rows += 1
    if rows == 0:
        source.line = 1
        source.fail(_("a header and no rows"))
    numbers = np.frombuffer(cells, dtype=np.float64).reshape(rows, len(names))
    return _Content(names, places, numbers, {names[field]: column for field, column in texts.items()})


def read_gradients(path: str) -> tuple[tuple[str, ...], Array]:
    """Return the names of a tape's coordinates, and its gradients (updates x coordinates)."""
    content = _read(path, words=False)
    return tuple(content.names), content.numbers


def read_dataset(path: str, target: tuple[str, ...] = (), *, as_classes: bool = False) -> Table:
    """Return the rows of a dataset's file.

    Without names in `target` the last column is the target. A single target may hold words, which are classes; with
    `as_classes` its numbers are classes too.

    Raises
    ------
    ObjectiveError
        the file cannot be read or a line is wrong (key "csv"), or target does not fit (key "target").
    """
    content = _read(path, target, words=True)
    names, numbers, texts = content.names, content.numbers, content.texts
    name = Path(path).name
    chosen = list(target) or names[-1:]
    inputs = [column for column in names if column not in chosen]
    if len(names) == 1:
        raise ObjectiveError("csv", _("{}:1: a single column; commas separate columns").format(name))
    if not inputs:
        message = _("{file} has no column left to predict {column!r} from")
        raise ObjectiveError("target", message.format(file=name, column=chosen[0][:QUOTED]))
    x = np.ascontiguousarray(numbers[:, [names.index(column) for column in inputs]])
    y = np.ascontiguousarray(numbers[:, [names.index(column) for column in chosen]])
    classes: tuple[str, ...] = ()
    if len(chosen) == 1 and (texts or as_classes):
        classes, y = _classes(name, chosen[0], texts.get(chosen[0]), y)
    places = tuple(content.places[names.index(column)] for column in inputs)
    return Table(x, y, tuple(inputs), tuple(chosen), classes, places, name, name)


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
        message = _("{file}: column {column!r} has {count} different values; classes are 2 to {most}")
        said = message.format(file=name, column=column[:QUOTED], count=len(words), most=MAX_CLASSES)
        raise ObjectiveError("target", said)
    return tuple(words), numbers
