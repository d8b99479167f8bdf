"""Colours and markers: roles to hex for dark and light terminals, and no colour at all for NO_COLOR.

A figure names colours by role. `DARK` and `LIGHT` hold the roles that charts need: "series0" to "series7", "contour0"
and "shade0" up to 15, and what stands around a plot. A program adds its own with `Palette.extended`.

A series has a marker as well, so that nothing depends on colour alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gdtui.plot.contrast import at_contrast, mix, readable

#: Least ratios of contrast (WCAG 2.2, success criteria 1.4.3 and 1.4.11).
TEXT_CONTRAST, LINE_CONTRAST = 4.5, 3.0
#: That of a contour on the shade of its level: just enough on the shades beside it too, so that paths stand out.
CONTOUR_CONTRAST = 1.05 * LINE_CONTRAST
#: Roles that may be faint, backgrounds and decoration, and roles of lines; the others are text.
_FAINT = ("ghost", "band", "shade", "region", "field", "basin", "selected", "grid", "background", "surface", "panel")
_LINES = ("contour", "axis")

SERIES_COLORS = ("#4a9bff", "#ffb52e", "#5ff0c0", "#f2559d", "#fff59b", "#e8622a", "#d3b5ff", "#8f9bb3")
SERIES_COLORS_LIGHT = ("#0a58ca", "#9c5800", "#00664f", "#a93c84", "#676c00", "#7a1024", "#6c5baf", "#2a3140")
#: Sixteen series can be told apart: from the ninth on the colours repeat, with letters as markers.
MARKERS = ("●", "▲", "■", "◆", "★", "✚", "▼", "◉", "A", "B", "C", "D", "E", "F", "G", "H")


def series_color(index: int) -> str:
    """Return the colour role of a series, counted from 0."""
    return f"series{index % len(SERIES_COLORS)}"


def series_marker(index: int) -> str:
    """Return the marker of a series, counted from 0."""
    return MARKERS[index % len(MARKERS)]


@dataclass(frozen=True, eq=False)
class Palette:
    """Roles to hex. With `mono` there is no colour at all, not even for a hex string.

    With `few` the terminal has too few for shades; what has characters for them is drawn with these.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    mono: bool = False
    few: bool = False

    def color(self, role: str) -> str | None:
        """Return the hex of a role (a hex string stands for itself); None means the terminal's own colour."""
        if self.mono:
            return None
        return role if role.startswith("#") else self.roles.get(role)

    def extended(self, roles: Mapping[str, str]) -> "Palette":
        """Return this palette with more roles."""
        return Palette({**self.roles, **roles}, self.mono, self.few)

    def readable_on(self, grounds: Iterable[str]) -> "Palette":
        """Return this palette with every text at `TEXT_CONTRAST` and every line at `LINE_CONTRAST` on these grounds."""
        on = tuple(grounds)
        roles = {role: readable(hex_, on, least_contrast(role)) for role, hex_ in self.roles.items()}
        return Palette(roles, self.mono, self.few)


def least_contrast(role: str) -> float:
    """Return the contrast that a role needs on the ground; series are text as well, in names and markers."""
    if role.startswith(_FAINT):
        return 1.0
    return LINE_CONTRAST if role.startswith(_LINES) else TEXT_CONTRAST


CONTOUR_STEPS = 16


def ramp(name: str, *stops: str) -> dict[str, str]:
    """Return roles name0, name1, … from the first colour to the last, through those between at equal distances."""
    roles = {}
    for i in range(CONTOUR_STEPS):
        place = i / (CONTOUR_STEPS - 1) * (len(stops) - 1)
        below = min(int(place), len(stops) - 2)
        roles[f"{name}{i}"] = mix(stops[below], stops[below + 1], place - below)
    return roles


def contour_ramp(hues: Sequence[str], shades: Sequence[str], ratio: float = CONTOUR_CONTRAST) -> dict[str, str]:
    """Return the roles of contours, of this contrast on the shade of each level: hues from the lowest to the highest.

    Hues are near grey: on a terminal of 16 colours contours are grey then, and no lane is.
    """
    last = len(shades) - 1
    between = (mix(hues[0], hues[-1], place / last) for place in range(last + 1))
    return ramp("contour", *(at_contrast(hue, shade, ratio) for hue, shade in zip(between, shades, strict=True)))


def chart_palette(
    series: Sequence[str], contours: Sequence[str], shades: Sequence[str], *,
    title: str, text: str, label: str, axis: str, grid: str, contour_contrast: float = CONTOUR_CONTRAST,
) -> Palette:  # fmt: skip
    """Return the roles that charts need, from hex colours; contours and shades run from low to high levels."""
    return Palette(
        {
            **{series_color(i): color for i, color in enumerate(series)},
            **contour_ramp(contours, shades, contour_contrast),
            **ramp("shade", *shades),
            "title": title, "text": text, "label": label, "axis": axis, "grid": grid, "message": label, "arrow": text,
        }
    )  # fmt: skip


DARK = chart_palette(
    SERIES_COLORS, ("#829fa4", "#8d90a3"), ("#12393f", "#1f2546", "#12121c"),
    title="#c8ccd4", text="#e6e6e6", label="#8a919e", axis="#6e7581", grid="#2c3038",
)  # fmt: skip
LIGHT = chart_palette(
    SERIES_COLORS_LIGHT, ("#647a7e", "#72758a"), ("#c0e2e8", "#dfe0f4", "#f6f6fa"),
    title="#24292f", text="#101418", label="#5b6370", axis="#7b828d", grid="#dde1e7",
)  # fmt: skip
MONO = Palette(mono=True)
