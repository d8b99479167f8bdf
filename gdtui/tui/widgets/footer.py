"""The footer: as many keys as fit without being cut, the most important first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from gdtui.plot.widths import cell_width
from gdtui.text import _
from gdtui.tui.key_names import first_keys
from gdtui.tui.widgets.words import spell

#: Blanks around a key and after its description.
_AROUND = 3


class _Face(NamedTuple):
    """What a key of the footer shows, and what it does when it is clicked."""

    key: str
    display: str
    description: str
    action: str
    disabled: bool
    tooltip: str


class KeysLine(Footer):
    """Textual's footer, up to the first key that would be cut.

    `labels` gives the present names of keys by action; `order` has the actions, the most important first: a key that
    the user has chosen stays in its action's place.
    """

    def __init__(self, labels: Callable[[], Mapping[str, str]], order: Sequence[str]) -> None:
        super().__init__(show_command_palette=False)
        self._labels, self._order = labels, order
        self._composed: list[_Face] = []

    def compose(self) -> ComposeResult:
        """Yield the keys that fit."""
        self._composed, names = self._fitting(), first_keys(self.screen)
        for face in self._composed:
            help_ = spell(self.app, _(face.tooltip).format_map(names))
            key = FooterKey(face.key, face.display, face.description, face.action, face.disabled, help_)
            key.set_reactive(FooterKey.compact, False)
            yield key

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Compose again, also while the terminal is not the one that is typed into: people may still look at it."""
        self._bindings_ready = True
        if self.is_attached and screen is self.screen:
            self.call_after_refresh(self.recompose)

    async def recompose(self) -> None:
        """Compose again if a key has changed: most acts change none, and new widgets cost much."""
        if self._fitting() != self._composed:
            await super().recompose()

    def _fitting(self) -> list[_Face]:
        room, fitting = self.app.size.width, []
        for face in sorted(self._faces(), key=self._place):
            room -= cell_width(face.display) + cell_width(face.description) + _AROUND
            if room < 0:
                break
            fitting.append(face)
        return fitting

    def _faces(self) -> list[_Face]:
        if not self._bindings_ready:
            return []
        labels, faces = self._labels(), {}
        for _node, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in faces:
                name = self.app.get_key_display(binding)
                display = spell(self.app, _(name))
                description = spell(self.app, labels.get(binding.action, _(binding.description)))
                faces[binding.action] = _Face(binding.key, display, description, binding.action, not enabled, tooltip)
        return list(faces.values())

    def _place(self, face: _Face) -> int:
        return self._order.index(face.action) if face.action in self._order else len(self._order)

    def on_resize(self, event: events.Resize) -> None:
        """Compose again for another width."""
        self.call_after_refresh(self.recompose)
