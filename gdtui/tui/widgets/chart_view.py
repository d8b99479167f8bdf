"""A chart as a widget: it says where it is clicked."""

from __future__ import annotations

from functools import partial

from textual import events
from textual.message import Message

from gdtui.plot.cells import Row
from gdtui.plot.figure import Figure
from gdtui.tui.widgets.rows import RowsView
from gdtui.view import panels
from gdtui.view.frame_state import FrameState


class ChartView(RowsView):
    """The chart in a place of the overlay (lane None), or of a lane's column."""

    class Clicked(Message):
        """A column of the chart has been clicked, once or twice."""

        def __init__(self, chart: ChartView, column: int, *, twice: bool) -> None:
            super().__init__()
            self.chart, self.column, self.twice = chart, column, twice

    def __init__(self, place: int, lane: int | None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(partial(_chart, place, lane), id=id, classes="chart")
        self.place, self.lane = place, lane

    def figure(self, frame: FrameState) -> Figure | None:
        """Return the chart."""
        gone = self.lane is not None and self.lane >= len(frame.snapshot.lanes)
        return None if gone else frame.chart(self.place, self.lane)

    def on_click(self, event: events.Click) -> None:
        """Report the column under the pointer."""
        self.post_message(self.Clicked(self, event.x, twice=event.chain == 2))


def _chart(place: int, lane: int | None, frame: FrameState, paper: panels.Paper) -> tuple[Row, ...]:
    return panels.chart(frame, place, lane, paper)
