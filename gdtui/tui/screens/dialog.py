"""What all dialogs share: they close once, whatever else has been typed in the meantime."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A screen over the bench that asks something; keys typed while it closes do nothing."""

    @property
    def is_asking(self) -> bool:
        """Whether it is on top: neither closed nor covered."""
        return self.app.screen is self

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with an answer the first time; later calls change nothing."""
        if self.is_asking:
            return super().dismiss(result)
        closed: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
        return closed
