"""What a chart shows, independent of its size in cells.

A `Figure` is built from plain arrays; `gdtui.plot.canvas.draw` turns it into rows of cells. Colours are
*roles* ("series0", "axis", "contour3"; see `gdtui.plot.palette`) or hex strings, so that one figure serves every theme.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Limits = tuple[float, float]
#: The limits of a region, across and up.
Domain = tuple[Limits, Limits]
Kind = Literal["line", "dots", "points"]
Scale = Literal["linear", "log", "symlog"]


def _floats(values: ArrayLike) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64).reshape(-1)


@dataclass(frozen=True, eq=False)
class Series:
    """One curve ("line"), one as dots that stand apart ("dots", from left to right), or a cloud of points.

    Values that are not finite leave a gap; the longer array is cut. `color` is a role or hex. The legend lists `label`
    unless it is empty, after `sample` or else the marker, with the `value` or else the last one. `marker` is drawn on
    the last finite point; outside the limits it stands at the edge with an arrow and the value. If it `exits`, that is
    so without a marker.
    """

    x: Floats
    y: Floats
    color: str = "series0"
    kind: Kind = "line"
    label: str = ""
    marker: str = ""
    value: float | None = None
    exits: bool = False
    sample: str = ""

    def __post_init__(self) -> None:
        """Convert both to contiguous floats of one length."""
        x, y = _floats(self.x), _floats(self.y)
        n = min(x.size, y.size)
        object.__setattr__(self, "x", x[:n])
        object.__setattr__(self, "y", y[:n])


@dataclass(frozen=True, eq=False)
class Band:
    """What lies between two curves over x, which rises: it is shaded, under everything else.

    `color` is the role of its ground; what shades it has the role that adds "-shade" to the name.
    """

    x: Floats
    low: Floats
    high: Floats
    color: str = "band0"


@dataclass(frozen=True, eq=False)
class Label:
    """A marker or a short text at a data position, over all lines.

    If another label is there already, it moves a few cells aside, so that both are visible. Outside the limits it is
    left out; with `pin` it stands at the nearest edge, with an arrow and its position in numbers.
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

    `length` is the length on the screen as a share of the plot's width, clipped to a readable range. The legend lists
    `label` unless it is empty, after `sample`, the picture of such an arrow.
    """

    x: float
    y: float
    dx: float
    dy: float
    color: str = "arrow"
    length: float = 0.12
    label: str = ""
    sample: str = "→"


@dataclass(frozen=True)
class Axis:
    """Scale and limits of one axis; limits of None are chosen from the data. A `whole` axis has whole ticks alone."""

    scale: Scale = "linear"
    limits: Limits | None = None
    title: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Backdrop:
    """What lies under a chart and does not change: contour lines and shading.

    It is drawn once per `key`, size and limits; two backdrops with equal keys must hold the same data. `shade[i, j]` is
    the background, -1 for none; row 0 is at the bottom. Its colour is the role of its number: "shade0" (lowest) to
    "shade15", or "region0" … for the regions of classes. Where there are no colours, a cell has the character of its
    number in `glyphs`, if there are any.
    """

    key: Hashable
    series: tuple[Series, ...] = field(default=(), compare=False)
    shade: NDArray[np.intp] | None = field(default=None, compare=False)
    role: str = field(default="shade", compare=False)
    glyphs: str = field(default="", compare=False)


@dataclass(frozen=True)
class Swatch:
    """A part of the key to a backdrop: shades by their numbers, then what they mean; `short` in fewer cells.

    With `apart` it says something else than the part before it, and stands further from it.
    """

    shades: tuple[int, ...] = ()
    text: str = ""
    short: str = ""
    color: str = "label"
    apart: bool = False


@dataclass(frozen=True)
class Cursor:
    """A line from top to bottom at a position on the x axis, with a text below it."""

    x: float
    text: str


@dataclass(frozen=True, eq=False)
class Figure:
    """A whole chart; `message` is shown in the middle when there is nothing to draw, `key` says what shades mean.

    Where the title has no room, the first of `shorter` that has some takes its place.
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
    cursor: Cursor | None = None
    key: tuple[Swatch, ...] = ()
    bands: tuple[Band, ...] = ()
    shorter: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Convert sequences to tuples."""
        for name in ("series", "labels", "arrows", "bands", "shorter"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
