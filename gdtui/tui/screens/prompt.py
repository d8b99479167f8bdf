"""Ask for one line, which is checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from gdtui.errors import GdtuiError
from gdtui.text import _
from gdtui.tui.screens.dialog import FORM_KEYS, Dialog
from gdtui.tui.widgets.text_field import TextField
from gdtui.tui.widgets.words import Words

T = TypeVar("T")


class Prompt(Dialog[T], Generic[T]):
    """One line, which `read` turns into the answer or refuses with a GdtuiError.

    Parameters
    ----------
    typed
        what stands there at first.
    about
        what may be typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = FORM_KEYS

    def __init__(self, title: str, typed: str, about: str, read: Callable[[str], T]) -> None:
        super().__init__()
        self._title, self._first, self._about, self._read = title, typed, about, read

    def compose(self) -> ComposeResult:
        """Lay out the line, what may be typed, and what is wrong."""
        with Vertical(id="dialog"):
            yield from self.head(self._title)
            yield TextField(self._first, id="typed")
            yield Words(self._about, id="about")
            yield Words("", id="fault")
            yield Words(_("enter take · esc cancel"), id="keys")

    def on_mount(self) -> None:
        """Begin in the line."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if self.is_asking and event.value != self._first:
            self._try(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if self.is_asking and (answer := self._try(event.value)) is not None:
            self.dismiss(answer)

    def _try(self, typed: str) -> T | None:
        """Return the answer; None after showing what is wrong."""
        answer, fault = None, ""
        try:
            answer = self._read(typed)
        except GdtuiError as error:
            fault = str(error)
        self.query_one("#fault", Words).update(fault)
        return answer
