"""The panels that are drawn: the picture of the objective, and the charts."""

from __future__ import annotations

from collections.abc import Sequence

from gdtui.plot.canvas import draw, draw_all
from gdtui.plot.cells import Row
from gdtui.plot.figure import Figure
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper


def picture(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the objective with every lane on it."""
    return _drawn(frame, frame.picture, paper)


def chart(frame: FrameState, place: int, lane: int | None, paper: Paper) -> tuple[Row, ...]:
    """Return the chart in a place of the overlay (lane None), or of a lane's column."""
    if lane is not None and lane >= len(frame.snapshot.lanes):  # a column that is about to go
        return paper.page([])
    return _drawn(frame, frame.chart(place, lane), paper)


def draw_together(frame: FrameState, sheets: Sequence[tuple[Figure, Paper]]) -> None:
    """Draw figures of a frame in one go, for the panels that will ask for them; papers differ in size alone."""
    if sheets:
        any_paper = sheets[0][1]
        sizes = [(figure, paper.width, paper.height) for figure, paper in sheets]
        frame.sheets.update(zip(sheets, draw_all(sizes, any_paper.palette, ascii=any_paper.ascii), strict=True))


def _drawn(frame: FrameState, figure: Figure, paper: Paper) -> tuple[Row, ...]:
    drawn = frame.sheets.get((figure, paper))
    return drawn or draw(figure, paper.width, paper.height, paper.palette, ascii=paper.ascii)
