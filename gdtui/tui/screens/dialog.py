"""What all dialogs share: they close once, whatever else has been typed in the meantime."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from gdtui.text import _

T = TypeVar("T")

#: The keys of a dialog with several fields.
FORM_KEYS: list[BindingType] = [
    Binding("escape", "dismiss(None)", _("cancel")),
    Binding("down", "app.focus_next", show=False),
    Binding("up", "app.focus_previous", show=False),
]


class Dialog(ModalScreen[T | None]):
    """A screen over the bench that asks something; keys typed while it closes do nothing."""

    @property
    def is_asking(self) -> bool:
        """Whether it is on top: neither closed nor covered."""
        return self.app.screen is self

    def ask(self, app: App[object], then: Callable[[T], object]) -> None:
        """Open, and call `then` with the answer unless the dialog is cancelled."""

        def answered(answer: T | None) -> None:
            if answer is not None:
                then(answer)

        app.push_screen(self, answered)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with an answer the first time; later calls change nothing."""
        if self.is_asking:
            return super().dismiss(result)
        closed: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
        return closed
