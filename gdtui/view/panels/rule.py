"""The pane "this update": the running rule of the selected lane, line by line, with the live numbers put in."""

from __future__ import annotations

from gdtui.insight.explain import lines_in_numbers, lines_in_symbols
from gdtui.optimizers.language.line import Line
from gdtui.optimizers.language.symbols import symbol
from gdtui.plot.cells import Row, cell_width
from gdtui.plot.palette import lane_color, lane_glyph
from gdtui.session import LaneView, Snapshot
from gdtui.text import _, number
from gdtui.view.panels.paper import Paper, Piece, pad
from gdtui.view.panels.table import solves


def line_count(lane: LaneView) -> int:
    """Return how many lines the lane's rule has in the pane, at the coordinate where it has most."""
    return max(len(_in_symbols(lane, columns)) for columns in {*lane.columns})


def _in_symbols(lane: LaneView, columns: int) -> tuple[Line, ...]:
    """Return the lane's rule before any update, in a block with this many columns."""
    return lines_in_symbols(lane.trace.layout.rule, lane.spec.arithmetic, lane.settings, columns)


def update_lines(lane: LaneView, place: int) -> tuple[Line, ...]:
    """Return the lane's rule with the numbers of its last update at one watched coordinate."""
    if lane.before is None:
        return _in_symbols(lane, lane.columns[place])
    layout = lane.trace.layout
    vectors = {name: lane.vector(name) for name in layout.rule.symbols}
    recorded = {name: float(vector[place]) for name, vector in vectors.items() if vector is not None}
    return lines_in_numbers(
        layout.rule, lane.before, lane.update, recorded, place, layout.coords[place], lane.columns[place]
    )


def this_update(snapshot: Snapshot, selected: int, place: int, paper: Paper) -> tuple[Row, ...]:
    """Return the running rule of the selected lane with live numbers in it.

    Parameters
    ----------
    snapshot
        what to show.
    selected
        which lane.
    place
        which of the watched coordinates.
    paper
        what it is written on.
    """
    lane = snapshot.lanes[selected]
    place = min(place, len(lane.trace.layout.coords) - 1)
    heading = _heading(snapshot, selected, place)
    if sum(cell_width(text) for text, _role, _bold in heading) > paper.width:
        heading = _heading(snapshot, selected, place, short=True)
    rows = [paper.row(heading)]
    every = update_lines(lane, place)
    lines = _fitting(every, paper.height - 1)
    gap = len(lines) > 1 and every.index(lines[-1]) > every.index(lines[-2]) + 1
    marks = [" "] * (len(lines) - 1) + ["⋮" if gap else " "]
    texts = [(f"{m}{line.name} ← {line.symbols}", line.numbers, line) for m, line in zip(marks, lines, strict=False)]
    first = max((cell_width(text) for text, _numbers, _line in texts), default=0) + 3
    second = max((cell_width(numbers) for _text, numbers, _line in texts), default=0) + 3
    value_width = 12
    if first + second + value_width > paper.width:
        second = max(0, paper.width - first - value_width)
    for text, numbers, line in texts:
        pieces: list[Piece] = [(pad(text, first), "text", False)]
        if line.value is not None:
            if cell_width(numbers) > second - 1 and second < 12:
                numbers = ""
            pieces.append((pad(numbers, second), "label", False))
            sign = "= " if second else ""
            pieces.append((sign + number(line.value), lane_color(selected), True))
        rows.append(paper.row(pieces))
    return paper.page(rows)


def _fitting(lines: tuple[Line, ...], room: int) -> tuple[Line, ...]:
    """Return the lines that there is room for: how it begins, and the new θ it comes to."""
    if len(lines) > room:
        lines = tuple(line for line in lines if line.name != symbol("effective_lr"))
    return lines if len(lines) <= room else (*lines[: max(0, room - 1)], *lines[-1:])


def _heading(snapshot: Snapshot, selected: int, place: int, *, short: bool = False) -> list[Piece]:
    """Return whose rule it is, at which coordinate and update, and the gradient there; `short` leaves names out."""
    lane = snapshot.lanes[selected]
    rule = lane.trace.layout.rule
    name = snapshot.objective.names[lane.trace.layout.coords[place]]
    title = f"{rule.title}" + (f" ({lane.spec.dialect_name})" if lane.spec.dialect_name else "")
    heading: list[Piece] = [
        ("" if short else f" {_('this update')}  ", "title", True),
        (f"{' ' if short else ''}{lane_glyph(selected)} {lane.name}", lane_color(selected), True),
        (f"  {_('coordinate')} {name}" if short else f"  {title}, {_('coordinate')} {name}", "label", False),
    ]
    if lane.before is None:
        heading.append((f"   {_('space makes the first update')}", "text", False))
    else:
        grad = lane.vector("grad")
        assert grad is not None
        heading.append((f"   {_('update')} {lane.update}", "text", False))
        if solves(lane):
            cost = lane.vector("evals")
            assert cost is not None
            heading.append((f" (+{cost[place]:g} {_('evaluations')})", "text", True))
        heading.append((f"   g = {number(float(grad[place]))}", "text", False))
    return heading
