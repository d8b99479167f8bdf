"""Change the settings of one lane; each is checked as it is typed."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from gdtui.insight.numerals import symbol
from gdtui.optimizers import ParameterError
from gdtui.session import LaneView
from gdtui.words import _


class EditLane(ModalScreen[dict[str, float] | None]):
    """A field a setting; enter applies what has changed from the next update on.

    Parameters
    ----------
    lane
        whose settings.
    """

    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", _("cancel")),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, lane: LaneView) -> None:
        super().__init__()
        self._lane = lane

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        lane = self._lane
        with Vertical(id="dialog"):
            yield Static(f"{lane.name}: {_('from update')} {lane.update + 1} {_('on')}", id="title", markup=False)
            with VerticalScroll(id="fields"):
                for key, value in lane.settings.items():
                    with Horizontal(classes="field"):
                        yield Label(f"{key} {symbol(key) if symbol(key) != key else ''}".strip(), markup=False)
                        yield Input(repr(value), id=key)
            yield Static("", id="fault", markup=False)
            yield Static(_("enter apply · tab next · esc cancel"), id="keys", markup=False)

    def on_mount(self) -> None:
        """Begin at lr."""
        self.query_one("#lr", Input).focus()

    def _read(self) -> dict[str, float]:
        """Return the settings that differ.

        Raises
        ------
        ParameterError
            a field holds no number, or one out of range.
        """
        changes: dict[str, float] = {}
        for key, now in self._lane.settings.items():
            typed = self.query_one(f"#{key}", Input).value.strip()
            try:
                value = float(typed)
            except ValueError:
                raise ParameterError(key, f"{key} is a number, not {typed!r}") from None
            if value != now:
                self._lane.spec.check(key, value)
                changes[key] = value
        return changes

    @on(Input.Changed)
    def _changed(self) -> None:
        fault = ""
        try:
            self._read()
        except ParameterError as error:
            fault = str(error)
        self.query_one("#fault", Static).update(fault)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        try:
            self.dismiss(self._read())
        except ParameterError as error:
            self.query_one("#fault", Static).update(str(error))
