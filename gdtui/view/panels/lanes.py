"""The lanes table: a row per lane with its settings, its numbers and its status."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gdtui.plot.cells import Row
from gdtui.plot.widths import cell_width
from gdtui.session import LaneView, Snapshot
from gdtui.simulation.stopping import Status
from gdtui.text import N_, _
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.comparisons import comparison
from gdtui.view.frame_state import FrameState
from gdtui.view.layout import window
from gdtui.view.panels.header import epochs
from gdtui.view.panels.paper import Paper, Span, cells_of, number_in, pad


@dataclass(frozen=True)
class Column:
    """One column between the lanes' names and their status.

    Parameters
    ----------
    heading
        its name.
    width
        in cells, with the two that separate it from the next.
    cell
        (lane, cells there are) → text.
    from_width
        the width of the screen from which on it is shown.
    applies
        whether it says anything of these lanes.
    words
        words, aligned to the left; numbers are aligned to the right.
    muted
        in the colour of labels.
    """

    heading: str
    width: int
    cell: Callable[[LaneView, int], str]
    from_width: int = 0
    applies: Callable[[Snapshot], bool] = lambda _snapshot: True
    words: bool = False
    muted: bool = False


def _has_batches(snapshot: Snapshot) -> bool:
    return snapshot.objective.seeded


def _rate(lane: LaneView, room: int) -> str:
    """Return the learning rate of the last update if there is a schedule, else that of the next, edits included."""
    scheduled = lane.update > 0 and not lane.spec.schedule.is_constant
    return _known(lane.scalar("lr") if scheduled else lane.next_lr, room)


def _loss(lane: LaneView, room: int) -> str:
    return _known(lane.scalar("loss"), room) if lane.objective.has_loss else "–"


def _scalar(name: str) -> Callable[[LaneView, int], str]:
    return lambda lane, room: _known(lane.scalar(name), room)


def _vector(name: str) -> Callable[[LaneView, int], str]:
    """Return a cell with the first two coordinates of a vector."""

    def cell(lane: LaneView, room: int) -> str:
        vector = lane.vector(name)
        assert vector is not None
        if all(map(math.isnan, vector)):
            return "–"
        more = " …" if len(vector) > 2 else ""
        each = (room - len(more) - 1) // 2
        return " ".join(_known(float(v), each, 3) for v in vector[:2]) + more

    return cell


#: Between the lanes' names and their status.
COLUMNS = (
    Column(N_("dialect"), 11, lambda lane, _room: lane.spec.dialect_name or "–", 96, words=True, muted=True),
    Column(N_("evals"), 8, lambda lane, _room: str(lane.evaluations), 76, lambda snapshot: snapshot.counts_evaluations),
    Column(N_("sampling"), 11, lambda lane, _room: str(lane.spec.sampling), 88, _has_batches, words=True, muted=True),
    Column(N_("lr"), 10, _rate),
    Column(N_("loss"), 10, _loss),
    Column(N_("‖g‖"), 10, _scalar("grad_norm"), 64),
    Column(N_("step"), 10, _scalar("step_norm"), 64),
    Column(N_("θ"), 20, _vector("theta"), 112, muted=True),
    Column(N_("eff. rate"), 18, _vector("effective_lr"), 118),
    Column(
        N_("epoch"), 8, lambda lane, _room: "–" if lane.epoch is None else epochs(lane.epoch), 170, _has_batches,
        muted=True,
    ),
)  # fmt: skip
#: Widest column of names, and cells before it.
NAMES, MARKS = 14, 3
#: Cells of a status in its shortest words, for which a wide table goes without a column.
STATUS, WIDE = 17, 112


def lanes(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return a heading and a row per lane, scrolled so that the selected lane is visible."""
    snapshot, selected = frame.snapshot, frame.look.lane
    names = min(NAMES, max(8, 2 + max(cell_width(lane.name) for lane in snapshot.lanes)))
    seen = shown_lanes(frame, paper.height)
    compared = () if frame.notice.hidden == "now" else comparison(snapshot)
    said = min(map(cell_width, compared), default=0)
    columns = _columns(snapshot, seen, said, paper.width, paper.width - MARKS - names)
    rows = [paper.row(_heading(columns, names, compared, _hidden(seen, len(snapshot.lanes)), paper.width))]
    for index in seen:
        lane = snapshot.lanes[index]
        muted = lane not in snapshot.drawn
        spans = _line(lane, columns, names, paper.width, chosen=index == selected, muted=muted)
        if frame.notice.hidden == "now":
            spans = spans[:3]  # the lane's name alone
        rows.append(paper.row(spans, bg="selected" if index == selected else ""))
    return paper.page(rows)


def _columns(snapshot: Snapshot, seen: range, said: int, width: int, room: int) -> list[Column]:
    """Return the columns that are shown at this width.

    Fewer where the reason of a status needs the room, or the `said` cells of how the lanes are compared.
    """
    columns = [column for column in COLUMNS if width >= column.from_width and column.applies(snapshot)]
    lanes_seen = (snapshot.lanes[index] for index in seen)
    least = max(STATUS, said + 1) if width >= WIDE else 0
    reasons = max((cell_width(_with_reason(lane)[-1]) for lane in lanes_seen if lane.reason), default=least)
    fewer = list(columns)
    while sum(column.width for column in fewer) + reasons > room:
        dropped = max(reversed(fewer), key=lambda column: column.from_width)
        if not dropped.from_width:
            return columns  # even so there is too little room
        fewer.remove(dropped)
    return fewer


def shown_lanes(frame: FrameState, height: int) -> range:
    """Return the numbers of the lanes in a table of this height, in the order of its rows under the heading."""
    return window(len(frame.snapshot.lanes), frame.look.lane, height - 1)


def _hidden(seen: range, count: int) -> str:
    """Return how many lanes are above and below the ones shown; "" if there are none."""
    above, below = seen.start, count - seen.stop
    text = _("↑ {above}  ↓ {below} more") if above and below else _("↑ {above} more") if above else _("↓ {below} more")
    return text.format(above=above, below=below) if above or below else ""


def _heading(
    columns: Sequence[Column], names: int, compared: Sequence[str], hidden: str, width: int
) -> list[Span]:  # fmt: skip
    """Return the names of the columns, and at the right end how the lanes are compared and how many are hidden.

    Where there is no room for both, the comparison takes the place of the heading of the status.
    """
    spans: list[Span] = [(" " * MARKS, "", False), (pad(_("lane"), names), "label", False)]
    for column in columns:
        text = pad(_(column.heading), column.width - 2, right=not column.words) + "  "
        spans.append((pad(_(column.heading), column.width) if column.words else text, "label", False))
    status, hidden = _("status"), hidden and f"  {hidden}"
    room = max(0, width - cells_of(spans) - cell_width(hidden) - 1)
    forms = [(before, words) for words in compared for before in (f"{status}  ", "")]
    before, words = next((form for form in forms if cell_width("".join(form)) <= room), (status, ""))
    spans.append((pad(before, max(0, room - cell_width(words))), "label", False))
    return [*spans, (words, "title", False), (hidden, "title", True)]


def _line(
    lane: LaneView, columns: Sequence[Column], names: int, width: int, *, chosen: bool, muted: bool
) -> list[Span]:
    """Return the row of one lane; the name of a lane that is muted has the colour of labels."""
    color = "label" if muted else lane_color(lane)
    spans: list[Span] = [
        ("▸" if chosen else " ", "text", True), (lane_marker(lane) + " ", color, True),
        (pad(lane.name, names - 1) + " ", color, chosen),
    ]  # fmt: skip
    for column in columns:
        room = column.width - 2
        text = pad(column.cell(lane, room), room, right=not column.words) + "  "
        spans.append((text, "label" if column.muted else "text", False))
    room = max(1, width - MARKS - names - sum(column.width for column in columns))
    text, role, bold = _status(lane, room)
    if muted:
        text = _("muted · {status}").format(status=text)
    return [*spans, (pad(text, room), role, bold)]


def _status(lane: LaneView, room: int) -> Span:
    """Return the status of a lane, in as few words as there is room for."""
    if lane.status == Status.GOING:
        ahead = len(lane.pending)
        if ahead:
            text = _("going · {count} edit ahead") if ahead == 1 else _("going · {count} edits ahead")
            return text.format(count=ahead), "label", False
        return _("going") if lane.update else _("at the start"), "label", False
    texts = [*_with_reason(lane), *_without_reason(lane)]
    role = "bad" if lane.status == Status.DIVERGED else "good"
    return next((text for text in texts if cell_width(text) <= room), texts[-1]), role, True


def _without_reason(lane: LaneView) -> list[str]:
    return [_(text).format(update=lane.update) for text in _STATUS[lane.status]]


def _with_reason(lane: LaneView) -> list[str]:
    """Return the status of a lane that has stopped for a reason, from the longest text to the shortest."""
    if not lane.reason:
        return []
    return [_(text).format(update=lane.update, reason=lane.reason) for text in _WITH_REASON[lane.status]]


#: Status of a lane that has stopped → sentences about it, from the longest to the shortest.
_STATUS = {
    "converged": (N_("✓ converged at update {update}"), N_("✓ converged at {update}")),
    "diverged": (N_("✗ diverged at update {update}"), N_("✗ diverged at {update}")),
    "ended": (N_("✓ ended at update {update}"), N_("✓ ended at {update}")),
}
#: The same with the reason.
_WITH_REASON = {
    "converged": (
        N_("✓ converged at update {update}: {reason}"), N_("✓ converged at {update}: {reason}"), N_("✓ {reason}"),
    ),
    "ended": (N_("✓ ended at update {update}: {reason}"), N_("✓ ended at {update}: {reason}"), N_("✓ {reason}")),
}  # fmt: skip


def _known(value: float, room: int, digits: int = 4) -> str:
    return "–" if math.isnan(value) else number_in(room, value, digits)
