"""What is on a terminal's screen as a reader sees it, and what Textual has meant to be there."""

from __future__ import annotations

from pathlib import Path

import pytest

pyte = pytest.importorskip("pyte")

#: The rows of a screen.
Cells = list[list[tuple[object, ...]]]


def seen(screen: pyte.Screen) -> Cells:
    """Every cell as a reader sees it: a blank has no foreground."""
    rows = []
    for y in range(screen.lines):
        row = [screen.buffer[y][x] for x in range(screen.columns)]
        rows.append([seen_cell(cell) for cell in row])
    return rows


def seen_cell(cell: pyte.screens.Char) -> tuple[object, ...]:
    lined = cell.underscore or cell.strikethrough or cell.reverse or cell.blink
    if cell.data == " " and not lined:
        return (" ", cell.bg)
    return tuple(cell)


class Meant:
    """What Textual has meant so far, on a screen of its own."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self._path, self._at = path, 0
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)

    def seen(self) -> Cells:
        data = self._path.read_bytes()[self._at :]
        self._at += len(data)
        self._stream.feed(data)
        return seen(self.screen)


def differing(a: Cells, b: Cells) -> list[tuple[object, ...]]:
    """The first cells that differ."""
    pairs = [
        (y, x, p, q)
        for y, (r, s) in enumerate(zip(a, b, strict=True))
        for x, (p, q) in enumerate(zip(r, s, strict=True))
    ]
    return [pair for pair in pairs if pair[2] != pair[3]][:5]
