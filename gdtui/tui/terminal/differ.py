"""From what a terminal shows to what it is meant to show, in as few bytes as can be found quickly.

Only cells that differ are sent. Cells in one pen are sent one after the other, wherever they are: a move takes 3 to 8
bytes, another colour up to 19. A blank has no foreground, so it goes with any pen on its background. Unchanged cells
between two changed ones are sent again where this is shorter than a move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from gdtui.tui.terminal.pen import PLAIN, Pen, change
from gdtui.tui.terminal.picture import TAIL, Picture, is_narrow

#: Bytes of the usual move to the right within a row.
_MOVE = 4


@dataclass(slots=True)
class Piece:
    """Cells side by side in one pen; a blank one goes with every pen on its background."""

    y: int
    x: int
    text: str
    end: int
    pen: Pen
    blank: bool


def move(x: int, y: int, to_x: int, to_y: int) -> str:
    """Return the shortest move of the cursor from one cell to another; (-1, -1) is an unknown place."""
    ways = [f"\x1b[{to_y + 1};{to_x + 1}H" if to_x else f"\x1b[{to_y + 1}H" if to_y else "\x1b[H"]
    if y == to_y:
        if x == to_x:
            return ""
        step = to_x - x
        ways.append(f"\x1b[{step}C" if step > 1 else "\x1b[C" if step == 1 else f"\x1b[{-step}D")
        ways.append(f"\x1b[{to_x + 1}G" if to_x else "\r")
        if -4 < step < 0:
            ways.append("\b" * -step)
    elif y >= 0 and x == to_x:
        step = to_y - y
        ways.append(f"\x1b[{step}B" if step > 1 else "\x1b[B" if step == 1 else "\x1b[A" if step == -1 else
                    f"\x1b[{-step}A")  # fmt: skip
    return min(ways, key=len)


class Differ:
    """Knows what the terminal shows, its pen and the place of its cursor."""

    def __init__(self) -> None:
        self._chars: list[list[str]] = []
        self._pens: list[list[Pen]] = []
        self._pen: Pen | None = None
        self._place = (-1, -1)
        self._parked = (0, 0)

    def forget(self) -> None:
        """Take it that nothing is known of what the terminal shows."""
        self._chars, self._pens, self._pen, self._place = [], [], None, (-1, -1)

    def update(self, picture: Picture) -> str:
        """Return what makes the terminal show the picture, and take it that it is sent."""
        height = len(picture.chars)
        if len(self._chars) != height or (height and len(self._chars[0]) != picture.width):
            self._chars = [["\0"] * picture.width for _ in range(height)]
            self._pens = [[PLAIN] * picture.width for _ in range(height)]
            rows: list[int] = list(range(height))
        else:
            rows = sorted(picture.changed)
        picture.changed = set()
        pieces: list[Piece] = []
        for y in rows:
            chars, pens = picture.chars[y], picture.pens[y]
            if chars != self._chars[y] or pens != self._pens[y]:
                pieces += self._pieces(y, chars, pens)
                self._chars[y], self._pens[y] = chars[:], pens[:]
        out = "".join(self._drawn(pieces))
        x, y = min(picture.cursor[0], picture.width - 1), min(picture.cursor[1], height - 1)
        if (x, y) != self._parked or (pieces and (x, y) != (0, 0)):  # an input method looks there
            out += move(*self._place, x, y)
            self._place = self._parked = (x, y)
        return out

    def _pieces(self, y: int, chars: list[str], pens: list[Pen]) -> Iterator[Piece]:
        """Yield the pieces of a row that differ from what is shown."""
        shown, drawn = self._chars[y], self._pens[y]
        piece: Piece | None = None
        for x in range(len(chars)):
            char, pen = chars[x], pens[x]
            if char == shown[x] and pen == drawn[x]:
                continue
            blank = char == " " and pen.hides_blanks
            if blank and shown[x] == " " and drawn[x].hides_blanks and pen.bg == drawn[x].bg:
                continue
            if char == TAIL:
                if piece is not None and piece.end == x:
                    piece.end += 1
                continue
            if piece is not None and self._joins(piece, x, pen, blank, chars, pens):
                more = "".join(chars[piece.end : x]) + char
                piece.text += more
                if piece.blank and not (blank and more.isspace()):  # in between there may be letters, in this pen
                    piece.pen, piece.blank = pen, False
                piece.end = x + 1
                continue
            if piece is not None:
                yield piece
            piece = Piece(y, x, char, x + 1, pen, blank)
        if piece is not None:
            yield piece

    @staticmethod
    def _joins(piece: Piece, x: int, pen: Pen, blank: bool, chars: list[str], pens: list[Pen]) -> bool:
        """Say whether a cell continues a piece, perhaps over a few cells that do not differ."""
        drawn = pen if piece.blank else piece.pen
        if piece.pen != pen and not (drawn.hides_blanks and (blank or piece.blank) and piece.pen.bg == pen.bg):
            return False
        if x == piece.end:
            return True
        if x - piece.end >= _MOVE:
            return False
        between = range(piece.end, x)
        if sum(len(chars[i].encode()) for i in between) >= _MOVE:
            return False
        return all(
            pens[i] == drawn
            or (chars[i] == " " and pens[i].hides_blanks and drawn.hides_blanks and pens[i].bg == drawn.bg)
            for i in between
        )  # fmt: skip

    def _drawn(self, pieces: list[Piece]) -> Iterator[str]:
        """Yield the moves, pens and texts of the pieces, pen by pen."""
        for piece in _by_pen(pieces, self._pen):
            yield move(*self._place, piece.x, piece.y)
            pen = self._pen
            if pen is None:
                yield "\x1b[m"
                pen = PLAIN
            if not (piece.blank and pen.hides_blanks and pen.bg == piece.pen.bg):
                yield change(pen, piece.pen)
                pen = piece.pen
            yield piece.text
            self._pen = pen
            known = piece.end < len(self._chars[piece.y]) and is_narrow(piece.text)
            self._place = (piece.end, piece.y) if known else (-1, -1)


def _by_pen(pieces: list[Piece], pen: Pen | None) -> list[Piece]:
    """Return the pieces so that those in one pen follow each other, from the pen that the terminal has."""
    groups: dict[Pen, list[Piece]] = {}
    for piece in pieces:
        if not piece.blank:
            groups.setdefault(piece.pen, []).append(piece)
    grounds = {pen.bg: pen for pen in groups if pen.hides_blanks}
    for piece in pieces:
        if piece.blank:
            groups.setdefault(grounds.get(piece.pen.bg, piece.pen), []).append(piece)
    begun = pen or PLAIN
    order = sorted(groups, key=lambda pen: (pen.bg != begun.bg, pen.bg, pen != begun, sorted(pen.attributes), pen.fg))
    return [piece for pen in order for piece in sorted(groups[pen], key=attrgetter("y", "x"))]
