"""Change the settings of a lane; each is checked while it is typed."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input

from gdtui.errors import ParameterError
from gdtui.optimizers import COMMON
from gdtui.optimizers.language.symbols import MEANINGS, symbol
from gdtui.session import LaneView
from gdtui.text import _
from gdtui.tui.screens.dialog import FORM_KEYS, Dialog
from gdtui.tui.widgets.text_field import TextField
from gdtui.tui.widgets.words import Words


class EditLane(Dialog[dict[str, float]]):
    """A field per setting; enter applies the changes from the next update on."""

    BINDINGS: ClassVar[list[BindingType]] = FORM_KEYS

    def __init__(self, lane: LaneView, first: str = "lr") -> None:
        super().__init__()
        self._lane, self._first = lane, first

    def compose(self) -> ComposeResult:
        """Lay out a line per setting: its name, its value, its range."""
        lane = self._lane
        with Vertical(id="dialog"):
            yield from self.head(_("{lane}: from update {update} on").format(lane=lane.name, update=lane.update + 1))
            with VerticalScroll(id="fields"):
                for key, value in lane.settings.items():
                    with Horizontal(classes="field"):
                        sign = symbol(key)
                        yield Words(f"{key}  {sign}" if sign != key else key, classes="name")
                        yield TextField(repr(value), id=key)
                        yield Words(lane.spec.ranges[key].describe(), classes="range")
            yield Words("", id="about")
            yield Words("", id="fault")
            yield Words(_("enter apply · tab next · esc cancel"), id="keys")

    @on(events.DescendantFocus)
    def _focused(self) -> None:
        """Explain the setting in focus."""
        key = str(self.focused.id) if self.focused is not None else ""
        if key in self._lane.settings:
            own = self._lane.spec.rule.defaults
            default, meaning = (own[key], MEANINGS[key]) if key in own else (COMMON[key].default, COMMON[key].meaning)
            text = _("{meaning} (default {default})").format(meaning=_(meaning), default=f"{default:g}")
            self.query_one("#about", Words).update(text)

    def on_mount(self) -> None:
        """Begin at the setting that was asked for."""
        self.query_one(f"#{self._first}", Input).focus()

    def _read(self) -> dict[str, float]:
        """Return the settings that differ; ParameterError if a field is not a number or is out of range."""
        changes: dict[str, float] = {}
        for key, now in self._lane.settings.items():
            typed = self.query_one(f"#{key}", Input).value.strip()
            try:
                value = float(typed)
            except ValueError:
                raise ParameterError(key, _("{key} is a number, not {typed!r}").format(key=key, typed=typed)) from None
            if value != now:
                self._lane.spec.check(key, value)
                changes[key] = value
        return changes

    @on(Input.Changed)
    def _changed(self) -> None:
        if not self.is_asking:
            return
        fault = ""
        try:
            self._read()
        except ParameterError as error:
            fault = str(error)
        self.query_one("#fault", Words).update(fault)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if not self.is_asking:
            return
        try:
            self.dismiss(self._read())
        except ParameterError as error:
            self.query_one("#fault", Words).update(str(error))
