"""Draws curves piece by piece, and no piece twice.

A curve is cut into pieces of a few dots. New pieces are placed as tiles on one tall canvas, drawn in one call and cut
out again. A piece is identified by its dots, so one more data point draws only the new end of each curve.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdtui.plot.decimate import simplify
from gdtui.plot.outline import Area, Dots

Bits = NDArray[np.uint8]
Rasterise = Callable[[list[float], list[float], list[int], int, int, Area], Bits]
"""Dots x, y (from below), indexes where a polyline begins, columns, rows, area -> bits of each cell."""
_Piece = tuple[NDArray[np.intp], NDArray[np.intp], Bits]
_Key = tuple[bool, bool, bytes]

_PIECE_POINTS = 16
_PIECES_KEPT = 4096
_TILE_ROWS = 4000


class Curve(NamedTuple):
    """Polylines of dots; single dots if not `joined`."""

    lines: list[Dots]
    joined: bool


class _Tile(NamedTuple):
    """A piece of a curve and the cells that it covers; `offset` is its first row on the tall canvas."""

    key: _Key
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
        self._pieces: OrderedDict[_Key, _Piece] = OrderedDict()

    def draw(self, curves: Sequence[Curve], area: Area, remember: bool = True) -> Bits:
        """Return an array (curves, rows, columns) of braille bits (in ASCII: 0 or 1)."""
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
                    if key in self._pieces:
                        self._pieces.move_to_end(key)
                    else:
                        missing[key] = piece
        fresh = self._draw_pieces(missing, area) if missing else {}
        for index, key in wanted:
            rows, cols, bits = fresh[key] if key in fresh else self._pieces[key]
            out[index, rows, cols] |= bits
        if remember:
            self._pieces.update(fresh)
            while len(self._pieces) > _PIECES_KEPT:
                self._pieces.popitem(last=False)
        return out

    def _draw_pieces(self, pieces: dict[_Key, Dots], area: Area) -> dict[_Key, _Piece]:
        """Draw polylines, each on its own tile, many tiles on one canvas."""
        out: dict[_Key, _Piece] = {}
        batch: list[_Tile] = []
        rows = 0
        for key, dots in pieces.items():
            left, top = (dots.min(axis=0) // area.per_cell).tolist()
            right, bottom = (dots.max(axis=0) // area.per_cell).tolist()
            if batch and rows + bottom - top + 1 > _TILE_ROWS:
                out.update(self._draw_tiles(batch, rows, area))
                batch, rows = [], 0
            pairs = list(zip(dots[:, 0].tolist(), dots[:, 1].tolist(), strict=True))
            joined = key[1]
            batch.append(_Tile(key, simplify(pairs) if joined else pairs, joined, left, top, right, bottom, rows))
            rows += bottom - top + 1
        out.update(self._draw_tiles(batch, rows, area))
        return out

    def _draw_tiles(self, batch: list[_Tile], rows: int, area: Area) -> dict[_Key, _Piece]:
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
        out: dict[_Key, _Piece] = {}
        for tile in batch:
            part = bits[tile.offset : tile.offset + tile.bottom - tile.top + 1]
            r, c = np.nonzero(part)
            out[tile.key] = (r + tile.top, c + tile.left, part[r, c])
        return out

    def forget(self) -> None:
        """Drop all cached pieces."""
        self._pieces.clear()
