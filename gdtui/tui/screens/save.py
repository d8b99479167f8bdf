"""Save what was done as a scenario."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from gdtui.text import _
from gdtui.tui.screens.dialog import FORM_KEYS, Dialog
from gdtui.tui.widgets.text_field import TextField
from gdtui.tui.widgets.words import Words


class SaveAs(Dialog[tuple[Path, str]]):
    """Ask for a title and a file name; overwrite an existing file only if asked twice."""

    BINDINGS: ClassVar[list[BindingType]] = FORM_KEYS

    def __init__(self, title: str = "", path: str = "session.toml") -> None:
        super().__init__()
        self._first, self._path, self._warned = title, path, ""

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        with Vertical(id="dialog"):
            yield from self.head(_("save what was done as a scenario"))
            yield Words(_("title"))
            yield TextField(self._first, placeholder=_("one line for the library"), id="words")
            yield Words(_("file"))
            yield TextField(self._path, id="path")
            yield Words("", id="fault")
            yield Words(_("enter save · tab next · esc cancel"), id="keys")

    def on_mount(self) -> None:
        """Begin at the title."""
        self.query_one("#words", Input).focus()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if not self.is_asking:
            return
        typed = self.query_one("#path", Input).value.strip()
        path = Path(os.path.expanduser(typed))
        if typed and not path.suffix:
            path = path.with_suffix(".toml")
        fault = self.query_one("#fault", Words)
        if not typed or path.is_dir():
            fault.update(_("type the name of a file"))
        elif not path.parent.is_dir():
            fault.update(_("there is no folder {folder}").format(folder=path.parent))
        elif path.exists() and self._warned != typed:
            self._warned = typed
            fault.update(_("{path} exists: enter again overwrites it").format(path=path))
        else:
            self.dismiss((path, self.query_one("#words", Input).value.strip()))
