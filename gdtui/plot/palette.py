"""Colours and glyphs: roles to hex for dark and light terminals, and none at all for NO_COLOR.

The lane colours follow Okabe and Ito's colour-blind-safe set, lightened for a dark ground; a lane's glyph
says the same as its colour, so that nothing depends on colour alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LANE_COLORS = ("#4a9bff", "#ffb52e", "#5ff0c0", "#f2559d", "#fff59b", "#e8622a", "#d3b5ff", "#8f9bb3")
LANE_COLORS_LIGHT = ("#0a58ca", "#c87000", "#00664f", "#b8438f", "#848a00", "#7a1024", "#8a74e0", "#2a3140")
#: One for each of the most lanes there may be; from the ninth on the colours come again, with letters.
LANE_GLYPHS = ("●", "▲", "■", "◆", "★", "✚", "▼", "◉", "A", "B", "C", "D", "E", "F", "G", "H")


def lane_color(index: int) -> str:
    """Role of the colour of lane `index`."""
    return f"lane{index % len(LANE_COLORS)}"


def lane_glyph(index: int) -> str:
    """Glyph of lane `index`."""
    return LANE_GLYPHS[index % len(LANE_GLYPHS)]


@dataclass(frozen=True, eq=False)
class Palette:
    """Roles to hex. With `mono`, no colour at all comes out, hex included."""

    roles: Mapping[str, str] = field(default_factory=dict)
    mono: bool = False

    def color(self, role: str) -> str | None:
        """Hex of a role, or of a hex string itself; None leaves the terminal's own colour."""
        if self.mono or not role:
            return None
        if role.startswith("#"):
            return role
        return self.roles.get(role)


def _mix(a: str, b: str, t: float) -> str:
    pairs = zip((a[1:3], a[3:5], a[5:7]), (b[1:3], b[3:5], b[5:7]), strict=True)
    return "#" + "".join(f"{round(int(p, 16) * (1 - t) + int(q, 16) * t):02x}" for p, q in pairs)


def _ramp(name: str, low: str, high: str, count: int = 16) -> dict[str, str]:
    return {f"{name}{i}": _mix(low, high, i / (count - 1)) for i in range(count)}


CONTOUR_STEPS = 16

DARK = Palette(
    {
        **{lane_color(i): c for i, c in enumerate(LANE_COLORS)},
        **_ramp("contour", "#42808f", "#2c3459", CONTOUR_STEPS),
        **_ramp("shade", "#0d2a33", "#12121c", CONTOUR_STEPS),
        "title": "#c8ccd4",
        "text": "#e6e6e6",
        "label": "#8a919e",
        "axis": "#4b515d",
        "grid": "#2c3038",
        "message": "#8a919e",
        "minimum": "#ffffff",
        "start": "#c8ccd4",
        "arrow": "#e6e6e6",
        "selected": "#1c222c",
        "brand": "#5cb8ff",
        "good": "#2fd8a4",
        "class0": "#8fa3bf",
        "class1": "#d9b98c",
        "class2": "#9fc79a",
        "class3": "#c79ab8",
        "class4": "#c9c9c9",
        "bad": "#ff6b4a",
    }
)
LIGHT = Palette(
    {
        **{lane_color(i): c for i, c in enumerate(LANE_COLORS_LIGHT)},
        **_ramp("contour", "#6aa3b0", "#c3c7dc", CONTOUR_STEPS),
        **_ramp("shade", "#e0f0f2", "#f6f6fa", CONTOUR_STEPS),
        "title": "#24292f",
        "text": "#101418",
        "label": "#5b6370",
        "axis": "#a6adb8",
        "grid": "#dde1e7",
        "message": "#5b6370",
        "minimum": "#000000",
        "start": "#24292f",
        "arrow": "#101418",
        "selected": "#e4eaf2",
        "brand": "#0072b2",
        "good": "#007a58",
        "class0": "#4a6285",
        "class1": "#8a6420",
        "class2": "#3f7a3a",
        "class3": "#84487a",
        "class4": "#606060",
        "bad": "#c43c00",
    }
)
MONO = Palette(mono=True)
