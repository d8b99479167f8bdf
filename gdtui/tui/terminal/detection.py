"""Whether there is a terminal for the screen, and whether it can show braille."""

from __future__ import annotations

import locale
import os
import sys

from gdtui.text import _


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
