"""The panels that are drawn: the picture of the objective, and the charts."""

from __future__ import annotations

from gdtui.plot.canvas import draw
from gdtui.plot.cells import Row
from gdtui.plot.figure import Figure
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper


def picture(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the objective with every lane on it."""
    return _drawn(frame.picture, paper)


def chart(frame: FrameState, place: int, lane: int | None, paper: Paper) -> tuple[Row, ...]:
    """Return the chart in a place of the overlay (lane None), or of a lane's column."""
    if lane is not None and lane >= len(frame.snapshot.lanes):  # a column that is about to go
        return paper.page([])
    return _drawn(frame.chart(place, lane), paper)


def _drawn(figure: Figure, paper: Paper) -> tuple[Row, ...]:
    return draw(figure, paper.width, paper.height, paper.palette, ascii=paper.ascii)
