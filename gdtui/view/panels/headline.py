"""The top line of the bench: what is minimised, how far the selected lane has come, whether it runs."""

from __future__ import annotations

import math

from gdtui.plot.cells import Row, cell_width
from gdtui.session import Snapshot
from gdtui.text import _
from gdtui.view.panels.paper import Paper, Piece, pad
from gdtui.view.panels.table import solves


def header(snapshot: Snapshot, selected: int, state: str, speed: str, paper: Paper) -> Row:
    """Return the top line: objective, counters of the selected lane, state and seed."""
    objective, width = snapshot.objective, paper.width
    lane = snapshot.lanes[min(selected, len(snapshot.lanes) - 1)]
    counters = [f"{_('update')} {lane.position}"]
    if lane.epoch is not None:
        counters.append(f"{_('epoch')} {math.floor(lane.epoch * 100) / 100:g}")
        counters.append(f"{_('samples')} {lane.samples}")
    if solves(lane):
        counters.append(f"{_('evaluations')} {lane.evaluations}")
    right: list[Piece] = [("   ".join(counters), "text", True), ("   ", "", False), (state, "title", True)]
    if width >= 70:
        right.append((f"  {speed}", "label", False))
    if width >= 100:
        right.append((f"   {_('seed')} {snapshot.experiment.seed}", "label", False))
    right.append((" ", "", False))
    taken = sum(cell_width(text) for text, _role, _bold in right)
    left: list[Piece] = [(" gdtui ", "title", True), (f" {objective.name}  ", "brand", True)]
    name = objective.formula if objective.name not in objective.formula else ""
    room = width - taken - sum(cell_width(text) for text, _role, _bold in left) - 1
    if room > 6:
        left.append((pad(name, room), "label", False))
    gap = width - taken - sum(cell_width(text) for text, _role, _bold in left)
    return paper.row([*left, (" " * max(1, gap), "", False), *right])
