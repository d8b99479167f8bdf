"""What panels are written on: a size in cells, colours, and the characters that may be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gdtui.plot.ascii_text import spelled, writing
from gdtui.plot.cells import Row, Run
from gdtui.plot.palette import Palette
from gdtui.plot.widths import cell_width, characters, wrapped
from gdtui.text import number
from gdtui.view.colors import DARK

#: Text, role of its colour, bold.
Span = tuple[str, str, bool]


@dataclass(frozen=True)
class Paper:
    """A size in cells, with the colours and characters to use in it.

    Parameters
    ----------
    width, height
        in cells.
    palette
        colours.
    ascii
        ASCII characters only.
    """

    width: int
    height: int
    palette: Palette = DARK
    ascii: bool = False

    def row(self, spans: Sequence[Span], *, bg: str = "") -> Row:
        """Return one row of exactly `width` cells; spans that do not fit are cut."""
        with writing(plain=self.ascii):
            return self._row(spans, bg)

    def _row(self, spans: Sequence[Span], bg: str) -> Row:
        runs: list[Run] = []
        left = self.width
        ground = self.palette.color(bg) if bg else None
        for text, role, bold in spans:
            shown, cells = _fitted(text, left)
            if shown:
                left -= cells
                runs.append(Run(shown, self.palette.color(role), ground, bold))
        if left > 0:
            runs.append(Run(" " * left, None, ground, False))
        return tuple(runs)

    def page(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Return exactly `height` rows: these, cut or followed by empty ones."""
        missing = self.height - len(rows)
        return (*rows[: self.height], *[self.row([])] * missing) if missing > 0 else tuple(rows[: self.height])

    def words(self, text: str = "") -> tuple[Row, ...]:
        """Return a page with one line of text."""
        return self.page([self.row([(f" {text}", "text", True)])])

    def broken(self, text: str, indent: int = 0) -> list[str]:
        """Return text broken at words, on at most `height` lines; … stands for what does not fit."""
        room, lines = max(1, self.width - indent), self._wrapped(text, indent)
        if len(lines) > self.height:
            lines = lines[: max(1, self.height)]
            while lines[-1] and cell_width(f"{lines[-1]} …") > room:
                lines[-1] = lines[-1].rpartition(" ")[0]
            lines[-1] += " …"
        return lines

    def holds(self, text: str, indent: int = 0) -> bool:
        """Say whether there is room for all of a text, broken at words."""
        return len(self._wrapped(text, indent)) <= self.height

    def _wrapped(self, text: str, indent: int) -> list[str]:
        with writing(plain=self.ascii):
            return wrapped(spelled(text), max(1, self.width - indent))


def cells_of(spans: Sequence[Span]) -> int:
    """Return the width of spans in cells."""
    return sum(cell_width(text) for text, _role, _bold in spans)


def clip(text: str, width: int) -> str:
    """Return text as it is spelled at present, cut to `width` cells; … stands for what does not fit."""
    return _fitted(text, width)[0]


def _fitted(text: str, width: int) -> tuple[str, int]:
    """Return text as `clip` does, with its width."""
    text = spelled(text)
    used = cell_width(text)
    if used <= width:
        return text, used
    missing = spelled("…")
    if len(missing) > 1 and width < 8:
        missing = "~"
    if width <= 1:
        return missing[: max(0, width)], max(0, width)
    out, used = "", 0
    for char, cells in characters(text):
        if used + cells > width - len(missing):
            break
        out, used = out + char, used + cells
    return out + missing, used + len(missing)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return text clipped and filled to exactly `width` cells."""
    text, used = _fitted(text, width)
    space = " " * (width - used)
    return space + text if right else text + space


def number_in(room: int, value: float, digits: int = 4) -> str:
    """Return a number in at most so many digits and cells."""
    texts = (number(value, count) for count in range(digits, 0, -1))
    return next((text for text in texts if cell_width(text) <= room), number(value, 1))
