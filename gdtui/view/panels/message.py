"""The line above the footer: news, else the diagnosis of the selected lane, else what the objective teaches."""

from __future__ import annotations

from gdtui.plot.cells import Row
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper


def message(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the message, broken at words."""
    text, role = frame.message
    return paper.page([paper.row([(f" {line}", role, False)]) for line in paper.broken(text, 1)])
