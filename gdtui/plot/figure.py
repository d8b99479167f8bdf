"""What a chart shows, before anything is known about its size in cells.

A `Figure` is built from plain arrays; `gdtui.plot.canvas.draw` turns it into rows of cells. Colours are
*roles* ("lane0", "axis", "contour3"; see `gdtui.plot.palette`) or hex strings, so that one figure serves
every theme.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Limits = tuple[float, float]
Kind = Literal["line", "points"]
Scale = Literal["linear", "log", "symlog"]


def _floats(values: ArrayLike) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64).reshape(-1)


@dataclass(frozen=True, eq=False)
class Series:
    """One curve or cloud of points.

    Parameters
    ----------
    x, y
        Data coordinates, any values; what is not finite makes a gap. The longer one is cut.
    color
        Role or hex.
    kind
        "line" joins the points in order, "points" leaves them single.
    label
        Name in the legend; empty leaves the series out of it.
    marker
        Glyph put on the last finite point ("" for none).
    """

    x: Floats
    y: Floats
    color: str = "lane0"
    kind: Kind = "line"
    label: str = ""
    marker: str = ""

    def __post_init__(self) -> None:
        """Make contiguous floats of one length."""
        x, y = _floats(self.x), _floats(self.y)
        n = min(x.size, y.size)
        object.__setattr__(self, "x", x[:n])
        object.__setattr__(self, "y", y[:n])


@dataclass(frozen=True, eq=False)
class Label:
    """A glyph or a short text on the cell at a data position, over all lines.

    Where another label already stands, it moves a few cells aside, so that both are seen. Outside the limits
    it is left out, or with `pin` put on the nearest edge.
    """

    x: float
    y: float
    text: str
    color: str = "text"
    bold: bool = False
    pin: bool = False


@dataclass(frozen=True, eq=False)
class Arrow:
    """An arrow from a data position in a data direction.

    `length` is its length on the screen, as a share of the plot's width (clipped to a readable range).
    """

    x: float
    y: float
    dx: float
    dy: float
    color: str = "arrow"
    length: float = 0.12


@dataclass(frozen=True, eq=False)
class Axis:
    """Scale and limits of one axis; limits of None are chosen from the data."""

    scale: Scale = "linear"
    limits: Limits | None = None
    title: str = ""


@dataclass(frozen=True, eq=False)
class Shade:
    """Background of a map: `levels[i, j]` (0 lowest, 15 highest, -1 none), row i from the bottom."""

    levels: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What lies under a chart and does not move: contour lines, shading.

    It is drawn once for a `key` (together with size and limits) and then kept; two backdrops with equal keys
    must hold the same data.
    """

    key: Hashable
    series: tuple[Series, ...] = ()
    shade: Shade | None = None


@dataclass(frozen=True, eq=False)
class Figure:
    """A whole chart.

    `message` is shown in the middle when there is nothing to draw ("gd keeps no velocity").
    """

    title: str = ""
    series: tuple[Series, ...] = ()
    labels: tuple[Label, ...] = ()
    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)
    backdrop: Backdrop | None = None
    arrows: tuple[Arrow, ...] = ()
    message: str = ""
    legend: bool = True

    def __post_init__(self) -> None:
        """Take any sequence."""
        for name in ("series", "labels", "arrows"):
            value: Any = getattr(self, name)
            object.__setattr__(self, name, tuple(value))
