"""Shows changed rows at once, without a round through Textual's compositor.

In each cell the compositor shows the frontmost widget there. So where no other widget lies over one that shows rows,
the compositor would write the same parts of the same strips; but first it waits for its next tick, then renders every
visible widget and cuts all of them to pieces. Wherever it might show something else, it is left to do it: before a
layout, under another widget or screen, and where there is no terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.control import Control
from textual.geometry import Region

from gdtui.tui.widgets.rows import RowsView
from gdtui.view import panels

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

    from gdtui.view.frame_state import FrameState

Changed = Iterable[tuple[RowsView, list[Region]]]
"""Views, and the cells of each that have changed."""
Regions = Mapping["Widget", tuple[Region, Region]]
"""Visible widgets from front to back: where each is, and what of the screen it is cut to."""


class AtOnce:
    """Shows frames on the views of a screen."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._regions: Regions = {}
        self._bare: dict[RowsView, Region] = {}

    def show(self, frame: FrameState | None) -> None:
        """Hand a frame to every view, and show what differs from the one before."""
        views = self._screen.walk_children(RowsView)
        for view in views:
            view.frame = frame
        seen = [(view, paper) for view in views if (paper := view.paper()) is not None]
        if frame is not None:
            drawn = ((view.figure(frame), paper) for view, paper in seen)
            panels.draw_together(frame, [(figure, paper) for figure, paper in drawn if figure is not None])
        self._show((view, view.changed(paper)) for view, paper in seen)

    def _show(self, changed: Changed) -> None:
        """Write the cells that nothing covers to the terminal, and leave the others to Textual."""
        bare, out = self._uncovered(), []
        colors = self._screen.app.console._color_system or ColorSystem.TRUECOLOR
        for view, regions in changed:
            place = bare.get(view)
            if place is None or place.size != view.painted:
                if regions:
                    view.refresh(*regions)
                continue
            for region in regions:
                out.append(Control.move_to(place.x + region.x, place.y + region.y).segment.text)
                out.append(view.written(region, colors))
        if out:
            self._write("".join(out))

    def _write(self, text: str) -> None:
        app = self._screen.app
        cursor = self._screen.outer_size.clamp_offset(app.cursor_position)
        assert app._driver is not None
        app._driver.write(text + Control.move_to(*cursor).segment.text)

    def _uncovered(self) -> dict[RowsView, Region]:
        """Return where the views are that nothing covers; none where Textual is about to lay out the screen anew."""
        screen, app = self._screen, self._screen.app
        if (
            app._driver is None or app.is_headless or app._batch_count or not screen.is_current
            or screen._layout_required or screen._scroll_required
        ):  # fmt: skip
            return {}
        regions = screen._compositor.visible_widgets
        if regions is not self._regions:  # it has been laid out anew
            self._regions, self._bare = regions, uncovered(regions)
        return self._bare


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
