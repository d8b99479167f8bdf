"""What every key of a screen does."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from gdtui.words import _

_NAMES = {
    "space": "space", "plus": "+", "equals_sign": "=", "minus": "−", "question_mark": "?", "pagedown": "PgDn",
    "pageup": "PgUp", "up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "Esc", "delete": "Del",
    "home": "Home", "enter": "Enter",
}  # fmt: skip


class Keys(ModalScreen[None]):
    """The keys of a screen, read off its bindings.

    Parameters
    ----------
    of
        the screen.
    """

    CSS_PATH = "keys.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,space", "dismiss", _("close"))]

    def __init__(self, of: Screen[Any]) -> None:
        super().__init__()
        self._of = of

    def compose(self) -> ComposeResult:
        """List them."""
        lines: dict[str, list[str]] = {}
        for binding in self._of.BINDINGS:
            assert isinstance(binding, Binding)
            names = [_NAMES.get(key, key) for key in binding.key.split(",")]
            lines.setdefault(binding.tooltip or binding.description, []).extend(names)
        lines[_("every command by name")] = ["Ctrl+P"]
        width = max(len(" ".join(keys)) for keys in lines.values()) + 3
        with VerticalScroll(id="dialog"):
            yield Static(_("keys"), id="title", markup=False)
            for what, keys in lines.items():
                with Horizontal(classes="line"):
                    shown = Static(" ".join(keys), classes="key", markup=False)
                    shown.styles.width = width
                    yield shown
                    yield Static(what, classes="what", markup=False)
