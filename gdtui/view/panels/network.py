"""Inside the network: the forward values and backward gradients of every layer for one sample.

In a tall panel a layer has a row per vector, in a low one a single row. If that is still too much, the first rows are
left out: target and loss are always shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.cells import Row, cell_width
from gdtui.session import Snapshot
from gdtui.text import _, number
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.paper import Paper, Span, pad

if TYPE_CHECKING:
    from gdtui.objectives.network.inspection import LayerValues

#: Units of a layer that are listed.
_UNITS = 12
#: Targets of a sample that are listed beside its loss.
_TARGETS = 4
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def network(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return what goes through the network of the selected lane for the sample that is looked at."""
    snapshot, selected, sample = frame.snapshot, frame.look.lane, frame.look.sample
    objective, lane = snapshot.objective, frame.lane
    keys = _("sample {number} of {count}   , . another sample   n back")
    heading: list[Span] = [
        (f" {_('inside the network')}  ", "title", True),
        (f"{lane_marker(selected)} {lane.name}", lane_color(selected), True),
        ("  " + keys.format(number=sample + 1, count=len(objective.data)), "label", False),
    ]
    if objective.model is None or lane.parameters is None:
        words = paper.row([(f" {_('this model is too large to be written out')}", "label", False)])
        return paper.page([paper.row(heading), words])
    from gdtui.objectives.network.inspection import layer_values

    layers = layer_values(objective, lane.parameters, sample)
    top = [paper.row(heading)]
    rows = _passes(snapshot, selected, sample, layers, paper)
    if len(rows) + 1 > paper.height:
        rows = [row for row in rows if row != paper.row([])]
    if len(rows) + 1 > paper.height:
        top = top if paper.height > 3 else []
        rows = _short_passes(snapshot, selected, sample, layers, paper, paper.height - len(top))
    return paper.page([*top, *rows])


def _kinds(snapshot: Snapshot, layers: Sequence[LayerValues]) -> list[str]:
    """Return the activation of each layer."""
    model = snapshot.objective.model
    assert model is not None
    return [*[model.activation] * (len(layers) - 1), _("linear")]


def _passes(snapshot: Snapshot, selected: int, sample: int, layers: Sequence[LayerValues], paper: Paper) -> list[Row]:
    """Return the rows of the forward and the backward pass, layer by layer."""
    color = lane_color(selected)
    data, n_in = snapshot.objective.data[sample], len(layers[0].inputs)
    rows = [_vector_row("x", data[:n_in], "text", paper)]
    for k, (layer, kind) in enumerate(zip(layers, _kinds(snapshot, layers), strict=True), 1):
        count = str(k).translate(_RAISED)
        n_out, fed = layer.weights.shape
        about = _("layer {number}   {inputs} → {units}   {activation}   z = W·a + b").format(
            number=k, inputs=fed, units=n_out, activation=kind
        )
        rows += [paper.row([]), paper.row([(f" {about}", "title", True)])]
        rows.append(_vector_row(f"z{count}", layer.z, "text", paper))
        if k < len(layers):
            rows.append(_vector_row(f"a{count}", layer.a, "text", paper))
        rows.append(_vector_row(f"δ{count}", layer.delta, color, paper))
        rows.append(_vector_row(f"∂W{count}", layer.weights_grad.ravel(), color, paper))
    end: list[Span] = [("   ŷ ", "label", False), (_listed(_answer(snapshot, layers[-1].z), _TARGETS), "text", False)]
    return [*rows, paper.row([]), paper.row(_target(snapshot, selected, sample, n_in, end))]


def _vector_row(name: str, values: Array, role: str, paper: Paper) -> Row:
    shown = "".join(pad(number(float(v), 3), 10, right=True) for v in values[:_UNITS])
    more = f"   … {len(values)}" if len(values) > _UNITS else ""
    return paper.row([(f"  {pad(name, 5)}", "label", False), (shown + more, role, False)])


def _short_passes(
    snapshot: Snapshot, selected: int, sample: int, layers: Sequence[LayerValues], paper: Paper, room: int
) -> list[Row]:
    """Return at most `room` rows: the sample, a row per layer, target and loss; the first ones are left out."""
    data, n_in = snapshot.objective.data[sample], len(layers[0].inputs)
    sample_row = paper.row([(f"  {pad('x', 5)}", "label", False), (_listed(data[:n_in], _UNITS), "text", False)])
    rows = [sample_row, *_layer_rows(snapshot, layers, lane_color(selected), paper)]
    end = _target(snapshot, selected, sample, n_in)
    hidden = len(rows) + 1 - room
    if hidden > 0:
        end.append(("   " + _("↑ {above} more").format(above=hidden), "title", True))
    return [*rows[max(0, hidden) :], paper.row(end)]


def _target(snapshot: Snapshot, selected: int, sample: int, n_in: int, answer: Sequence[Span] = ()) -> list[Span]:
    """Return the target of the sample, the network's answer, and its loss."""
    objective, parameters = snapshot.objective, snapshot.lanes[selected].parameters
    assert parameters is not None
    loss = objective.evaluate(parameters, np.array([sample]))[0]
    return [
        (f"  {pad('y', 5)}", "label", False), (_listed(objective.data[sample][n_in:], _TARGETS), "minimum", False),
        *answer, (f"   {_('loss')} ", "label", False), (number(loss), lane_color(selected), True),
    ]  # fmt: skip


def _layer_rows(snapshot: Snapshot, layers: Sequence[LayerValues], color: str, paper: Paper) -> list[Row]:
    """Return a row per layer, in columns, with as many units as there is room for in all of them."""
    kinds = _kinds(snapshot, layers)
    long = [" " + _("layer {number}  {activation}").format(number=k, activation=a) for k, a in enumerate(kinds, 1)]
    short = [f" {k}" for k in range(1, len(layers) + 1)]
    forms = ((long, 3), (short, 3), (short, 2))
    for heads, digits, units in ((*form, units) for form in forms for units in range(_UNITS, 0, -1)):
        cells = [_layer_cells(snapshot, layers, k, units, digits) for k in range(len(layers))]
        columns = [heads, *([name + values for name, values in column] for column in zip(*cells, strict=True))]
        widths = [max(map(cell_width, column)) for column in columns]
        if sum(widths) + 2 * len(widths) <= paper.width:
            break
    rows = []
    for head, line in zip(heads, cells, strict=True):
        spans: list[Span] = [(pad(head, widths[0]), "title", True)]
        for (name, values), width, role in zip(line, widths[1:], ("text", "text", color, color), strict=True):
            spans += [(f"  {name}", "label", False), (pad(values, width - cell_width(name)), role, False)]
        rows.append(paper.row(spans))
    return rows


def _layer_cells(
    snapshot: Snapshot, layers: Sequence[LayerValues], k: int, units: int, digits: int
) -> list[tuple[str, str]]:
    """Return the names and values of a layer's vectors; the norm where there are too many gradients of weights."""
    layer, count = layers[k], str(k + 1).translate(_RAISED)
    answer = ("ŷ ", _answer(snapshot, layer.z)) if k + 1 == len(layers) else (f"a{count} ", layer.a)
    vectors = [(f"z{count} ", layer.z), answer, (f"δ{count} ", layer.delta)]
    cells = [(name, _listed(values, units, digits)) for name, values in vectors]
    slopes = layer.weights_grad.ravel()
    if len(slopes) <= units:
        return [*cells, (f"∂W{count} ", _listed(slopes, units, digits))]
    return [*cells, (f"‖∂W{count}‖ ", number(float(np.linalg.norm(slopes)), digits))]


def _answer(snapshot: Snapshot, z: Array) -> Array:
    """Return what is compared with the target: the last z, or the probabilities that belong to logits."""
    model = snapshot.objective.model
    assert model is not None
    with np.errstate(all="ignore"):
        if model.loss == "bce":
            return 1 / (1 + np.exp(-z))
        if model.loss == "softmax":
            powers = np.exp(z - z.max())
            return np.asarray(powers / powers.sum(), dtype=np.float64)
    return z


def _listed(values: Array, most: int, digits: int = 3) -> str:
    shown = " ".join(number(float(v), digits) for v in values[:most])
    return f"{shown} … {len(values)}" if len(values) > most else shown
