"""The lanes table: a row a lane, its settings, where it stands, how it fares."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gdtui.charts.cells import Row, cell_width
from gdtui.charts.palette import lane_color, lane_glyph
from gdtui.charts.panels.paper import Paper, Piece, pad
from gdtui.insight.numerals import number
from gdtui.optimizers.solvers import Solver
from gdtui.session import LaneView, Snapshot
from gdtui.words import _

#: Columns of the lanes table: heading, width, the width of the screen from which on it is shown.
_COLUMNS = (
    ("lane", 14, 0), ("dialect", 11, 96), ("evals", 8, 76), ("sampling", 11, 88), ("lr", 8, 0), ("loss", 10, 0),
    ("‖g‖", 10, 64), ("step", 10, 64), ("θ", 22, 112), ("eff. rate", 20, 150), ("epoch", 8, 170), ("status", 22, 0),
)  # fmt: skip


def solves(lane: LaneView) -> bool:
    """Say whether the lane's optimizer is a solver, whose updates differ in what they cost."""
    return isinstance(lane.trace.layout.rule, Solver)


def _columns(width: int, *, sampling: bool, evaluations: bool) -> list[tuple[str, int]]:
    left_out = (() if sampling else ("sampling", "epoch")) + (() if evaluations else ("evals",))
    return [(name, size) for name, size, least in _COLUMNS if width >= least and name not in left_out]


def _cells(lane: LaneView, name: str) -> tuple[str, str]:
    """Return a cell's text and the role of its colour."""
    if name == "dialect":
        return lane.spec.dialect_name or "–", "label"
    if name == "sampling":
        return str(lane.spec.sampling), "label"
    if name == "lr":
        return number(lane.next_lr, 3), "text"
    if name == "loss":
        return (number(lane.scalar("loss")) if lane.objective.has_loss else "–"), "text"
    if name == "‖g‖":
        return _dash(lane.scalar("grad_norm")), "text"
    if name == "step":
        return _dash(lane.scalar("step_norm")), "text"
    if name == "evals":
        return str(lane.evaluations), "text"
    if name == "epoch":
        return "–" if lane.epoch is None else f"{math.floor(lane.epoch * 100) / 100:g}", "label"
    if name in ("θ", "eff. rate"):
        vector = lane.vector("theta" if name == "θ" else "effective_lr")
        assert vector is not None
        more = " …" if len(vector) > 2 else ""
        return " ".join(_dash(float(v), 3) for v in vector[:2]) + more, "label"
    raise KeyError(name)


def _dash(value: float, digits: int = 4) -> str:
    return "–" if math.isnan(value) else number(value, digits)


def _status(lane: LaneView) -> Piece:
    ahead = len(lane.pending)
    if lane.status == "diverged":
        return (f"✗ {_('diverged at update')} {lane.update}", "bad", True)
    if lane.status != "going":
        return (f"✓ {_(lane.status)} {_('at update')} {lane.update}: {lane.reason}", "good", True)
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
    has_data = len(snapshot.objective.train) > 0 or snapshot.objective.noise > 0
    columns = _columns(paper.width, sampling=has_data, evaluations=any(map(solves, snapshot.lanes)))
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
            text, role, bold = _status(lane)
            pieces.append((pad(text, max(1, width - used)), role, bold))
        else:
            text, role = _cells(lane, name)
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
