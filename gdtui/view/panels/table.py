"""The lanes table: a row a lane, its settings, where it stands, how it fares."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gdtui.plot.cells import Row, cell_width
from gdtui.plot.palette import lane_color, lane_glyph
from gdtui.session import LaneView, Snapshot
from gdtui.text import _, number
from gdtui.view.panels.paper import Paper, Piece, pad

#: Columns of the lanes table: heading, width, the width of the screen from which on it is shown.
_COLUMNS = (
    ("lane", 14, 0), ("dialect", 11, 96), ("evals", 8, 76), ("sampling", 11, 88), ("lr", 10, 0), ("loss", 10, 0),
    ("‖g‖", 10, 64), ("step", 10, 64), ("θ", 22, 112), ("eff. rate", 20, 150), ("epoch", 8, 170), ("status", 22, 0),
)  # fmt: skip


def solves(lane: LaneView) -> bool:
    """Say whether the lane's optimizer is a solver, whose updates differ in what they cost."""
    return lane.trace.layout.rule.counts_evaluations


def _columns(snapshot: Snapshot, width: int) -> list[tuple[str, int]]:
    """Return the columns there are at this width; that of the names is as wide as they need."""
    has_data = len(snapshot.objective.train) > 0 or snapshot.objective.noise > 0
    left_out = {*(() if has_data else ("sampling", "epoch")), *(() if any(map(solves, snapshot.lanes)) else ("evals",))}
    names = 2 + max(cell_width(lane.name) for lane in snapshot.lanes)
    return [
        (name, min(size, max(8, names)) if name == "lane" else size)
        for name, size, least in _COLUMNS
        if width >= least and name not in left_out
    ]


def _cells(lane: LaneView, name: str, room: int) -> tuple[str, str]:
    """Return a cell's text and the role of its colour; numbers in as many digits as there is room for."""
    if name == "dialect":
        return lane.spec.dialect_name or "–", "label"
    if name == "sampling":
        return str(lane.spec.sampling), "label"
    if name == "lr":
        return _in(room, _rate(lane)), "text"
    if name == "loss":
        return (_in(room, lane.scalar("loss")) if lane.objective.has_loss else "–"), "text"
    if name == "‖g‖":
        return _dash(lane.scalar("grad_norm"), room), "text"
    if name == "step":
        return _dash(lane.scalar("step_norm"), room), "text"
    if name == "evals":
        return str(lane.evaluations), "text"
    if name == "epoch":
        return "–" if lane.epoch is None else f"{math.floor(lane.epoch * 100) / 100:g}", "label"
    if name in ("θ", "eff. rate"):
        vector = lane.vector("theta" if name == "θ" else "effective_lr")
        assert vector is not None
        more = " …" if len(vector) > 2 else ""
        each = (room - len(more) - 1) // 2
        return " ".join(_dash(float(v), each, 3) for v in vector[:2]) + more, "label"
    raise KeyError(name)


def _rate(lane: LaneView) -> float:
    """Return the learning rate of this update where a schedule turns it, else that of the next, edits and all."""
    scheduled = lane.update > 0 and lane.spec.schedule.kind != "constant"
    return lane.scalar("lr") if scheduled else lane.next_lr


def _in(room: int, value: float, digits: int = 4) -> str:
    """Return a number in at most so many digits and cells."""
    texts = (number(value, count) for count in range(digits, 0, -1))
    return next((text for text in texts if cell_width(text) <= room), number(value, 1))


def _dash(value: float, room: int, digits: int = 4) -> str:
    return "–" if math.isnan(value) else _in(room, value, digits)


def _status(lane: LaneView, room: int) -> Piece:
    """Return how a lane fares, in as few words as there is room for."""
    ahead = len(lane.pending)
    if lane.status != "going":
        sign, role = ("✗", "bad") if lane.status == "diverged" else ("✓", "good")
        why = f": {lane.reason}" if lane.reason else ""
        texts = [f"{sign} {_(lane.status)} {words} {lane.update}" for words in (_("at update"), _("at"))]
        longest = [text + why for text in texts]
        return (next((text for text in (*longest, *texts) if cell_width(text) <= room), texts[-1]), role, True)
    if ahead:
        return (f"{_('going')} · {ahead} {_('edit ahead') if ahead == 1 else _('edits ahead')}", "label", False)
    return (_("going") if lane.update else _("at the start"), "label", False)


@dataclass(frozen=True)
class Window:
    """The lanes that a table has room for: numbers from `first` to before `end`, of `count`."""

    first: int
    end: int
    count: int

    @property
    def more(self) -> str:
        """How many lie above and below: "↑ 1  ↓ 3 more", or "" where all are seen."""
        above = [f"↑ {self.first}"] if self.first else []
        below = [f"↓ {self.count - self.end}"] if self.end < self.count else []
        return f"{'  '.join([*above, *below])} {_('more')}" if above or below else ""


def window(count: int, selected: int, height: int) -> Window:
    """Return which lanes a table of this height shows: the selected one among them."""
    room = max(1, height - 1)
    first = max(0, min(selected - room + 1, count - room))
    return Window(first, min(count, first + room), count)


def lanes(snapshot: Snapshot, selected: int, paper: Paper) -> tuple[Row, ...]:
    """Return the lanes table: a heading and a row a lane, scrolled so that the selected one is seen."""
    columns = _columns(snapshot, paper.width)
    seen = window(len(snapshot.lanes), selected, paper.height)
    rows = [paper.row(_heading(columns, seen.more, paper.width))]
    for index in range(seen.first, seen.end):
        chosen = index == selected
        pieces = _line(snapshot.lanes[index], index, columns, paper.width, chosen=chosen)
        rows.append(paper.row(pieces, bg="selected" if chosen else ""))
    return paper.page(rows)


def _line(lane: LaneView, index: int, columns: list[tuple[str, int]], width: int, *, chosen: bool) -> list[Piece]:
    """Return one lane's cells."""
    color = lane_color(index)
    pieces: list[Piece] = [("▸" if chosen else " ", "text", True), (lane_glyph(index) + " ", color, True)]
    used = 3
    for name, size in columns:
        if name == "lane":
            pieces.append((pad(lane.name, size - 1) + " ", color, chosen))
        elif name == "status":
            room = max(1, width - used)
            text, role, bold = _status(lane, room)
            pieces.append((pad(text, room), role, bold))
        else:
            text, role = _cells(lane, name, size - 2)
            right = name not in ("dialect", "sampling")
            pieces.append((pad(text, size - 2, right=right) + "  ", role, False))
        used += size
    return pieces


def _heading(columns: list[tuple[str, int]], more: str, width: int) -> list[Piece]:
    """Return the names of the columns, and at the right end how many lanes are not seen."""
    out: list[Piece] = [("   ", "", False)]
    for name, size in columns[:-1]:
        text = _(name)
        left = name in ("lane", "dialect", "sampling")
        out.append((pad(text, size) if left else pad(text, size - 2, right=True) + "  ", "label", False))
    room = max(0, width - sum(cell_width(text) for text, _role, _bold in out) - cell_width(more) - 1)
    return [*out, (pad(_(columns[-1][0]), room), "label", False), (more, "title", True)]
