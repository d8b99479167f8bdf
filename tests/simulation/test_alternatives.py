"""Futures that a lane could have: at half and twice its rate, or by other seeds."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec
from gdtui.session import Session
from gdtui.simulation import lane
from gdtui.verbs import Set, Step
from tests.view.frames import frame_of


def foreseen(objective, *acts, lr=0.05):
    session = Session(Experiment(objective, (Lane("adam", "adam", settings={"lr": lr}),), seed=3))
    session.warm()  # a first call that compiles would count as a slow lane
    session.apply(Step(3))
    session.foreseen = "adam", 20
    session.snapshot()
    for act in acts:
        session.apply(act)
    return session


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    """A future ends where it would take too long: on a busy machine, after few updates."""
    monkeypatch.setattr(lane, "CHUNK_SECONDS", 60.0)


@pytest.mark.parametrize(("place", "factor"), [(0, 0.5), (1, 2.0)])
def test_half_and_twice_the_rate_are_what_that_rate_gives(place, factor):
    session = foreseen(ObjectiveSpec())
    other = session.snapshot().alternatives[place]
    assert other.label == ("÷2", "×2")[place]
    made = foreseen(ObjectiveSpec(), Set("adam.lr", 0.05 * factor), Step(20)).snapshot().lane("adam")
    np.testing.assert_array_equal(other.lane.trace.rows[1:], made.trace.rows[4:])
    assert session.snapshot().lane("adam").update == 3 and session.snapshot().lane("adam").edits == ()


def test_other_seeds_begin_where_the_lane_is_and_go_apart():
    snapshot = foreseen(ObjectiveSpec(noise=5.0)).snapshot()
    rows = np.array([other.lane.trace.rows for other in snapshot.alternatives])
    assert rows.shape[:2] == (8, 21)
    np.testing.assert_array_equal(rows[:, 0], np.repeat(rows[:1, 0], 8, axis=0))
    last = np.array([other.lane.trace.path()[0][-1] for other in snapshot.alternatives])
    assert len(np.unique(last)) == 8
    again = foreseen(ObjectiveSpec(noise=5.0)).snapshot()
    np.testing.assert_array_equal(rows, [other.lane.trace.rows for other in again.alternatives])


def test_a_chart_has_both_rates_or_the_band_of_the_seeds():
    plain = frame_of(foreseen(ObjectiveSpec()).snapshot()).chart(0)
    assert {"÷2", "×2"} <= {series.marker for series in plain.series}
    snapshot = foreseen(ObjectiveSpec(noise=5.0)).snapshot()
    figure = frame_of(snapshot).chart(0)
    low, high, future = figure.series[:3]
    assert np.all(low.y <= high.y) and len(future.y) == len(low.y)
    column = snapshot.lanes[0].trace.layout.column("loss")
    losses = np.array([other.lane.trace.rows[:, column] for other in snapshot.alternatives])
    inside = (losses >= low.y) & (losses <= high.y)
    assert 0.7 < np.mean(inside[:, 1:]) < 0.9  # six of eight lie between the quantiles of 10 and 90 %


def test_without_a_future_and_after_a_stop_there_are_none():
    session = foreseen(ObjectiveSpec(), lr=1e300)
    assert session.snapshot().lane("adam").status == "diverged" and session.snapshot().alternatives == ()
    session = foreseen(ObjectiveSpec())
    session.foreseen = "", 0
    assert session.snapshot().alternatives == ()
