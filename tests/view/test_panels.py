"""The panels: rows of exactly the paper's width, the selected lane always seen, words cut only between words."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.plot.ascii_text import spelled, writing
from gdtui.plot.canvas import draw
from gdtui.plot.cells import Cells, Row
from gdtui.plot.figure import Figure, Series
from gdtui.plot.palette import MARKERS, series_color, series_marker
from gdtui.plot.widths import cell_width
from gdtui.scenario.read.load import load_scenario
from gdtui.session import Session, Snapshot
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.text import number
from gdtui.verbs import Mute, Step
from gdtui.view.chart_figures import ChartFigures
from gdtui.view.charts import CHARTS
from gdtui.view.colors import DARK
from gdtui.view.frame_state import Notice
from gdtui.view.layout import window
from gdtui.view.look import Look
from gdtui.view.panels import Paper, header, lanes, message, this_update
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


def test_the_top_line_leaves_out_what_has_no_room_and_cuts_nothing() -> None:
    spec = ObjectiveSpec("dataset", "independent-1000x10", rows=100)
    session = Session(Experiment(spec, (Lane("adam", "adam", sampling=Sampling(20)),)))
    frame = frame_of(session.apply(Step(100)), 0, Notice("paused", "20/s"))
    counters = "update 100   epoch 20   samples 2000   paused"
    for width, said in (
        (120, f"{counters}  20/s   seed 0"), (84, f"{counters}  20/s"), (80, counters), (70, counters),
        (60, "update 100   paused"),
    ):  # fmt: skip
        (line,) = text(header(frame, Paper(width, 1)))
        assert line.rstrip().endswith(f" {said}"), (width, line)
        assert "independent-1000x10" in line and ("gdtui" in line) == (width >= 80), (width, line)


@pytest.fixture(scope="module")
def adam() -> Snapshot:
    return Session(Experiment(ObjectiveSpec(), (Lane("adam", "adam"), Lane("gd")))).apply(Step(3))


def test_the_rule_s_results_at_the_other_coordinates_stand_beside_those_of_the_one_that_is_looked_at(
    adam: Snapshot,
) -> None:
    for coordinate, name in ((0, "y"), (1, "x")):
        heading, *rows = text(this_update(frame_of(adam, coordinate=coordinate), Paper(120, 7)))
        column = heading.index(f"{name}  g = {number(float(adam.lanes[0].vector('grad')[1 - coordinate]))}")
        shown = [row[column:].strip() for row in rows]
        names = ("m", "v", "m_hat", "v_hat", "theta", "effective_lr")
        assert shown == [number(float(adam.lanes[0].vector(name)[1 - coordinate])) for name in names]
    assert "y  g" not in text(this_update(frame_of(adam), Paper(80, 7)))[0]


def test_effective_rates_are_seen_where_the_status_keeps_its_room(adam: Snapshot) -> None:
    first, second = adam.lanes[0].vector("effective_lr")
    heading, row, *_others = text(lanes(frame_of(adam), Paper(120, 3)))
    assert "eff. rate" in heading and f"{number(float(first), 3)} {number(float(second), 3)}" in row
    assert "eff. rate" not in text(lanes(frame_of(adam), Paper(117, 3)))[0]
    long = (Lane("adam-with-a-long-name", "adam"), Lane("gd"))
    named = Session(Experiment(ObjectiveSpec(), long)).apply(Step(3))
    assert "eff. rate" not in text(lanes(frame_of(named), Paper(120, 3)))[0]


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


@pytest.fixture(scope="module")
def stopped() -> Snapshot:
    session = Session(load_scenario(Path("scenarios", "stopping-conditions.toml")).experiment)
    return session.apply(Step(50))


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("plain", [False, True])
def test_a_lane_that_has_stopped_says_why(stopped: Snapshot, width: int, plain: bool) -> None:
    with writing(plain=plain):
        shown = text(lanes(frame_of(stopped), Paper(width, 5, DARK, plain)))
        reasons = ["loss < 1e-6", "‖g‖ < 0.001", "no improvement for 20 updates", "its last update"]
        for line, lane, reason in zip(shown[1:], stopped.lanes, map(spelled, reasons), strict=True):
            assert lane.name in line and line.rstrip().endswith(reason)


def test_columns_make_room_for_a_reason_and_only_for_one_that_then_fits(stopped: Snapshot, sixteen: Snapshot) -> None:
    def names(snapshot: Snapshot, width: int) -> list[str]:
        return text(lanes(frame_of(snapshot), Paper(width, 5)))[0].split()

    assert names(stopped, 80)[:5] == ["lane", "lr", "loss", "‖g‖", "status"]
    assert names(stopped, 120)[:8] == ["lane", "dialect", "lr", "loss", "‖g‖", "step", "θ", "status"]
    assert names(stopped, 64)[:5] == ["lane", "lr", "loss", "‖g‖", "step"]
    assert names(sixteen, 80)[:5] == ["lane", "lr", "loss", "‖g‖", "step"]


@pytest.mark.parametrize("width", [60, 70, 80, 120])
def test_the_gradient_of_this_update_is_never_cut(sixteen: Snapshot, width: int) -> None:
    heading = text(this_update(frame_of(sixteen, 15), Paper(width, 6)))[0]
    gradient = sixteen.lanes[15].vector("grad")
    assert f"coordinate x   update 20   g = {number(float(gradient[0]))} " in heading
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


def test_a_message_that_is_too_long_ends_with_a_clause(sixteen: Snapshot) -> None:
    said = Notice(message="‖g‖ is 1e-14 on the floor of a valley; the loss is 2 there; nothing will change")
    frame = frame_of(sixteen, notice=said)
    assert text(message(frame, Paper(60, 1)))[0].strip() == "‖g‖ is 1e-14 on the floor of a valley; the loss is 2 there"
    assert text(message(frame, Paper(30, 1)))[0].strip().endswith("…"), "a clause alone is cut as before"


def test_no_two_lanes_look_alike() -> None:
    looks = {(series_color(i), series_marker(i)) for i in range(16)}
    assert len(looks) == 16 == len(MARKERS)
    assert all(cell_width(glyph) == 1 for glyph in MARKERS)


def test_a_legend_without_room_for_every_lane_says_so() -> None:
    many = [Series([0, 1], [i, i], series_color(i), label=f"l{i}", marker=series_marker(i)) for i in range(16)]
    legends = {width: text(draw(Figure("loss", tuple(many)), width, 10))[0] for width in (20, 24, 40, 60)}
    assert legends[20].endswith("● ▲ ■ ◆ ★ ✚ …")
    assert legends[24].endswith("".join(MARKERS)), "close together rather than cut"
    assert legends[40].endswith(" ".join(MARKERS))
    assert legends[60].endswith("  ".join(MARKERS))


def test_a_column_shows_its_own_lane_and_none_that_shares_its_colour(sixteen: Snapshot) -> None:
    figure = ChartFigures().figure(sixteen, CHARTS["loss"], Look()).of(8)
    assert [series.label for series in figure.series] == ["lane-8"]


def test_a_muted_lane_has_no_curve_and_its_row_says_so() -> None:
    session = Session(Experiment(ObjectiveSpec("surface", "sphere"), (Lane("a", "gd"), Lane("b", "adam"))))
    session.apply(Step(5))
    frame = frame_of(session.apply(Mute(("a",))), size=(120, 36))
    assert [series.label for series in frame.chart(0).series] == ["b"]
    assert frame.chart(0, 0).series == ()
    assert frame.chart(0, 0).message == "a is muted"
    rows = text(lanes(frame, Paper(120, 4)))
    assert ["muted" in row for row in rows] == [False, True, False, False]


def test_a_row_that_has_not_changed_is_the_same_object() -> None:
    def rows(word: str) -> tuple[Row, ...]:
        cells = Cells(20, 2)
        cells.put(0, 0, "stays", "text")
        cells.put(0, 1, word, "series1", bold=True)
        return cells.rows(DARK)

    before, after = rows("one"), rows("two")
    assert before[0] is after[0]
    assert before[1] != after[1]
