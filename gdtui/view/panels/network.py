"""Inside the network: the numbers of every layer for one sample, and how those of one unit came about.

From the top: the sample and its loss; a row for each unit; the chosen unit line by line, with the numbers put in; the
errors of all layers. A low panel does without titles, then without the errors, then has a row for each layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gdtui.kernel import Array
from gdtui.plot.cells import Row
from gdtui.plot.widths import cell_width
from gdtui.text import _, number
from gdtui.view.colors import lane_color, lane_marker
from gdtui.view.frame_state import FrameState
from gdtui.view.panels.network_layers import layer_rows, listed
from gdtui.view.panels.paper import Paper, Span, cells_of, pad

if TYPE_CHECKING:
    from gdtui.insight.unit_lines import Derivation, Writer

#: Numbers of a vector that are listed at most.
_LISTED = 12
#: How lines are written, the first that fits: significant digits, and how much of the formula.
_FORMS = ((4, "whole"), (4, "brief"), (3, "brief"), (3, "none"), (2, "none"))

Lines = Callable[["Writer"], Sequence["Derivation"]]


def network(frame: FrameState, paper: Paper) -> tuple[Row, ...]:
    """Return what goes through the network of the selected lane for the sample that is looked at."""
    objective, theta, color = frame.snapshot.objective, frame.lane.parameters, lane_color(frame.lane)
    if objective.model is None or theta is None:
        return paper.words(
            _("this model is too large to be written out: {network} goes back").format_map(frame.notice.keys)
        )
    from gdtui.insight.unit_lines import Writer
    from gdtui.objectives.network.inspection import layer_values, unit_of

    row, model = frame.look.sample, objective.model
    layers, data = layer_values(objective, theta, row), objective.data[row]
    targets = 1 if model.loss == "softmax" else model.layers[-1]
    given, wanted = data[:-targets], data[-targets:]
    writer = Writer(model, layers, np.eye(model.layers[-1])[int(wanted[0])] if model.loss == "softmax" else wanted)
    loss = objective.evaluate(theta, np.array([row]))[0]
    sample = paper.row(_sample(given, wanted, writer.answer, loss, color, paper.width))
    if paper.height == 1:
        return paper.page([sample])

    k, j = unit_of(model, frame.look.coordinate)
    heading = paper.row(_heading(frame, k, j, paper.width))
    unit = _lines(lambda writer: writer.unit(k, j), writer, color, paper)
    errors = _lines(lambda writer: writer.backward(), writer, color, paper)
    room = paper.height - 2 - len(unit)
    if room - len(errors) < min(1 + sum(model.layers[1:]), len(errors) + 4):
        errors = []
    blocks = [
        ("", layer_rows(writer, k, j, room - len(errors), color, paper)),
        (_("unit [{unit}] of layer {layer}").format(unit=j, layer=k + 1), unit),
        (_("the errors, from the last layer back"), errors),
    ]
    return paper.page([heading, sample, *_spaced([(title, rows) for title, rows in blocks if rows], room, paper)])


def _heading(frame: FrameState, k: int, j: int, width: int) -> list[Span]:
    """Return lane, sample and unit, with as much about the keys as there is room for."""
    objective = frame.snapshot.objective
    assert objective.model is not None
    at = _("sample {sample} of {samples}   layer {layer} of {layers}, unit [{unit}]").format(
        sample=frame.look.sample + 1, samples=len(objective.data),
        layer=k + 1, layers=len(objective.model.layers) - 1, unit=j,
    )  # fmt: skip
    lane: Span = (f" {lane_marker(frame.lane)} {frame.lane.name}", lane_color(frame.lane), True)
    said = _("{sample-before} {sample} another sample   {coordinate} {coordinate-before} another unit   {network} back")
    brief = "{sample-before} {sample} {coordinate} {coordinate-before} {network}"
    name = _("inside the network")
    for title, keys in ((name, said), (name, brief), (name, ""), ("", "")):
        heading: list[Span] = [(f" {title} " if title else "", "title", True), lane, (f"  {at}", "text", False)]
        heading.append((f"   {keys.format_map(frame.notice.keys)}" if keys else "", "label", False))
        if cells_of(heading) <= width:
            break
    return heading


def _sample(given: Array, wanted: Array, answer: Array, loss: float, color: str, width: int) -> list[Span]:
    """Return the sample, its target, the network's answer, and the loss; of the sample as many numbers as fit."""
    end: list[Span] = [
        ("   y ", "label", False), (listed(wanted, 4), "minimum", False),
        ("   ŷ ", "label", False), (listed(answer, 4), color, False),
        (f"   {_('loss')} ", "label", False), (number(loss), color, True),
    ]  # fmt: skip
    room = width - 3 - cells_of(end)
    texts = (listed(given, most) for most in range(_LISTED, 0, -1))
    return [(" x ", "label", False), (next((t for t in texts if cell_width(t) <= room), "…"), "text", False), *end]


def _lines(lines: Lines, writer: Writer, color: str, paper: Paper) -> list[Row]:
    """Return lines in columns: formula, numbers, result; with as many terms of a sum as there is room for."""

    def written(form: tuple[int, str], terms: int) -> tuple[list[tuple[str, str, str]], list[int]]:
        cells = [_cells(line, form[1], terms, form[0]) for line in lines(writer.to(terms, form[0]))]
        return cells, [max(map(cell_width, column)) for column in zip(*cells, strict=True)]

    room = paper.width - 2 - 3 - 3
    longest = min(_LISTED, max(len(layer.inputs) for layer in writer.layers))
    choices = [(form, least) for least in (min(3, longest), 1) for form in _FORMS]
    form, least = next((c for c in choices if sum(written(*c)[1]) <= room), choices[-1])
    terms = next((n for n in range(longest, least, -1) if sum(written(form, n)[1]) <= room), least)
    cells, widths = written(form, terms)
    return [_row(line, widths, color, paper) for line in cells]


def _cells(line: Derivation, formula: str, terms: int, digits: int) -> tuple[str, str, str]:
    """Return formula, numbers and result of a line."""
    name, symbols = (line.name, line.symbols) if formula == "whole" else line.brief()
    shown = [number(value, digits) for value in line.values[:terms]]
    result = "  ".join([*shown, f"… {len(line.values)}"] if len(line.values) > terms else shown)
    return name if formula == "none" else f"{name} = {symbols}", line.numbers, result


def _row(cells: Sequence[str], widths: Sequence[int], color: str, paper: Paper) -> Row:
    formula, numbers, result = cells
    return paper.row(
        [
            (f"  {pad(formula, widths[0])}   ", "text", False), (pad(numbers, widths[1]), "label", False),
            (f" = {result}" if result else "", color, True),
        ]
    )  # fmt: skip


def _spaced(blocks: Sequence[tuple[str, list[Row]]], room: int, paper: Paper) -> Iterator[Row]:
    """Yield blocks of rows under one another, with titles and then empty rows where there is room for all of them."""
    titles = sum(bool(title) for title, _rows in blocks)
    spare = room + len(blocks[-1][1]) - sum(len(rows) for _title, rows in blocks)
    for title, rows in blocks:
        if spare >= titles + len(blocks):
            yield paper.row([])
        if title and spare >= titles:
            yield paper.row([(f" {title}", "title", True)])
        yield from rows
