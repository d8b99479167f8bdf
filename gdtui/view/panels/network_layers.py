"""The layers of a network for one sample: a row for each unit, or for each layer where there is too little room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.cells import Row
from gdtui.plot.widths import cell_width
from gdtui.text import _, number
from gdtui.view.layout import window
from gdtui.view.panels.paper import Paper, Span, number_in, pad

if TYPE_CHECKING:
    from gdtui.insight.unit_lines import Writer

#: Cells of a number in a unit's row, the widest that fits; the row has b, z, a, δ, and W and ∂W.
_CELLS, _SINGLE = (10, 9, 8, 7, 6), 4
#: Cells of a unit's name, and of its short name.
_NAME, _SHORT = 14, 8
#: Units that the row of a layer lists at most.
_UNITS = 12


def layer_rows(writer: Writer, k: int, j: int, room: int, color: str, paper: Paper) -> list[Row]:
    """Return at most `room` rows. Layer k is the first to be shown unit by unit, around its unit j."""
    sizes = [len(layer.z) for layer in writer.layers]
    layers = _layers(writer, k, color, paper)
    fixed = len(sizes)  # a heading, and a row for each of the other layers
    if room < min(fixed + 2, 1 + sum(sizes)):
        return [layers[place] for place in window(len(sizes), k, room)] if room > 0 else []
    units = window(sizes[k], j, room - fixed)
    whole = {k: units}
    left = room - fixed - len(units)
    for place in sorted(range(len(sizes)), key=lambda place: abs(place - k)):
        if place != k and sizes[place] - 1 <= left:
            whole[place] = range(sizes[place])
            left -= sizes[place] - 1
    table = _Units(writer, sorted(whole), color, paper)
    rows = []
    for place, layer in enumerate(layers):
        if place == min(whole):
            rows.append(table.heading(units.start, sizes[k] - units.stop))
        rows += [table.row(place, i, chosen=(place, i) == (k, j)) for i in whole[place]] if place in whole else [layer]
    return rows


class _Units:
    """The rows of single units, in columns.

    Parameters
    ----------
    places
        the layers that are shown unit by unit.
    """

    def __init__(self, writer: Writer, places: Sequence[int], color: str, paper: Paper) -> None:
        self.writer, self.color, self.paper = writer, color, paper
        most = max(len(writer.layers[place].inputs) for place in places)
        wide = [cells for cells in _CELLS if _NAME + (_SINGLE + 2 * most) * cells <= paper.width]
        narrow = [cells for cells in _CELLS if _SHORT + (_SINGLE + 2 * min(most, 2)) * cells <= paper.width]
        self.name = _NAME if wide or paper.width >= 80 else _SHORT
        self.cells = wide[0] if wide else min(8, narrow[0]) if narrow else _CELLS[-1]
        #: How many numbers of W have room.
        self.weights = max(1, min(most, ((paper.width - self.name) // self.cells - _SINGLE) // 2))

    def heading(self, above: int, below: int) -> Row:
        """Return the names of the columns, and how many units of the chosen layer are hidden."""
        hidden = [f"↑ {above}"] * bool(above) + [f"↓ {below}"] * bool(below)
        both = "δ = ∂b" if cell_width("δ = ∂b") < self.cells else "δ"
        names = ["W", *[""] * (self.weights - 1), "b", "z", "a", both, "∂W"]
        columns = "".join(pad(name, self.cells, right=True) for name in names)
        return self.paper.row([(pad("  " + "  ".join(hidden), self.name), "title", True), (columns, "label", False)])

    def row(self, k: int, j: int, *, chosen: bool) -> Row:
        """Return a unit's numbers."""
        layer = self.writer.layers[k]
        a = self.writer.answer[j] if k == len(self.writer.layers) - 1 else layer.a[j]
        name = _("layer {number}") if self.name == _NAME else "{number}"
        label = f"{'▸' if chosen else ' '} {name.format(number=k + 1) if j == 0 or chosen else ''}"
        spans: list[Span] = [
            (pad(label, self.name - 4) + pad(f"[{j}]", 4, right=True), "title", chosen),
            (self._vector(layer.weights[j]) + self._number(layer.biases[j]), "label", False),
            (self._number(layer.z[j]) + self._number(a), "text", False),
            (self._number(layer.delta[j]) + self._vector(layer.weights_grad[j]), self.color, False),
        ]
        return self.paper.row(spans, bg="selected" if chosen else "")

    def _number(self, value: float) -> str:
        return pad(number_in(self.cells - 2, float(value)), self.cells, right=True)

    def _vector(self, values: Array) -> str:
        """Return the numbers of one unit's weights; the last place says how many there are if they do not fit."""
        if len(values) <= self.weights:
            return "".join(map(self._number, values)) + " " * (self.cells * (self.weights - len(values)))
        shown = "".join(map(self._number, values[: self.weights - 1]))
        return shown + pad(f"… {len(values)}", self.cells, right=True)


# -- a row for a whole layer --------------------------------------------------------------------------


def _layers(writer: Writer, chosen: int, color: str, paper: Paper) -> list[Row]:
    """Return a row per layer, in columns, with as many units as there is room for in all of them."""
    kinds = [writer.activation(k) for k in range(len(writer.layers))]
    long = ["  " + _("layer {number}  {activation}").format(number=k, activation=a) for k, a in enumerate(kinds, 1)]
    short = [f"  {k}" for k in range(1, len(kinds) + 1)]
    forms = ((long, 3), (short, 3), (short, 2))
    for heads, digits, units in ((*form, units) for form in forms for units in range(_UNITS, 0, -1)):
        cells = [_layer(writer, k, units, digits) for k in range(len(kinds))]
        columns = [heads, *([name + values for name, values in column] for column in zip(*cells, strict=True))]
        widths = [max(map(cell_width, column)) for column in columns]
        if sum(widths) + 2 * len(widths) <= paper.width:
            break
    rows = []
    for k, (head, line) in enumerate(zip(heads, cells, strict=True)):
        mark = "▸" if k == chosen else " "
        spans: list[Span] = [(mark + pad(head, widths[0])[1:], "title", k == chosen)]
        for (name, values), width, role in zip(line, widths[1:], ("text", "text", color, color), strict=True):
            spans += [(f"  {name}", "label", False), (pad(values, width - cell_width(name)), role, False)]
        rows.append(paper.row(spans, bg="selected" if k == chosen else ""))
    return rows


def _layer(writer: Writer, k: int, units: int, digits: int) -> list[tuple[str, str]]:
    """Return the names and values of a layer's vectors; the norm where there are too many gradients of weights."""
    from gdtui.insight.unit_lines import named

    layer, slopes = writer.layers[k], writer.layers[k].weights_grad.ravel()
    answer = ("ŷ", writer.answer) if k + 1 == len(writer.layers) else (named("a", k), layer.a)
    vectors = ((named("z", k), layer.z), answer, (named("δ", k), layer.delta))
    cells = [(f"{name} ", listed(values, units, digits)) for name, values in vectors]
    if len(slopes) <= units:
        return [*cells, (f"{named('∂W', k)} ", listed(slopes, units, digits))]
    return [*cells, (f"‖{named('∂W', k)}‖ ", number(float(np.linalg.norm(slopes)), digits))]


def listed(values: Array, most: int, digits: int = 4) -> str:
    """Return the first numbers of a vector, and how many there are if some are left out."""
    shown = " ".join(number(float(v), digits) for v in values[:most])
    return f"{shown} … {len(values)}" if len(values) > most else shown
