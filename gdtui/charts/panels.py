"""The panels of words and numbers: header, lanes table, this update. Snapshot + width → rows of runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gdtui.charts.cells import Row, Run, cell_width, printable
from gdtui.charts.palette import Palette, lane_color, lane_glyph, to_ascii
from gdtui.insight.explain import Line, explain, formula_lines, rule_lines
from gdtui.insight.numerals import number
from gdtui.kernel import Array
from gdtui.optimizers.solvers import Solver
from gdtui.session import LaneView, Snapshot
from gdtui.words import _

Piece = tuple[str, str, bool]
"""Text, role of its colour, bold."""


def clip(text: str, width: int) -> str:
    """Return text cut to `width` cells, with … where something is missing."""
    if cell_width(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    out, used = "", 0
    for char, cells in printable(text):
        if used + cells > width - 1:
            break
        out, used = out + char, used + cells
    return out + "…"


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return text clipped and filled to exactly `width` cells."""
    text = clip(text, width)
    space = " " * (width - cell_width(text))
    return space + text if right else text + space


def row(pieces: Sequence[Piece], width: int, palette: Palette, *, ascii: bool = False, bg: str = "") -> Row:  # noqa: A002
    """Return one row of exactly `width` cells; pieces that do not fit are cut."""
    runs: list[Run] = []
    left = width
    ground = palette.color(bg) if bg else None
    for text, role, bold in pieces:
        shown = clip(text, left)
        if shown:
            left -= cell_width(shown)
            runs.append(Run(to_ascii(shown) if ascii else shown, palette.color(role), ground, bold))
    if left > 0:
        runs.append(Run(" " * left, None, ground, False))
    return tuple(runs)


def header(
    snapshot: Snapshot,
    selected: int,
    state: str,
    speed: str,
    width: int,
    palette: Palette,
    *,
    ascii: bool = False,  # noqa: A002
) -> Row:
    """Return the top line: objective, counters of the selected lane, state and seed."""
    objective = snapshot.objective
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
    return row([*left, (" " * max(1, gap), "", False), *right], width, palette, ascii=ascii)


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


def lanes(
    snapshot: Snapshot,
    selected: int,
    width: int,
    height: int,
    palette: Palette,
    *,
    ascii: bool = False,  # noqa: A002
) -> tuple[Row, ...]:
    """Return the lanes table: a heading and a row a lane, scrolled so that the selected one is seen."""
    has_data = len(snapshot.objective.train) > 0 or snapshot.objective.noise > 0
    columns = _columns(width, sampling=has_data, evaluations=any(map(solves, snapshot.lanes)))
    rows = [row([("   ", "", False), *_heading(columns, width)], width, palette, ascii=ascii)]
    room = max(1, height - 1)
    first = max(0, min(selected - room + 1, len(snapshot.lanes) - room)) if len(snapshot.lanes) > room else 0
    for index in range(first, min(len(snapshot.lanes), first + room)):
        lane = snapshot.lanes[index]
        chosen = index == selected
        color = lane_color(index)
        pieces: list[Piece] = [("▸" if chosen else " ", "text", True), (lane_glyph(index) + " ", color, True)]
        used = 3
        for name, size in columns:
            if name == "lane":
                pieces.append((pad(lane.name, size), color, chosen))
            elif name == "status":
                text, role, bold = _status(lane)
                pieces.append((pad(text, max(1, width - used)), role, bold))
            else:
                text, role = _cells(lane, name)
                right = name not in ("dialect", "sampling")
                pieces.append((pad(text, size - 2, right=right) + "  ", role, False))
            used += size
        rows.append(row(pieces, width, palette, ascii=ascii, bg="selected" if chosen else ""))
    while len(rows) < height:
        rows.append(row([], width, palette))
    return tuple(rows[:height])


def _heading(columns: list[tuple[str, int]], width: int) -> list[Piece]:
    out: list[Piece] = []
    for name, size in columns:
        text = _(name)
        left = name in ("lane", "dialect", "sampling", "status")
        out.append((pad(text, size) if left else pad(text, size - 2, right=True) + "  ", "label", False))
    return out


def line_count(lane: LaneView) -> int:
    """Return how many lines the lane's rule has in the pane."""
    return len(rule_lines(lane.trace.layout.rule))


def update_lines(lane: LaneView, place: int) -> tuple[Line, ...]:
    """Return the lane's rule with the numbers of its last update at one watched coordinate."""
    rule = lane.trace.layout.rule
    if lane.before is None:
        return rule_lines(rule)
    before = lane.before
    if isinstance(rule, Solver):
        return formula_lines(rule, before.numbers, lane.trace.layout.coords[place])
    slots = {slot.name: float(before.slots[i, place]) for i, slot in enumerate(rule.slots)}
    known = {}
    for symbol in rule.symbols:  # of a rule over blocks: norms cannot be worked out from one coordinate
        values = lane.vector(symbol)
        if values is not None:
            known[symbol] = float(values[place])
    return explain(
        rule, float(before.theta[place]), float(before.grad[place]), lane.update, slots, before.hyper,
        known, lane.columns[place],
    )  # fmt: skip


def this_update(
    snapshot: Snapshot,
    selected: int,
    place: int,
    width: int,
    height: int,
    palette: Palette,
    *,
    ascii: bool = False,  # noqa: A002
) -> tuple[Row, ...]:
    """Return the running rule of the selected lane with live numbers in it.

    Parameters
    ----------
    snapshot
        what to show.
    selected
        which lane.
    place
        which of the watched coordinates.
    width, height
        cells there are.
    palette
        colours.
    ascii
        no character beyond ASCII.
    """
    lane = snapshot.lanes[selected]
    coords = lane.trace.layout.coords
    place = min(place, len(coords) - 1)
    rule = lane.trace.layout.rule
    name = snapshot.objective.names[coords[place]]
    title = f"{rule.title}" + (f" ({lane.spec.dialect_name})" if lane.spec.dialect_name else "")
    heading: list[Piece] = [
        (f" {_('this update')}  ", "title", True),
        (f"{lane_glyph(selected)} {lane.name}", lane_color(selected), True),
        (f"  {title}, {_('coordinate')} {name}", "label", False),
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
    rows = [row(heading, width, palette, ascii=ascii)]
    lines = update_lines(lane, place)
    texts = [(f" {line.name} ← {line.symbols}", line.numbers, line) for line in lines]
    first = max((cell_width(text) for text, _numbers, _line in texts), default=0) + 3
    second = max((cell_width(numbers) for _text, numbers, _line in texts), default=0) + 3
    value_width = 12
    if first + second + value_width > width:
        second = max(0, width - first - value_width)
    for text, numbers, line in texts[: max(0, height - 1)]:
        pieces: list[Piece] = [(pad(text, first), "text", False)]
        if line.value is not None:
            if cell_width(numbers) > second - 1 and second < 12:
                numbers = ""
            pieces.append((pad(numbers, second), "label", False))
            sign = "= " if second else ""
            pieces.append((sign + number(line.value), lane_color(selected), True))
        rows.append(row(pieces, width, palette, ascii=ascii))
    while len(rows) < height:
        rows.append(row([], width, palette))
    return tuple(rows[:height])


#: Units of a layer that are written out.
_UNITS = 12


def network(
    snapshot: Snapshot,
    selected: int,
    sample: int,
    width: int,
    height: int,
    palette: Palette,
    *,
    ascii: bool = False,  # noqa: A002
) -> tuple[Row, ...]:
    """Return every layer's forward values and backward gradients for one sample.

    Parameters
    ----------
    snapshot
        what to show; its objective has a model.
    selected
        which lane's parameters.
    sample
        number of the row.
    width, height
        cells there are.
    palette
        colours.
    ascii
        no character beyond ASCII.
    """
    from gdtui.objectives.inspection import layer_values

    objective, lane = snapshot.objective, snapshot.lanes[selected]
    model = objective.model
    heading: list[Piece] = [
        (f" {_('inside the network')}  ", "title", True),
        (f"{lane_glyph(selected)} {lane.name}", lane_color(selected), True),
        (f"  {_('sample')} {sample + 1} {_('of')} {len(objective.data)}   , . {_('another sample')}   n {_('back')}",
         "label", False),
    ]  # fmt: skip
    rows = [row(heading, width, palette, ascii=ascii)]
    if model is None or lane.parameters is None:
        rows.append(row([(f" {_('this model is too large to be written out')}", "label", False)], width, palette))
    else:
        layers = layer_values(objective, lane.parameters, sample)
        n_in = len(layers[0].inputs)
        data = objective.data[sample]
        rows.append(_vector_row("x", data[:n_in], "text", width, palette, ascii=ascii))
        for k, layer in enumerate(layers, 1):
            last = k == len(layers)
            count = str(k).translate(_RAISED)
            n_out, fed = layer.weights.shape
            kind = _("linear") if last else model.activation
            about = f"{_('layer')} {k}   {fed} → {n_out}   {kind}   z = W·a + b"
            rows.append(row([], width, palette))
            rows.append(row([(f" {about}", "title", True)], width, palette, ascii=ascii))
            rows.append(_vector_row(f"z{count}", layer.z, "text", width, palette, ascii=ascii))
            if not last:
                rows.append(_vector_row(f"a{count}", layer.a, "text", width, palette, ascii=ascii))
            rows.append(_vector_row(f"δ{count}", layer.delta, lane_color(selected), width, palette, ascii=ascii))
            gradient = layer.weights_grad.ravel()
            rows.append(_vector_row(f"∂W{count}", gradient, lane_color(selected), width, palette, ascii=ascii))
        target = objective.data[sample, n_in:]
        rows.append(row([], width, palette))
        rows.append(_vector_row("y", target, "minimum", width, palette, ascii=ascii))
    while len(rows) < height:
        rows.append(row([], width, palette))
    return tuple(rows[:height])


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _vector_row(name: str, values: Array, role: str, width: int, palette: Palette, *, ascii: bool) -> Row:  # noqa: A002
    shown = "".join(pad(number(float(v), 3), 10, right=True) for v in values[:_UNITS])
    more = f"   … {len(values)}" if len(values) > _UNITS else ""
    return row([(f"  {pad(name, 5)}", "label", False), (shown + more, role, False)], width, palette, ascii=ascii)


def caption(text: str, width: int, palette: Palette, *, ascii: bool = False) -> Row:  # noqa: A002
    """Return one line for a lesson's words or a message."""
    return row([(f" {text}", "text", True)], width, palette, ascii=ascii)
