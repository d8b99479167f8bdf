"""Figure and size in, rows of styled cells out; the one file that imports plotext.

plotext draws every curve: all the pieces of curve that a chart needs are laid as tiles on one tall plotext
canvas, drawn at once and cut apart again. Pieces drawn before are remembered, so that one more update draws
only the new end of each curve. Frame, ticks and legend are composed around the raster here, where they cannot
jump.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
import plotext  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray

from gdtui.charts.axes import fit
from gdtui.charts.cells import Cells, Row, Run
from gdtui.charts.decimate import simplify
from gdtui.charts.figure import Backdrop, Figure
from gdtui.charts.frame import Frame, draw_frame, draw_legend, draw_message, lay_out
from gdtui.charts.marks import draw_arrow_heads, draw_ends, draw_labels, shaft
from gdtui.charts.outline import Area, Dots, polylines
from gdtui.charts.palette import CONTOUR_STEPS, DARK, LANE_COLORS, LANE_GLYPHS, LIGHT, MONO, Palette, to_ascii

__all__ = [
    "DARK",
    "LANE_COLORS",
    "LANE_GLYPHS",
    "LIGHT",
    "MONO",
    "Palette",
    "Row",
    "Run",
    "draw",
    "draw_layer",
]

Bits = NDArray[np.uint8]
_Piece = tuple[NDArray[np.intp], NDArray[np.intp], Bits]
_Key = tuple[bool, bool, bytes]

_PIECE_POINTS = 24
_PIECES_KEPT = 4096
_LAYERS_KEPT = 12
_TILE_ROWS = 4000
_BRAILLE = 0x2800
_LINE_ASCII = "*"

_pieces: OrderedDict[_Key, _Piece] = OrderedDict()
_layers: OrderedDict[Hashable, tuple[NDArray[np.uint8], list[str], NDArray[np.int32]]] = OrderedDict()
_lock = threading.RLock()


class _Curve(NamedTuple):
    lines: list[Dots]
    joined: bool


class _Tile(NamedTuple):
    """A piece of curve and the cells it covers; `offset` is its first row on plotext's canvas."""

    key: _Key
    dots: list[tuple[int, int]]
    joined: bool
    left: int
    top: int
    right: int
    bottom: int
    offset: int


def draw(
    figure: Figure,
    width: int,
    height: int,
    palette: Palette = DARK,
    *,
    ascii: bool = False,  # noqa: A002
) -> tuple[Row, ...]:
    """Draw a figure in exactly `height` rows of exactly `width` cells.

    Never raises for any data or size; the same input gives the same output. Axes without limits are fitted to
    the data here; fit them with `gdtui.charts.axes.fit` beforehand to have hysteresis. With `ascii`, neither
    braille nor box drawing is used.
    """
    width, height = max(0, width), max(0, height)
    cells = Cells(width, height, ascii)
    if not width or not height:
        return cells.rows(palette)
    every = (*figure.series, *(figure.backdrop.series if figure.backdrop else ()))
    x = fit(figure.x, [s.x for s in every])
    y = fit(figure.y, [s.y for s in every])
    frame = lay_out(figure, width, height, x, y, ascii)
    shown = False
    if frame.area is not None:
        with _lock:
            shown = _draw_inside(cells, figure, frame, frame.area)
    draw_frame(cells, figure, frame, blank=not shown and bool(figure.message))
    draw_legend(cells, figure, frame)
    if not shown and figure.message:
        draw_message(cells, figure.message, frame)
    return cells.rows(palette)


def _draw_inside(cells: Cells, figure: Figure, frame: Frame, area: Area) -> bool:
    """Backdrop, curves, arrows and labels; whether there was anything."""
    plot = np.s_[frame.top : frame.top + area.height, frame.left : frame.left + area.width]
    if figure.backdrop is not None:
        _place_backdrop(cells, plot, figure.backdrop, area)
    arrows = [(a, shaft(a, area)) for a in figure.arrows]
    curves = [_Curve(polylines(s, area), s.kind == "line") for s in figure.series]
    curves += [_Curve([dots] if len(dots) else [], True) for _, dots in arrows]
    colors = [s.color for s in figure.series] + [a.color for a in figure.arrows]
    bits = _raster(curves, area)
    _place_bits(cells, plot, bits, [cells.role(c) for c in colors], _glyphs(figure, area, len(curves)))
    used: set[tuple[int, int]] = set()
    heads = draw_arrow_heads(cells, frame, arrows, area)
    marked = draw_labels(cells, frame, area, figure.labels, used)
    ended = draw_ends(cells, frame, area, figure.series, used)
    return bool(bits.any()) or heads or marked or ended or figure.backdrop is not None


def _glyphs(figure: Figure, area: Area, count: int) -> list[str] | None:
    """In ASCII every lane draws its curve with its own character."""
    if not area.plain:
        return None
    glyphs = [to_ascii(s.marker)[:1] or _LINE_ASCII for s in figure.series]
    return glyphs + ["+"] * (count - len(glyphs))


def _place_bits(
    cells: Cells,
    plot: tuple[slice, slice],
    bits: NDArray[np.uint8],
    roles: list[int],
    glyphs: list[str] | None,
) -> None:
    """Merge the layers; a cell takes the colour of the layer with most dots in it, the later one of equals."""
    if not len(bits):
        return
    weight = np.bitwise_count(bits)
    owner = len(bits) - 1 - np.argmax(weight[::-1], axis=0)
    merged = np.bitwise_or.reduce(bits, axis=0)
    on = merged > 0
    if glyphs is None:
        chars = merged.astype(np.uint32) + _BRAILLE
    else:
        chars = np.array([ord(g) for g in glyphs], dtype=np.uint32)[owner]
    cells.chars[plot][on] = chars[on]
    cells.fg[plot][on] = np.array(roles, dtype=np.int32)[owner][on]


def _place_backdrop(cells: Cells, plot: tuple[slice, slice], backdrop: Backdrop, area: Area) -> None:
    merged, colors, owner = draw_layer(backdrop, area)
    on = merged > 0
    if on.any():
        roles = np.array([cells.role(c) for c in colors], dtype=np.int32)
        chars = merged.astype(np.uint32) + _BRAILLE
        if area.plain:
            chars[:] = ord(".")
        cells.chars[plot][on] = chars[on]
        cells.fg[plot][on] = roles[owner][on]
    if backdrop.shade is not None and not area.plain and backdrop.shade.levels.size:
        levels = backdrop.shade.levels
        rows = ((np.arange(area.height)[::-1] + 0.5) / area.height * levels.shape[0]).astype(np.intp)
        cols = ((np.arange(area.width) + 0.5) / area.width * levels.shape[1]).astype(np.intp)
        shades = np.array([0, *(cells.role(f"shade{i}") for i in range(CONTOUR_STEPS))], dtype=np.int32)
        cells.bg[plot] = shades[np.clip(levels[np.ix_(rows, cols)] + 1, 0, CONTOUR_STEPS)]


def draw_layer(backdrop: Backdrop, area: Area) -> tuple[NDArray[np.uint8], list[str], NDArray[np.int32]]:
    """Draw the dots of a backdrop, its colours, and which colour each cell has; kept for the next call."""
    key = (
        backdrop.key, area.width, area.height, area.x.scale, area.y.scale, area.x_limits, area.y_limits,
        area.plain
    )  # fmt: skip
    found = _layers.get(key)
    if found is not None:
        _layers.move_to_end(key)
        return found
    bits = _raster(
        [_Curve(polylines(s, area), s.kind == "line") for s in backdrop.series], area, remember=False
    )
    if len(bits):
        weight = np.bitwise_count(bits)
        owner = (len(bits) - 1 - np.argmax(weight[::-1], axis=0)).astype(np.int32)
        merged = np.bitwise_or.reduce(bits, axis=0)
        # where many levels crowd a cell, one line says more than a blot
        crowded = (weight > 0).sum(axis=0) > 2
        merged[crowded] = np.take_along_axis(bits, owner[None], axis=0)[0][crowded]
    else:
        merged = np.zeros((area.height, area.width), dtype=np.uint8)
        owner = np.zeros((area.height, area.width), dtype=np.int32)
    layer = (merged, [s.color for s in backdrop.series], owner)
    _layers[key] = layer
    while len(_layers) > _LAYERS_KEPT:
        _layers.popitem(last=False)
    return layer


def _raster(curves: Sequence[_Curve], area: Area, remember: bool = True) -> Bits:
    """Dots of each curve: an array (curves, rows, columns) of braille bits (in ASCII: 0 or 1)."""
    out = np.zeros((len(curves), area.height, area.width), dtype=np.uint8)
    wanted: list[tuple[int, _Key]] = []
    missing: dict[_Key, Dots] = {}
    for index, curve in enumerate(curves):
        for line in curve.lines:
            # each piece begins with the last point of the one before
            for start in range(0, max(1, len(line) - 1), _PIECE_POINTS):
                piece = line[start : start + _PIECE_POINTS + 1]
                key = (area.plain, curve.joined, piece.tobytes())
                wanted.append((index, key))
                if key in _pieces:
                    _pieces.move_to_end(key)
                else:
                    missing[key] = piece
    fresh = _draw_pieces(missing, area) if missing else {}
    for index, key in wanted:
        rows, cols, bits = fresh[key] if key in fresh else _pieces[key]
        out[index, rows, cols] |= bits
    if remember:
        _pieces.update(fresh)
        while len(_pieces) > _PIECES_KEPT:
            _pieces.popitem(last=False)
    return out


def _draw_pieces(pieces: dict[_Key, Dots], area: Area) -> dict[_Key, _Piece]:
    """Let plotext draw polylines, each on its own tile, as many tiles on a canvas as its height allows."""
    out: dict[_Key, _Piece] = {}
    batch: list[_Tile] = []
    rows = 0
    for key, dots in pieces.items():
        left, top = (dots.min(axis=0) // area.per_cell).tolist()
        right, bottom = (dots.max(axis=0) // area.per_cell).tolist()
        if batch and rows + bottom - top + 1 > _TILE_ROWS:
            out.update(_draw_tiles(batch, rows, area))
            batch, rows = [], 0
        pairs = list(zip(dots[:, 0].tolist(), dots[:, 1].tolist(), strict=True))
        joined = key[1]
        batch.append(_Tile(key, simplify(pairs) if joined else pairs, joined, left, top, right, bottom, rows))
        rows += bottom - top + 1
    out.update(_draw_tiles(batch, rows, area))
    return out


def _draw_tiles(batch: list[_Tile], rows: int, area: Area) -> dict[_Key, _Piece]:
    across, down = area.per_cell
    x: list[float] = []
    y: list[float] = []
    breaks: list[int] = []
    for tile in batch:
        breaks += [len(x)] if tile.joined else range(len(x), len(x) + len(tile.dots))
        # plotext counts rows from below
        base = (rows - tile.offset + tile.top) * down - 0.5
        x += [column - tile.left * across + 0.5 for column, _ in tile.dots]
        y += [base - line for _, line in tile.dots]
    bits = _plotext_bits(x, y, breaks, max(t.right - t.left + 1 for t in batch), rows, area)
    out: dict[_Key, _Piece] = {}
    for tile in batch:
        part = bits[tile.offset : tile.offset + tile.bottom - tile.top + 1]
        r, c = np.nonzero(part)
        out[tile.key] = (r + tile.top, c + tile.left, part[r, c])
    return out


def _plotext_bits(
    x: list[float], y: list[float], breaks: list[int], cols: int, rows: int, area: Area
) -> NDArray[np.uint8]:
    """Let plotext draw: finite dots inside the canvas go in, the raster comes out.

    `breaks` are the indexes at which a new polyline begins. NaN would abort the process, so this is asserted.
    """
    across, down = area.per_cell
    reach = np.array([x, y])
    ends = np.array([[cols * across], [rows * down]])
    if not (np.isfinite(reach).all() and (reach >= 0).all() and (reach <= ends).all()):
        raise AssertionError("a dot outside the canvas came to plotext's door")
    plotext.terminal.limit(False, False)
    plot = plotext.figure
    plot.clear.all()
    plot.plot_size(cols, rows)
    plot.canvas("default")
    plot.axes(False)
    for name, length in (("x", cols * across), ("y", rows * down)):
        ruler = plot.ruler(name)
        ruler.lim(0, length)
        ruler.alignment("edge")
        ruler.ticks([], [])
    signal = plot.signal(x, y, marker=plotext.marker(_LINE_ASCII if area.plain else "braille"))
    signal.lines()
    for index in breaks:
        signal.line(index, False)
    plot.draw(signal)
    text = plot.build().string(True)
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    codes = codes[codes != ord("\n")].reshape(rows, cols)
    if area.plain:
        return (codes == ord(_LINE_ASCII)).astype(np.uint8)
    return np.asarray(np.where(codes >= _BRAILLE, codes - _BRAILLE, 0), dtype=np.uint8)
