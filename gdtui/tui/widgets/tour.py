"""The tour of a first start: three lines over the bench, until the first key."""

from __future__ import annotations

from collections.abc import Mapping

from gdtui.text import _
from gdtui.tui.widgets.words import Words, spell


class Tour(Words):
    """Says which keys to begin with.

    Parameters
    ----------
    keys
        the names of keys by action.
    """

    DEFAULT_CSS = """
    Tour {
        layer: tour; position: absolute; offset: 1 2; width: auto; max-width: 96%; height: auto; padding: 0 1;
        background: $surface; border: round $primary;
    }
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        lines = (
            _("{step} one update on every lane · {back} takes it back · {run} runs"),
            _("{lane-above} {lane-below} select a lane · {edit} its settings · {objective} the objective"),
            _("{help} keys and words · {lessons} lessons · {quit} quits"),
        )
        super().__init__("\n".join(line.format_map(keys) for line in lines), id="tour")

    def on_mount(self) -> None:
        """Say how to close it."""
        self.border_title = spell(self.app, _("to begin with"))
        self.border_subtitle = spell(self.app, _("any key closes this"))
