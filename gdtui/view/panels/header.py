"""The top line of the bench: the objective, the counters of the selected lane, whether the bench runs."""

from __future__ import annotations

import math

from gdtui.plot.cells import Row
from gdtui.plot.widths import cell_width
from gdtui.session import LaneView
from gdtui.text import _
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper, Span, cells_of, pad


def header(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the top line; the words of a detour are worth more than anything else but the update."""
    objective, width, detour = frame.snapshot.objective, paper.width, frame.notice.detour
    brand: list[Span] = [(" gdtui ", "title", True)]
    name: list[Span] = [(f" {objective.name}  ", "brand", True)]
    right = _right(frame, width)
    if detour:
        choices = (
            ([*brand, *name], right), ([*brand, *name], _right(frame, 0)), ([*name], _right(frame, 0)),
            ([(" ", "", False)], _right(frame, 0)), ([(" ", "", False)], _right(frame, -1)),
        )  # fmt: skip
        words: Span = (detour, "good", True)
        left, right = next((c for c in choices if cells_of([*c[0], words, *c[1]]) < width), choices[-1])
        left.append((pad(detour, min(cell_width(detour), max(0, width - cells_of([*left, *right]) - 1))), "good", True))
    else:
        forms = (
            ([*brand, *name], right), ([*brand, *name], _right(frame, 0)), ([*name], _right(frame, 0)),
            ([*name], _right(frame, -1)),
        )  # fmt: skip
        left, right = next((form for form in forms if cells_of([*form[0], *form[1]]) < width), forms[-1])
        room = width - cells_of([*left, *right]) - 1
        if room > 6:
            left.append(
                (pad(objective.formula if objective.name not in objective.formula else "", room), "label", False)
            )
    return (paper.row([*left, (" " * max(1, width - cells_of([*left, *right])), "", False), *right]),)


def _right(frame: FrameState, width: int) -> list[Span]:
    """Return the counters and the state of the bench, as much of them as a terminal of this width has room for."""
    counters = _counters(frame.lane)[: 1 if width < 0 else None]
    spans: list[Span] = [("   ".join(counters), "text", True), ("   ", "", False), (frame.notice.state, "title", True)]
    if frame.notice.company:
        spans[:0] = [(frame.notice.company, "good", True), ("   ", "", False)]
    if width >= 70:
        spans.append((f"  {frame.notice.speed}", "label", False))
    if width >= 100:
        spans.append(("   " + _("seed {seed}").format(seed=frame.snapshot.experiment.seed), "label", False))
    return [*spans, (" ", "", False)]


def _counters(lane: LaneView) -> list[str]:
    counters = [_("update {update}").format(update=lane.position)]
    if lane.epoch is not None:
        counters.append(_("epoch {epoch}").format(epoch=epochs(lane.epoch)))
        counters.append(_("samples {samples}").format(samples=lane.samples))
    if lane.counts_evaluations:
        counters.append(_("evaluations {evaluations}").format(evaluations=lane.evaluations))
    return counters


def epochs(value: float) -> str:
    """Return a number of epochs with two decimals, never rounded up to an epoch that is not complete."""
    return f"{math.floor(value * 100) / 100:g}"
