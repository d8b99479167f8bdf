"""The base of verbs that need a screen, and what they ask of one."""

from __future__ import annotations

import string
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

from gdtui.session import Session
from gdtui.text import _
from gdtui.toml.records import Schema
from gdtui.verbs.base import Verb, Verdict
from gdtui.view.look import LookChange


class Screen(Protocol):
    """A screen on which a script is played."""

    async def wait(self, seconds: float) -> None:
        """Let time pass."""

    async def press(self, keys: Sequence[str]) -> None:
        """Press keys, one after the other."""

    async def resize(self, columns: int, rows: int) -> None:
        """Resize the terminal."""

    async def screenshot(self, name: str) -> None:
        """Take a picture."""

    async def look(self, change: LookChange) -> None:
        """Change the look of the bench."""

    async def text(self) -> tuple[str, ...]:
        """Return the lines on the screen, without styles, once it no longer changes."""


class OnScreen(Verb, ABC):
    """A verb that does something to a screen; without one it is skipped."""

    @abstractmethod
    async def do(self, screen: Screen) -> Verdict | None:
        """Do it; None means done."""

    def verdict(self, _session: Session) -> Verdict:
        """Skip it: there is no screen."""
        return Verdict("skipped", _("needs a screen"))


# Values of their tables ----------------------------------------------------------------------------

#: One text, or an array of them.
TEXTS_SCHEMA: Schema = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    ]
}


def texts(value: object) -> tuple[str, ...]:
    """Read one text or an array of them."""
    listed = value if isinstance(value, (list, tuple)) else [value]
    if listed and all(isinstance(text, str) and text for text in listed):
        return tuple(listed)
    raise ValueError(_("{key} must be a string or an array of strings"))


_MODIFIERS = frozenset(("ctrl", "alt", "shift", "super", "hyper", "meta"))
_NAMED = frozenset((
    "enter", "return", "newline", "tab", "escape", "space", "backspace", "delete", "insert", "home", "end", "pageup",
    "pagedown", "up", "down", "left", "right", "at", "minus", "plus", "slash", "backslash", "underscore",
    *(f"f{number}" for number in range(1, 25)),
    *(unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_") for sign in string.punctuation),
))  # fmt: skip


def is_key(name: str) -> bool:
    """Say whether a terminal can send a key of that name: "q", "space", "ctrl+x", "shift+f3", "question_mark"."""
    *modifiers, key = [*name[:-1].split("+"), name[-1:]] if name.endswith("+") else name.split("+")
    if modifiers and modifiers[-1] == "":  # "ctrl++"
        modifiers.pop()
    known = len(key) == 1 or key in _NAMED
    if not known:
        try:
            unicodedata.lookup(key.replace("_", " "))
        except KeyError:
            return False
    return set(modifiers) <= _MODIFIERS and len(set(modifiers)) == len(modifiers)
