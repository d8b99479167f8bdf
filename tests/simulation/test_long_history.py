"""A long history is shown as quickly as a short one, and going back in it is as near."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.columns import Column
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.simulation.checkpoints import MOST, Checkpoints
from gdtui.simulation.experiment import Lane
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.lane_updates import WALKED
from gdtui.simulation.stepping import State
from gdtui.simulation.trace import BESIDE_THINNED, WHOLE_HISTORY, Trace
from gdtui.simulation.trace_view import Layout, TraceView


def lane(optimizer: str = "adam") -> LaneRun:
    return LaneRun(Lane("a", optimizer, settings={"lr": 0.05}), ObjectiveSpec().build(), 0)


def rows(layout: Layout, first: int, count: int) -> np.ndarray:
    made = np.random.default_rng(first).normal(size=(count, layout.width))
    made[:, Column.UPDATE] = np.arange(first, first + count)
    return made


def whole(view: TraceView) -> tuple[np.ndarray, np.ndarray]:
    return view.series(Column.LOSS)


@pytest.mark.parametrize("thinned", [False, True])
def test_a_summary_shows_the_same_curve_with_fewer_points(thinned: bool) -> None:
    layout = lane().layout
    trace = Trace(layout, window=2048, buckets=128) if thinned else Trace(layout)
    for first in range(0, 9000, 90):
        trace.extend(rows(layout, first, 90))
        trace.view()
    view = trace.view()
    x, y = whole(view.summary)
    full_x, full_y = whole(view)
    assert len(x) < len(full_x)
    assert np.all(np.diff(x) >= 0)
    assert (x[0], x[-1]) == (full_x[0], full_x[-1])
    assert (y.min(), y.max()) == (full_y.min(), full_y.max())
    tail, block = WHOLE_HISTORY if not len(view.low) else BESIDE_THINNED
    np.testing.assert_array_equal(view.summary.rows[-tail:], view.rows[-tail:])
    assert len(view.summary.rows) < tail + block


def test_a_short_history_is_its_own_summary() -> None:
    trace = Trace(lane().layout)
    trace.extend(rows(trace.layout, 0, 1000))
    assert trace.view().summary.series(Column.LOSS)[0].tolist() == list(range(1000))


def test_what_a_view_shows_stays_whatever_is_cut_and_made_anew() -> None:
    layout = lane().layout
    trace = Trace(layout)
    trace.extend(rows(layout, 0, 5000))
    views, copies = [], []
    for cut_at, made in ((4990, 3), (4980, 50), (3000, 2000), (2999, 1)):
        views.append(trace.view())
        copies.append((views[-1].rows.copy(), [part.copy() for part in views[-1].summary.coarse or ()],
                       whole(views[-1].summary)[1].copy()))  # fmt: skip
        trace.cut(cut_at)
        trace.view()
        trace.extend(rows(layout, cut_at + 1, made) * 7)
    for view, (kept, _parts, summed) in zip(views, copies, strict=True):
        np.testing.assert_array_equal(view.rows, kept)
        np.testing.assert_array_equal(whole(view.summary)[1], summed)


def test_old_states_are_evenly_apart_and_new_ones_close() -> None:
    state = State(np.zeros(2), np.zeros((2, 2)), np.zeros(5))
    kept = Checkpoints(state, 256)
    for update in range(256, 2_000_000, 256):
        state.update = update
        kept.keep_if_due(state)
    updates = np.array([each.update for each in kept._kept])
    apart = np.diff(updates)
    assert len(updates) <= MOST
    assert np.all(apart[-100:] == 256)
    assert apart.max() <= 4 * 2_000_000 / MOST
    assert updates[0] == 0


def test_states_that_are_large_are_few_and_the_start_stays() -> None:
    state = State(np.zeros(4_000_000), np.zeros((0, 1)), np.zeros(5))
    kept = Checkpoints(state, 1)
    for update in range(1, 12):
        state.update = update
        kept.keep_if_due(state)
    updates = [each.update for each in kept._kept]
    assert updates[0] == 0
    assert updates[-1] == 11
    assert len(updates) <= 3


@pytest.mark.jit
def test_after_a_long_run_states_are_near_the_present() -> None:
    run = lane()
    run.advance(200_000)
    updates = np.array([each.update for each in run._checkpoints._kept])
    assert np.all(np.diff(updates[updates >= 200_000 - WALKED]) <= 256)
    theta = run.theta.copy()
    run.back(1500)
    run.advance(1500)
    np.testing.assert_array_equal(run.theta, theta)
