"""Text as people read it: translation, near names, numbers, tables, and characters that are safe on a terminal."""

from __future__ import annotations

import gettext
import math
import os
import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from pathlib import Path

from gdtui.plot.widths import cell_width

# Languages -----------------------------------------------------------------------------------------

#: Where the catalogues lie: a folder a language.
LOCALES = Path(__file__).parent / "locale"
#: Language → its catalogue; English is what stands in the sources.
LANGUAGES = {"en": "", "zh": "zh_CN"}


def language_of(environ: Mapping[str, str]) -> str:
    """Return the language that an environment asks for: GDTUI_LANG, LANGUAGE, LC_ALL, LC_MESSAGES, LANG; else "en"."""
    said = (environ.get(key) for key in ("GDTUI_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    asked = re.split("[_.@:-]", next(filter(None, said), "").lower())[0]
    return asked if asked in LANGUAGES else "en"


def speak(language: str) -> None:
    """Make `_` answer in one of `LANGUAGES` from now on."""
    global _catalogue, _language
    _language, name = language, LANGUAGES[language]
    found = gettext.translation("gdtui", LOCALES, [name], fallback=True) if name else None
    _catalogue = found or gettext.NullTranslations()


def spoken() -> str:
    """Return the language of `_`, one of `LANGUAGES`."""
    return _language


_catalogue, _language = gettext.NullTranslations(), "en"
speak(language_of(os.environ))


def _(message: str) -> str:
    """Return a message in the user's language.

    A message is a whole sentence or label with {named} or {} places, because languages order words differently. Nothing
    is translated while modules are imported: tables hold their words in English, marked by `N_`.
    """
    return _catalogue.gettext(message) if message else ""  # to gettext, "" is the head of the catalogue


def N_(message: str) -> str:
    """Mark a message of a catalogue for translation; `_` translates it where it is shown."""
    return message


# Names ---------------------------------------------------------------------------------------------


def nearest(word: object, words: Iterable[str]) -> str:
    """Return the most similar of `words`, or ""."""
    import difflib  # late: only a mistyped word needs it

    return next(iter(difflib.get_close_matches(str(word)[:64], list(map(str, words)), 1, 0.6)), "")


def did_you_mean(word: object, words: Iterable[str], otherwise: str = "") -> str:
    """Return the end of a message about a misspelt name: "; did you mean 'adam'?", or `otherwise`."""
    close = nearest(word, words)
    return _("; did you mean {!r}?").format(close) if close else otherwise


def free_name(name: str, taken: Collection[str], joint: str = "-") -> str:
    """Return the name, or the first of name-2, name-3 … that is not taken."""
    numbered = (f"{name}{joint}{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters; … stands for the rest of a longer one."""
    return text if len(text) <= most else text[: most - 1] + "…"


# Numbers -------------------------------------------------------------------------------------------

#: For `str.translate`: what is raised, in exponents, and what is lowered, in the names of quantities.
SUPERSCRIPTS = str.maketrans("0123456789+-.t", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻·ᵗ")
SUBSCRIPTS = str.maketrans("0123456789t", "₀₁₂₃₄₅₆₇₈₉ₜ")


def number(value: float, digits: int = 4) -> str:
    """Return a number in at most `digits` significant digits: 0.05, −3.892, 1.2e-3, nan."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-3 <= size < 10**6:
        text = f"{size:.{digits}g}"
        if "e" in text:
            text = f"{size:.0f}"
    else:
        mantissa, _e, exponent = f"{size:.{digits - 1}e}".partition("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        text = f"{mantissa}e{int(exponent)}"
    return ("−" if value < 0 else "") + text


def typed(value: float) -> str:
    """Return a setting as people type it: 1e-6, not 1e-06."""
    return re.sub(r"e([-+])0", r"e\1", f"{value:g}").replace("e+", "e")


# Tables --------------------------------------------------------------------------------------------


def aligned(rows: Sequence[Sequence[str]], right: Container[int] = (), indent: str = "") -> list[str]:
    """Return rows of cells as lines, aligned by width on the screen; the columns in `right` are right-aligned."""
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]

    def filled(cell: str, place: int) -> str:
        space = " " * (widths[place] - cell_width(cell))
        return space + cell if place in right else cell + space

    return [(indent + "  ".join(filled(cell, i) for i, cell in enumerate(row))).rstrip() for row in rows]


# Safe characters -----------------------------------------------------------------------------------

#: The only format characters in texts: Persian and Indic scripts and emoji are spelled with them.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def forbidden(character: str) -> bool:
    """Say whether a character is a control, a line separator, a surrogate, or a format character but a joiner.

    Format characters (Cf) turn the direction of text, hide in it or tag it.
    """
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _JOINERS


def printable(text: str, but: str = "\t") -> str:
    """Return `text` with a replacement character for each that a terminal might obey, except those in `but`."""
    return "".join(c if c in but or not forbidden(c) else "\N{REPLACEMENT CHARACTER}" for c in text)
