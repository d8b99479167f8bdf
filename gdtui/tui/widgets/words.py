"""Words on the screen, in ASCII if the app shows nothing else."""

from __future__ import annotations

from textual.app import App, RenderResult
from textual.content import Content
from textual.widgets import Static

from gdtui.plot.ascii_text import to_ascii


def spell(app: App[object], text: str) -> str:
    """Return a text as this app spells it."""
    return to_ascii(text) if getattr(app, "plain", False) else text


class Words(Static):
    """A `Static` without markup, as the app spells it."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(text, id=id, classes=classes, markup=False)

    def render(self) -> RenderResult:
        """Return the text as the app spells it."""
        text = self.content
        return Content(spell(self.app, text)) if isinstance(text, str) else super().render()
