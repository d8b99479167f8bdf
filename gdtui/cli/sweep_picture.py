"""A sweep as an SVG picture, drawn as charts are on the bench."""

from __future__ import annotations

import io
from typing import TextIO

from gdtui.plot.canvas import draw
from gdtui.simulation.fields.combinations import Sweep
from gdtui.view.colors import DARK
from gdtui.view.sweep_figures import figures

#: The size of a picture of one lane, in cells.
WIDTH, HEIGHT = 100, 30


def write_svg(sweep: Sweep, file: TextIO) -> None:
    """Write the pictures of a sweep, one below the other."""
    from rich.console import Console  # late: most commands draw nothing
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    from gdtui.tui.film.capture import tidied

    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for figure in figures(sweep):
        for row in draw(figure, WIDTH, HEIGHT, DARK):
            line = Text(no_wrap=True)
            for run in row:
                style = [run.fg or "", f"on {run.bg}" if run.bg else "", "bold" if run.bold else ""]
                line.append(run.text, style=" ".join(filter(None, style)))
            console.print(line)
    ground, ink = (_rgb(DARK.roles[role]) for role in ("background", "text"))
    theme = TerminalTheme(ground, ink, [ground] * 8, [ink] * 8)
    file.write(tidied(console.export_svg(title="gdtui sweep", theme=theme)))


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
