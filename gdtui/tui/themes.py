"""The dark and the light theme, and the palette of charts and panels for each."""

from __future__ import annotations

import os

from textual.app import App
from textual.theme import Theme

from gdtui.plot.palette import Palette
from gdtui.view.colors import DARK, LIGHT, MONO

GDTUI_DARK = Theme(
    name="gdtui-dark",
    primary="#5cb8ff",
    secondary="#2fd8a4",
    accent="#ffb02e",
    foreground="#e6e6e6",
    background="#0f1116",
    surface="#14171d",
    panel="#1a1e26",
    dark=True,
    variables={"footer-key-foreground": "#ffb02e", "footer-description-foreground": "#c8ccd4"},
)
GDTUI_LIGHT = Theme(
    name="gdtui-light",
    primary="#0072b2",
    secondary="#007a58",
    accent="#b36b00",
    foreground="#101418",
    background="#ffffff",
    surface="#f6f6fa",
    panel="#eceff3",
    dark=False,
    variables={"footer-key-foreground": "#b36b00", "footer-description-foreground": "#24292f"},
)


def palette_of(app: App[object]) -> Palette:
    """Return the colours of charts and panels for the app's theme; no colours under NO_COLOR."""
    if os.environ.get("NO_COLOR"):
        return MONO
    return DARK if app.current_theme.dark else LIGHT
