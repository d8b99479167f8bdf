"""The timeline: where things happened, and which update a cell stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.plot.widths import cell_width
from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Back, Mark, Set, Step
from gdtui.view.layout import plan
from gdtui.view.panels import Paper, timeline
from gdtui.view.panels.time_bar import Bar, bar_of, update_at
from tests.view.frames import frame_of


def row_of(session: Session, width: int = 60, **look: object) -> str:
    (row,) = timeline(frame_of(session.snapshot(), **look), Paper(width, 1))
    return "".join(run.text for run in row)


@given(st.integers(1, 10**7), st.integers(2, 300), st.integers(0, 400))
def test_a_cell_stands_for_an_update_of_that_cell(end: int, cells: int, column: int) -> None:
    bar = Bar(3, cells, end)
    update = bar.update(column)
    assert 0 <= update <= end
    assert end < cells - 1 or bar.column(update) == min(max(column, 3), cells + 2)


def test_it_shows_what_was_made_and_taken_back_and_what_happened() -> None:
    session = Session(default_experiment())
    assert row_of(session).strip() == "0 ◉" + "┈" * 52 + " 10"
    for act in (Step(20), Mark("here"), Step(10), Set("adam.lr", 0.1), Step(20), Back(10)):
        session.apply(act)
    bar = Bar(3, 53, 50)
    row = row_of(session, cursor=5)
    at = {row[bar.column(update)]: update for update in (5, 20, 30, 40)}
    assert at == {"│": 5, "◇": 20, "△": 30, "◉": 40}
    assert row[:10] == " 0 ━━━━━│━" and row.endswith("┈ 50 ")
    assert set(row[4 : bar.column(40)]) == {"━", "│", "◇", "△", *"here"}
    assert "◇here━" in row


def test_marks_are_named_where_there_is_room() -> None:
    session = Session(default_experiment())
    for act in (Step(5), Mark("a"), Step(1), Mark("far too close"), Step(40), Mark("at the very end of it"), Step(4)):
        session.apply(act)
    row = row_of(session)
    assert "a◇◇far too close━" in row
    assert "━at the very end…◇━" in row
    assert update_at(frame_of(session.snapshot()), 60, row.index("◇")) == 5
    session.apply(Mark("名前"))
    (cells,) = timeline(frame_of(session.snapshot()), Paper(60, 1))
    assert sum(cell_width(run.text) for run in cells) == 60


def test_lanes_that_ended_are_marked_in_their_colours() -> None:
    lanes = (Lane("gd", settings={"lr": 0.1}), Lane("momentum", "momentum", settings={"lr": 1e-3}))
    session = Session(Experiment(ObjectiveSpec(), lanes))
    session.apply(Step(20))
    frame = frame_of(session.snapshot())
    (row,) = timeline(frame, Paper(60, 1))
    assert "✗" in [run.text for run in row if run.fg == Paper(1, 1).palette.color("series0")]
    assert update_at(frame, 60, bar_of(frame, 60).column(frame.snapshot.lanes[0].update)) == 5


def test_epochs_are_ticks_unless_they_would_be_everywhere() -> None:
    lanes = (Lane("a", sampling=Sampling(10)),)
    session = Session(Experiment(ObjectiveSpec("dataset", "linear-4-3"), lanes, seed=1))
    session.apply(Step(50))
    assert row_of(session).count("┴") == 4  # 10 updates each; at 50 is the position
    session.apply(Step(950))
    assert "┴" not in row_of(session)


@pytest.mark.parametrize(
    ("size", "rows"), [((60, 18), 0), ((80, 24), 1), ((120, 36), 1), ((200, 50), 1), ((60, 40), 0)]
)
def test_it_has_a_row_where_there_is_room(size: tuple[int, int], rows: int) -> None:
    assert plan(*size, 4, 6).timeline == rows
    assert plan(*size, 4, 6, caption=10).timeline <= rows


@pytest.mark.parametrize("width", [20, 70, 200])
def test_it_fills_its_row_in_ascii_too(width: int) -> None:
    session = Session(default_experiment())
    session.apply(Step(37))
    for plain in (False, True):
        (row,) = timeline(frame_of(session.snapshot(), cursor=3), Paper(width, 1, ascii=plain))
        text = "".join(run.text for run in row)
        assert len(text) == width and (not plain or text.isascii())
