"""The key to the shades of a backdrop: swatches and what they mean, in one row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gdtui.plot.cells import Cells, role
from gdtui.plot.figure import Backdrop, Swatch
from gdtui.plot.widths import cell_width


def draw_key(cells: Cells, row: int, key: Sequence[Swatch], backdrop: Backdrop, *, shaded: bool) -> None:
    """Write the longest form of a key that fits; without colours a swatch has the characters of its shades."""
    parts = next((form for form in _forms(key) if _width(form) <= cells.width), [])
    column = 0
    for part in parts:
        for shade in part.shades:
            if shaded:
                cells.bg[row, column] = role(f"{backdrop.role}{shade}")
            else:
                cells.put(column, row, backdrop.glyphs[shade], "label")
            column += 1
        column += bool(part.shades and part.text)
        cells.put(column, row, part.text, part.color)
        column += cell_width(part.text) + bool(part.text)


def _forms(key: Sequence[Swatch]) -> Iterator[list[Swatch]]:
    """Yield the parts from the longest form to the shortest: with every second shade, short, without the last ones."""
    yield list(key)
    fewer = [replace(part, shades=part.shades[::2]) for part in key]
    short = [replace(part, text=part.short) for part in fewer]
    yield fewer
    yield [*fewer[:-1], *short[-1:]]
    for count in range(len(short), 0, -1):
        yield short[:count]


def _width(parts: Sequence[Swatch]) -> int:
    cells = sum(len(p.shades) + bool(p.shades and p.text) + cell_width(p.text) + bool(p.text) for p in parts)
    return cells - bool(parts and parts[-1].text)
