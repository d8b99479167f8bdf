"""Keys by the names that people know them by, as the user has chosen them."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from gdtui.text import _
from gdtui.tui.keys import key_name


def keys_of(binding: Binding, app: App[None] | App[object]) -> list[str]:
    """Return the keys of a binding as they are labelled, those of the user's configuration in place of its own."""
    keymap: Mapping[str, str] = getattr(app, "keymap", {})
    return [key_name(key) for key in keymap.get(binding.id or "", binding.key).split(",")]


def first_keys(screen: Screen[None] | Screen[object]) -> dict[str, str]:
    """Return the first key of each action of a screen by the action's name in the configuration, for its sentences."""
    bindings = [binding for binding in screen.BINDINGS if isinstance(binding, Binding) and binding.id]
    return {str(binding.id).partition(".")[2]: keys_of(binding, screen.app)[0] for binding in bindings}


def help_of(binding: Binding, keys: Mapping[str, str]) -> str:
    """Return what a binding does, other actions' keys by their names among these in it."""
    what = binding.tooltip or binding.description
    return _(what).format_map(keys)
