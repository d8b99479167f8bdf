"""A grid of styled cells: written into cell by cell, read out as rows of runs."""

import threading
import unicodedata
from collections import OrderedDict
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.ascii_text import spelled, to_ascii
from gdtui.plot.palette import Palette


class Run(NamedTuple):
    """Part of a row in one style; colours are hex, None for the terminal's own."""

    text: str
    fg: str | None
    bg: str | None
    bold: bool


Row = tuple[Run, ...]
Codes = NDArray[np.uint32]
_SPACE = ord(" ")
_WIDE_TAIL = 0
"""Marks the second cell of a wide character; it prints nothing."""
_HAS_TAILS = chr(_WIDE_TAIL)


@lru_cache(maxsize=1024)
def characters(text: str) -> tuple[tuple[str, int], ...]:
    """Return the characters with their widths in cells, without controls, combining marks and bidi overrides."""
    out = []
    for c in text:
        if c.isascii():
            if c.isprintable():
                out.append((c, 1))
        elif unicodedata.category(c)[0] not in "CMZ":
            out.append((c, 2 if unicodedata.east_asian_width(c) in "WF" else 1))
    return tuple(out)


def cell_width(text: str) -> int:
    """Return the width of a text in cells, as the present context spells it."""
    return len(text) if text.isascii() and text.isprintable() else _width(spelled(text))


def wrapped(text: str, width: int) -> list[str]:
    """Return a text broken between words into lines of at most `width` cells; a longer word has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if cell_width(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@lru_cache(maxsize=4096)
def _width(text: str) -> int:
    return sum(w for _, w in characters(text))


@lru_cache(maxsize=1024)
def _codes(text: str) -> Codes | None:
    """Return the code points of a text if each takes one cell, else None."""
    shown = characters(text)
    if any(width != 1 for _, width in shown):
        return None
    return np.array([ord(char) for char, _ in shown], dtype=np.uint32)


class Roles:
    """Numbers colour roles, the same in every chart."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self._lock = threading.Lock()

    def number(self, name: str) -> int:
        """Return the number of a name."""
        found = self._numbers.get(name)
        if found is None:
            with self._lock:
                found = self._numbers.setdefault(name, len(self._numbers))
        return found

    def names(self) -> list[str]:
        """Return the names by number."""
        return list(self._numbers)


ROLES = Roles()


class Cells:
    """`height` rows of `width` cells: characters, roles of foreground and background, bold."""

    def __init__(self, width: int, height: int, plain: bool = False) -> None:
        self.width, self.height, self.plain = width, height, plain
        self.chars = np.full((height, width), _SPACE, dtype=np.uint32)
        self.fg = np.zeros((height, width), dtype=np.int32)
        self.bg = np.zeros((height, width), dtype=np.int32)
        self.bold = np.zeros((height, width), dtype=bool)
        self._has_wide = False

    def role(self, name: str) -> int:
        """Return the number of a role in `fg` and `bg`."""
        return ROLES.number(name)

    def fill(self, columns: int | slice, rows: int | slice, char: str, color: str) -> None:
        """Fill cells with one narrow character."""
        self.chars[rows, columns] = ord(char)
        self.fg[rows, columns] = self.role(color)

    def put(self, col: int, row: int, text: str, color: str, bold: bool = False) -> None:
        """Write text from a cell to the right; text outside the grid is cut."""
        if not 0 <= row < self.height:
            return
        color_id = self.role(color)
        text = to_ascii(text) if self.plain else text
        codes = _codes(text)
        if codes is not None:
            first, end = max(0, col), min(self.width, col + len(codes))
            if first < end:
                self.chars[row, first:end] = codes[first - col : end - col]
                self.fg[row, first:end] = color_id
                self.bold[row, first:end] = bold
            return
        for char, width in characters(text):
            if col >= 0 and col + width <= self.width:
                self.chars[row, col] = ord(char)
                self.chars[row, col + 1 : col + width] = _WIDE_TAIL
                self._has_wide = self._has_wide or width == 2
                self.fg[row, col : col + width] = color_id
                self.bold[row, col : col + width] = bold
            col += width

    def _blank_halves(self) -> None:
        """Blank the other half of a wide character if something else covers one of its cells."""
        for row in self.chars:
            head = False
            for col, code in enumerate(row.tolist()):
                if code == _WIDE_TAIL:
                    if not head:
                        row[col] = _SPACE
                    head = False
                    continue
                if head:
                    row[col - 1] = _SPACE
                head = code > 0x10FF and unicodedata.east_asian_width(chr(code)) in "WF"
            if head:
                row[-1] = _SPACE

    def rows(self, palette: Palette) -> tuple[Row, ...]:
        """Return all rows as runs; a row that equals a recent one is the same object."""
        if self._has_wide:
            self._blank_halves()
        packed = self.chars | self.fg.astype(np.uint64) << 21 | self.bg.astype(np.uint64) << 41
        packed |= self.bold.astype(np.uint64) << 61
        keys = [(palette, line.tobytes()) for line in packed]
        fresh = [r for r, key in enumerate(keys) if key not in _rows_kept]
        if fresh:
            _rows_kept.update(zip((keys[r] for r in fresh), self._made(fresh, palette), strict=True))
        out = tuple(_rows_kept[key] for key in keys)
        for key in keys:
            _rows_kept.move_to_end(key)
        while len(_rows_kept) > _ROWS_KEPT:
            _rows_kept.popitem(last=False)
        return out

    def _made(self, wanted: list[int], palette: Palette) -> list[Row]:
        """Return some of the rows as runs."""
        chars, fg, bg, bold = (cells[wanted] for cells in (self.chars, self.fg, self.bg, self.bold))
        colors = [palette.color(name) for name in ROLES.names()]
        # roles with the same colour share a style
        first: dict[str | None, int] = {}
        same = np.array([first.setdefault(c, i) for i, c in enumerate(colors)], dtype=np.int32)
        count = len(colors)
        ground = same[bg]
        style = (same[fg] * count + ground) * 2 + bold
        # a blank takes the style before it if the background is the same: one escape sequence less to send
        blank = chars == _SPACE
        blank[:, 0] = False
        places = np.where(blank, 0, np.arange(self.width))
        before = np.maximum.accumulate(places, axis=1)
        borrowed = np.take_along_axis(style, before, axis=1)
        style = np.where(np.take_along_axis(ground, before, axis=1) == ground, borrowed, style)
        change = np.ones(chars.shape, dtype=bool)
        change[:, 1:] = style[:, 1:] != style[:, :-1]
        text = chars.astype("<u4").tobytes().decode("utf-32-le")
        styles = {number: _style(number, count, colors) for number in np.unique(style).tolist()}
        out = []
        for r in range(len(wanted)):
            starts = np.flatnonzero(change[r])
            numbers = style[r, starts].tolist()
            edges = (starts + r * self.width).tolist()
            edges.append((r + 1) * self.width)
            pieces = (text[a:b] for a, b in pairwise(edges))
            if _HAS_TAILS in text:
                pieces = (p.replace(_HAS_TAILS, "") for p in pieces)
            out.append(tuple(Run(p, *styles[n]) for p, n in zip(pieces, numbers, strict=True)))
        return out


#: Recent rows, by palette and cells.
_rows_kept: OrderedDict[tuple[Palette, bytes], Row] = OrderedDict()
_ROWS_KEPT = 2048


def _style(number: int, count: int, colors: list[str | None]) -> tuple[str | None, str | None, bool]:
    rest, bold = divmod(number, 2)
    return colors[rest // count], colors[rest % count], bool(bold)
