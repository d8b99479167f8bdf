"""What is still English in a text that should be Chinese."""

from __future__ import annotations

import gettext
import re
from functools import cache

from gdtui.text import LOCALES

#: Three words of a sentence in a row; names and settings have underscores, digits or capitals, or stand alone.
_PROSE = re.compile(r"(?<![\w.-])[a-z]{2,} (?:[a-z]+ )+[a-z]{2,}(?![\w.-])")
#: References, names that stand side by side, and what people type.
_NAMES = re.compile(r"文献 .*|'[^']*'|gdtui [a-z]+ [a-z]+( [a-z]+)?|data\.csv \w+ \w+")


@cache
def _sentences() -> tuple[str, ...]:
    """Return the English messages, or their longest piece without places, that would be seen as such."""
    catalogue = gettext.translation("gdtui", LOCALES, ["zh_CN"])._catalog  # type: ignore[attr-defined]
    found = []
    for text, said in catalogue.items():
        piece = max(re.split(r"\{[^{}]*\}|%\(?\w+\)?s?", text), key=len).strip(" ,.:;()'\"")
        if len(piece) >= 8 and re.search(r"[A-Za-z] [a-z]", piece) and piece not in said:
            found.append(piece)
    return tuple(found)


def english_in(text: str) -> list[str]:
    """Return the messages and the rows of words that are English."""
    return [piece for piece in _sentences() if piece in text] + _PROSE.findall(_NAMES.sub("", text))
