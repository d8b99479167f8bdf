"""The line above the footer: news, else the diagnosis of the selected lane, else what the objective teaches."""

from __future__ import annotations

from gdtui.plot.cells import Row
from gdtui.plot.widths import cell_width
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper

#: What parts a sentence, in every language.
CLAUSE_ENDS = "; ", "；"


def message(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the message, broken at words."""
    text, role = frame.message
    return paper.page([paper.row([(f" {line}", role, False)]) for line in paper.broken(_fitting(text, paper), 1)])


def _fitting(text: str, paper: Paper) -> str:
    """Return the clauses of a sentence that fit, at least the first: one that is cut off says nothing."""
    room = (paper.width - 1) * max(1, paper.height)
    for sign in CLAUSE_ENDS:
        while cell_width(text) > room and sign in text:
            text = text.rpartition(sign)[0]
    return text
