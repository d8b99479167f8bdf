"""Shows changed rows at once, without a round through Textual's compositor.

In each cell the compositor shows the frontmost widget there. So where no other widget lies over one that shows rows,
the compositor would write the same parts of the same strips; but first it waits for its next tick, then renders every
visible widget and cuts all of them to pieces. Wherever it might show something else, it is left to do it: before a
layout, under another widget or screen, and where the driver is none of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, cast

from rich.color import ColorSystem
from textual.geometry import Region

from gdtui.tui.terminal.picture import Span
from gdtui.tui.themes import is_plain, palette_of
from gdtui.tui.widgets.rows import Change, RowsView, is_displayed, sheet
from gdtui.view import panels

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

    from gdtui.tui.terminal.driver import TerminalDriver
    from gdtui.view.frame_state import FrameState

#: Views, and where each has changed.
Changed = Iterable[tuple[RowsView, list[Change]]]
#: Visible widgets from front to back: where each is, and what of the screen it is cut to.
Regions = Mapping["Widget", tuple[Region, Region]]


class DirectPainter:
    """Shows frames on the views of a screen."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._regions: Regions = {}
        self._bare: dict[RowsView, Region] = {}

    def show(self, frame: FrameState | None) -> None:
        """Hand a frame to every view, and show what differs from the one before."""
        bare, seen = self._uncovered(), []
        palette, plain = palette_of(self._screen.app), is_plain(self._screen.app)
        for view, displayed in _views(self._screen, is_displayed(self._screen)):
            view.frame = frame
            if displayed:
                place = bare.get(view)  # Textual works out a size anew whenever it is asked
                paper = sheet(view.size if place is None else place.size, palette, plain)
                if paper is not None:
                    seen.append((view, paper))
        if frame is not None:
            drawn = ((view.figure(frame), paper) for view, paper in seen)
            panels.draw_together(frame, [(figure, paper) for figure, paper in drawn if figure is not None])
        self._show(bare, ((view, view.changed(paper)) for view, paper in seen))

    def _show(self, bare: Mapping[RowsView, Region], changed: Changed) -> None:
        """Draw what nothing covers into the terminal's picture, all at one go, and leave the rest to Textual."""
        app = self._screen.app
        colors = app.console._color_system or ColorSystem.TRUECOLOR
        spans: list[Span] = []
        for view, changes in changed:
            place = bare.get(view)
            if place is not None and place.size == view.painted:
                spans += view.drawn(changes, place.offset, colors)
            elif changes:
                view.refresh(*(change.region for change in changes))
        if spans:
            cast("TerminalDriver", app._driver).draw(spans)

    def _uncovered(self) -> dict[RowsView, Region]:
        """Return where the views are that nothing covers; none where Textual is about to lay out the screen anew."""
        screen, app = self._screen, self._screen.app
        if (
            not hasattr(app._driver, "draw") or app._batch_count
            or app.screen is not screen  # not Textual's `is_current`: so is a screen under a dialog
            or screen._layout_required or screen._scroll_required
        ):  # fmt: skip
            return {}
        regions = screen._compositor.visible_widgets
        if regions is not self._regions:  # it has been laid out anew
            self._regions, self._bare = regions, uncovered(regions)
        return self._bare


def _views(node: Widget, displayed: bool) -> Iterator[tuple[RowsView, bool]]:
    """Yield the views below a node that is displayed or not, and whether they are; each node is asked once."""
    for child in node.children:
        if isinstance(child, RowsView):
            yield child, displayed and child.display
        elif child.children:
            yield from _views(child, displayed and child.display)


def uncovered(regions: Regions) -> dict[RowsView, Region]:
    """Return where the rows of views are that are seen whole and have no other widget in front of them."""
    found: dict[RowsView, Region] = {}
    front: list[Region] = []
    for widget, (region, clip) in regions.items():
        seen = clip.contains_region(region) and not any(other.overlaps(region) for other in front)
        if seen and isinstance(widget, RowsView):
            found[widget] = region.shrink(widget.styles.gutter)
        front.append(region.intersection(clip))
    return found
