"""The footer: as many keys as fit without being cut, the most important first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from gdtui.plot.widths import cell_width
from gdtui.text import _
from gdtui.tui.widgets.words import spell


class KeysLine(Footer):
    """Textual's footer, up to the first key that would be cut.

    `labels` gives the present names of keys by action; `order` has the actions, the most important first: a key that
    the user has chosen stays in its action's place.
    """

    def __init__(self, labels: Callable[[], Mapping[str, str]], order: Sequence[str]) -> None:
        super().__init__(show_command_palette=False)
        self._labels, self._order = labels, order

    def compose(self) -> ComposeResult:
        """Yield the keys that fit."""
        self.mutate_reactive(KeysLine.compact)  # whose watchers would keep every key that there has ever been
        yield from self._fitting(super().compose())

    def _fitting(self, keys: Iterable[Widget]) -> ComposeResult:
        room, labels = self.app.size.width, self._labels()
        for key in sorted(keys, key=self._place):
            if isinstance(key, FooterKey):
                key.key_display = spell(self.app, _(key.key_display))
                key.description = spell(self.app, labels.get(key.action, _(key.description)))
                room -= cell_width(key.key_display) + cell_width(key.description) + _AROUND
                if room < 0:
                    return
            yield key

    def _place(self, key: Widget) -> int:
        action = key.action if isinstance(key, FooterKey) else ""
        return self._order.index(action) if action in self._order else len(self._order)

    def on_resize(self, event: events.Resize) -> None:
        """Compose again for another width."""
        self.call_after_refresh(self.recompose)


#: Blanks around a key and after its description.
_AROUND = 3
