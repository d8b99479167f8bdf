"""Between Textual and the terminal: what Textual writes becomes a picture, and only what differs goes out."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from gdtui.plot.ascii_text import to_glyphs
from gdtui.tui.terminal.differ import Differ
from gdtui.tui.terminal.picture import Picture, Span
from gdtui.tui.terminal.reduction import Reduced

_ENTER, _LEAVE = "\x1b[?1049h", "\x1b[?1049l"  # the alternate screen
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"  # synchronized output
#: Characters of an update below which the terminal shows it at once anyway.
_AT_ONCE = 512

#: ASCII for the frames and bars that Textual itself draws.
_FRAMES = {
    **dict.fromkeys("─━═▁▂▔▀▄╌╍┄┅╶╴╸╺", "-"),
    **dict.fromkeys("│┃║▎▏▕▊▐▌▍▋▉╎╏┆┇┊┋╵╷╹╻", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬", "+"),
    **dict.fromkeys("█▇▆▅▓", "#"),
    **dict.fromkeys("▒░", ":"),
    **dict(zip("▶▸►◀◂▲▼✓✔✗•…▮⌘⏎", ">>><<^vVVx*.|^<", strict=True)),
}
_TO_ASCII = str.maketrans(_FRAMES)


class Wire:
    """Takes what Textual writes, at any time, and gives what the terminal needs, whenever the terminal has read.

    Pictures that come while the terminal reads an older one are never sent: only the newest is. Setting `doubted` says
    that nobody knows what the terminal shows (it was resized, or another program had it): all of it is sent next.
    """

    def __init__(
        self, *, ascii: bool = False, reduced: Reduced | None = None  # noqa: A002
    ) -> None:  # fmt: skip
        self.doubted = False  # set in a signal's handler, too: it takes no lock
        self._ascii = ascii
        self._lock = Lock()
        self._picture, self._differ = Picture(reduced), Differ()
        self._open, self._synchronized = False, False

    def write(self, text: str, size: tuple[int, int]) -> None:
        """Take what Textual writes to a terminal of a size, (width, height) in cells."""
        if self._ascii and not text.isascii():
            text = self._to_ascii(text)
        with self._lock:
            self._picture.resize(*size)
            self._picture.feed(text)

    def draw(self, spans: Iterable[Span], size: tuple[int, int]) -> None:
        """Take texts for a terminal of a size, as `write` would with a move and a colour before each."""
        with self._lock:
            self._picture.resize(*size)
            for x, y, text, pen in spans:
                shown = text if text.isascii() or not self._ascii else self._to_ascii(text)
                self._picture.draw(x, y, shown, pen)

    @staticmethod
    def _to_ascii(text: str) -> str:
        return to_glyphs(text.translate(_TO_ASCII))

    def next(self) -> str:
        """Return what the terminal is to be sent now, and take it that it is sent; "" for nothing."""
        with self._lock:
            passed = self._passed()
            if self.doubted or self._picture.doubt:
                self.doubted = self._picture.doubt = False
                self._differ.forget()
            drawn = self._differ.update(self._picture) if self._open else ""
        if self._synchronized and len(drawn) > _AT_ONCE:
            drawn = f"{_BEGIN}{drawn}{_END}"
        return passed + drawn

    def _passed(self) -> str:
        """Return what is no drawing, as Textual wrote it."""
        said, self._picture.passed = self._picture.passed, []
        out = []
        for sequence in said:
            if sequence in (_BEGIN, _END):
                self._synchronized = True
                continue
            if sequence in (_ENTER, _LEAVE):
                self._open, self._picture.doubt = sequence == _ENTER, True
                if sequence == _LEAVE:  # screen has no second picture by itself: the prompt comes below this one
                    out.append("\x1b[m\x1b[999;1H")
            out.append(sequence)
        return "".join(out)
