"""TOML text from plain values; floats are written by `repr` and read back to the same bit.

Written by hand: `tomli-w` breaks arrays over lines and writes a table as a section, where a script has one act a line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from gdtui.errors import RecordError
from gdtui.text import _, forbidden, printable


def inline_table(pairs: Mapping[str, object]) -> str:
    """Return ``{ key = value, … }``."""
    return "{ " + ", ".join(lines(pairs)) + " }"


def lines(pairs: Mapping[str, object]) -> list[str]:
    """Return a line ``key = value`` for each pair; RecordError for a number that is not finite."""
    return [f"{key} = {_value(key, value)}" for key, value in pairs.items()]


def _value(key: str, value: object) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case int():
            return str(value)
        case float():
            if not math.isfinite(value):
                raise RecordError(_("{} = {!r}: a scenario file holds finite numbers only").format(key, value))
            return repr(value)
        case list() | tuple():
            return "[" + ", ".join(_value(key, item) for item in value) + "]"
        case Mapping():
            return inline_table(value)
    raise TypeError(f"{key}: no TOML for {type(value).__name__}")


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def quote(text: str) -> str:
    """Return text as a TOML string on one line."""
    return '"' + "".join(_ESCAPES.get(c) or (_escape(c) if forbidden(c) else c) for c in text) + '"'


def _escape(c: str) -> str:
    return f"\\u{ord(c):04X}" if ord(c) < 0x10000 else f"\\U{ord(c):08X}"


def allowed(text: str) -> str:
    """Return text with control characters, direction overrides and lone surrogates replaced."""
    return printable(text, "\n\t")
