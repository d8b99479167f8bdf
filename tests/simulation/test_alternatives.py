"""Futures that a lane could have: at half and twice its rate, or by other seeds."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec
from gdtui.session import Session, futures
from gdtui.verbs import Back, Mute, Set, Step
from tests.view.frames import frame_of

pytestmark = pytest.mark.jit

LANES = (Lane("adam", "adam", settings={"lr": 0.05}), Lane("gd", "gd", settings={"lr": 1e-3}))


def foreseen(objective, *acts, lanes=LANES, updates=20):
    session = Session(Experiment(objective, lanes, seed=3))
    session.apply(Step(3))
    session.futures.updates = updates
    for act in acts:
        session.apply(act)
    look_ahead(session)
    return session


def look_ahead(session, seconds=1.0):
    """Make all that is missing, in slices of so many seconds; return the snapshot, and how many slices it took."""
    snapshot, slices = session.snapshot(), 0
    while snapshot.more_to_come:
        snapshot, slices = session.look_ahead(snapshot, seconds), slices + 1
    return snapshot, slices


@pytest.mark.parametrize(("place", "label", "factor"), [(0, "÷2", 0.5), (1, "×2", 2.0)])
def test_half_and_twice_the_rate_of_each_lane_are_what_that_rate_gives(place, label, factor):
    session = foreseen(ObjectiveSpec())
    both = session.snapshot().futures
    assert [future.lane.name for future in both] == ["adam", "gd"]
    for future, lane in zip(both, LANES, strict=True):
        assert future.others[place][0] == label
        rate = lane.settings["lr"] * factor
        made = foreseen(ObjectiveSpec(), Set(f"{lane.name}.lr", rate), Step(20)).snapshot().lane(lane.name)
        np.testing.assert_array_equal(future.others[place][1].trace.rows[1:], made.trace.rows[4:])
        plain = foreseen(ObjectiveSpec(), Step(20)).snapshot().lane(lane.name)
        np.testing.assert_array_equal(future.lane.trace.rows[1:], plain.trace.rows[4:])
        assert session.snapshot().lane(lane.name).update == 3 and session.snapshot().lane(lane.name).edits == ()


def test_other_seeds_begin_where_the_lane_is_and_go_apart():
    future = foreseen(ObjectiveSpec(noise=5.0)).snapshot().futures[0]
    rows = np.array([lane.trace.rows for _label, lane in future.others])
    assert rows.shape[:2] == (8, 21)
    np.testing.assert_array_equal(rows[:, 0], np.repeat(rows[:1, 0], 8, axis=0))
    assert len(np.unique([lane.trace.path()[0][-1] for _label, lane in future.others])) == 8
    again = foreseen(ObjectiveSpec(noise=5.0)).snapshot().futures[0]
    np.testing.assert_array_equal(rows, [lane.trace.rows for _label, lane in again.others])


def test_a_chart_has_both_rates_of_each_lane_or_the_band_of_the_seeds():
    plain = frame_of(foreseen(ObjectiveSpec()).snapshot(), lane=1).chart(0)
    assert [series.color for series in plain.series[:6]] == ["ghost0"] * 3 + ["ghost1"] * 3
    assert [series.marker for series in plain.series[:6]] == ["", "", "", "÷2", "×2", ""], "the selected one is named"
    snapshot = foreseen(ObjectiveSpec(noise=5.0)).snapshot()
    figure = frame_of(snapshot).chart(0)
    band, future = figure.bands[0], figure.series[0]
    assert np.all(band.low <= band.high) and len(future.y) == len(band.low)
    column = snapshot.lanes[0].trace.layout.column("loss")
    losses = np.array([lane.trace.rows[:, column] for _label, lane in snapshot.futures[0].others])
    inside = (losses >= band.low) & (losses <= band.high)
    assert 0.7 < np.mean(inside[:, 1:]) < 0.9  # six of eight lie between the quantiles of 10 and 90 %
    columns = [frame_of(snapshot).chart(0, lane) for lane in (0, 1)]
    assert [(len(each.series), len(each.bands)) for each in columns] == [(2, 1)] * 2, "a column has its own lane's"


def test_a_lane_that_has_stopped_or_is_muted_has_none():
    diverges = (Lane("adam", "adam", settings={"lr": 1e300}), LANES[1])
    assert [f.lane.name for f in foreseen(ObjectiveSpec(), lanes=diverges).snapshot().futures] == ["gd"]
    assert [f.lane.name for f in foreseen(ObjectiveSpec(), Mute(("adam",))).snapshot().futures] == ["gd"]
    assert foreseen(ObjectiveSpec(), updates=0).snapshot().futures == ()


def test_what_takes_long_is_made_a_little_at_a_time_and_not_again(monkeypatch):
    monkeypatch.setattr(futures, "QUICK_SECONDS", 0.0)
    session = Session(Experiment(ObjectiveSpec(), LANES, seed=3))
    session.apply(Step(3))
    session.futures.updates = 20_000
    snapshot = session.snapshot()
    assert snapshot.more_to_come and all(len(future.lane.trace.rows) == 1 for future in snapshot.futures)
    done, slices = look_ahead(session, 1e-6)
    assert slices >= 5
    assert not done.more_to_come and done.futures[1].lane.trace.rows[-1, 0] == 20_003
    began = time.process_time()
    assert session.snapshot().futures[1].lane.trace.rows.tobytes() == done.futures[1].lane.trace.rows.tobytes()
    assert time.process_time() - began < 1.0
    session.apply(Back(1))
    assert session.snapshot().more_to_come, "another place has another future"
