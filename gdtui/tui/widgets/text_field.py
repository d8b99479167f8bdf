"""An input whose keys take effect in the order in which they are typed."""

from __future__ import annotations

from textual import events
from textual.binding import BindingsMap
from textual.widgets import Input

#: The keys of an `Input` that are no letters, apart from those of every widget that scrolls.
_OWN = BindingsMap(Input.BINDINGS).key_to_bindings


class TextField(Input):
    """An `Input` that does its own keys at once.

    Textual's lets them rise to the app first, and letters that came in the same packet overtake them: over a slow line
    a backspace then deletes the wrong letter.
    """

    async def on_key(self, event: events.Key) -> None:
        """Do what a key that is no letter is for here; one that has nothing to do goes on to the screen."""
        if event.key in _OWN and await self.app.run_action(_OWN[event.key][0].action, self):
            event.stop()
            event.prevent_default()
