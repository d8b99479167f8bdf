"""What the terminal sends, cut into whole sequences before Textual reads it.

Textual takes the parts of a sequence that it does not know for keys, and waits inside one that never ends. Here unknown
sequences and the strings of terminals (OSC, DCS, APC, PM, SOS) are dropped whole, a part that is not completed in time
is dropped, and a paste is one message of bounded length.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.message import Message

from gdtui.tui.terminal.flow_control import ANSWER

_ESC = "\x1b"
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
#: CSI with its final byte (X10 mouse reports have three more), SS3, or a character with alt.
_WHOLE = re.compile(r"\x1b(?:\[M...|\[(?!M)[0-?]*[ -/]*[@-~]|O[ -~]|[^\[O\]P_^X\x1b])", re.DOTALL)
#: The beginning of one.
_PART = re.compile(r"\x1b(?:\[M.{0,2}|\[[0-?]*[ -/]*|O|[\]P_^X])?", re.DOTALL)
_STRING = re.compile(r"\x1b[\]P_^X]")
#: What ends a string: its terminator, BEL, CAN or SUB.
_STRING_END = re.compile(r"\x1b\\|[\x07\x18\x1a\x9c]")
#: Characters of the longest sequence that means something, and of a paste that is kept.
LONGEST, LONGEST_PASTE = 64, 10_000
#: Seconds for the rest of a sequence, and of a paste.
PATIENCE, PASTE_PATIENCE = max(0.1, constants.ESCAPE_DELAY), 1.0
#: So many characters that come alone are a key: somebody who presses one again and again does not prolong a paste that
#: never ends.
FEW = 8
#: The largest size that a terminal may report.
LARGEST = 2000


class StatusReport(Message):
    """The terminal has read as far as a request (`flow_control`)."""


def _beginning(text: str, mark: str) -> str:
    """Return the end of the text that may be the beginning of the mark."""
    return next((mark[:n] for n in range(len(mark) - 1, 0, -1) if text.endswith(mark[:n])), "")


class Keyboard:
    """Turns text from the terminal into Textual's messages."""

    def __init__(self, *, debug: bool = False) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)
        self._rest = ""  # the beginning of a sequence
        self._string = False  # inside the string of a terminal
        self._paste: str | None = None  # what has been pasted so far
        self._since = self._last = 0.0

    def feed(self, text: str) -> Iterator[Message]:
        """Yield the messages of some text; what is incomplete waits for the next call."""
        now = time.monotonic()
        if self._paste is None or len(text) > FEW or now - self._last < PATIENCE:
            self._since = now
        self._last = now
        text, self._rest, at = self._rest + text, "", 0
        while at < len(text):
            if self._paste is not None:
                end = text.find(_PASTED, at)
                until = end if end >= 0 else len(text) - len(_beginning(text, _PASTED))
                self._paste += text[at : min(until, at + LONGEST_PASTE - len(self._paste))]
                at, self._rest = (end + len(_PASTED), "") if end >= 0 else (len(text), text[until:])
                if end >= 0:
                    yield self._pasted()
            elif self._string:
                ended = _STRING_END.search(text, at)
                self._string = ended is None
                self._rest = text[-1] if ended is None and text.endswith(_ESC) else ""
                at = len(text) if ended is None else ended.end()
            elif text[at] != _ESC:
                end_of_keys = text.find(_ESC, at)
                keys = text[at : end_of_keys if end_of_keys >= 0 else len(text)]
                at += len(keys)
                for key in keys:
                    yield from self._read(key)
            elif whole := _WHOLE.match(text, at):
                at = whole.end()
                yield from self._sequence(whole[0])
            elif _STRING.match(text, at):
                self._string, at = True, at + 2
            elif text.startswith(_ESC * 2, at):
                at += 1
                yield events.Key("escape", _ESC)
            else:
                part = _PART.match(text, at)
                assert part is not None
                if part.end() == len(text):
                    self._rest = part[0][: LONGEST + 1]
                at = part.end()  # otherwise a sequence with a character that cannot be in one

    def tick(self) -> Iterator[Message]:
        """Yield the messages of what has waited too long for its end."""
        waited = time.monotonic() - self._since
        if self._paste is not None:
            if waited > PASTE_PATIENCE:
                self._rest = ""
                yield self._pasted()
        elif waited > PATIENCE and (self._rest or self._string):
            rest, within, self._rest, self._string = self._rest, self._string, "", False
            if rest == _ESC and not within:
                yield events.Key("escape", _ESC)
            elif len(rest) == 2:  # [ or O with alt
                yield from self._sequence(rest)

    def _pasted(self) -> Message:
        text, self._paste = self._paste or "", None
        return events.Paste(text.replace("\0", ""))

    def _sequence(self, sequence: str) -> Iterator[Message]:
        if sequence == _PASTE:
            self._paste = ""
        elif sequence == ANSWER:
            yield StatusReport()
        elif len(sequence) == 2:
            keys = list(self._parser._sequence_to_key_events(sequence))
            yield from keys or self._parser._sequence_to_key_events(sequence[1], alt=True)
        elif len(sequence) <= LONGEST:
            found = list(self._read(sequence))
            yield from found
            if not found:  # the parser may wait for more of it
                self._afresh()

    def _read(self, text: str) -> Iterator[Message]:
        try:
            for message in self._parser.feed(text):
                if not isinstance(message, events.Resize) or all(0 < n <= LARGEST for n in message.size):
                    yield message
        except Exception:  # a number that no terminal sends
            self._afresh()

    def _afresh(self) -> None:
        """Begin with a new parser that knows what the old one knew of the mouse."""
        old, self._parser = self._parser, XTermParser(self._debug)
        for name in ("last_x", "last_y", "mouse_pixels", "terminal_size", "terminal_pixel_size"):
            setattr(self._parser, name, getattr(old, name))
