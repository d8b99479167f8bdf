"""Inside the network: every layer's forward values and backward gradients for one sample.

Where there is room a layer has a row for each of its vectors; where there is not, all of it is in one row, and what
still has no room gives way from the input on: the target and the loss are always seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.cells import Row, cell_width
from gdtui.plot.palette import lane_color, lane_glyph
from gdtui.session import Snapshot
from gdtui.text import _, number
from gdtui.view.panels.paper import Paper, Piece, pad

if TYPE_CHECKING:
    from gdtui.objectives.network.inspection import LayerValues

#: Units of a layer that are written out.
_UNITS = 12
#: Targets of a sample that stand beside its loss.
_TARGETS = 4
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def network(snapshot: Snapshot, selected: int, sample: int, paper: Paper) -> tuple[Row, ...]:
    """Return every layer's forward values and backward gradients for one sample.

    Parameters
    ----------
    snapshot
        what to show; its objective has a model.
    selected
        which lane's parameters.
    sample
        number of the row.
    paper
        what it is written on.
    """
    objective, lane = snapshot.objective, snapshot.lanes[selected]
    heading: list[Piece] = [
        (f" {_('inside the network')}  ", "title", True),
        (f"{lane_glyph(selected)} {lane.name}", lane_color(selected), True),
        (f"  {_('sample')} {sample + 1} {_('of')} {len(objective.data)}   , . {_('another sample')}   n {_('back')}",
         "label", False),
    ]  # fmt: skip
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
    """Return what each layer does with its z, in a word."""
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
        about = f"{_('layer')} {k}   {fed} → {n_out}   {kind}   z = W·a + b"
        rows += [paper.row([]), paper.row([(f" {about}", "title", True)])]
        rows.append(_vector_row(f"z{count}", layer.z, "text", paper))
        if k < len(layers):
            rows.append(_vector_row(f"a{count}", layer.a, "text", paper))
        rows.append(_vector_row(f"δ{count}", layer.delta, color, paper))
        rows.append(_vector_row(f"∂W{count}", layer.weights_grad.ravel(), color, paper))
    end: list[Piece] = [("   ŷ ", "label", False), (_listed(_answer(snapshot, layers[-1].z), _TARGETS), "text", False)]
    return [*rows, paper.row([]), paper.row(_target(snapshot, selected, sample, n_in, end))]


def _vector_row(name: str, values: Array, role: str, paper: Paper) -> Row:
    shown = "".join(pad(number(float(v), 3), 10, right=True) for v in values[:_UNITS])
    more = f"   … {len(values)}" if len(values) > _UNITS else ""
    return paper.row([(f"  {pad(name, 5)}", "label", False), (shown + more, role, False)])


def _short_passes(
    snapshot: Snapshot, selected: int, sample: int, layers: Sequence[LayerValues], paper: Paper, room: int
) -> list[Row]:
    """Return at most `room` rows: the sample, a row a layer, the target and the loss; the first ones give way."""
    data, n_in = snapshot.objective.data[sample], len(layers[0].inputs)
    sample_row = paper.row([(f"  {pad('x', 5)}", "label", False), (_listed(data[:n_in], _UNITS), "text", False)])
    rows = [sample_row, *_layer_rows(snapshot, layers, lane_color(selected), paper)]
    end = _target(snapshot, selected, sample, n_in)
    hidden = len(rows) + 1 - room
    if hidden > 0:
        end.append((f"   ↑ {hidden} {_('more')}", "title", True))
    return [*rows[max(0, hidden) :], paper.row(end)]


def _target(snapshot: Snapshot, selected: int, sample: int, n_in: int, answer: Sequence[Piece] = ()) -> list[Piece]:
    """Return what the sample's target is, what is answered, and the loss that this makes."""
    objective, parameters = snapshot.objective, snapshot.lanes[selected].parameters
    assert parameters is not None
    loss = objective.evaluate(parameters, np.array([sample]))[0]
    return [
        (f"  {pad('y', 5)}", "label", False), (_listed(objective.data[sample][n_in:], _TARGETS), "minimum", False),
        *answer, (f"   {_('loss')} ", "label", False), (number(loss), lane_color(selected), True),
    ]  # fmt: skip


def _layer_rows(snapshot: Snapshot, layers: Sequence[LayerValues], color: str, paper: Paper) -> list[Row]:
    """Return a row a layer, in columns, with as many units of each as there is room for in all of them."""
    kinds = _kinds(snapshot, layers)
    long = [f" {_('layer')} {k}  {kind}" for k, kind in enumerate(kinds, 1)]
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
        pieces: list[Piece] = [(pad(head, widths[0]), "title", True)]
        for (name, values), width, role in zip(line, widths[1:], ("text", "text", color, color), strict=True):
            pieces += [(f"  {name}", "label", False), (pad(values, width - cell_width(name)), role, False)]
        rows.append(paper.row(pieces))
    return rows


def _layer_cells(
    snapshot: Snapshot, layers: Sequence[LayerValues], k: int, units: int, digits: int
) -> list[tuple[str, str]]:
    """Return name and values of what a layer has; of too many weights' gradients the norm."""
    layer, count = layers[k], str(k + 1).translate(_RAISED)
    answer = ("ŷ ", _answer(snapshot, layer.z)) if k + 1 == len(layers) else (f"a{count} ", layer.a)
    vectors = [(f"z{count} ", layer.z), answer, (f"δ{count} ", layer.delta)]
    cells = [(name, _listed(values, units, digits)) for name, values in vectors]
    slopes = layer.weights_grad.ravel()
    if len(slopes) <= units:
        return [*cells, (f"∂W{count} ", _listed(slopes, units, digits))]
    return [*cells, (f"‖∂W{count}‖ ", number(float(np.linalg.norm(slopes)), digits))]


def _answer(snapshot: Snapshot, z: Array) -> Array:
    """Return what the loss compares with the target: the last z, or the probabilities that logits stand for."""
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
