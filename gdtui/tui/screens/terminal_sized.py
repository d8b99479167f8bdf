"""Screens that are as large as the terminal is, whatever they have been told before."""

from __future__ import annotations

from textual.geometry import Size
from textual.screen import Screen


class TerminalSized:
    """For every screen: `class Bench(TerminalSized, Screen[None])`.

    Textual lays a screen out in the size that an event says, and the layout sends the screen an event with that size
    again. So two sizes that wait at the same time, with anything between them, take turns: the older one comes last, or
    both keep calling for each other and nothing else gets its turn, neither keys nor signals. The app always knows the
    newest size, in which a second layout changes nothing.
    """

    def _screen_resized(self, size: Size) -> None:
        assert isinstance(self, Screen)
        Screen._screen_resized(self, self.app.size)
