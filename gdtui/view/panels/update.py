"""The panel "this update": the rule of the selected lane, line by line, with the numbers of its last update."""

from __future__ import annotations

from collections.abc import Sequence

from gdtui.optimizers.language.symbols import symbol
from gdtui.optimizers.language.writer import Line
from gdtui.plot.cells import Row
from gdtui.plot.widths import cell_width
from gdtui.text import _, number
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper, Span, cells_of, pad
from gdtui.view.rule_lines import update_lines

#: Cells of a line's value, and the least of its numbers that are worth showing in part.
_VALUE, _NUMBERS = 12, 12
#: Cells of the results at another coordinate, and between its heading and that of the rule.
_OTHER, _APART = 16, 3


def this_update(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return the rule of the selected lane at the coordinate that is looked at, and its results at others beside it."""
    heading = _heading(frame)
    if frame.notice.hidden == "now":
        return paper.page([paper.row([(" " + _("these numbers are hidden until you have answered"), "label", False)])])
    if cells_of(heading) > paper.width:
        heading = _heading(frame, short=True)
    every = update_lines(frame.lane, frame.place)
    lines = _fitting(every, paper.height - 1)
    left_out = len(lines) > 1 and every.index(lines[-1]) > every.index(lines[-2]) + 1
    marks = [" "] * (len(lines) - 1) + ["⋮" if left_out else " "]
    symbols = [f"{mark}{line.label} ← {line.symbols}" for mark, line in zip(marks, lines, strict=False)]
    first = max(map(cell_width, symbols), default=0) + 3
    second = max((cell_width(line.numbers) for line in lines), default=0) + 3
    if first + second + _VALUE > paper.width:
        second = max(0, paper.width - first - _VALUE)
    rows = [heading]
    for text, line in zip(symbols, lines, strict=False):
        spans: list[Span] = [(pad(text, first), "text", False)]
        if line.value is not None:
            cut = cell_width(line.numbers) > second - 1 and second < _NUMBERS
            spans.append((pad("" if cut else line.numbers, second), "label", False))
            spans.append((("= " if second else "") + number(line.value), lane_color(frame.lane), True))
        rows.append(spans)
    start = max(first + second + _VALUE + 2, cells_of(heading) + _APART)
    others = _at_other_coordinates(frame, every, lines, (paper.width - start) // _OTHER)
    return paper.page([paper.row(_beside(spans, start, cells)) for spans, cells in zip(rows, others, strict=True)])


def _at_other_coordinates(
    frame: FrameState, every: Sequence[Line], shown: Sequence[Line], count: int
) -> list[list[Span]]:  # fmt: skip
    """Return what stands beside the heading and beside each line that is shown: results at up to `count` coordinates.

    They are the next ones that are watched, as far as the rule has `every` line there, too.
    """
    lane, names = frame.lane, frame.snapshot.objective.names
    coords, grad = lane.trace.layout.coords, lane.vector("grad")
    beside: list[list[Span]] = [[] for _row in range(len(shown) + 1)]
    if lane.before is None or grad is None:
        return beside
    for place in ((frame.place + ahead) % len(coords) for ahead in range(1, min(len(coords), count + 1))):
        other = update_lines(lane, place)
        if [line.symbols for line in other] == [line.symbols for line in every]:
            name, slope = names[coords[place]], f"  g = {number(float(grad[place]))}"
            whole = cell_width(name + slope) < _OTHER
            beside[0].append((pad(name + slope if whole else name, _OTHER), "label", False))
            for row, line in enumerate(shown, 1):
                value = other[every.index(line)].value
                beside[row].append((pad("" if value is None else number(value), _OTHER), lane_color(lane), False))
    return beside


def _beside(spans: Sequence[Span], start: int, cells: Sequence[Span]) -> list[Span]:
    """Return a row that goes on with these cells at a column."""
    gap = start - cells_of(spans)
    return [*spans, (" " * max(0, gap), "", False), *cells] if cells else list(spans)


def _fitting(lines: tuple[Line, ...], room: int) -> tuple[Line, ...]:
    """Return as many lines as have room: how the rule begins, and the new θ."""
    if len(lines) > room:
        lines = tuple(line for line in lines if line.name != symbol("effective_lr"))
    return lines if len(lines) <= room else (*lines[: max(0, room - 1)], *lines[-1:])


def _heading(frame: FrameState, *, short: bool = False) -> list[Span]:
    """Return lane, rule, coordinate, update and gradient; `short` leaves out titles."""
    lane = frame.lane
    name = frame.snapshot.objective.names[lane.trace.layout.coords[frame.place]]
    rule, dialect = _(lane.trace.layout.rule.title), lane.spec.dialect_name
    if dialect:
        rule += f" ({dialect})"
    at = _("coordinate {name}") if short else _("{rule}, coordinate {name}")
    heading: list[Span] = [
        ("" if short else f" {_('this update')}  ", "title", True),
        (f"{' ' if short else ''}{lane_marker(lane)} {lane.name}", lane_color(lane), True),
        ("  " + at.format(rule=rule, name=name), "label", False),
    ]
    if lane.before is None:
        first = _("{step} makes the first update").format_map(frame.notice.keys)
        return [*heading, (f"   {first}", "text", False)]
    heading.append(("   " + _("update {update}").format(update=lane.update), "text", False))
    if lane.counts_evaluations:
        wrapped, cost = lane.before.wrapped, lane.vector("evals")
        count = cost[frame.place] if cost is not None else wrapped.wrappers.evaluations if wrapped else 1
        heading.append((" " + _("(+{count:g} evaluations)").format(count=count), "text", True))
    grad = lane.vector("grad")
    assert grad is not None
    return [*heading, (f"   g = {number(float(grad[frame.place]))}", "text", False)]
