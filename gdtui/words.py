"""Every sentence that a user reads goes through here, so that it can be translated."""

from __future__ import annotations

import gettext
from pathlib import Path

_catalogue = gettext.translation("gdtui", Path(__file__).parent / "locale", fallback=True)


def _(message: str) -> str:
    """Return the message in the user's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG)."""
    return _catalogue.gettext(message)
