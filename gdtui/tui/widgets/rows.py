"""A widget that shows rows of styled cells and repaints only the cells that have changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from gdtui.plot.ascii_text import writing
from gdtui.plot.cells import Row, Run
from gdtui.plot.widths import cell_width
from gdtui.tui.themes import palette_of
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

    def strip(self, row: Row, width: int) -> Strip:
        """Return a row as the terminal is to show it."""
        strip = Strip([Segment(run.text, self._on(run)) for run in row], width)
        for each in self.filters:
            strip = strip.apply_filter(each, self.color)
        return strip

    def _on(self, run: Run) -> Style:
        found = self.styles.get(run[1:])
        if found is None:
            found = self.styles[run[1:]] = self.style + _style(run.fg, run.bg, run.bold)
        return found


def _shared(old: Row, new: Row) -> int:
    """Return the width of the runs at the beginning of both rows that are the same."""
    return sum(cell_width(a.text) for a, _b in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def changed_span(old: Row, new: Row) -> tuple[int, int] | None:
    """Return (first, end) of the cells in which two rows of one width differ, or None."""
    if old is new or old == new:
        return None
    start, tail = _shared(old, new), _shared(old[::-1], new[::-1])
    width = sum(cell_width(run.text) for run in new)
    return min(start, width), max(width - tail, start + 1)


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
        self._painted = Size(0, 0)
        self._ground: _Ground | None = None

    def show(self, frame: FrameState | None) -> None:
        """Show another frame; a widget that is hidden paints it when it is displayed."""
        self.frame = frame
        if all(node.display for node in self.ancestors_with_self):
            self.repaint()

    def repaint(self) -> None:
        """Paint the frame and refresh the cells that differ."""
        size = self.size
        if size.width == 0 or size.height == 0 or not self.is_attached:
            return
        plain = bool(getattr(self.app, "plain", False))
        paper = Paper(size.width, size.height, palette_of(self.app), plain)
        with writing(plain=plain):
            rows = self._painter(self.frame, paper) if self.frame is not None else paper.words(self._waiting)
        if size != self._painted or len(rows) != len(self._rows):
            self._rows, self._strips, self._painted = rows, [None] * len(rows), size
            self.refresh()
            return
        old, self._rows = self._rows, rows
        regions = []
        for y, (before, after) in enumerate(zip(old, rows, strict=True)):
            span = changed_span(before, after)
            if span is not None:
                self._strips[y] = None
                regions.append(Region(span[0], y, span[1] - span[0], 1))
        if regions:
            self.refresh(*regions)

    def on_resize(self) -> None:
        """Paint for the new size."""
        self.repaint()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows for Textual's compositor, which asks for all of them at every change of one."""
        self._dirty_regions.clear()  # Textual does this where it renders the content itself, and would keep them all
        if crop.size != self._painted or crop.size != self.size:
            return super().render_lines(crop)  # Textual cuts, and fills what is not painted yet
        ground = self._grounded()
        return [strip or self._made(y, ground) for y, strip in enumerate(self._strips)]

    def render_line(self, y: int) -> Strip:
        """Return one row as the terminal is to show it."""
        ground, width = self._grounded(), self.size.width
        if y >= len(self._rows) or self._painted.width != width:
            return Strip.blank(width, ground.style)
        return self._strips[y] or self._made(y, ground)

    def _made(self, y: int, ground: _Ground) -> Strip:
        strip = self._strips[y] = ground.strip(self._rows[y], self._painted.width)
        return strip

    def _grounded(self) -> _Ground:
        """Return what is under the rows, cached: computing it takes longer than a row."""
        theme = self.app.current_theme
        if self._ground is None or self._ground.theme is not theme:
            color, filters = self.background_colors[1], tuple(self.get_line_filters())
            self._ground = _Ground(theme, self.rich_style, color, filters, {})
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
