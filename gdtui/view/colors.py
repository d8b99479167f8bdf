"""Colours of the bench: a lane is drawn as the series of its number, and the panels add roles of their own.

There is a palette for each theme of the bench. Text has a contrast of 4.5 or more on every ground, lines have 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gdtui.plot.contrast import mix, readable
from gdtui.plot.palette import (
    CONTOUR_STEPS,
    LINE_CONTRAST,
    MONO,
    Palette,
    chart_palette,
    contour_ramp,
    ramp,
    series_color,
    series_marker,
)
from gdtui.plot.palette import DARK as CHARTS_DARK
from gdtui.plot.palette import LIGHT as CHARTS_LIGHT

if TYPE_CHECKING:
    from gdtui.session import LaneView

__all__ = [
    "DARK",
    "GROUNDS",
    "LIGHT",
    "MONO",
    "PALETTES",
    "band_color",
    "ghost_color",
    "lane_color",
    "lane_marker",
    "palette_on",
]

#: Roles of what text stands on.
GROUNDS = ("background", "surface", "panel", "selected")
#: The part of a class's colour in the ground of its region.
REGION = 0.22


#: The grounds of basins on dark and on light backgrounds, and the parts of them that are left in four steps, from the
#: quickest runs to the slowest. In every step they stay apart for people who do not see red, green or blue: these were
#: searched for with `tests/view/test_colors.py`.
ON_DARK = ("#0ac1ff", "#ffbe13", "#603caa", "#ebfee8", "#9d474a")
ON_LIGHT = ("#058ae5", "#f49307", "#003a00", "#95a694", "#5d006e")
BASIN = (0.9, 0.76, 0.64, 0.54)
#: The same in greys, which only how light they are tells apart.
GREYS, GREY_BASIN = ("#ffffff", "#626262", "#bebebe", "#424242", "#8a8a8a"), (1.0, 0.94, 0.88, 0.82)
#: The part of a lane's colour in what it has not done.
GHOST = 0.55
#: The parts of it in the ground of a band, and in what shades it.
UNDER, SHADE = 0.13, 0.3
#: The grounds of maps of runs from low losses to high ones; what is low stands out.
VIRIDIS = ("#c2df23", "#51c56a", "#1f968b", "#39568c", "#3b1f52")
CIVIDIS = ("#fee838", "#bcae6c", "#7c7b78", "#414d6b", "#00224e")


def _with_derived(
    palette: Palette, losses: tuple[str, ...] = VIRIDIS, basins: tuple[str, ...] = ON_DARK,
    steps: tuple[float, ...] = BASIN,
) -> Palette:  # fmt: skip
    """Return a palette with what is mixed from its colours: grounds of classes and basins, faint lanes, their bands.

    `losses` are the grounds of maps of losses, from low to high.
    """
    background = palette.roles["background"]
    classes, series = (_numbered(palette, name) for name in ("class", "series"))
    grounds = (mix(background, color, part) for color in basins for part in steps)
    return palette.extended({
        **{f"region{number}": mix(background, color, REGION) for number, color in classes.items()},
        **{f"basin{number}": ground for number, ground in enumerate(grounds)},
        **{
            f"ghost{number}": readable(mix(background, color, GHOST), (background,), LINE_CONTRAST)
            for number, color in series.items()
        },
        **{f"band{number}": mix(background, color, UNDER) for number, color in series.items()},
        **{f"band{number}-shade": mix(background, color, SHADE) for number, color in series.items()},
        **ramp("field", *losses),
    })  # fmt: skip


def _numbered(palette: Palette, name: str) -> dict[str, str]:
    """Return the colours of the roles name0, name1, … by their numbers."""
    return {role.removeprefix(name): color for role, color in palette.roles.items() if role.startswith(name)}


DARK = _with_derived(CHARTS_DARK.extended(
    {
        "background": "#0f1116", "surface": "#14171d", "panel": "#1a1e26", "selected": "#1c222c",
        "minimum": "#ffffff", "start": "#c8ccd4", "brand": "#5cb8ff", "good": "#2fd8a4", "bad": "#ff6b4a",
        "class0": "#8fa3bf", "class1": "#d9b98c", "class2": "#9fc79a", "class3": "#c79ab8", "class4": "#c9c9c9",
    }
))  # fmt: skip
LIGHT = _with_derived(CHARTS_LIGHT.extended(
    {
        "background": "#ffffff", "surface": "#f6f6fa", "panel": "#eceff3", "selected": "#e4eaf2",
        "minimum": "#000000", "start": "#24292f", "brand": "#006aa6", "good": "#00704f", "bad": "#b83800",
        "class0": "#4a6285", "class1": "#7d5a1c", "class2": "#376c33", "class3": "#84487a", "class4": "#5a5a5a",
    }
), VIRIDIS[::-1], ON_LIGHT)  # fmt: skip
#: Black and white, and colours with a contrast of 7 or more.
HIGH_CONTRAST = _with_derived(chart_palette(
    ("#00ccff", "#ffff00", "#00ff99", "#ff9dff", "#ff9d6b", "#ccffff", "#8fb3ff", "#c4c4c4"),
    ("#a9bcc0", "#aeb0c0"), ("#003a4a", "#14163c", "#000000"),
    title="#ffffff", text="#ffffff", label="#d0d0d0", axis="#b0b0b0", grid="#404040", contour_contrast=4.6,
).extended(
    {
        "background": "#000000", "surface": "#000000", "panel": "#141414", "selected": "#262626",
        "minimum": "#ffffff", "start": "#ffffff", "brand": "#00ccff", "good": "#00ff99", "bad": "#ff9d6b",
        "class0": "#8fb3ff", "class1": "#ffcc33", "class2": "#00ff99", "class3": "#ff9dff", "class4": "#e0e0e0",
    }
))  # fmt: skip
#: Eight series that stay apart for people who do not see red, green or blue; good is blue, bad is orange.
COLOUR_BLIND = _with_derived(chart_palette(
    ("#00c8ff", "#ffff00", "#e16e00", "#aa6eff", "#00aa8c", "#ffaa00", "#aaffff", "#c8c8aa"),
    ("#8f9aa8", "#868b98"), ("#1f314c", "#23243a", "#12141b"),
    title="#c8ccd4", text="#e6e6e6", label="#969daa", axis="#767d89", grid="#2c3038",
).extended(
    {
        "background": "#0f1116", "surface": "#14171d", "panel": "#1a1e26", "selected": "#1c222c",
        "minimum": "#ffffff", "start": "#c8ccd4", "brand": "#7cc4ff", "good": "#4db8ff", "bad": "#ff9933",
        "class0": "#5ca8ff", "class1": "#ffb347", "class2": "#e6e6e6", "class3": "#a37aff", "class4": "#c9c96b",
    }
), CIVIDIS)  # fmt: skip
#: No hue at all: lanes are told apart by their markers, and by how light they are.
MONOCHROME = _with_derived(chart_palette(
    ("#ffffff", "#8c8c8c", "#d9d9d9", "#b2b2b2", "#ececec", "#9f9f9f", "#c6c6c6", "#a8a8a8"),
    ("#9a9a9a", "#868686"), ("#303030", "#121212"),
    title="#d0d0d0", text="#e6e6e6", label="#a0a0a0", axis="#767676", grid="#303030",
).extended(
    {
        "background": "#0c0c0c", "surface": "#141414", "panel": "#1c1c1c", "selected": "#242424",
        "minimum": "#ffffff", "start": "#d0d0d0", "brand": "#ffffff", "good": "#e6e6e6", "bad": "#ffffff",
        "class0": "#9a9a9a", "class1": "#ffffff", "class2": "#c4c4c4", "class3": "#8c8c8c", "class4": "#d8d8d8",
    }
), ("#e0e0e0", "#303030"), GREYS, GREY_BASIN)  # fmt: skip


#: The palette of each theme of the bench.
PALETTES = {
    "dark": DARK, "light": LIGHT, "high-contrast": HIGH_CONTRAST,
    "colour-blind": COLOUR_BLIND, "monochrome": MONOCHROME,
}  # fmt: skip


def palette_on(grounds: Mapping[str, str], text: str, *, dark: bool) -> Palette:
    """Return a palette for a theme made elsewhere: the dark or the light one, as far as it can be read on its grounds.

    Parameters
    ----------
    grounds
        "background", "surface" and "panel" as hex colours.
    text
        the colour of the theme's text.
    dark
        whether the theme is dark.
    """
    background = grounds["background"]
    own = {**grounds, "selected": mix(background, text, 0.08), "grid": mix(background, text, 0.15)}
    charts = (DARK if dark else LIGHT).extended(own)
    shades = mix(background, charts.roles["series0"], 0.15), background
    charts = charts.extended(ramp("shade", *shades))
    charts = _with_derived(charts, *((VIRIDIS, ON_DARK) if dark else (VIRIDIS[::-1], ON_LIGHT)))
    regions = [color for role, color in charts.roles.items() if role.startswith("region")]
    legible = charts.readable_on([*own.values(), charts.roles["shade0"], *regions])
    hues = charts.roles["contour0"], charts.roles[f"contour{CONTOUR_STEPS - 1}"]
    return legible.extended(contour_ramp(hues, shades))


def lane_color(lane: LaneView) -> str:
    """Return the role of a lane's colour."""
    return series_color(lane.number)


def ghost_color(lane: LaneView) -> str:
    """Return the role of the faint colour of what a lane has not done."""
    return lane_color(lane).replace("series", "ghost")


def band_color(lane: LaneView) -> str:
    """Return the role of the ground of a band of a lane."""
    return lane_color(lane).replace("series", "band")


def lane_marker(lane: LaneView) -> str:
    """Return a lane's marker: lanes can be told apart without colours."""
    return series_marker(lane.number)
