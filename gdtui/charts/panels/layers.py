"""Inside the network: every layer's forward values and backward gradients for one sample."""

from __future__ import annotations

from gdtui.charts.cells import Row
from gdtui.charts.palette import lane_color, lane_glyph
from gdtui.charts.panels.paper import Paper, Piece, pad
from gdtui.insight.numerals import number
from gdtui.kernel import Array
from gdtui.session import Snapshot
from gdtui.words import _

#: Units of a layer that are written out.
_UNITS = 12


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
    model = objective.model
    heading: list[Piece] = [
        (f" {_('inside the network')}  ", "title", True),
        (f"{lane_glyph(selected)} {lane.name}", lane_color(selected), True),
        (f"  {_('sample')} {sample + 1} {_('of')} {len(objective.data)}   , . {_('another sample')}   n {_('back')}",
         "label", False),
    ]  # fmt: skip
    rows = [paper.row(heading)]
    if model is None or lane.parameters is None:
        rows.append(paper.row([(f" {_('this model is too large to be written out')}", "label", False)]))
    else:
        rows += _passes(snapshot, selected, sample, paper)
    return paper.page(rows)


def _passes(snapshot: Snapshot, selected: int, sample: int, paper: Paper) -> list[Row]:
    """Return the rows of the forward and the backward pass, layer by layer."""
    from gdtui.objectives.inspection import layer_values

    objective, lane, color = snapshot.objective, snapshot.lanes[selected], lane_color(selected)
    assert objective.model is not None
    assert lane.parameters is not None
    layers = layer_values(objective, lane.parameters, sample)
    data, n_in = objective.data[sample], len(layers[0].inputs)
    rows = [_vector_row("x", data[:n_in], "text", paper)]
    for k, layer in enumerate(layers, 1):
        last = k == len(layers)
        count = str(k).translate(_RAISED)
        n_out, fed = layer.weights.shape
        kind = _("linear") if last else objective.model.activation
        about = f"{_('layer')} {k}   {fed} → {n_out}   {kind}   z = W·a + b"
        rows += [paper.row([]), paper.row([(f" {about}", "title", True)])]
        rows.append(_vector_row(f"z{count}", layer.z, "text", paper))
        if not last:
            rows.append(_vector_row(f"a{count}", layer.a, "text", paper))
        rows.append(_vector_row(f"δ{count}", layer.delta, color, paper))
        rows.append(_vector_row(f"∂W{count}", layer.weights_grad.ravel(), color, paper))
    return [*rows, paper.row([]), _vector_row("y", data[n_in:], "minimum", paper)]


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _vector_row(name: str, values: Array, role: str, paper: Paper) -> Row:
    shown = "".join(pad(number(float(v), 3), 10, right=True) for v in values[:_UNITS])
    more = f"   … {len(values)}" if len(values) > _UNITS else ""
    return paper.row([(f"  {pad(name, 5)}", "label", False), (shown + more, role, False)])
