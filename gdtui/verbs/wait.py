"""`{ wait = 1.5 }`."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Interval

from gdtui.verbs.base import verb
from gdtui.verbs.on_screen import OnScreen, Screen


@verb
class Wait(OnScreen):
    """Pause for so many seconds if somebody is watching."""

    wait: Annotated[float, Interval(ge=0.0, le=3600.0)]

    async def do(self, screen: Screen) -> None:
        """Let the time pass."""
        await screen.wait(self.wait)
