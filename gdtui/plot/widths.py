"""How wide a text is on the screen, and where it breaks."""

import re
import unicodedata
from functools import cache, lru_cache

from gdtui.plot.ascii_text import spelled


@lru_cache(maxsize=1024)
def characters(text: str) -> tuple[tuple[str, int], ...]:
    """Return the characters with their widths in cells, without controls, combining marks and bidi overrides."""
    return tuple((c, width) for c in text if (width := _cells(c)))


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    """Return the width of a character, 0 for one that is left out."""
    if character.isascii():
        return int(character.isprintable())
    if unicodedata.category(character)[0] in "CMZ":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cell_width(text: str) -> int:
    """Return the width of a text in cells, as the present context spells it."""
    return len(text) if text.isascii() and text.isprintable() else _width(spelled(text))


def wrapped(text: str, width: int) -> list[str]:
    """Return a text broken between words into lines of at most `width` cells; a longer word has a line of its own.

    Chinese and Japanese break between any two characters, but not before a closing mark or after an opening one.
    """
    lines = [""]
    for word in _word().findall(text):
        longer = lines[-1] + word
        if not lines[-1] or cell_width(longer) <= width:
            lines[-1] = longer.lstrip() if not lines[-1] else longer
        else:
            lines.append(word.lstrip())
    return lines


_OPENING, _CLOSING = "（「『【〈《“", "、。，：；！？）」』】〉》”…"
_IDEOGRAPH = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"


@cache  # late: Python takes longer to compile it than to print a list
def _word() -> re.Pattern[str]:
    return re.compile(
        rf"\s*(?:[{_OPENING}]+(?:[{_IDEOGRAPH}]|[^\s{_IDEOGRAPH}]+)|[{_IDEOGRAPH}]|[^\s{_IDEOGRAPH}]+)[{_CLOSING}]*"
    )


@lru_cache(maxsize=4096)
def _width(text: str) -> int:
    return sum(map(_cells, text))
