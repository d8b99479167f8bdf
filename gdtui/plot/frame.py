"""The frame around the curves: title, legend, axes and ticks, and their layout."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gdtui.plot.ascii_text import spelled
from gdtui.plot.axes import place
from gdtui.plot.cells import Cells, role
from gdtui.plot.figure import Axis, Cursor, Figure, Series
from gdtui.plot.outline import Area
from gdtui.plot.ticks import Tick, short_number, ticks
from gdtui.plot.widths import cell_width, characters, wrapped

#: Cells before a title: what is written around the charts is as far from the edge.
INDENT = 1
#: Widths of the gutter for the labels of the y axis: three only, so that the plot does not shift with every label.
_GUTTERS = (5, 7, 10)
#: A legend's values are padded to it, so that names stay in place as the values change.
_VALUE_WIDTH = 6
#: Rows below the title from which a key has one of them.
_LEAST_WITH_KEY = 6
#: Columns, and rows below title and key, from which the x axis has labels; rows from which it has a line; and columns
#: from which the y axis has labels.
_LEAST_WITH_LABELS, _LEAST_WITH_AXIS, _LEAST_WITH_GUTTER = (16, 5), 7, 24
#: The dots that mark the ticks of the y axis in the plot, and those in ASCII; whatever is drawn replaces them.
_GRID, _GRID_ASCII = "┈", "."


@dataclass(frozen=True)
class Frame:
    """The layout of a chart in cells: plot area and its corner, the key above it, gutter for labels, rows below."""

    area: Area | None
    left: int
    top: int
    key_row: int | None
    gutter: int
    axis_row: int | None
    label_row: int | None
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]

    def plot(self, cells: Cells) -> Cells:
        """Return the cells of the plot area."""
        assert self.area is not None
        return cells.window(self.left, self.top, self.area.width, self.area.height)


class Surroundings(NamedTuple):
    """What surrounds the curves of a chart of a size, in cells: equal ones look the same, whatever the curves are.

    A chart that is `headed` has a row for title and legend, one that is `keyed` another for a key; `grid` marks the
    ticks of the y axis in the plot, and the labels of the x axis leave room for the `cursor`.
    """

    title: str
    headed: bool
    keyed: bool
    x: Axis
    y: Axis
    grid: bool
    cursor: Cursor | None
    width: int
    height: int
    plain: bool


def fitting_title(titles: Sequence[str], width: int) -> str:
    """Return the first of these titles that has room in a row of so many cells, else the last one."""
    return next((title for title in titles if INDENT + cell_width(spelled(title)) <= width), titles[-1])


def lay_out(around: Surroundings) -> Frame:
    """Divide the cells; the smaller the chart, the more parts are left out."""
    width, height, x, y = around.width, around.height, around.x, around.y
    top = 1 if height >= 2 and around.headed else 0
    key_row = top if around.keyed and height - top >= _LEAST_WITH_KEY else None
    top += key_row is not None
    has_labels = height - top >= _LEAST_WITH_LABELS[1] and width >= _LEAST_WITH_LABELS[0]
    label_row = height - 1 if has_labels else None
    axis_row = height - 2 if has_labels and height - top >= _LEAST_WITH_AXIS else None
    plot_height = height - top - (label_row is not None) - (axis_row is not None)
    if plot_height < 1 or (height < 2 and around.title):
        return Frame(None, 0, top, None, 0, None, None, (), ())
    y_ticks: tuple[Tick, ...] = ()
    gutter = 0
    if width >= _LEAST_WITH_GUTTER and plot_height >= 2:
        y_ticks = ticks(y.scale, y.limits or (0.0, 1.0), max(2, (plot_height + 2) // 3), whole=y.whole)
        longest = max((len(t.label) for t in y_ticks), default=0)
        gutter = next((g for g in _GUTTERS if longest <= g), _GUTTERS[-1])
        y_ticks = tuple(t for t in y_ticks if len(t.label) <= gutter)
    left = gutter + 1 if gutter else 0
    area = Area(width - left, plot_height, x, y, around.plain)
    x_ticks = _x_ticks(area) if label_row is not None else ()
    return Frame(area, left, top, key_row, gutter, axis_row, label_row, x_ticks, y_ticks)


@lru_cache(maxsize=256)
def _x_ticks(area: Area) -> tuple[Tick, ...]:
    """Return as many ticks as fit with two cells between labels."""
    for most in range(max(2, area.width // 9), 0, -1):
        found = ticks(area.x.scale, area.x_limits, most, whole=area.x.whole)
        ends = [_label_span(tick, area) for tick in found]
        if all(b[0] - a[1] >= 2 for a, b in pairwise(ends)):
            return found
    return ()


def _label_span(tick: Tick, area: Area) -> tuple[int, int]:
    size = len(tick.label)
    start = min(max(0, area.column(tick.unit) - (size - 1) // 2), max(0, area.width - size))
    return start, start + size


@lru_cache(maxsize=64)
def draw_frame(around: Surroundings, *, blank: bool = False) -> tuple[Frame, Cells]:
    """Return the layout, and cells with title, axis lines, ticks, labels and the faint grid, to be copied.

    `blank` leaves out the numbers.
    """
    frame, cells = lay_out(around), Cells(around.width, around.height, around.plain)
    if frame.top or frame.area is None:
        cells.put(INDENT, 0, around.title, "title", bold=True)
    if frame.area is not None:
        _draw_axes(cells, frame, frame.area, blank)
        cursor = None if around.cursor is None or blank else _cursor_span(around.cursor, frame.area)
        if frame.label_row is not None:
            _draw_x_labels(cells, frame, frame.area, frame.label_row, () if blank else frame.x_ticks, cursor)
        if around.grid and not blank:
            _grid(frame.plot(cells), [frame.area.row(tick.unit) for tick in frame.y_ticks])
    return frame, cells


def _draw_axes(cells: Cells, frame: Frame, area: Area, blank: bool) -> None:
    line, tee, corner, floor = ("|", "+", "+", "-") if cells.plain else ("│", "┤", "└", "─")
    if frame.gutter:
        cells.fill(frame.gutter, slice(frame.top, frame.top + area.height), line, "axis")
        for tick in () if blank else frame.y_ticks:
            row = frame.top + area.row(tick.unit)
            cells.put(frame.gutter - len(tick.label), row, tick.label, "label")
            cells.put(frame.gutter, row, tee, "axis")
    if frame.axis_row is not None:
        cells.fill(slice(frame.left, frame.left + area.width), frame.axis_row, floor, "axis")
        if frame.gutter:
            cells.put(frame.gutter, frame.axis_row, corner, "axis")


def _draw_x_labels(
    cells: Cells, frame: Frame, area: Area, row: int, shown: tuple[Tick, ...], cursor: tuple[int, int] | None
) -> None:
    """Draw ticks and labels below the plot, but no label where the text of the cursor is, and the axis' title."""
    for tick in shown:
        start, end = _label_span(tick, area)
        if cursor is None or end < cursor[0] or cursor[1] < start:
            cells.put(frame.left + start, row, tick.label, "label")
        if frame.axis_row is not None:
            cells.put(frame.left + area.column(tick.unit), frame.axis_row, "+" if cells.plain else "┬", "axis")
    _x_title(cells, frame, area, row, [_label_span(tick, area) for tick in shown], cursor)


def _cursor_span(cursor: Cursor, area: Area) -> tuple[int, int] | None:
    """Return where the text of the cursor begins and ends below the plot; None: it is outside."""
    unit = place(cursor.x, area.x.scale, area.x_limits)
    if not 0 <= unit <= 1:
        return None
    width = cell_width(cursor.text)
    start = max(0, min(area.column(unit) - width // 2, area.width - width))
    return start, start + width


def draw_cursor(cells: Cells, frame: Frame, cursor: Cursor) -> None:
    """Draw the cursor in cells without curves, and its text below."""
    area = frame.area
    span = None if area is None else _cursor_span(cursor, area)
    if area is None or span is None:
        return
    column, plot = area.column(place(cursor.x, area.x.scale, area.x_limits)), frame.plot(cells)
    free = np.isin(plot.chars[:, column], [ord(char) for char in (" ", _GRID, _GRID_ASCII)])
    plot.chars[free, column] = ord("|" if cells.plain else "│")
    plot.fg[free, column] = role("label")
    if frame.label_row is not None:
        cells.put(frame.left + span[0], frame.label_row, cursor.text, "title", bold=True)


def _x_title(
    cells: Cells, frame: Frame, area: Area, row: int, spans: list[tuple[int, int]], cursor: tuple[int, int] | None
) -> None:
    """Write the title of the x axis between the last two labels that leave room for it."""
    title = area.x.title
    width = cell_width(title)
    if not title:
        return
    if cursor is not None:
        spans = sorted([*(span for span in spans if span[1] < cursor[0] or cursor[1] < span[0]), cursor])
    edges = [0, *(edge for span in spans for edge in span), area.width]
    for start, end in reversed(list(zip(edges[0::2], edges[1::2], strict=True))):
        if end - start >= width + 4:
            cells.put(frame.left + start + (end - start - width) // 2, row, title, "label")
            return


def _grid(plot: Cells, rows: list[int]) -> None:
    """Draw faint dots in these rows."""
    for row in rows:
        plot.fill(slice(3, None, 4) if plot.plain else slice(None), row, _GRID_ASCII if plot.plain else _GRID, "grid")


class _Item(NamedTuple):
    """An entry of a legend as it is written: the picture, then the text, in one colour."""

    glyph: str
    text: str
    color: str

    @property
    def width(self) -> int:
        """Cells, with one between picture and text if there are both."""
        return cell_width(self.glyph) + bool(self.glyph and self.text) + cell_width(self.text)


class _Entry(NamedTuple):
    """One entry of a legend: what it looks like, its name, its value if it has one."""

    glyph: str
    label: str
    value: str
    color: str

    def written(self, text: str = "") -> _Item:
        """Return the entry with this text."""
        return _Item(self.glyph, text, self.color)


def draw_legend(cells: Cells, figure: Figure, frame: Frame, title: str) -> None:
    """Write marker, name and value of each series at the right end of the first row, as far as they fit beside a title.

    Arrows with a name are listed as well, if there is room for the names.
    """
    if not figure.legend or not frame.top:
        return
    entries = [_Entry(s.sample or s.marker, s.label, _legend_value(s), s.color) for s in figure.series if s.label]
    entries += [_Entry(a.sample, a.label, "", a.color) for a in figure.arrows if a.label]
    room = cells.width - (INDENT + cell_width(title) + 2 if title else 0)
    for gap, items in _legend_forms(entries, room):
        total = sum(item.width for item in items) + gap * (len(items) - 1)
        if 0 < total <= room:
            column = cells.width - total
            for item in items:
                cells.put(column, 0, item.glyph, item.color, bold=True)
                cells.put(column + item.width - cell_width(item.text), 0, item.text, item.color)
                column += item.width + gap
            return


def _legend_value(series: Series) -> str:
    last = float(series.y[-1]) if series.y.size else None
    value = last if series.value is None else series.value
    return ("" if value is None else short_number(value)).ljust(_VALUE_WIDTH)


def _legend_forms(entries: list[_Entry], room: int) -> Iterator[tuple[int, list[_Item]]]:
    """Yield the gap between the entries, and the entries as written, from the longest form to the shortest."""
    yield 2, [e.written(f"{e.label} {e.value}" if e.value else e.label) for e in entries]
    valued = [e for e in entries if e.value]
    yield 2, [e.written(e.value) for e in valued]
    glyphs = [e.written() for e in valued]
    yield 2, glyphs
    yield 1, glyphs
    yield 0, glyphs
    shown = max(0, (room - 1) // 2)
    if 0 < shown < len(glyphs):
        yield 1, [*glyphs[:shown], _Item("", "…", glyphs[shown].color)]


def draw_message(cells: Cells, message: str, frame: Frame) -> None:
    """Write the message in the middle of the plot, or of the whole chart, broken at words."""
    width = cells.width - frame.left
    height = frame.area.height if frame.area is not None else cells.height - frame.top
    lines = wrapped(spelled(message), max(4, width - 4))[: max(1, height)]
    for row, text in enumerate(lines, frame.top + max(0, (height - len(lines)) // 2)):
        clean = "".join(c for c, _ in characters(text))
        cells.put(frame.left + max(0, (width - cell_width(clean)) // 2), row, clean, "message")
