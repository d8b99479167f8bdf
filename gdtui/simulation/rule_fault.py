"""What went wrong inside a rule, in one line: a rule from elsewhere may raise anything."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from gdtui.text import _, printable

#: Longer texts are cut.
MOST_CHARACTERS = 160
_PLACE = re.compile(r'File "([^"]+)", line (\d+)')


def in_one_line(error: BaseException) -> str:
    """Return the place outside this package where an exception was raised, its kind, and the line that says most.

    numba begins its messages with the steps in which it failed, and names the place in the text.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = next((line for line in lines if not line.startswith("Failed in nopython mode")), "")
    text = f"{type(error).__name__}: {told}".removesuffix(": ")
    package = str(Path(__file__).parents[1])
    frames = [
        (frame.filename, frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(package) and "site-packages" not in frame.filename
    ]
    named = _PLACE.search(str(error))
    place = (named[1], named[2]) if named else frames[-1] if frames else None
    where = f"{Path(place[0]).name}:{place[1]}: " if place else ""
    message = _("the rule failed: {what}").format(what=where + text)
    return printable(message if len(message) <= MOST_CHARACTERS else f"{message[: MOST_CHARACTERS - 1]}…")
