"""Words on the screen, in ASCII if the app shows nothing else."""

from __future__ import annotations

from textual.app import App, RenderResult
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, VisualType
from textual.widgets import Static

from gdtui.plot.ascii_text import to_ascii
from gdtui.plot.widths import cell_width, wrapped
from gdtui.tui.themes import is_plain


def spell(app: App[object], text: str) -> str:
    """Return a text as this app spells it."""
    return to_ascii(text) if is_plain(app) else text


class Prose(Content):
    """Text in one style whose lines are broken by cells: Chinese between any two characters."""

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the number of lines in a width."""
        return self._broken(width).get_height(rules, width)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the lines."""
        return self._broken(width).render_strips(width, height, style, options)

    def _broken(self, width: int) -> Content:
        parts = self.plain.split("\n")
        lines = [[part] if cell_width(part) <= width else wrapped(part, width) for part in parts]
        return Content("\n".join(line for part in lines for line in part))


class Measured(Static):
    """A `Static` that is as large as its newest text.

    Textual remembers a size for a count of changes, and counts no change while a layout is due: as after a change of
    the terminal's size, when the layout of the old text may come in between.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text, and measure it."""
        self._layout_updates += layout
        super().update(content, layout=layout)


class Words(Measured):
    """A `Measured` without markup, as the app spells it."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(text, id=id, classes=classes, markup=False)

    def render(self) -> RenderResult:
        """Return the text as the app spells it."""
        text = self.content
        return Prose(spell(self.app, text)) if isinstance(text, str) else super().render()
