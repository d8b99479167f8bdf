"""The list of keys, with the regions of the bench and the meaning of its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from gdtui.text import N_, _
from gdtui.tui.key_names import first_keys, help_of, keys_of
from gdtui.tui.screens.dialog import Dialog
from gdtui.tui.widgets.two_columns import TwoColumns
from gdtui.tui.widgets.words import spell
from gdtui.view.glossary import REGIONS, TERMS


class KeyList(Dialog[None]):
    """The keys of a screen, from its bindings, after what is on it at present."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,space", "dismiss", N_("close"))]

    def __init__(self, of: Screen[None], here: Mapping[str, str]) -> None:
        super().__init__()
        self._of, self._here = of, here

    def compose(self) -> ComposeResult:
        """Lay out a line per part of the present screen, per key, per region, and per word."""
        lines: dict[str, list[str]] = {}
        names = first_keys(self._of)
        for binding in self._of.BINDINGS:
            assert isinstance(binding, Binding)
            lines.setdefault(help_of(binding, names), []).extend(keys_of(binding, self.app))
        lines[_("every command by name")] = ["Ctrl+P"]
        sections = (
            (_("on the screen now"), self._here),
            (_("keys"), {" ".join(keys): what for what, keys in lines.items()}),
            (_("what is where"), {_(name): _(what) for name, what in REGIONS.items()}),
            (_("words"), {_(name): _(what) for name, what in TERMS.items()}),
        )
        spelled = [
            (spell(self.app, title), {spell(self.app, left): spell(self.app, what) for left, what in rows.items()})
            for title, rows in sections
        ]
        with Vertical(id="dialog"):
            yield from self.head(_("keys and words"))
            with VerticalScroll(id="sections"):
                yield Static(TwoColumns(spelled))
