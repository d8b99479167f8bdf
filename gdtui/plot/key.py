"""The key to the shades of a backdrop: swatches and what they mean, in one row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gdtui.plot.cells import Cells, role
from gdtui.plot.figure import Backdrop, Swatch
from gdtui.plot.widths import cell_width


def draw_key(
    cells: Cells, row: int, key: Sequence[Swatch], backdrop: Backdrop, *, indent: int, shaded: bool
) -> None:  # fmt: skip
    """Write the longest form of a key that fits, after so many cells if there is room for them.

    Without colours a swatch has the characters of its shades.
    """
    parts = next((form for form in _forms(key) if _width(form) <= cells.width), [])
    first = column = min(indent, cells.width - _width(parts))
    for part in parts:
        column += _gap(part, column - first)
        for shade in part.shades:
            if shaded:
                cells.bg[row, column] = role(f"{backdrop.role}{shade}")
            else:
                cells.put(column, row, backdrop.glyphs[shade], "label")
            column += 1
        column += bool(part.shades and part.text)
        cells.put(column, row, part.text, part.color)
        column += cell_width(part.text) + bool(part.text)


def _gap(part: Swatch, column: int) -> int:
    """Return how many cells more are free before a part that begins at a column."""
    return int(part.apart and column > 0)


def _forms(key: Sequence[Swatch]) -> Iterator[list[Swatch]]:
    """Yield the parts from the longest form to the shortest.

    First with every second shade, then short, the last one longest, then with one shade, then without the last ones.
    """
    yield list(key)
    fewer = [replace(part, shades=part.shades[::2]) for part in key]
    short = [replace(part, text=part.short) for part in fewer]
    yield fewer
    yield [*fewer[:-1], *short[-1:]]
    yield [*short[:-1], *fewer[-1:]]
    yield short
    single = [replace(part, shades=part.shades[:1]) if part.apart else part for part in short]  # not those of a scale
    for count in range(len(single), 0, -1):
        yield single[:count]


def _width(parts: Sequence[Swatch]) -> int:
    column = 0
    for p in parts:
        column += _gap(p, column) + len(p.shades) + bool(p.shades and p.text) + cell_width(p.text) + bool(p.text)
    return column - bool(parts and parts[-1].text)
