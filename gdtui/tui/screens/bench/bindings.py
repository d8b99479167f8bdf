"""The keys of the bench for Textual."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from gdtui.tui.keys import KEYS

BINDINGS: list[BindingType] = [
    Binding(
        key.keys, key.action, key.label or key.help, show=bool(key.label), key_display=key.shown or None,
        priority=key.priority, tooltip=key.help, id=key.id,
    )
    for key in KEYS
]  # fmt: skip
