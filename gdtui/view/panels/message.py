"""The line above the footer: news, else the diagnosis of the selected lane, else what the objective teaches."""

from __future__ import annotations

from collections.abc import Sequence

from gdtui.plot.cells import Row
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper

#: What parts a sentence, in every language, and what parts a diagnosis from what follows from it.
CLAUSE_ENDS, CONSEQUENCES = ("; ", "；"), (": ", "：")


def message(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the message, broken at words."""
    text, role = frame.message
    ends: Sequence[str] = CLAUSE_ENDS
    if frame.diagnosis and not paper.holds(text, 1):
        text, ends = frame.diagnosis, CLAUSE_ENDS + CONSEQUENCES  # the table marks the lane that is meant
    return paper.page([paper.row([(f" {line}", role, False)]) for line in paper.broken(_fitting(text, paper, ends), 1)])


def _fitting(text: str, paper: Paper, ends: Sequence[str]) -> str:
    """Return the clauses of a sentence that fit, at least the first: one that is cut off says nothing."""
    for sign in ends:
        while not paper.holds(text, 1) and sign in text:
            text = text.rpartition(sign)[0]
    return text
