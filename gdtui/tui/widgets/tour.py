"""The tour of a first start: three lines over the bench, until the first key."""

from __future__ import annotations

from collections.abc import Callable

from gdtui.text import _
from gdtui.tui.widgets.words import Words, spell


class Tour(Words):
    """Says which keys to begin with.

    Parameters
    ----------
    key
        the id of an action → the name of its key.
    """

    DEFAULT_CSS = """
    Tour {
        layer: tour; position: absolute; offset: 1 2; width: auto; max-width: 96%; height: auto; padding: 0 1;
        background: $surface; border: round $primary;
    }
    """

    def __init__(self, key: Callable[[str], str]) -> None:
        lines = (
            _("{step} one update on every lane · {back} takes it back · {run} runs"),
            _("{above} {below} select a lane · {edit} its settings · {objective} the objective"),
            _("{help} keys and words · {lessons} lessons · {quit} quits"),
        )
        keys = {
            "step": "step", "back": "back", "run": "run", "above": "lane-above", "below": "lane-below", "edit": "edit",
            "objective": "objective", "help": "help", "lessons": "lessons", "quit": "quit",
        }  # fmt: skip
        names = {place: key(f"bench.{action}") for place, action in keys.items()}
        super().__init__("\n".join(line.format(**names) for line in lines), id="tour")

    def on_mount(self) -> None:
        """Say how to close it."""
        self.border_title = spell(self.app, _("to begin with"))
        self.border_subtitle = spell(self.app, _("any key closes this"))
