"""The faults of a file, and notes on it: collected in one pass, each shown with its line and a caret."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from gdtui.errors import GdtuiError
from gdtui.plot.widths import cell_width
from gdtui.text import _, printable
from gdtui.toml.positions import Path, Positions, index, inside_string

#: How much of a long source line is shown, and how many faults of a file.
WIDEST, MOST_FAULTS = 110, 100


@dataclass(frozen=True, order=True)
class Place:
    """A line and a column, both from 1; columns count characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Fault:
    """A place, what is wrong there, and the line of the file."""

    place: Place
    message: str
    source: str = ""

    def render(self, file: str, word: str = "error") -> str:
        """Return ``FILE:LINE:COLUMN: error: message``, the line, and a caret below the column."""
        head = printable(f"{file}:{self.place.line}:{self.place.column}: {word}: {self.message}", "\n\t")
        if not self.source.strip():
            return head
        first = max(0, self.place.column - 1 - WIDEST * 2 // 3) if len(self.source) > WIDEST else 0
        shown = self.source[first : first + WIDEST]
        before = shown[: self.place.column - 1 - first]
        padding = "".join(c if c == "\t" else " " * cell_width(c) for c in before)
        return f"{head}\n  {printable(shown)}\n  {padding}^"


class ScenarioError(GdtuiError):
    """A scenario file that cannot be used, with all its faults in the order of the file."""

    placed = True

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        self.file = file
        self.faults = tuple(sorted(faults, key=lambda fault: fault.place))
        super().__init__("", _("{} cannot be used").format(file))
        self.args = (file, self.faults)

    def __str__(self) -> str:
        shown = [fault.render(self.file) for fault in self.faults[:MOST_FAULTS]]
        more = len(self.faults) - MOST_FAULTS
        return "\n".join([*shown, *([_("… and {} more").format(more)] if more > 0 else [])])


class Source:
    """The text of a file with the place of everything in it, and the faults and notes so far."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.faults: dict[tuple[str, Path], Fault] = {}
        self.notes: list[str] = []

    @cached_property
    def positions(self) -> Positions:
        """The position of every key and value."""
        return index(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """Offset of the first character of every line."""
        return [0, *(i + 1 for i, c in enumerate(self.text) if c == "\n")]

    def place(self, offset: int) -> Place:
        """Return line and column of an offset into the text."""
        line = bisect_right(self.starts, offset)
        return Place(line, offset - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return a line of the text without its end."""
        begin = self.starts[number - 1]
        end = self.text.find("\n", begin)
        return self.text[begin : end if end >= 0 else len(self.text)]

    def offset(self, path: Path, *, key: bool = False) -> int:
        """Return the offset of the value at `path`, or of its key if `key` is true or the value is a table."""
        values, keys = self.positions.values, self.positions.keys
        while path:
            if path in values and not (key and path in keys):
                return values[path][0]
            if path in keys:
                return keys[path]
            path, key = path[:-1], False
        return 0

    def written(self, path: Path) -> str:
        """Return a value as written in the file, on one line."""
        begin, end = self.positions.values.get(path, (0, 0))
        return " ".join(self.text[begin:end].split())

    def at(self, offset: int, message: str) -> Fault:
        """Return a fault at an offset."""
        place = self.place(offset)
        return Fault(place, message, self.line(place.line))

    def add(self, path: Path, message: str, *, key: bool = False, column: int | None = None) -> None:
        """Note a fault at a value, at its key, or at a column inside a string.

        Only the first fault of a value is kept: later ones follow from it.
        """
        offset = self.offset(path, key=key)
        if column is not None and path in self.positions.values:
            begin, end = self.positions.values[path]
            offset = begin + inside_string(self.text[begin:end], column)
        self.faults.setdefault(("key" if key else "value", path), self.at(offset, message))

    def note(self, path: Path, message: str) -> None:
        """Note a key that has no effect; the file can be used."""
        self.notes.append(self.at(self.offset(path, key=True), message).render(self.file, "note"))

    def faulty(self, path: Path) -> bool:
        """Say whether there is a fault at or below `path`."""
        return any(where[: len(path)] == path for _kind, where in self.faults)

    def faulty_itself(self, path: Path) -> bool:
        """Say whether there is a fault at `path` itself."""
        return any(where == path for _kind, where in self.faults)

    def faulty_keys(self, path: Path) -> bool:
        """Say whether there is a fault in a key at or below `path`."""
        return any(kind == "key" and where[: len(path)] == path for kind, where in self.faults)

    def close(self) -> None:
        """Raise ScenarioError if there are faults."""
        if self.faults:
            raise ScenarioError(self.file, list(self.faults.values()))
