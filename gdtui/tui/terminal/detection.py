"""Whether there is a terminal for the screen, whether it can show braille, and how many colours it has."""

from __future__ import annotations

import locale
import os
import sys
from contextlib import suppress
from typing import Literal

from gdtui.text import _

#: How many colours a terminal has: "true" are 16 million.
Colors = Literal["none", "16", "256", "true"]
#: How many colours a user can ask for.
COLORS: tuple[Colors, ...] = ("16", "256", "true")
#: Columns and rows of a terminal below which the bench is not shown.
LEAST_SIZE = (60, 18)
#: Parts of the names of terminals with 16 million colours.
_TRUE = ("direct", "kitty", "alacritty", "foot", "wezterm", "ghostty", "contour", "rio")


def refusal() -> str | None:
    """Return one sentence saying why the screen cannot be opened here, or None if it can."""
    reason = ""
    if not _is_terminal(0):
        reason = _("its input is not a terminal")
    elif not _is_terminal(1):
        reason = _("its output is not a terminal")
    elif sys.platform != "win32" and os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        reason = _("TERM={name} is not a terminal that can show a screen").format(name=os.environ.get("TERM", ""))
    if not reason:
        return None
    return _("gdtui: {reason}; `gdtui run` and `gdtui replay` work without one.").format(reason=reason)


def _is_terminal(fd: int) -> bool:
    try:
        return os.isatty(fd)
    except OSError:
        return False


def colors() -> Colors:
    """Return how many colours the terminal has.

    ``NO_COLOR`` and ``COLORTERM`` say it, else the terminal's description (terminfo), read once. SSH passes on ``TERM``
    only: names of terminals that have 16 million whatever their description says are known here.
    """
    term = os.environ.get("TERM", "")
    if os.environ.get("NO_COLOR"):
        return "none"
    if os.environ.get("COLORTERM", "") in ("truecolor", "24bit") or any(name in term for name in _TRUE):
        return "true"
    found = _described(term)
    return "true" if found > 256 else "256" if found == 256 else "16" if found >= 8 else "none"


def _described(term: str) -> int:
    """Return the number of colours in the terminal's description, or a guess by its name if there is none."""
    with suppress(ImportError):
        import curses

        with suppress(curses.error):
            curses.setupterm(term, 1)
            return curses.tigetnum("colors")
    return 256 if "256color" in term else 16


def wants_ascii() -> bool:
    """Say whether braille and symbols would be garbled: the locale is not UTF-8, or the user asks for ASCII.

    ``GDTUI_ASCII`` decides if it is set (0 for no), then ``PYTHONUTF8``, then the locale. An explicit C locale means
    ASCII, although Python turns it into UTF-8. With nothing set at all (containers, bare SSH) UTF-8 is assumed, as
    Python does.
    """
    told = os.environ.get("GDTUI_ASCII")
    if told:
        return told != "0"
    if os.environ.get("PYTHONUTF8") in ("0", "1"):
        return os.environ["PYTHONUTF8"] == "0" and not _is_utf8(locale.getencoding())
    named = next((v for v in map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG")) if v), "")
    # Python's own coercion of LANG=C writes LC_CTYPE=C.UTF-8 into the environment
    if named in ("C.UTF-8", "C.utf8", "UTF-8") and not os.environ.get("LC_ALL"):
        named = os.environ.get("LANG") or named
    if named in ("C", "POSIX"):
        return True
    if not named or _is_utf8(named):
        return False
    return not _is_utf8(locale.getencoding())


def _is_utf8(name: str) -> bool:
    return "utf8" in name.lower().replace("-", "")
