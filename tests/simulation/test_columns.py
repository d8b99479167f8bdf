"""The table of columns: every user of it has the same names at the same places."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.columns import EXPORTED, RECORDED, SCALARS, Column, Vector
from gdtui.objectives.specs import DatasetSpec
from gdtui.scenario.play.trace_io import header, trace_rows
from gdtui.session import Session
from gdtui.session.quantities import Quantity
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Step

LANES = (Lane("batch", "adam", sampling=Sampling(3)), Lane("solver", "bfgs"))


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session(Experiment(DatasetSpec("blobs", validation=0.2, rows=30), LANES))
    made.apply(Step(5))
    return made


def test_positions_are_those_of_a_row_without_gaps() -> None:
    assert sorted(column for column in Column if column >= 0) == list(range(len(RECORDED)))
    assert [RECORDED[column] for column in Column if column >= 0] == [c.word for c in Column if c >= 0]
    assert set(EXPORTED) <= set(SCALARS) and set(RECORDED) <= set(SCALARS)
    assert all(column.meaning for column in Column)


@pytest.mark.parametrize("lane", [lane.name for lane in LANES])
@pytest.mark.parametrize("column", Column)
def test_conditions_know_every_column_and_find_what_is_in_the_row(session: Session, lane: str, column: Column) -> None:
    view = session.snapshot().lane(lane)
    measured = view.measure(Quantity(lane, column.word))
    if column >= 0:
        np.testing.assert_equal(measured, view.row[column])
        assert view.trace.layout.column(column.word) == column
    else:
        assert view.trace.layout.column(column.word) is None and measured not in ("", None)


@pytest.mark.parametrize("lane", [lane.name for lane in LANES])
def test_the_numbers_of_a_row_are_what_their_columns_say(session: Session, lane: str) -> None:
    view = session.snapshot().lane(lane)
    before, row = view.trace.rows[-2:]
    theta, grad = (view.trace.layout.block(name) for name in (Vector.THETA, Vector.GRAD))
    assert row[Column.UPDATE] == 5
    assert row[Column.LOSS] == view.objective.evaluate(row[theta])[0]
    assert row[Column.VAL_LOSS] == view.objective.evaluate(row[theta], view.objective.held_out)[0]
    assert row[Column.GRAD_NORM] == pytest.approx(np.linalg.norm(row[grad]), rel=1e-12)
    assert row[Column.STEP_NORM] == pytest.approx(np.linalg.norm(row[theta] - before[theta]), rel=1e-12)
    assert row[Column.LR] == view.settings["lr"]
    assert (row[Column.EVALUATIONS] == 5) == (lane == "batch")


def test_the_exported_columns_are_those_of_the_table(session: Session) -> None:
    names = header(session.snapshot().lanes[0].trace.layout.coords)
    assert names[: 1 + len(EXPORTED)] == ["lane", *EXPORTED]
    for cells in trace_rows(session, 1):
        by_name = dict(zip(names, cells, strict=True))
        view = session.snapshot().lane(str(by_name["lane"]))
        if by_name["update"] == view.update:
            for column in Column:
                if column.exported and column >= 0:
                    assert by_name[column.word] == view.row[column], column
