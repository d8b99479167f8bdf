"""A figure and a size in, rows of styled cells out. This is the one file that imports plotext.

plotext draws every curve; `gdtui.plot.raster_cache` keeps what it has drawn. Contours have more points than plotext
can draw while somebody waits: `gdtui.plot.strokes` draws them. Frame, ticks and legend are added around the
curves here, so that they stay in place from frame to frame.
"""

import math
import threading
from collections.abc import Sequence
from functools import cache
from types import ModuleType

import numpy as np

from gdtui.plot.ascii_text import to_glyphs, writing
from gdtui.plot.axes import fit
from gdtui.plot.cells import BRAILLE, Cells, Row
from gdtui.plot.dot_layers import LOWER_HALF, place_backdrop, place_curves
from gdtui.plot.figure import Arrow, Figure
from gdtui.plot.fill import place_bands
from gdtui.plot.frame import (
    INDENT,
    Surroundings,
    draw_cursor,
    draw_frame,
    draw_legend,
    draw_message,
    fitting_title,
    lay_out,
)
from gdtui.plot.key import draw_key
from gdtui.plot.marks import Marks, shaft
from gdtui.plot.outline import Area, Dots, polylines
from gdtui.plot.palette import DARK, Palette
from gdtui.plot.raster_cache import Bits, Curve, PieceRaster

_LINE_ASCII = "*"

_lock = threading.RLock()


def prepare() -> None:
    """Import plotext ahead of the first curve: that takes long, because it writes its manual then."""
    _plotext()


def draw(
    figure: Figure,
    width: int,
    height: int,
    palette: Palette = DARK,
    *,
    ascii: bool = False,  # noqa: A002
) -> tuple[Row, ...]:
    """Draw a figure in exactly `height` rows of exactly `width` cells.

    No data and no size raises an error; the same input gives the same output. Axes without limits are fitted to the
    data here; for limits with hysteresis fit them with `gdtui.plot.axes.fit` beforehand. With `ascii`, neither braille
    nor box drawing is used.
    """
    return draw_all([(figure, width, height)], palette, ascii=ascii)[0]


def draw_all(
    sheets: Sequence[tuple[Figure, int, int]],
    palette: Palette = DARK,
    *,
    ascii: bool = False,  # noqa: A002
) -> list[tuple[Row, ...]]:
    """Draw figures in so many cells (width, height), each as `draw` does: what is new in all of them in one call."""
    with _lock, writing(plain=ascii):
        sketches = [_Sketch(figure, _around(figure, w, h, ascii)) for figure, w, h in sheets if w > 0 and h > 0]
        plots = [(sketch.curves, sketch.area) for sketch in sketches if sketch.area is not None]
        layers = iter(_raster.draw(plots) if plots else ())
        drawn = (_drawn_chart(sketch, None if sketch.area is None else next(layers), palette) for sketch in sketches)
        return [next(drawn).rows(palette) if w > 0 and h > 0 else ((),) * max(0, h) for _figure, w, h in sheets]


def has_shades(figure: Figure, palette: Palette) -> bool:
    """Say whether the shades of a figure's backdrop are drawn as colours, not as its characters."""
    spelled_out = palette.few and figure.backdrop is not None and figure.backdrop.glyphs != ""
    return not palette.mono and not spelled_out


def plot_place(
    figure: Figure,
    width: int,
    height: int,
    column: int,
    row: int,
    *,
    ascii: bool = False,  # noqa: A002
    shaded: bool = False,
) -> tuple[float, float]:
    """Return where the middle of a cell of a drawn figure is in its plot, from (0, 0) at the lower left to (1, 1).

    Cells outside the plot have places outside. `shaded`: it is drawn with colours. A cell of a map of runs has two of
    them then, and its place is that of the lower one.
    """
    with _lock, writing(plain=ascii):
        frame = lay_out(_around(figure, max(1, width), max(1, height), ascii))
    if frame.area is None:
        return math.nan, math.nan
    across, down = frame.area.per_cell
    dots = frame.area.dots
    x = (column - frame.left + 0.5) * across - 0.5
    inside = LOWER_HALF if shaded and not ascii and figure.backdrop is not None and figure.backdrop.glyphs else 0.5
    y = dots[1] - 0.5 - (row - frame.top + inside) * down
    return x / max(1, dots[0] - 1), y / max(1, dots[1] - 1)


def _around(figure: Figure, width: int, height: int, plain: bool) -> Surroundings:
    """Return what surrounds the curves, with axes that fit the data."""
    every = (*figure.series, *(figure.backdrop.series if figure.backdrop else ()))
    x, y = fit(figure.x, (s.x for s in every)), fit(figure.y, (s.y for s in every))
    headed = bool(figure.title or figure.legend)
    grid, keyed = figure.backdrop is None, bool(figure.key)
    title = fitting_title((figure.title, *figure.shorter), width)
    return Surroundings(title, headed, keyed, x, y, grid, figure.cursor, width, height, plain)


class _Sketch:
    """A figure on its way into cells: what surrounds it, and its curves as dots."""

    def __init__(self, figure: Figure, around: Surroundings) -> None:
        self.figure, self.around = figure, around
        self.frame, self.empty = draw_frame(around)
        self.area = area = self.frame.area
        self.curves: list[Curve] = []
        self.arrows: list[tuple[Arrow, Dots]] = []
        if area is None:
            return
        self.curves += (
            Curve(polylines(s, area), s.kind == "line", s.color, to_glyphs(s.marker)[:1] or _LINE_ASCII)
            for s in figure.series
        )
        self.arrows += ((arrow, dots) for arrow in figure.arrows if (dots := shaft(arrow, area)) is not None)
        self.curves += (Curve([dots], True, arrow.color, "+") for arrow, dots in self.arrows)


def _drawn_chart(sketch: _Sketch, layers: Bits | None, palette: Palette) -> Cells:
    figure, frame, cells = sketch.figure, sketch.frame, sketch.empty.copied()
    shaded = has_shades(figure, palette)
    shown = layers is not None and _draw_plot(frame.plot(cells), sketch, layers, shaded=shaded)
    if not shown and figure.message:
        cells = draw_frame(sketch.around, blank=True)[1].copied()
        draw_message(cells, figure.message, frame)
    elif figure.cursor is not None:
        draw_cursor(cells, frame, figure.cursor)
    draw_legend(cells, figure, frame, sketch.around.title)
    if frame.key_row is not None and figure.backdrop is not None:
        draw_key(
            cells, frame.key_row, figure.key, figure.backdrop, indent=INDENT, shaded=shaded and not cells.plain
        )  # fmt: skip
    return cells


def _draw_plot(cells: Cells, sketch: _Sketch, layers: Bits, *, shaded: bool) -> bool:
    """Draw backdrop, curves, arrows and labels; return whether there was anything to draw."""
    figure, area = sketch.figure, sketch.area
    assert area is not None
    if figure.backdrop is not None:
        place_backdrop(cells, figure.backdrop, area, shaded=shaded)
    place_bands(cells, figure.bands, area, shaded=shaded)
    dotted = place_curves(cells, sketch.curves, layers)
    marks = Marks(cells, area)
    marks.heads(sketch.arrows)
    marks.labels(figure.labels)
    marks.ends(figure.series)
    marks.edges()
    if figure.backdrop is not None and figure.backdrop.glyphs:  # full colours, on which others cannot be read
        cells.bg[cells.chars >= BRAILLE] = 0
        for column, row in marks.used:
            cells.bg[row, column] = 0
    return dotted or marks.placed or figure.backdrop is not None


#: What plotext leaves free at the beginning and at the end of an axis, in cells.
_MARGINS = (0.0017585662, 0.001616152)
#: How far right and up all dots are moved: a line that passes exactly between two dots then always takes the same.
_ASIDE = 1e-6


def _limits(cells: int, per_cell: int) -> tuple[float, float]:
    """Return the limits of an axis, in dots, with which plotext leaves dots where they are.

    With limits of whole cells, its margins would move them to the middle, more the nearer they are to an end: the same
    piece would look different in another place.
    """
    first, last = _MARGINS
    low = per_cell * first - _ASIDE
    return low, low + per_cell * (cells - first - last)


@cache
def _plotext() -> ModuleType:
    """Return plotext, set to draw nothing but signals; it is imported late: see `prepare`."""
    import plotext  # type: ignore[import-untyped, unused-ignore]

    plotext.terminal.limit(False, False)
    plot = plotext.figure
    plot.clear.all()
    plot.canvas("default")
    plot.axes(False)
    for name in ("x", "y"):
        plot.ruler(name).alignment("edge")
        plot.ruler(name).ticks([], [])
    made: ModuleType = plotext
    return made


def _draw_with_plotext(x: list[float], y: list[float], breaks: list[int], cols: int, rows: int, area: Area) -> Bits:
    """Have plotext draw dots (x, y from below) and return the bits of each cell.

    `breaks` are the indexes at which a new polyline begins. NaN would abort the process, so every dot is checked to be
    finite and inside the canvas.
    """
    across, down = area.per_cell
    reach = np.array([x, y])
    ends = np.array([[cols * across], [rows * down]])
    if not (np.isfinite(reach).all() and (reach >= 0).all() and (reach <= ends).all()):
        raise AssertionError("a dot lies outside plotext's canvas")
    plotext = _plotext()
    plot = plotext.figure
    plot.clear.data()
    plot.plot_size(cols, rows)
    plot.ruler("x").lim(*_limits(cols, across))
    plot.ruler("y").lim(*_limits(rows, down))
    signal = plot.signal(x, y, marker=plotext.marker(_LINE_ASCII if area.plain else "braille"))
    signal.lines()
    for index in breaks:
        signal.line(index, False)
    plot.draw(signal)
    text = plot.build().string(True)
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    codes = codes[codes != ord("\n")].reshape(rows, cols)
    if area.plain:
        hits: Bits = (codes == ord(_LINE_ASCII)).astype(np.uint8)
        return hits
    dots: Bits = np.where(codes >= BRAILLE, codes - BRAILLE, 0).astype(np.uint8)
    return dots


_raster = PieceRaster(_draw_with_plotext)
