"""Travelling in time on the bench: by keys, on the timeline, and with the cursor of the charts."""

from __future__ import annotations

from dataclasses import replace

from textual import on

from gdtui.plot.axes import value_at
from gdtui.plot.canvas import plot_place
from gdtui.session import Snapshot
from gdtui.tui.screens.bench.display import Display
from gdtui.tui.themes import is_plain
from gdtui.tui.widgets.chart_view import ChartView
from gdtui.tui.widgets.timeline_view import TimelineView
from gdtui.verbs import Back, Step
from gdtui.view.x_axis import update_at


class Travel(Display):
    """The part of the bench that makes updates, takes them back, and moves the cursor."""

    #: The cursor before the last click on a chart.
    _cursor_before: int | None = None
    #: The update to go to once the engine is idle.
    _heading_for: int | None = None

    def action_step(self, n: int) -> None:
        """Make n updates on every lane."""
        self.pace.running = False
        self.act(Step(n))

    def action_back(self, n: int) -> None:
        """Take n updates back."""
        self.pace.running = False
        self.act(Back(n))

    def action_along(self, n: int) -> None:
        """Move the cursor by n updates if there is one, else make n updates, or take them back (n < 0)."""
        if self.look.cursor is not None and self.frame is not None:
            self.look = self.look.moved(n, self.frame.snapshot)
            self.repaint()
        elif n > 0:
            self.action_step(n)
        else:
            self.action_back(-n)

    @on(ChartView.Clicked)
    def _chart_clicked(self, event: ChartView.Clicked) -> None:
        """Put the cursor where a chart is clicked; give the screen to a chart clicked twice, or take it back."""
        frame, view = self.frame, event.chart
        if frame is None:
            return
        if event.twice:
            name = frame.chart_name(view.place, view.lane)
            self.look = replace(self.look, chart=name, full=not self.look.full, cursor=self._cursor_before)
        else:
            self._cursor_before = self.look.cursor
            figure, plain = frame.chart(view.place, view.lane), is_plain(self.app)
            share, _height = plot_place(figure, *view.size, event.column, 0, ascii=plain)
            if not 0 <= share <= 1 or figure.x.limits is None:
                return
            value = value_at(share, figure.x.scale, figure.x.limits)
            lane = max(frame.snapshot.lanes, key=lambda lane: lane.update) if view.lane is None else frame.lane
            self.look = replace(self.look, cursor=update_at(self.look.x_axis, lane, value))
        self.repaint()

    def action_furthest(self) -> None:
        """Go to the last update that has ever been made on this objective."""
        if self.frame is not None:
            self.travel_to(self.frame.furthest)

    @on(TimelineView.Scrubbed)
    def _scrubbed(self, event: TimelineView.Scrubbed) -> None:
        self.travel_to(event.update)

    def travel_to(self, update: int) -> None:
        """Make updates or take them back up to this one; while the engine is busy, the latest wish waits."""
        self.pace.running = False
        if self.engine.busy or self.frame is None:
            self._heading_for = update
            return
        by = update - self.frame.position
        if by:
            self.act(Step(by) if by > 0 else Back(-by))

    def _take(self, snapshot: Snapshot, fault: str) -> None:
        super()._take(snapshot, fault)
        update, self._heading_for = self._heading_for, None
        if update is not None:
            self.travel_to(update)
