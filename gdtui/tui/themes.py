"""The themes: each is the colours of dialogs and footer for Textual, and a palette for charts and panels."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from textual.theme import BUILTIN_THEMES, Theme

from gdtui.plot.contrast import mix, readable
from gdtui.plot.palette import TEXT_CONTRAST, Palette
from gdtui.tui.terminal.detection import COLORS
from gdtui.tui.theme_names import NAMES
from gdtui.view.colors import MONO, PALETTES, palette_on

if TYPE_CHECKING:
    from textual.app import App

#: The theme of a bench for which none is chosen.
DEFAULT_THEME = "dark"
#: What text stands on in dialogs.
_GROUNDS = ("background", "surface", "panel")
#: Contrast of the foreground: less important text is a weaker shade of it.
_FOREGROUND_CONTRAST = 7.5


def _own(name: str, palette: Palette, *, accent: str, dark: bool = True) -> Theme:
    roles = palette.roles
    return Theme(
        name=name, dark=dark, primary=roles["brand"], secondary=roles["good"], accent=accent, success=roles["good"],
        warning=accent, error=roles["bad"], foreground=roles["text"], background=roles["background"],
        surface=roles["surface"], panel=roles["panel"],
    )  # fmt: skip


_OWN = (
    _own("dark", PALETTES["dark"], accent="#ffb02e"),
    _own("light", PALETTES["light"], accent="#8f5500", dark=False),
    _own("high-contrast", PALETTES["high-contrast"], accent="#ffcc33"),
    _own("colour-blind", PALETTES["colour-blind"], accent="#ffff66"),
    _own("monochrome", PALETTES["monochrome"], accent="#ffffff"),
)
_KNOWN = {**{theme.name: theme for theme in _OWN}, **BUILTIN_THEMES}
#: Every theme by name, gdtui's own first.
THEMES: Mapping[str, Theme] = {name: _KNOWN[name] for name in NAMES if name in _KNOWN}


@cache
def theme_named(name: str) -> Theme:
    """Return a theme with every colour of text readable on its grounds, and the variables of gdtui's style sheets.

    $muted is for less important text, $highlight is the ground of a focused field and of a highlighted line.
    """
    theme = THEMES[name]
    made = {key: color[:7].lower() for key, color in theme.to_color_system().generate().items()}
    grounds = [made[ground] for ground in _GROUNDS]
    foreground = readable(made["foreground"], grounds, _FOREGROUND_CONTRAST)
    highlight = mix(made["surface"], foreground, 0.1)
    grounds.append(highlight)

    def text(part: str) -> str:
        return readable(made[part], grounds, TEXT_CONTRAST)

    own = {
        "muted": readable(mix(foreground, made["surface"], 0.35), grounds, TEXT_CONTRAST),
        "highlight": highlight, "block-cursor-blurred-background": highlight,
        "block-cursor-blurred-foreground": foreground, "footer-key-foreground": text("accent"),
        "input-selection-background": foreground, "input-selection-foreground": made["surface"],
    }  # fmt: skip
    # the footer stands on the panel, whatever the theme has there
    kept = {key: value for key, value in theme.variables.items() if not key.startswith("footer-")}
    return replace(
        theme, foreground=foreground, primary=text("primary"), secondary=text("secondary"), accent=text("accent"),
        success=text("success"), warning=text("warning"), error=text("error"), variables={**kept, **own},
    )  # fmt: skip


@cache
def _palette(name: str, *, few: bool) -> Palette:
    if few:
        return replace(_palette(name, few=False), few=True)
    if name in PALETTES:
        return PALETTES[name]
    theme = theme_named(name)
    made = {key: color[:7] for key, color in theme.to_color_system().generate().items()}
    return palette_on({ground: made[ground] for ground in _GROUNDS}, made["foreground"], dark=theme.dark)


def palette_of(app: App[object]) -> Palette:
    """Return the colours of charts and panels for the app's theme; no colours under NO_COLOR."""
    if os.environ.get("NO_COLOR"):
        return MONO
    return _palette(app.theme, few=getattr(app, "terminal_colors", "") == COLORS[0])


def is_plain(app: App[object]) -> bool:
    """Say whether the app shows ASCII only."""
    return bool(getattr(app, "plain", False))
