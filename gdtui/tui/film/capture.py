"""What is on the screen, as a picture and as text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from textual.app import App
from textual.strip import Strip

_TEXT = re.compile(r'textLength="([\d.]+)"([^>]*)>([^<]*)</text>')


def wide(svg: str) -> str:
    """Return a picture with texts as long as their cells: Rich takes a wide character for one cell."""

    def longer(found: re.Match[str]) -> str:
        text = html.unescape(found[3])
        cells = cell_len(text)
        if cells == len(text):
            return found[0]
        return f'textLength="{float(found[1]) * cells / len(text):g}"{found[2]}>{found[3]}</text>'

    return _TEXT.sub(longer, svg)


def picture(app: App[None]) -> str:
    """Return the screen as SVG, the same bytes for the same screen."""
    return tidied(app.export_screenshot(title="gdtui"))


def tidied(svg: str) -> str:
    """Return an SVG picture that Rich has made, the same bytes for the same content, with a font that is there."""
    # Rich numbers its ids anew in every picture, and links to a web font
    ids = re.search(r"terminal-(\d+)-", svg)
    if ids:
        svg = svg.replace(f"terminal-{ids[1]}", "terminal-gdtui")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")


@dataclass(frozen=True)
class Capture:
    """Every line of the screen, as plain text and as it is sent to a terminal."""

    width: int
    height: int
    text: tuple[str, ...]
    lines: tuple[str, ...]


_CONSOLE = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)


def capture(app: App[None]) -> Capture:
    """Return what is on the screen now."""
    screen = app.screen  # Textual has no public way to read the whole screen back
    update = screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    strips = [Strip.join(parts) for parts in getattr(update, "strips", [])]
    return Capture(
        app.size.width, app.size.height, tuple(strip.text for strip in strips),
        tuple(strip.render(_CONSOLE) for strip in strips),
    )  # fmt: skip
