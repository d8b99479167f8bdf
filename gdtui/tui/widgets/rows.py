"""A widget that shows rows of styled cells and repaints only the cells that have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Offset, Region, Size
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from gdtui.plot.ascii_text import writing
from gdtui.plot.cells import Row, Run
from gdtui.plot.figure import Figure
from gdtui.plot.palette import Palette
from gdtui.plot.widths import cell_width
from gdtui.tui.terminal.pen import PLAIN, Pen, after
from gdtui.tui.terminal.picture import Span
from gdtui.tui.themes import is_plain, palette_of
from gdtui.view.frame_state import FrameState
from gdtui.view.panels import Paper

#: Frame and paper → exactly as many rows as the paper has, of exactly as many cells.
Painter = Callable[[FrameState, Paper], tuple[Row, ...]]


@lru_cache(maxsize=4096)
def _style(fg: str | None, bg: str | None, bold: bool) -> Style:
    return Style(color=fg, bgcolor=bg, bold=bold or None)


class _Ground(NamedTuple):
    """What is under the rows in a theme, and the styles on it by foreground, background and bold."""

    theme: Theme
    style: Style
    color: Color
    filters: tuple[LineFilter, ...]
    styles: dict[tuple[str | None, str | None, bool], Style]
    pens: dict[tuple[str | None, str | None, bool], Pen]

    def strip(self, row: Row, width: int) -> Strip:
        """Return a row as the terminal is to show it."""
        return Strip([Segment(run.text, self.on(run)) for run in row], width)

    def on(self, run: Run) -> Style:
        """Return the style of a run; filters change styles, whatever the text is."""
        found = self.styles.get(run[1:])
        if found is None:
            segments = [Segment(" ", self.style + _style(run.fg, run.bg, run.bold))]
            for each in self.filters:
                segments = each.apply(segments, self.color)
            found = self.styles[run[1:]] = segments[0].style or Style.null()
        return found

    def pen(self, run: Run, colors: ColorSystem) -> Pen:
        """Return the pen that draws a run on a terminal with these colours."""
        found = self.pens.get(run[1:])
        if found is None:
            found = self.pens[run[1:]] = after(PLAIN, Strip.render_ansi(self.on(run), colors))
        return found


class Change(NamedTuple):
    """Where a row differs from what was shown: the cells, and the runs that begin in them, the first of them there."""

    region: Region
    runs: Row


def change_of(old: Row, new: Row, y: int, width: int) -> Change | None:
    """Return how two rows of a width differ, at the height y; None: they do not."""
    if old is new or old == new:
        return None
    first, start = _shared(zip(old, new, strict=False))
    last, tail = _shared(zip(reversed(old), reversed(new), strict=False))
    runs, end = new[first : max(first + 1, len(new) - last)], max(width - tail, start + 1)
    return Change(Region(min(start, width), y, end - min(start, width), 1), runs)


def _shared(pairs: Iterable[tuple[Run, Run]]) -> tuple[int, int]:
    """Return how many runs there are up to the first two that differ, and their width."""
    count = width = 0
    for before, after_it in pairs:
        if before != after_it:
            break
        count += 1
        width += cell_width(after_it.text)
    return count, width


def is_displayed(widget: Widget) -> bool:
    """Say whether a widget is part of the app and nothing around it is hidden."""
    return widget.is_attached and all(node.display for node in widget.ancestors_with_self)


def sheet(size: Size, palette: Palette, plain: bool) -> Paper | None:
    """Return what a view of a size is painted on in these colours, in ASCII if `plain`; None: it has no room."""
    return Paper(size.width, size.height, palette, plain) if size else None


class RowsView(Widget):
    """Shows the rows that its painter makes of a frame, and refreshes only cells that differ from the frame before.

    Before the first frame it shows the line `waiting`.
    """

    DEFAULT_CSS = "RowsView { height: 1fr; width: 1fr; }"

    def __init__(
        self, painter: Painter, *, waiting: str = "", id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(id=id, classes=classes, markup=False)
        self.frame: FrameState | None = None
        self._painter, self._waiting = painter, waiting
        self._rows: tuple[Row, ...] = ()
        self._strips: list[Strip | None] = []  # those that have been asked for since their rows changed
        self.painted = Size(0, 0)  # of the rows
        self._ground: _Ground | None = None

    def paper(self) -> Paper | None:
        """Return what it is painted on; None: it is hidden, and paints its frame when it is displayed."""
        return sheet(self.size, palette_of(self.app), is_plain(self.app)) if is_displayed(self) else None

    def figure(self, _frame: FrameState) -> Figure | None:
        """Return what of a frame it draws; None: it is written."""
        return None

    def repaint(self) -> None:
        """Paint the frame and refresh the cells that differ."""
        paper = self.paper()
        if paper is not None and (changes := self.changed(paper)):
            self.refresh(*(change.region for change in changes))

    def changed(self, paper: Paper) -> list[Change]:
        """Paint the frame and return where rows differ."""
        size = Size(paper.width, paper.height)
        with writing(plain=paper.ascii):
            rows = self._painter(self.frame, paper) if self.frame is not None else paper.words(self._waiting)
            if size != self.painted or len(rows) != len(self._rows):
                self._rows, self._strips, self.painted = rows, [None] * len(rows), size
                return [Change(Region(0, y, size.width, 1), row) for y, row in enumerate(rows)]
            old, self._rows = self._rows, rows
            changes = []
            for y, (before, now) in enumerate(zip(old, rows, strict=True)):
                change = change_of(before, now, y, size.width)
                if change is not None:
                    self._strips[y] = None
                    changes.append(change)
        return changes

    def drawn(self, changes: Iterable[Change], at: Offset, colors: ColorSystem) -> Iterator[Span]:
        """Yield what draws changes of a view whose upper left is `at`, on a terminal with these colours."""
        ground = self._grounded()
        for region, runs in changes:
            x, y = at.x + region.x, at.y + region.y
            for run in runs:
                yield x, y, run.text, ground.pen(run, colors)
                x += cell_width(run.text)

    def on_resize(self) -> None:
        """Paint for the new size."""
        self.repaint()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows for Textual's compositor, which asks for all of them at every change of one."""
        self._dirty_regions.clear()  # Textual does this where it renders the content itself, and would keep them all
        if crop.size != self.painted or crop.size != self.size:
            self._styles_cache.clear()  # it is not told of rows that are drawn at once
            return super().render_lines(crop)  # Textual cuts, and fills what is not painted yet
        ground = self._grounded()
        return [strip or self._made(y, ground) for y, strip in enumerate(self._strips)]

    def render_line(self, y: int) -> Strip:
        """Return one row as the terminal is to show it."""
        ground, width = self._grounded(), self.size.width
        if y >= len(self._rows) or self.painted.width != width:
            return Strip.blank(width, ground.style)
        return self._strips[y] or self._made(y, ground)

    def _made(self, y: int, ground: _Ground) -> Strip:
        strip = self._strips[y] = ground.strip(self._rows[y], self.painted.width)
        return strip

    def _grounded(self) -> _Ground:
        """Return what is under the rows, cached: computing it takes longer than a row."""
        theme = self.app.current_theme
        if self._ground is None or self._ground.theme is not theme:
            color, filters = self.background_colors[1], tuple(self.get_line_filters())
            self._ground = _Ground(theme, self.rich_style, color, filters, {}, {})
            self._strips = [None] * len(self._rows)
        return self._ground

    def notify_style_update(self) -> None:
        """Forget the style under the rows."""
        self._ground = None
        super().notify_style_update()

    @property
    def text(self) -> str:
        """The rows as plain text, for tests and for copying."""
        return "\n".join("".join(run.text for run in row) for row in self._rows)
