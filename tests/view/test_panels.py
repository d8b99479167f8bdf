"""The panels: rows of exactly the paper's width, the selected lane always seen, words cut only between words."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.plot.canvas import draw
from gdtui.plot.cells import Cells, Row, cell_width
from gdtui.plot.figure import Figure, Series
from gdtui.plot.palette import MARKERS
from gdtui.session import Session, Snapshot
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step
from gdtui.view.chart_figures import ChartFigures
from gdtui.view.charts import CHARTS
from gdtui.view.colors import DARK, lane_color, lane_marker
from gdtui.view.frame_state import Notice
from gdtui.view.layout import window
from gdtui.view.look import Look
from gdtui.view.panels import Paper, header, lanes, network, this_update
from tests.view.frames import frame_of


def text(rows: tuple[Row, ...]) -> list[str]:
    return ["".join(run.text for run in row) for row in rows]


@pytest.fixture(scope="module")
def sixteen() -> Snapshot:
    many = tuple(Lane(f"lane-{i}", "gd", settings={"lr": 1e-4 * (i + 1)}) for i in range(16))
    return Session(Experiment(ObjectiveSpec("surface", "rosenbrock"), many)).apply(Step(20))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("plain", [False, True])
def test_every_row_is_as_wide_as_the_paper(sixteen: Snapshot, width: int, plain: bool) -> None:
    paper = Paper(width, 6, DARK, plain)
    frame = frame_of(sixteen, 9, Notice("paused", "20/s"))
    rows = (*lanes(frame, paper), *this_update(frame, paper), *header(frame, paper))
    assert {cell_width(line) for line in text(rows)} == {width}
    assert not plain or all(line.isascii() for line in text(rows))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("selected", range(16))
def test_the_selected_lane_is_seen_and_the_heading_says_how_many_are_not(
    sixteen: Snapshot, width: int, selected: int
) -> None:
    heading, *rest = text(lanes(frame_of(sixteen, selected), Paper(width, 5)))
    assert sum(line.startswith("▸") and f"lane-{selected} " in line for line in rest) == 1
    first = next(i for i in range(16) if f" lane-{i} " in rest[0])
    above, below = first, 12 - first
    assert heading.rstrip().endswith("more")
    assert (f"↑ {above}" in heading) == (above > 0)
    assert (f"↓ {below}" in heading) == (below > 0)


def test_a_table_with_room_for_all_lanes_speaks_of_no_others(sixteen: Snapshot) -> None:
    assert "more" not in text(lanes(frame_of(sixteen), Paper(80, 17)))[0]


@pytest.mark.parametrize("width", [60, 70, 80, 120])
def test_the_gradient_of_this_update_is_never_cut(sixteen: Snapshot, width: int) -> None:
    heading = text(this_update(frame_of(sixteen, 15), Paper(width, 6)))[0]
    whole = text(this_update(frame_of(sixteen, 15), Paper(200, 6)))[0].rstrip()
    assert heading.rstrip().endswith(whole[whole.index("g = ") :])
    assert "…" not in heading


@pytest.mark.parametrize("count", [1, 4, 16])
@pytest.mark.parametrize("height", [1, 2, 5, 20])
def test_a_window_holds_the_selected_lane_and_wastes_no_row(count: int, height: int) -> None:
    for selected in range(count):
        seen = window(count, selected, height - 1)
        assert 0 <= seen.start <= selected < seen.stop <= count
        assert seen.stop - seen.start == min(count, max(1, height - 1))


def test_words_are_broken_and_cut_between_words() -> None:
    paper = Paper(20, 2)
    assert paper.broken("one two three four five six") == ["one two three four", "five six"]
    assert paper.broken("one two three four five six seven eight nine") == ["one two three four", "five six seven …"]
    assert Paper(20, 1).broken("short") == ["short"]


def test_no_two_lanes_look_alike() -> None:
    looks = {(lane_color(i), lane_marker(i)) for i in range(16)}
    assert len(looks) == 16 == len(MARKERS)
    assert all(cell_width(glyph) == 1 for glyph in MARKERS)


def test_a_legend_without_room_for_every_lane_says_so() -> None:
    many = [Series([0, 1], [i, i], lane_color(i), label=f"l{i}", marker=lane_marker(i)) for i in range(16)]
    legends = {width: text(draw(Figure("loss", tuple(many)), width, 10))[0] for width in (24, 40, 60)}
    assert legends[24].endswith("● ▲ ■ ◆ ★ ✚ ▼ ◉ …")
    assert legends[40].endswith(" ".join(MARKERS))
    assert legends[60].endswith("  ".join(MARKERS))


def test_a_column_shows_its_own_lane_and_none_that_shares_its_colour(sixteen: Snapshot) -> None:
    figure = ChartFigures().figure(sixteen, CHARTS["loss"], Look()).of(8)
    assert [series.label for series in figure.series] == ["lane-8"]


@pytest.fixture(scope="module")
def deep() -> Snapshot:
    spec = ObjectiveSpec("dataset", "xor", layers=(2, 16, 16, 8, 1))
    return Session(Experiment(spec, (Lane("a", "gd"),))).apply(Step(2))


def test_a_network_with_room_has_a_row_for_each_vector(deep: Snapshot) -> None:
    names = [line.split()[0] for line in text(network(frame_of(deep, sample=1), Paper(120, 40))) if line.strip()]
    assert names[1:] == [
        "x", *("layer", "z¹", "a¹", "δ¹", "∂W¹"), *("layer", "z²", "a²", "δ²", "∂W²"),
        *("layer", "z³", "a³", "δ³", "∂W³"), *("layer", "z⁴", "δ⁴", "∂W⁴"), "y",
    ]  # fmt: skip


def test_a_network_that_lacks_a_few_rows_does_without_empty_ones(deep: Snapshot) -> None:
    roomy, tight = (text(network(frame_of(deep, sample=1), Paper(120, height))) for height in (40, 22))
    assert tight == [line for line in roomy if line.strip()]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_network_in_a_small_pane_has_a_row_a_layer(deep: Snapshot, width: int) -> None:
    heading, x, *layers, end = text(network(frame_of(deep, sample=1), Paper(width, 7)))
    assert "inside the network" in heading
    assert x.split() == ["x", "0", "1"]
    assert [
        sum(name in line for name in (f"z{n} ", f"δ{n} ", f"∂W{n}‖ ")) for n, line in zip("¹²³⁴", layers, strict=True)
    ] == [3] * 4
    assert "ŷ " in layers[-1]
    assert end.split()[:3] == ["y", "1", "loss"]
    assert "more" not in end
    assert all(line.count("…") == line.count("… 16") + line.count("… 8") for line in layers)


@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 6])
def test_of_a_network_without_room_for_every_layer_the_output_is_seen_and_a_mark(deep: Snapshot, height: int) -> None:
    rows = text(network(frame_of(deep, sample=1), Paper(80, height)))
    assert len(rows) == height
    assert "loss 0." in rows[-1]
    seen = height - (2 if height > 3 else 1)
    assert f"↑ {5 - seen} more" in rows[-1]
    assert seen == 0 or "ŷ " in rows[-2]


def test_every_small_network_has_the_loss_that_its_answer_makes() -> None:
    for name, loss in (("xor", "bce"), ("iris", "softmax"), ("line", "mse")):
        seen = Session(Experiment(ObjectiveSpec("dataset", name), (Lane("a", "gd"),))).snapshot()
        assert seen.objective.model is not None
        assert seen.objective.model.loss == loss
        layer, end = text(network(frame_of(seen), Paper(160, 4)))[-2:]
        target = seen.objective.data[0, -1]
        answers = [float(part.replace("−", "-")) for part in layer.split("ŷ ")[1].split("  ")[0].split()]
        p = answers[int(target)] if loss == "softmax" else answers[0] if target == 1 else 1 - answers[0]
        wanted = (answers[0] - target) ** 2 if loss == "mse" else -np.log(p)
        assert float(end.split("loss ")[1].split()[0]) == pytest.approx(wanted, rel=0.02)


def test_a_row_that_has_not_changed_is_the_same_object() -> None:
    def rows(word: str) -> tuple[Row, ...]:
        cells = Cells(20, 2)
        cells.put(0, 0, "stays", "text")
        cells.put(0, 1, word, "series1", bold=True)
        return cells.rows(DARK)

    before, after = rows("one"), rows("two")
    assert before[0] is after[0]
    assert before[1] != after[1]
