"""`{ screenshot = "after-adam" }`."""

from __future__ import annotations

from typing import Annotated

from gdtui.toml.records import Matches
from gdtui.verbs.base import verb
from gdtui.verbs.on_screen import OnScreen, Screen


@verb
class Screenshot(OnScreen):
    """Take a picture of the screen."""

    screenshot: Annotated[str, Matches(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]

    async def do(self, screen: Screen) -> None:
        """Take it."""
        await screen.screenshot(self.screenshot)
