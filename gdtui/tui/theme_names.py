"""The names of the themes: a list of them needs no screen."""

from __future__ import annotations

from gdtui.text import N_, _

#: A line about each theme of the bench.
_ABOUT = {
    "dark": N_("light text on a dark ground; the default"),
    "light": N_("dark text on white, for bright rooms and projectors"),
    "high-contrast": N_("white on black, every text with a contrast of 7 or more"),
    "colour-blind": N_("lanes stay apart without red, green or blue cones; good is blue, bad is orange"),
    "monochrome": N_("greys only: lanes differ by marker and brightness"),
}


def about(name: str) -> str:
    """Return a line about a theme."""
    line = _ABOUT.get(name, N_("of Textual"))
    return _(line)


#: Textual's own. Its ANSI themes are left out: charts need more than sixteen colours, and nobody knows how a terminal
#: shows those.
_OF_TEXTUAL = (
    "textual-dark", "textual-light", "nord", "gruvbox", "catppuccin-mocha", "dracula", "tokyo-night", "monokai",
    "flexoki", "catppuccin-latte", "catppuccin-frappe", "catppuccin-macchiato", "solarized-light", "solarized-dark",
    "rose-pine", "rose-pine-moon", "rose-pine-dawn", "atom-one-dark", "atom-one-light",
)  # fmt: skip
#: Every theme, gdtui's own first.
NAMES = (*_ABOUT, *_OF_TEXTUAL)
