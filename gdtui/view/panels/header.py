"""The top line of the bench: the objective, the counters of the selected lane, whether the bench runs."""

from __future__ import annotations

import math

from gdtui.plot.cells import Row, cell_width
from gdtui.session import LaneView
from gdtui.text import _
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper, Span, pad
from gdtui.view.x_axis import counts_evaluations


def header(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the top line."""
    objective, width = frame.snapshot.objective, paper.width
    right: list[Span] = [
        ("   ".join(_counters(frame.lane)), "text", True), ("   ", "", False), (frame.notice.state, "title", True),
    ]  # fmt: skip
    detour = frame.notice.detour
    if width >= (100 if detour else 70):
        right.append((f"  {frame.notice.speed}", "label", False))
    if width >= (140 if detour else 100):
        right.append(("   " + _("seed {seed}").format(seed=frame.snapshot.experiment.seed), "label", False))
    right.append((" ", "", False))
    taken = sum(cell_width(text) for text, _role, _bold in right)
    left: list[Span] = [(" gdtui ", "title", True), (f" {objective.name}  ", "brand", True)]
    formula = detour or (objective.formula if objective.name not in objective.formula else "")
    room = width - taken - sum(cell_width(text) for text, _role, _bold in left) - 1
    if room > 6:
        left.append((pad(formula, room), "good" if detour else "label", bool(detour)))
    gap = width - taken - sum(cell_width(text) for text, _role, _bold in left)
    return (paper.row([*left, (" " * max(1, gap), "", False), *right]),)


def _counters(lane: LaneView) -> list[str]:
    counters = [_("update {update}").format(update=lane.position)]
    if lane.epoch is not None:
        counters.append(_("epoch {epoch}").format(epoch=epochs(lane.epoch)))
        counters.append(_("samples {samples}").format(samples=lane.samples))
    if counts_evaluations(lane):
        counters.append(_("evaluations {evaluations}").format(evaluations=lane.evaluations))
    return counters


def epochs(value: float) -> str:
    """Return a number of epochs with two decimals, never rounded up to an epoch that is not complete."""
    return f"{math.floor(value * 100) / 100:g}"
