"""As many colours as the terminal has, and no text that is lost among them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from gdtui.plot.canvas import draw
from gdtui.plot.contrast import contrast
from gdtui.plot.figure import Axis, Backdrop, Figure
from gdtui.plot.palette import CONTOUR_STEPS, series_color
from gdtui.tui.terminal.reduction import XTERM, nearest, reduction
from gdtui.tui.terminal.wire import Wire
from gdtui.tui.themes import palette_of
from gdtui.view.colors import GROUNDS, PALETTES

COLOURED = [name for name in PALETTES if name != "monochrome"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "true"),
        ({"TERM": "xterm-kitty"}, "true"),
        ({"TERM": "xterm-direct"}, "true"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "vt100"}, "none"),
        ({"TERM": "no-such-terminal"}, "16"),
        ({"TERM": "no-such-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
    ],
)
def test_the_terminal_says_how_many_it_has(environment: dict[str, str], expected: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("COLORTERM", "NO_COLOR")}
    code = "from gdtui.tui.terminal.detection import colors; print(colors())"
    done = subprocess.run([sys.executable, "-c", code], env={**kept, **environment}, capture_output=True, text=True)
    assert done.stdout.strip() == expected, done.stderr


@pytest.mark.parametrize("theme", COLOURED)
def test_lanes_can_be_told_apart(theme: str) -> None:
    """Four by 16 colours, all eight by 256; markers tell the rest."""
    roles, ground = PALETTES[theme].roles, PALETTES[theme].roles["background"]
    for count, palette in ((4, "16"), (8, "256")):
        found = {nearest(roles[series_color(i)], ground, palette) for i in range(count)}
        assert len(found) == count, palette


@pytest.mark.parametrize("theme", COLOURED)
def test_by_16_colours_contours_have_the_colour_of_no_lane(theme: str) -> None:
    roles, ground = PALETTES[theme].roles, PALETTES[theme].roles["background"]
    lanes = {nearest(roles[series_color(i)], ground, "16") for i in range(7)}
    for level in range(CONTOUR_STEPS):
        for on in (ground, roles[f"shade{level}"]):
            assert nearest(roles[f"contour{level}"], on, "16") not in lanes, level


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize(("palette", "least"), [("16", 3.0), ("256", 4.0)])
def test_text_can_be_read_on_every_ground(theme: str, palette: str, least: float) -> None:
    roles = PALETTES[theme].roles
    for ground in GROUNDS:
        for role in ("text", "title", "good", "bad", "brand"):
            number = nearest(roles[role], roles[ground], palette)
            ratio = contrast(XTERM[number], XTERM[nearest(roles[ground], None, palette)])
            # red and cyan are as dark or light as the terminal has them
            assert ratio >= (least if role in ("text", "title") else 2.0), (ground, role)


@pytest.mark.parametrize("palette", ["16", "256"])
def test_what_is_sent_is_within_the_palette(palette: str) -> None:
    wire = Wire(reduced=reduction(palette))
    wire.write("\x1b[?1049h\x1b[1;1H\x1b[1;38;2;242;85;157;48;2;15;17;22mpink\x1b[0m", (20, 3))
    sent = wire.next()
    assert re.findall(r"\x1b\[([\d;]+)mpink", sent) == [{"16": "1;95;40", "256": "1;38;5;205;48;5;233"}[palette]]
    wire.write("\x1b[2;1H\x1b[34mown\x1b[0m", (20, 3))
    assert ";34mown" in wire.next()  # its own colours are the terminal's affair


def test_a_palette_colour_is_its_own_nearest() -> None:
    assert [nearest(color, None, "256") for color in XTERM[16:232]] == list(range(16, 232))
    assert [nearest(color, XTERM[0 if number else 15], "16") for number, color in enumerate(XTERM[:16])] == list(
        range(16)
    )
    assert reduction("true") is None


def test_half_blocks_are_grounds() -> None:
    wire = Wire(reduced=reduction("16"))
    wire.write("\x1b[?1049h\x1b[1;1H\x1b[38;2;20;22;60;48;2;0;58;74m▀▀\x1b[0m", (20, 1))
    assert "\x1b[30;40m▀▀" in wire.next()


def test_by_16_colours_maps_of_runs_have_characters() -> None:
    """All their shades became black or white there: blank, or the lowest loss; four basins were two."""
    few, many = (palette_of(SimpleNamespace(theme="dark", terminal_colors=colors)) for colors in ("16", "256"))
    assert few.few and not many.few and few is palette_of(SimpleNamespace(theme="dark", terminal_colors="16"))
    shade = np.arange(20).reshape(4, 5)
    for role, glyphs in (("basin", "AAaaBBbbCCccDDddEEee"), ("", "")):
        figure = Figure(
            "", x=Axis(limits=(0, 1)), y=Axis(limits=(0, 1)), legend=False,
            backdrop=Backdrop(("test", role), shade=shade, role=role or "shade", glyphs=glyphs),
        )  # fmt: skip
        letters = {
            palette.few: set("".join(run.text for row in draw(figure, 40, 20, palette) for run in row)) & set("ABCDE")
            for palette in (few, many)
        }
        assert letters == {True: set("ABCDE") if glyphs else set(), False: set()}
