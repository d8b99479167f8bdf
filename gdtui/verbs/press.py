"""`{ press = "space" }`, `{ press = ["v", "ctrl+q"] }`."""

from __future__ import annotations

from typing import Annotated

from gdtui.text import _
from gdtui.toml.records import Reads
from gdtui.verbs.base import verb
from gdtui.verbs.on_screen import TEXTS_SCHEMA, OnScreen, Screen, is_key, texts
from gdtui.verbs.point import Point


@verb
class Press(OnScreen):
    """Press keys on the screen."""

    press: Annotated[tuple[str, ...], Reads(texts, TEXTS_SCHEMA)]

    def check(self, point: Point) -> None:
        """Check that a terminal can have such keys."""
        for key in self.press:
            if not is_key(key):
                point.fault("press", _("there is no key {!r}").format(key))

    async def do(self, screen: Screen) -> None:
        """Press them."""
        await screen.press(self.press)
