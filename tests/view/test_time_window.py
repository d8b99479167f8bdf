"""The window of updates that the charts show: narrower, wider, earlier, later, and what is read in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Step
from gdtui.view.chart_figures import ChartFigures
from gdtui.view.charts import CHARTS
from gdtui.view.look import Look, turned
from gdtui.view.time_window import LEAST, TimeWindow

windows = st.builds(TimeWindow, st.integers(0, 5000), st.none() | st.integers(0, 10_000))


@given(windows, st.integers(0, 10_000), st.none() | st.integers(0, 10_000))
def test_a_window_lies_within_the_updates_made(window: TimeWindow, newest: int, around: int | None) -> None:
    around = None if around is None else min(around, newest)
    changed = (
        window, window.narrowed(newest, around), window.widened(newest), window.moved(1, newest),
        window.moved(-1, newest), window.holding(around or 0, newest),
    )  # fmt: skip
    for one in changed:
        shown = one.limits(newest)
        assert shown is None or (0 <= shown[0] < shown[1] <= newest and shown[1] - shown[0] == one.span)


@given(st.integers(50, 10_000), st.integers(0, 10_000))
def test_it_narrows_around_the_cursor_and_holds_it(newest: int, cursor: int) -> None:
    cursor, window = min(cursor, newest), TimeWindow()
    for _narrower in range(12):
        window = window.narrowed(newest, cursor)
        shown = window.limits(newest)
        assert shown is not None and shown[0] <= cursor <= shown[1]
    assert window.span == LEAST
    shown = window.holding(0, newest).limits(newest)
    assert shown is not None and shown[0] == 0


def test_a_window_follows_the_newest_update_until_it_is_moved() -> None:
    window = TimeWindow().narrowed(200)
    assert window.limits(200) == (100, 200) and window.limits(230) == (130, 230)
    earlier = window.moved(-1, 200)
    assert earlier.limits(200) == earlier.limits(230) == (75, 175)
    assert earlier.moved(1, 200).limits(230) == (130, 230)
    assert window.widened(200) == TimeWindow()


def test_the_charts_show_the_window_and_fit_their_values_to_it() -> None:
    snapshot = Session(default_experiment()).apply(Step(200))
    look = turned(Look(), snapshot, "span", 1)
    whole, part = (ChartFigures().figure(snapshot, CHARTS["loss"], at) for at in (Look(), look))
    assert part.x.limits == (100.0, 200.0)
    assert part.y.limits is not None and whole.y.limits is not None
    assert part.y.limits[1] < whole.y.limits[1]
    assert turned(look, snapshot, "all_time", 1) == Look()


def test_a_window_of_updates_is_one_of_epochs_as_well() -> None:
    lanes = (Lane("a", sampling=Sampling(10)),)
    snapshot = Session(Experiment(ObjectiveSpec("dataset", "linear-4-3"), lanes, seed=1)).apply(Step(100))
    look = Look(x_axis="epochs", time=TimeWindow(50))
    assert ChartFigures().figure(snapshot, CHARTS["loss"], look).x.limits == (5.0, 10.0)


@pytest.mark.parametrize("chart", ["loss", "grad_norm", "theta", "step_norm"])
def test_the_cursor_reads_every_lane_at_its_update(chart: str) -> None:
    lanes = (Lane("gd", settings={"lr": 0.1}), Lane("momentum", "momentum", settings={"lr": 1e-3}))
    snapshot = Session(Experiment(ObjectiveSpec(), lanes)).apply(Step(30))
    ended = snapshot.lanes[0].update
    assert ended < 20
    figure = ChartFigures().figure(snapshot, CHARTS[chart], Look(cursor=20)).of()
    assert figure.cursor is not None and figure.cursor.x == 20 and figure.cursor.text == "update 20"
    gone, read = (series.value for series in figure.series)
    assert gone is not None and np.isnan(gone)
    assert read == figure.series[1].y[20]
    assert all(series.value is None for series in ChartFigures().figure(snapshot, CHARTS[chart], Look()).of().series)
