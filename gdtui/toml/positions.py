"""The position of every key and value in a TOML text, which neither `tomllib` nor `tomlkit` reports.

The reader follows TOML 1.0 closely enough for every text that `tomllib` accepts, and reads as much of other texts as it
can. `tomllib` alone decides what is valid TOML.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from gdtui.text import _

#: The path to a value in the document: keys of tables, numbers of array elements.
Path = tuple[str | int, ...]

#: The deepest nesting of tables and arrays, and the most parts of a dotted key.
DEEPEST = 32

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS = {
    '"""': re.compile(r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}', re.DOTALL),
    "'''": re.compile(r"'''(?:[^']++|'{1,2}(?!'))*+'{3,5}", re.DOTALL),
    '"': re.compile(r'"(?:[^"\\\n]++|\\.)*+"'),
    "'": re.compile(r"'[^'\n]*'"),
}


@dataclass
class Positions:
    """Offsets into the text."""

    keys: dict[Path, int] = field(default_factory=dict)  # the first place of a key
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)  # (begin, end); of a [[table]], its header
    repeated: list[tuple[Path, int]] = field(default_factory=list)  # keys with two values
    stuck: tuple[int, str] | None = None  # where reading ended early, and why


def index(text: str) -> Positions:
    """Return the position of every key and value of `text`; its lines must end in a line feed alone."""
    reader = _Reader(text)
    try:
        reader.document()
    except _Stuck as stuck:
        reader.found.stuck = (stuck.offset, stuck.message)
    return reader.found


class _Stuck(Exception):
    def __init__(self, offset: int, message: str = "") -> None:
        super().__init__(message)
        self.offset, self.message = offset, message


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found = Positions()
        self.elements: dict[Path, int] = {}  # arrays of tables: the newest element

    def document(self) -> None:
        table: Path = ()
        while True:
            self.skip(_BETWEEN)
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def skip(self, what: re.Pattern[str]) -> None:
        match = what.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def expect(self, mark: str) -> None:
        if not self.text.startswith(mark, self.at):
            raise _Stuck(self.at)
        self.at += len(mark)

    def header(self) -> Path:
        begin = self.at
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        path: Path = ()
        parts = self.key()
        for place, (name, offset) in enumerate(parts):
            path = (*path, name)
            self.found.keys.setdefault(path, offset)
            last = place == len(parts) - 1
            if path in self.elements and not (last and not array):
                if last:
                    self.elements[path] += 1
                path = (*path, self.elements[path])
            elif last and array:
                self.elements[path] = 0
                path = (*path, 0)
        self.expect("]]" if array else "]")
        if array:
            self.found.values[path] = (begin, self.at)
        return path

    def key(self) -> list[tuple[str, int]]:
        """Read a key, and return its parts with their offsets."""
        parts: list[tuple[str, int]] = []
        while True:
            self.skip(_BLANK)
            if len(parts) == DEEPEST:
                raise _Stuck(self.at, _("nested more than {} deep").format(DEEPEST))
            offset = self.at
            parts.append((self.name(), offset))
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def name(self) -> str:
        offset = self.at
        mark = self.text[self.at : self.at + 1]
        if mark in ('"', "'"):
            raw = self.string(mark)
            return raw[1:-1] if mark == "'" or "\\" not in raw else _decode(raw, offset)
        return self.take(_BARE_KEY)

    def string(self, mark: str) -> str:
        return self.take(_STRINGS[mark])

    def take(self, pattern: re.Pattern[str]) -> str:
        """Read what matches, which must be there."""
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _Stuck(self.at)
        self.at = match.end()
        return match[0]

    def pair(self, table: Path) -> None:
        parts = self.key()
        self.expect("=")
        path = table
        for name, offset in parts:
            path = (*path, name)
            if path in self.found.values:
                self.found.repeated.append((path, offset))
            self.found.keys.setdefault(path, offset)
        self.skip(_BLANK)
        self.value(path)

    def value(self, path: Path) -> None:
        if len(path) > DEEPEST:
            raise _Stuck(self.at, _("nested more than {} deep").format(DEEPEST))
        begin = self.at
        mark = next((m for m in _STRINGS if self.text.startswith(m, begin)), "")
        if mark:
            self.string(mark)
        elif self.text.startswith("[", begin):
            self.listed("[", "]", lambda number: self.value((*path, number)))
        elif self.text.startswith("{", begin):
            self.listed("{", "}", lambda _number: self.pair(path))
        else:
            match = _SCALAR.match(self.text, begin)
            assert match is not None
            word = match[0].rstrip(" \t")
            if not word:
                raise _Stuck(begin)
            self.at = begin + len(word)
        self.found.values.setdefault(path, (begin, self.at))

    def listed(self, opening: str, closing: str, read: Callable[[int], None]) -> None:
        """Read what stands between two signs, with commas between; `read` is given the number of each, from 0."""
        self.expect(opening)
        self.skip(_BETWEEN)
        for number in count():
            if self.text.startswith(closing, self.at):
                break
            read(number)
            self.skip(_BETWEEN)
            if not self.text.startswith(",", self.at):
                break
            self.at += 1
            self.skip(_BETWEEN)
        self.expect(closing)


def _decode(raw: str, offset: int) -> str:
    try:
        return str(tomllib.loads(f"x = {raw}")["x"])
    except ValueError:
        raise _Stuck(offset) from None


_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\s*\n\s*|.)", re.DOTALL)


def inside_string(raw: str, column: int) -> int:
    """Return the offset of the character number `column` (from 1) in a string as written, with its quotes."""
    mark = next((m for m in _STRINGS if raw.startswith(m)), "")
    at = len(mark)
    if len(mark) == 3 and raw.startswith("\n", at):
        at += 1
    if mark.startswith("'") or not mark:
        return min(at + column - 1, len(raw))
    left = column - 1
    while at < len(raw) - len(mark):
        match = _ESCAPE.match(raw, at)
        joined = match is not None and match[0][1:].isspace()
        if left <= 0 and not joined:
            break
        at = match.end() if match else at + 1
        left -= not joined
    return at
