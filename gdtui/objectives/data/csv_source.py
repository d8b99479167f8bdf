"""A CSV file as records, each with its place in the file."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from gdtui.errors import ObjectiveError, UnsuitableFileError
from gdtui.files import read_text
from gdtui.text import _, forbidden

MAX_BYTES = 64 * 2**20

_LINE_END = re.compile("\r\n|\r|\n")


class CsvSource:
    """A file's records; `line` is the line on which the current record begins.

    Messages quote the file only if it is `quotable`: its name, after links, ends in ".csv". A scenario can name any
    file of the user, and its messages may be shown to others.
    """

    def __init__(self, path: str) -> None:
        self.name = Path(path).name or path
        self.quotable = os.path.realpath(path).lower().endswith(".csv")
        self.text = _read(path, self.name)
        self.line = 0
        controls = [self.text.index(c) for c in set(self.text) if c not in "\t\r\n" and forbidden(c)]
        if controls:
            before = _LINE_END.split(self.text[: min(controls)])
            self.line = len(before)
            message = _("a control character, {}").format(ascii(self.text[min(controls)]))
            self.fail(message, len(before[-1]) + 1)

    def fail(self, message: str, column: int = 0) -> NoReturn:
        """Raise an error about the current line, at a column (0: about the whole line)."""
        place = f"{self.name}:{self.line}" + (f":{column}" if column else "")
        raise ObjectiveError("csv", f"{place}: {message}")

    def records(self) -> Iterator[list[str]]:
        """Yield the fields of each record that is not an empty line."""
        import csv  # late: those who list the datasets read no file

        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True, skipinitialspace=True)
        last = 0
        try:
            for record in reader:
                self.line, last = last + 1, reader.line_num
                if record:
                    yield record
        except csv.Error as error:
            self.line = last + 1
            opened = self.line_text().rfind('"') + 1
            if str(error) == "unexpected end of data" and opened:
                self.fail(_("a quotation mark that is never closed"), opened)
            self.fail(_("not CSV: {}").format(error))

    def line_text(self) -> str:
        """Return the current line without its line end."""
        return _LINE_END.split(self.text, maxsplit=self.line)[self.line - 1]

    def places(self) -> list[int]:
        """Return the column (from 1) of each field of the current line, then the column of its end."""
        line = self.line_text()
        found, quoted = [1], False
        for column, character in enumerate(line, 2):
            quoted ^= character == '"'
            if character == "," and not quoted:
                found.append(column)
        return [*found, len(line) + 1]

    def place(self, field: int) -> int:
        """Return the column (from 1) of a field of the current line, or of the line's end if it has no such field."""
        found = self.places()
        return found[min(field, len(found) - 1)]


def _read(path: str, name: str) -> str:
    """Return the file as text, or raise an ObjectiveError about "csv"."""
    try:
        return read_text(path, MAX_BYTES)
    except UnsuitableFileError as error:
        reason = {
            "folder": _("a folder, not a file"),
            "device": _("a pipe or device, not a file"),
            "size": _("larger than {} MiB").format(MAX_BYTES // 2**20),
            "encoding": _("not UTF-8"),
        }[error.problem]
        place = f"{name}:{error.line}:{error.column}" if error.line else name
        raise ObjectiveError("csv", f"{place}: {reason}") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise ObjectiveError("csv", f"{name}: {getattr(error, 'strerror', None) or error}") from None
