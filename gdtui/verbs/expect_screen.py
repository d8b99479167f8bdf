"""`{ expect_screen = "diverged at 7" }`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Annotated, ClassVar

from gdtui.text import _
from gdtui.toml.records import Reads
from gdtui.verbs.base import Verdict, failed, verb
from gdtui.verbs.on_screen import TEXTS_SCHEMA, OnScreen, Screen, texts


@verb
class ExpectScreen(OnScreen):
    """Expect texts on the screen."""

    expect_screen: Annotated[tuple[str, ...], Reads(texts, TEXTS_SCHEMA)]
    asserts: ClassVar[bool] = True
    words: ClassVar[tuple[str, ...]] = ("expect_screen",)

    async def do(self, screen: Screen) -> Verdict:
        """Look for each."""
        lines = await screen.text()
        absent = [text for text in self.expect_screen if not on_screen(lines, text)]
        if not absent:
            return Verdict("passed")
        near = difflib.get_close_matches(absent[0], filter(None, map(str.strip, lines)), 1, 0.0)
        got = _("the line nearest to it: {!r}").format(near[0] if near else "")
        return failed(_("{!r} on the screen").format(absent[0]), got)


def on_screen(lines: Sequence[str], words: str) -> bool:
    """Say whether a text is on the screen, in one line or wrapped over several."""
    whole = " ".join(" ".join(lines).split())
    return " ".join(words.split()) in whole or any(words in line for line in lines)
