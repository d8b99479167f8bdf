"""Pointing at the map by keys: arrows move a mark over the bench, enter uses the place, escape leaves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from gdtui.tui.screens.bench.aim import Aim
from gdtui.tui.screens.terminal_sized import TerminalSized
from gdtui.view.map_window import Place

#: Cells that a mark moves by with shift.
FAR = 5


class PlaceAim(Aim):
    """A mark on a map; `tell` says what is at a place."""

    tell: Callable[[Place], str]

    def value(self) -> Place:
        """Return the place in the window of the map."""
        return self._share(self._cell)

    def said(self) -> str:
        """Say what is there."""
        return self.tell(self.value())


class Pointing(TerminalSized, ModalScreen[Place]):
    """Moves a mark; the answer is its place, None if nothing is to be done there."""

    DEFAULT_CSS = "Pointing { background: transparent; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"{far}{key}", f"move({right * step}, {down * step})", show=False)
            for far, step in (("", 1), ("shift+", FAR))
            for key, right, down in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
        ),
        Binding("enter", "use", show=False),
        Binding("escape,M,q", "dismiss(None)", show=False),
    ]

    def __init__(self, mark: PlaceAim, say: Callable[[str], None]) -> None:
        super().__init__()
        self._mark, self._say = mark, say

    def on_mount(self) -> None:
        """Say what is at the first place."""
        self._say(self._mark.said())

    def action_move(self, right: int, down: int) -> None:
        """Move the mark, and say what is there."""
        self._mark.move(right, down)
        self._say(self._mark.said())

    def action_use(self) -> None:
        """Answer with the place."""
        self.dismiss(self._mark.value())
