"""`{ resize = [80, 24] }`."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Interval

from gdtui.verbs.base import verb
from gdtui.verbs.on_screen import OnScreen, Screen

Side = Annotated[int, Interval(ge=20, le=1000)]


@verb
class Resize(OnScreen):
    """Give the screen another size: columns, rows."""

    resize: tuple[Side, Side]

    async def do(self, screen: Screen) -> None:
        """Resize it."""
        await screen.resize(*self.resize)
