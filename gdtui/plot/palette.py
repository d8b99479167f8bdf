"""Colours and markers: roles to hex for dark and light terminals, and no colour at all for NO_COLOR.

A figure names colours by role. `DARK` and `LIGHT` hold the roles that charts need: "series0" to "series7", "contour0"
and "shade0" up to 15, and what stands around a plot. A program adds its own with `Palette.extended`.

The colours of series follow Okabe and Ito's colour-blind-safe set, lightened for a dark ground. A series has a marker
as well, so that nothing depends on colour alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

SERIES_COLORS = ("#4a9bff", "#ffb52e", "#5ff0c0", "#f2559d", "#fff59b", "#e8622a", "#d3b5ff", "#8f9bb3")
SERIES_COLORS_LIGHT = ("#0a58ca", "#c87000", "#00664f", "#b8438f", "#848a00", "#7a1024", "#8a74e0", "#2a3140")
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
    """Roles to hex. With `mono` there is no colour at all, not even for a hex string."""

    roles: Mapping[str, str] = field(default_factory=dict)
    mono: bool = False

    def color(self, role: str) -> str | None:
        """Return the hex of a role (a hex string stands for itself); None means the terminal's own colour."""
        if self.mono:
            return None
        return role if role.startswith("#") else self.roles.get(role)

    def extended(self, roles: Mapping[str, str]) -> "Palette":
        """Return this palette with more roles."""
        return Palette({**self.roles, **roles}, self.mono)


def _mix(a: str, b: str, t: float) -> str:
    pairs = zip((a[1:3], a[3:5], a[5:7]), (b[1:3], b[3:5], b[5:7]), strict=True)
    return "#" + "".join(f"{round(int(p, 16) * (1 - t) + int(q, 16) * t):02x}" for p, q in pairs)


CONTOUR_STEPS = 16


def _ramp(name: str, low: str, high: str) -> dict[str, str]:
    return {f"{name}{i}": _mix(low, high, i / (CONTOUR_STEPS - 1)) for i in range(CONTOUR_STEPS)}


DARK = Palette(
    {
        **{series_color(i): c for i, c in enumerate(SERIES_COLORS)},
        **_ramp("contour", "#42808f", "#2c3459"),
        **_ramp("shade", "#0d2a33", "#12121c"),
        "title": "#c8ccd4",
        "text": "#e6e6e6",
        "label": "#8a919e",
        "axis": "#4b515d",
        "grid": "#2c3038",
        "message": "#8a919e",
        "arrow": "#e6e6e6",
    }
)
LIGHT = Palette(
    {
        **{series_color(i): c for i, c in enumerate(SERIES_COLORS_LIGHT)},
        **_ramp("contour", "#6aa3b0", "#c3c7dc"),
        **_ramp("shade", "#e0f0f2", "#f6f6fa"),
        "title": "#24292f",
        "text": "#101418",
        "label": "#5b6370",
        "axis": "#a6adb8",
        "grid": "#dde1e7",
        "message": "#5b6370",
        "arrow": "#101418",
    }
)
MONO = Palette(mono=True)
