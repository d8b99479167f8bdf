"""The picture that Textual means: what its text, moves and colours make of a grid of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import get_character_cell_size

from gdtui.tui.terminal.pen import PLAIN, Pen, after
from gdtui.tui.terminal.reduction import Reduced

#: Column, row, and a text in one pen from there to the right.
Span = tuple[int, int, str, Pen]
_HALVES = "▀▄ "
#: The second cell of a wide character.
TAIL = ""
#: Texts in which every character takes one cell in every terminal: no marks, no wide ones, none that are in doubt.
_NARROW = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u03ff\u2010-\u2027\u2030-\u205e\u2070-\u208e"
                     "\u2190-\u21ff\u2200-\u22ff\u2300-\u2319\u2320-\u2328\u2500-\u25fc\u2800-\u28ff]*")  # fmt: skip
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)|\x1b\[(?P<pen>[0-9;]*)m|\x1b\[(?P<move>[0-9;]*)H|(?P<line>[\r\n])"
    r"|(?P<link>\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\))"
    r"|(?P<mode>\x1b\[[?<=>][0-9;]*\$?[a-zA-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[56]n|\x07)"
    r"|(?P<other>\x1b\[[0-?]*[ -/]*[@-~]|.)",
    re.DOTALL,
)


def is_narrow(text: str) -> bool:
    """Say whether every terminal gives each character of the text exactly one cell."""
    return _NARROW.fullmatch(text) is not None


def cells(text: str) -> Iterator[str]:
    """Yield what each cell of a text holds: a character with its marks, and `TAIL` after a wide one."""
    held = ""
    for char in text:
        width = get_character_cell_size(char)
        if width == 0:
            held += char
            continue
        if held:
            yield held
            if get_character_cell_size(held[0]) == 2:
                yield TAIL
        held = char
    if held:
        yield held
        if get_character_cell_size(held[0]) == 2:
            yield TAIL


class Picture:
    """Rows of cells and pens, written as a terminal would; what is no drawing goes to `passed`, in order.

    Reading it empties `changed`, the numbers of the rows that have been written to; `doubt` tells that something was
    passed after which nobody knows what the terminal shows.
    """

    def __init__(self, reduced: Reduced | None = None) -> None:
        self.chars: list[list[str]] = []
        self.pens: list[list[Pen]] = []
        self.changed: set[int] = set()
        self.passed: list[str] = []
        self.doubt = False
        self.cursor = (0, 0)
        self.width = 0
        self._pen = PLAIN
        self._reduced = reduced

    def resize(self, width: int, height: int) -> None:
        """Keep what is within the new size; what is new is blank until it is written."""
        if (width, height) == (self.width, len(self.chars)):
            return
        self.width = width
        self.chars = [(row + [" "] * width)[:width] for row in self.chars[:height]]
        self.pens = [(row + [PLAIN] * width)[:width] for row in self.pens[:height]]
        while len(self.chars) < height:
            self.chars.append([" "] * width)
            self.pens.append([PLAIN] * width)
        self.changed = set(range(height))

    def feed(self, text: str) -> None:
        """Draw what Textual writes to a terminal."""
        x, y = self.cursor
        pen = self._pen
        for token in _TOKEN.finditer(text):
            kind, found = token.lastgroup, token[0]
            if kind == "text":
                x += self.draw(x, y, found, pen)
            elif kind == "pen":
                pen = after(pen, token["pen"])
            elif kind == "move":
                row, _, column = token["move"].partition(";")
                x, y = max(0, int(column or 1) - 1), max(0, int(row or 1) - 1)
            elif kind == "line":
                x, y = 0, y + (found == "\n")
            elif kind != "link":  # a terminal is sent no addresses
                self.passed.append(found)
                self.doubt = self.doubt or kind == "other"
        self.cursor, self._pen = (x, y), pen

    def _shown(self, pen: Pen, text: str) -> Pen:
        """Return a pen in the terminal's colours; half a block is a ground on another."""
        if self._reduced is None:
            return pen
        return Pen(*self._reduced(pen.fg, pen.bg, not text.strip(_HALVES)), pen.attributes)

    def draw(self, x: int, y: int, text: str, pen: Pen) -> int:
        """Write a text and return its width; nothing is written outside the picture, and the cursor stays."""
        pen = self._shown(pen, text)
        written: str | list[str] = text if is_narrow(text) else list(cells(text))
        count = len(written)
        room = self.width - x
        if y >= len(self.chars) or room <= 0:
            return count
        if count > room:
            written = list(written[:room])
            if written[-1] != TAIL and get_character_cell_size(written[-1][0]) == 2:
                written[-1] = " "
        row, end = self.chars[y], x + len(written)
        if row[x] == TAIL and x:  # half of a wide character is a blank
            row[x - 1] = " "
        if end < self.width and row[end] == TAIL:
            row[end] = " "
        row[x:end] = written
        self.pens[y][x:end] = [pen] * (end - x)
        self.changed.add(y)
        return count
