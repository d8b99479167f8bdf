"""Colours for terminals that have fewer than 16 million: the nearest of those that they have, and readable."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from gdtui.plot.contrast import contrast, light

#: (foreground, background, are both grounds?) → those that the terminal has, as parameters of SGR.
Reduced = Callable[[str, str, bool], tuple[str, str]]

#: The first 16 colours as xterm has them; every terminal has its own, much like these.
_ANSI = (
    "#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
    "#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
)  # fmt: skip
_LEVELS = (0, 95, 135, 175, 215, 255)
_CUBE = [f"#{r:02x}{g:02x}{b:02x}" for r in _LEVELS for g in _LEVELS for b in _LEVELS]
_GREYS = [f"#{grey:02x}{grey:02x}{grey:02x}" for grey in range(8, 248, 10)]
#: xterm's 256.
XTERM = (*_ANSI, *_CUBE, *_GREYS)

#: Of 16 colours, those that anything can stand on.
_GROUNDS_OF_16 = (0, 7, 15)
#: Least contrast of a line or a text that had it before.
LEAST = {"16": 3.0, "256": 4.5}
#: Colours with less of a hue than this are grey.
_GREY = 0.03
#: What a loss of contrast counts for, beside distances of at most 1.
_LOSS = 0.7
#: What a third of it counts for: another hue, or grey, is better.
_UNREADABLE = 2.0


class Lab(NamedTuple):
    """A colour by lightness and two axes of hue; distances are as large as they look (Ottosson 2020, Oklab)."""

    lightness: float
    a: float
    b: float


@lru_cache(maxsize=1024)
def lab(color: str) -> Lab:
    """Return a hex colour in Oklab."""
    r, g, b = light(color)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return Lab(
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _distance(color: str, other: str) -> float:
    p, q = lab(color), lab(other)
    return float(((p.lightness - q.lightness) ** 2 + 4 * (p.a - q.a) ** 2 + 4 * (p.b - q.b) ** 2) ** 0.5)


def _other_hue(color: str, other: str) -> float:
    """Return how far apart two colours are by name: 16 are too few for more than hues and light or dark."""
    p, q = lab(color), lab(other)
    greys = [math.hypot(one.a, one.b) < _GREY for one in (p, q)]
    if any(greys):
        return abs(p.lightness - q.lightness) + (greys[0] != greys[1])
    turn = abs(math.atan2(p.b, p.a) - math.atan2(q.b, q.a))
    return min(turn, 2 * math.pi - turn) + abs(p.lightness - q.lightness) / 2


def _hex(parameters: str) -> str | None:
    """Return the hex of parameters of SGR, None for the terminal's own colour."""
    kind, *numbers = parameters.split(";")[1:] or [""]
    if kind == "2":
        return "#" + "".join(f"{min(255, int(number or 0)):02x}" for number in numbers[:3])
    if kind == "5":
        return XTERM[min(255, int(numbers[0] or 0))]
    if not parameters:
        return None
    code = int(parameters)
    return _ANSI[code % 10 + 8 * (code >= 90)]


@lru_cache(maxsize=4096)
def nearest(color: str, on: str | None, colors: str) -> int:
    """Return the number of the nearest of a terminal's 16 or 256 colours, as readable on another as the colour was."""
    numbers, distance = (range(16), _other_hue) if colors == "16" else (range(16, 256), _distance)
    if on is None:
        grounds = _GROUNDS_OF_16 if colors == "16" else numbers
        return min(grounds, key=lambda number: _distance(color, XTERM[number]))
    ground = XTERM[nearest(on, None, colors)]
    least = min(LEAST[colors], contrast(color, on))

    def cost(number: int) -> float:
        lost = max(0.0, least - contrast(XTERM[number], ground)) / least
        return distance(color, XTERM[number]) + _LOSS * lost + _UNREADABLE * (lost > 1 / 3)

    return min(numbers, key=cost)


def _code(number: int, colors: str, first: int) -> str:
    if colors == "256":
        return f"{first + 8};5;{number}"
    return str(first + number if number < 8 else first + 60 + number - 8)


def _reduced(fg: str, bg: str, grounds: bool, colors: str) -> tuple[str, str]:
    ground, ink = _hex(bg), _hex(fg)
    has = ";2;" if colors == "256" else ";"  # a colour that the terminal has stays
    if ink is not None and has in fg:
        fg = _code(nearest(ink, None if grounds else ground, colors), colors, 30)
    if ground is not None and has in bg:
        bg = _code(nearest(ground, None, colors), colors, 40)
    return fg, bg


@lru_cache(maxsize=4096)
def _to_16(fg: str, bg: str, grounds: bool) -> tuple[str, str]:
    return _reduced(fg, bg, grounds, "16")


@lru_cache(maxsize=4096)
def _to_256(fg: str, bg: str, grounds: bool) -> tuple[str, str]:
    return _reduced(fg, bg, grounds, "256")


def reduction(colors: str) -> Reduced | None:
    """Return what reduces colours to the terminal's "16" or "256"; None where all are shown, "true", or none are."""
    return {"16": _to_16, "256": _to_256}.get(colors)
