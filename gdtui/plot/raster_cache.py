"""Draws curves piece by piece, and no piece twice.

A curve is cut into pieces of a few dots. New pieces are placed as tiles on one tall canvas, drawn in one call and cut
out again. A piece is identified by its dots, so one more data point draws only the new end of each curve. What comes
before a curve's last piece, its head, is kept as one layer.

The end of a curve changes at every update. Until its piece is complete, it is drawn here, with the dots that plotext
takes: a call takes plotext ten times as long as the few dots are worth.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.decimate import simplify
from gdtui.plot.outline import Area, Dots
from gdtui.plot.recent import Recent
from gdtui.plot.strokes import BRAILLE_BITS, straight

#: The braille dots of each cell; in ASCII 0 or 1.
Bits = NDArray[np.uint8]
#: Dots x, y (from below), indexes where a polyline begins, columns, rows, area -> bits of each cell.
Rasterise = Callable[[list[float], list[float], list[int], int, int, Area], Bits]
#: Row, column and bits of each cell with a dot.
_Piece = tuple[NDArray[np.intp], NDArray[np.intp], Bits]
#: ASCII, joined, the dots.
_Key = tuple[bool, bool, bytes]
#: ASCII, joined, columns and rows of the area, the dots of each line.
_HeadKey = tuple[bool, bool, int, int, tuple[bytes, ...]]

#: Steps between dots that make a piece complete.
_PIECE_POINTS = 16
#: The most rows of the tall canvas.
_TILE_ROWS = 4000
_DOT_BYTES = 2 * np.dtype(np.int32).itemsize


class Curve(NamedTuple):
    """Polylines of dots (single dots if not `joined`), the role of their colour, and their character in ASCII."""

    lines: list[Dots]
    joined: bool
    color: str
    glyph: str


class _Tile(NamedTuple):
    """A piece of a curve and the cells that it covers; `offset` is its first row on the tall canvas."""

    dots: list[tuple[int, int]]
    joined: bool
    left: int
    top: int
    right: int
    bottom: int
    offset: int


class PieceRaster:
    """Draws curves with `rasterise` and caches the pieces."""

    def __init__(self, rasterise: Rasterise) -> None:
        self._rasterise = rasterise
        self.pieces: Recent[_Key, _Piece] = Recent(4096)
        self.heads: Recent[_HeadKey, Bits] = Recent(256)

    def draw(self, plots: Sequence[tuple[Sequence[Curve], Area]]) -> list[Bits]:
        """Return the bits of the curves of each plot: (curves, rows, columns), or one empty layer if it has no curves.

        What has to be drawn for all of them is drawn in one call; all areas have cells of one kind.
        """
        layers = [np.zeros((max(1, len(curves)), area.height, area.width), dtype=np.uint8) for curves, area in plots]
        drawn = [
            (layer[number], curve, area)
            for layer, (curves, area) in zip(layers, plots, strict=True)
            for number, curve in enumerate(curves)
            if curve.lines
        ]
        heads = [_head(curve, area) for _layer, curve, area in drawn]
        parts = [
            _pieces(curve, area, last=head in self.heads)
            for head, (_layer, curve, area) in zip(heads, drawn, strict=True)
        ]
        found = iter(self.pieces.get([*chain.from_iterable(parts)], lambda missing: self._made(missing, plots[0][1])))
        made: dict[_HeadKey, Bits] = {}
        ends: list[_Piece] = []
        for head, part, (_layer, _curve, area) in zip(heads, parts, drawn, strict=True):
            if head not in self.heads:
                made[head] = _joined(islice(found, len(part) - 1), area)
            ends.append(next(found))
        head_of = self.heads.get(heads, lambda missing: [made[head] for head in missing])
        for (layer, _curve, _area), before, (rows, cols, bits) in zip(drawn, head_of, ends, strict=True):
            layer[:] = before
            layer[rows, cols] |= bits
        return layers

    def _made(self, keys: list[_Key], area: Area) -> list[_Piece]:
        """Return pieces: complete ones as `rasterise` draws them."""
        short = [key for key in keys if len(key[2]) <= _PIECE_POINTS * _DOT_BYTES]
        made = dict(zip(short, _drawn_here(short, area), strict=True))
        drawn = iter(self._draw_pieces([key for key in keys if key not in made], area))
        return [made[key] if key in made else next(drawn) for key in keys]

    def _draw_pieces(self, keys: list[_Key], area: Area) -> list[_Piece]:
        """Draw pieces, each on its own tile, many tiles on one canvas."""
        out: list[_Piece] = []
        batch: list[_Tile] = []
        rows = 0
        for key in keys:
            dots = np.frombuffer(key[2], dtype=np.int32).reshape(-1, 2)
            left, top = (dots.min(axis=0) // area.per_cell).tolist()
            right, bottom = (dots.max(axis=0) // area.per_cell).tolist()
            if batch and rows + bottom - top + 1 > _TILE_ROWS:
                out += self._draw_tiles(batch, rows, area)
                batch, rows = [], 0
            batch.append(_Tile(_points(key), key[1], left, top, right, bottom, rows))
            rows += bottom - top + 1
        return out + (self._draw_tiles(batch, rows, area) if batch else [])

    def _draw_tiles(self, batch: list[_Tile], rows: int, area: Area) -> list[_Piece]:
        across, down = area.per_cell
        x: list[float] = []
        y: list[float] = []
        breaks: list[int] = []
        for tile in batch:
            breaks += [len(x)] if tile.joined else range(len(x), len(x) + len(tile.dots))
            # `rasterise` counts rows from below
            base = (rows - tile.offset + tile.top) * down - 0.5
            x += [column - tile.left * across + 0.5 for column, _ in tile.dots]
            y += [base - line for _, line in tile.dots]
        bits = self._rasterise(x, y, breaks, max(t.right - t.left + 1 for t in batch), rows, area)
        out = []
        for tile in batch:
            part = bits[tile.offset : tile.offset + tile.bottom - tile.top + 1]
            r, c = np.nonzero(part)
            out.append((r + tile.top, c + tile.left, part[r, c]))
        return out


def _points(key: _Key) -> list[tuple[int, int]]:
    """Return the points between which a piece is straight."""
    _plain, joined, packed = key
    flat = np.frombuffer(packed, dtype=np.int32).tolist()
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    return simplify(pairs) if joined else pairs


def _drawn_here(keys: list[_Key], area: Area) -> list[_Piece]:
    """Return pieces with the dots that plotext takes."""
    lines: list[tuple[tuple[int, int], tuple[int, int]]] = []
    counts = []
    for key in keys:
        points = _points(key)
        ends = points[1:] if key[1] and len(points) > 1 else points
        lines += zip(points, ends, strict=False)
        counts.append(len(ends))
    if not lines:
        return []
    dots, line = straight(np.array(lines, dtype=np.intp))
    (across, down), piece = area.per_cell, np.repeat(np.arange(len(keys)), counts)[line]
    columns, rows = dots.T
    bits = np.ones(len(dots), dtype=np.uint8) if area.plain else BRAILLE_BITS[rows % down, columns % across]
    cells = piece << 40 | rows // down << 20 | columns // across
    order = np.argsort(cells)
    cells = cells[order]
    first = np.flatnonzero(np.diff(cells, prepend=-1))
    cells, bits = cells[first], np.bitwise_or.reduceat(bits[order], first)
    found = cells >> 20 & 0xFFFFF, cells & 0xFFFFF, bits
    edges = np.searchsorted(cells >> 40, np.arange(len(keys) + 1)).tolist()
    return [(found[0][a:b], found[1][a:b], found[2][a:b]) for a, b in pairwise(edges)]


def _last_start(line: Dots) -> int:
    """Return the first point of a line's last piece."""
    return max(0, len(line) - 2) // _PIECE_POINTS * _PIECE_POINTS


def _pieces(curve: Curve, area: Area, *, last: bool = False) -> list[_Key]:
    """Return the pieces of a curve, or the `last` alone; each begins with the last point of the one before."""
    return [
        (area.plain, curve.joined, line[start : start + _PIECE_POINTS + 1].tobytes())
        for line in (curve.lines[-1:] if last else curve.lines)
        for start in range(_last_start(line) if last else 0, _last_start(line) + 1, _PIECE_POINTS)
    ]


def _head(curve: Curve, area: Area) -> _HeadKey:
    """Return what identifies a curve without its last piece."""
    newest = curve.lines[-1][: _last_start(curve.lines[-1]) + 1]
    return (
        area.plain,
        curve.joined,
        area.width,
        area.height,
        tuple(line.tobytes() for line in (*curve.lines[:-1], newest)),
    )


def _joined(pieces: Iterable[_Piece], area: Area) -> Bits:
    """Return the bits of all pieces together."""
    layer: Bits = np.zeros((area.height, area.width), dtype=np.uint8)
    for rows, cols, bits in pieces:
        layer[rows, cols] |= bits
    return layer
