"""A CSV file as records, each with its place: a pipe, a device or a terminal's control codes come no further."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from gdtui.errors import ObjectiveError

MAX_BYTES = 64 * 2**20

#: What a terminal would obey instead of showing it: control characters, and those that turn the writing round.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_LINE_END = re.compile("\r\n|\r|\n")


class Source:
    """A file's records, each with the line it begins on, and the way to speak of a fault in it."""

    def __init__(self, path: str) -> None:
        self.name = Path(path).name or path
        self.text = _read_text(path, self.name)
        self.line = 0
        control = _CONTROL.search(self.text)
        if control is not None:
            before = _LINE_END.split(self.text[: control.start()])
            self.line = len(before)
            self.fail(f"a control character, {control[0]!a}", len(before[-1]) + 1)

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
            opened = self.line_text().rfind('"') + 1
            if str(error) == "unexpected end of data" and opened:
                self.fail("a quotation mark that is never closed", opened)
            self.fail(f"not CSV: {error}")

    def line_text(self) -> str:
        """Return the line, without its end."""
        return _LINE_END.split(self.text, maxsplit=self.line)[self.line - 1]

    def places(self) -> list[int]:
        """Return the column (from 1) that each field of this line begins at, then that of its end."""
        line = self.line_text()
        found, quoted = [1], False
        for column, character in enumerate(line, 2):
            quoted ^= character == '"'
            if character == "," and not quoted:
                found.append(column)
        return [*found, len(line) + 1]

    def place(self, field: int) -> int:
        """Return the column (from 1) that field number `field` of this line begins at; its end if there is none."""
        found = self.places()
        return found[min(field, len(found) - 1)]


def _read_text(path: str, name: str) -> str:
    """Return the whole file as text; a pipe or device is refused, not waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ObjectiveError("csv", f"{name}: {reason}") from None
    found = os.fstat(handle)
    mode = found.st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise ObjectiveError("csv", f"{name}: {'a folder' if stat.S_ISDIR(mode) else 'a pipe or device'}, not a file")
    with os.fdopen(handle, "rb") as file:
        raw = file.read(MAX_BYTES + 1) if found.st_size <= MAX_BYTES else b""
    if max(len(raw), found.st_size) > MAX_BYTES:
        raise ObjectiveError("csv", f"{name}: larger than {MAX_BYTES // 2**20} MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise ObjectiveError("csv", f"{name}:{line}:{column}: not UTF-8") from None
