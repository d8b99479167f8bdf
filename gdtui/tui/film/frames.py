"""What is on the screen: as a picture, and as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from textual.app import App
from textual.strip import Strip


def picture(app: App[Any]) -> str:
    """Return the screen as SVG, the same bytes for the same screen."""
    svg = app.export_screenshot(title="gdtui")
    # the drawing program's ids differ from picture to picture, and its web font is somewhere else
    ids = re.search(r"terminal-(\d+)-", svg)
    if ids:
        svg = svg.replace(f"terminal-{ids[1]}", "terminal-gdtui")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")


@dataclass(frozen=True)
class Frame:
    """What is on the screen: every line as plain text and as it is sent to a terminal."""

    width: int
    height: int
    text: tuple[str, ...]
    lines: tuple[str, ...]

    def holds(self, words: str) -> bool:
        """Say whether a text is on the screen, in one line or wrapped over several."""
        wanted = " ".join(words.split())
        whole = " ".join(" ".join(self.text).split())
        return wanted in whole or any(words in line for line in self.text)


_CONSOLE = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)


def take(app: App[Any]) -> Frame:
    """Return what is on the screen now."""
    screen = app.screen
    update = screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    strips = [Strip.join(parts) for parts in getattr(update, "strips", [])]
    return Frame(
        app.size.width, app.size.height, tuple(strip.text for strip in strips),
        tuple(strip.render(_CONSOLE) for strip in strips),
    )  # fmt: skip
