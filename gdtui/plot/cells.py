"""A grid of styled cells: written into cell by cell, read out as rows of runs."""

import threading
from copy import copy
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.ascii_text import to_ascii
from gdtui.plot.palette import Palette
from gdtui.plot.recent import Recent
from gdtui.plot.widths import characters


class Run(NamedTuple):
    """Part of a row in one style; colours are hex, None for the terminal's own."""

    text: str
    fg: str | None
    bg: str | None
    bold: bool


Row = tuple[Run, ...]
Codes = NDArray[np.uint32]
#: The code of the braille character without dots; each dot sets one of its lowest eight bits.
BRAILLE = 0x2800
_SPACE = ord(" ")
#: Marks the second cell of a wide character; it prints nothing.
_WIDE_TAIL = 0
_HAS_TAILS = chr(_WIDE_TAIL)


@lru_cache(maxsize=1024)
def _codes(text: str) -> Codes | None:
    """Return the code points of a text if each takes one cell, else None."""
    shown = characters(text)
    if any(width != 1 for _, width in shown):
        return None
    return np.array([ord(char) for char, _ in shown], dtype=np.uint32)


_roles = {"": 0}
_roles_lock = threading.Lock()


def role(name: str) -> int:
    """Return the number of a colour role, the same in every chart."""
    found = _roles.get(name)
    if found is None:
        with _roles_lock:
            found = _roles.setdefault(name, len(_roles))
    return found


class Cells:
    """`height` rows of `width` cells: characters, roles of foreground and background, bold."""

    def __init__(self, width: int, height: int, plain: bool = False) -> None:
        self.width, self.height, self.plain = width, height, plain
        self.chars: Codes = np.full((height, width), _SPACE, dtype=np.uint32)
        self.fg: NDArray[np.int32] = np.zeros((height, width), dtype=np.int32)
        self.bg: NDArray[np.int32] = np.zeros((height, width), dtype=np.int32)
        self.bold: NDArray[np.bool_] = np.zeros((height, width), dtype=bool)
        self._wide: set[str] = set()

    def copied(self) -> "Cells":
        """Return a grid of its own with the same contents."""
        other = copy(self)
        other.chars, other.bold = self.chars.copy(), self.bold.copy()
        other.fg, other.bg, other._wide = self.fg.copy(), self.bg.copy(), self._wide.copy()
        return other

    def window(self, left: int, top: int, width: int, height: int) -> "Cells":
        """Return a part of the grid with coordinates of its own; it shares its cells with the whole."""
        part = copy(self)
        part.width, part.height = width, height
        place = np.s_[top : top + height, left : left + width]
        part.chars, part.bold = self.chars[place], self.bold[place]
        part.fg, part.bg = self.fg[place], self.bg[place]
        return part

    def fill(self, columns: int | slice | NDArray[np.intp], rows: int | slice, char: str, color: str) -> None:
        """Fill cells with one narrow character."""
        self.chars[rows, columns] = ord(char)
        self.fg[rows, columns] = role(color)

    def put(self, col: int, row: int, text: str, color: str, bold: bool = False) -> None:
        """Write text from a cell to the right; text outside the grid is cut."""
        if not 0 <= row < self.height:
            return
        color_id = role(color)
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
                if width == 2:
                    self._wide.add(char)
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
                head = chr(code) in self._wide
            if head:
                row[-1] = _SPACE

    def rows(self, palette: Palette) -> tuple[Row, ...]:
        """Return all rows as runs; a row that equals a recent one is the same object."""
        if self._wide:
            self._blank_halves()
        packed = self.chars | self.fg.astype(np.uint64) << 21 | self.bg.astype(np.uint64) << 41
        packed |= self.bold.astype(np.uint64) << 61
        keys = [(palette, line.tobytes()) for line in packed]
        number = {key: row for row, key in enumerate(keys)}
        return tuple(_recent_rows.get(keys, lambda missing: self._made([number[key] for key in missing], palette)))

    def _made(self, wanted: list[int], palette: Palette) -> list[Row]:
        """Return some of the rows as runs."""
        chars, fg, bg, bold = (cells[wanted] for cells in (self.chars, self.fg, self.bg, self.bold))
        colors, same = _inks(palette, len(_roles))
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


@lru_cache(maxsize=64)
def _inks(palette: Palette, count: int) -> tuple[list[str | None], NDArray[np.int32]]:
    """Return the colours of the first roles, and for each the first role with the same colour: they share a style."""
    colors = [palette.color(name) for name in list(_roles)[:count]]
    first: dict[str | None, int] = {}
    return colors, np.array([first.setdefault(c, i) for i, c in enumerate(colors)], dtype=np.int32)


_recent_rows: Recent[tuple[Palette, bytes], Row] = Recent(2048)


def _style(number: int, count: int, colors: list[str | None]) -> tuple[str | None, str | None, bool]:
    rest, bold = divmod(number, 2)
    return colors[rest // count], colors[rest % count], bool(bold)
