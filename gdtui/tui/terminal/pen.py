"""How a cell is drawn: colours and attributes, as SGR sequences set them (ECMA-48, 8.3.117; xterm's colours)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

#: Attributes that show on a blank as well: underline, blink, reverse, strike, double underline, overline.
_ON_BLANKS = frozenset({4, 5, 7, 9, 21, 53})
#: What turns attributes off; bold and faint share one code.
_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 7: 27, 8: 28, 9: 29, 21: 24, 53: 55}
_ENDS = {off: frozenset(on for on in _OFF if _OFF[on] == off) for off in _OFF.values()}


class Pen(NamedTuple):
    """Colours are parameters of SGR ("34", "38;5;7"; "" for the terminal's own), attributes its codes."""

    fg: str = ""
    bg: str = ""
    attributes: frozenset[int] = frozenset()

    @property
    def hides_blanks(self) -> bool:
        """Say whether a blank shows nothing but the background."""
        return not self.attributes & _ON_BLANKS


PLAIN = Pen()


def _colour(code: str, rest: Iterator[str]) -> str:
    kind = next(rest, "")
    return ";".join((code, kind, *(next(rest, "0") for _ in range({"5": 1, "2": 3}.get(kind, 0)))))


@lru_cache(maxsize=8192)
def after(pen: Pen, parameters: str) -> Pen:
    """Return the pen after an SGR sequence."""
    fg, bg, attributes = pen
    rest = iter(parameters.split(";"))
    for code in rest:
        number = int(code or 0)
        if number == 0:
            fg, bg, attributes = PLAIN
        elif number in _OFF:
            attributes |= {number}
        elif number in _ENDS:
            attributes -= _ENDS[number]
        elif number in (38, 48):
            colour = _colour(code, rest)
            fg, bg = (colour, bg) if number == 38 else (fg, colour)
        elif number in (39, 49):
            fg, bg = ("", bg) if number == 39 else (fg, "")
        elif 30 <= number <= 37 or 90 <= number <= 97:
            fg = code
        elif 40 <= number <= 47 or 100 <= number <= 107:
            bg = code
    return Pen(fg, bg, attributes)


@lru_cache(maxsize=8192)
def change(old: Pen, new: Pen) -> str:
    """Return the shortest SGR sequence that makes one pen another; "" if they are the same."""
    if old == new:
        return ""
    steps = []
    kept, on = old.attributes & new.attributes, new.attributes - old.attributes
    for off in sorted({_OFF[attribute] for attribute in old.attributes - new.attributes}):
        steps.append(str(off))
        on |= kept & _ENDS[off]
    steps += map(str, sorted(on))
    if old.fg != new.fg:
        steps.append(new.fg or "39")
    if old.bg != new.bg:
        steps.append(new.bg or "49")
    afresh = ["" if new == PLAIN else "0", *map(str, sorted(new.attributes)), *filter(None, (new.fg, new.bg))]
    return "\x1b[" + min(";".join(steps), ";".join(afresh), key=len) + "m"
