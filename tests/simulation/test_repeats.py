"""A lane with other seeds: the same run, as far as the lane has come, and its band in every chart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec
from gdtui.insight import sharpness
from gdtui.insight.curvature import spectrum
from gdtui.objectives.specs import CsvSpec
from gdtui.session import Repeats, Session, futures
from gdtui.session.futures import FIRST_SEED
from gdtui.simulation.experiment import Stop
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Back, Mute, Set, Step
from gdtui.view.chart_figures import ChartFigures
from gdtui.view.charts import CHARTS
from gdtui.view.look import Look
from tests.simulation.test_alternatives import look_ahead
from tests.view.frames import frame_of

pytestmark = pytest.mark.jit

NOISY = Experiment(ObjectiveSpec(noise=2.0), (Lane("adam", "adam", settings={"lr": 0.05}),), seed=3)
#: Batches, and a network whose first parameters come from the seed.
SAMPLED = Experiment(
    ObjectiveSpec("dataset", "two-moons", layers=(2, 4, 1), loss="bce", rows=60, validation=0.25),
    (Lane("adam", "adam", settings={"lr": 0.05}, sampling=Sampling(20)),),
    seed=3,
)
ACTS = (Step(8), Set("adam.lr", 0.01), Step(12))


def repeated(experiment, *acts, seeds=8):
    session = Session(experiment)
    session.futures.repeated, session.futures.seeds = "adam", seeds
    for act in acts:
        session.apply(act)
    return session


def singles(experiment, *acts):
    """Return a lane of each of eight sessions of their own."""
    runs = []
    for seed in range(FIRST_SEED, FIRST_SEED + 8):
        session = Session(replace(experiment, seed=seed))
        for act in acts:
            session.apply(act)
        runs.append(session.snapshot().lane("adam"))
    return runs


@pytest.mark.parametrize("experiment", [NOISY, SAMPLED], ids=["noise", "batches"])
def test_repeats_are_the_runs_that_other_seeds_of_the_experiment_make(experiment):
    session = repeated(experiment, *ACTS)
    lanes = look_ahead(session)[0].repeats.lanes
    for lane, single in zip(lanes, singles(experiment, *ACTS), strict=True):
        np.testing.assert_array_equal(lane.trace.rows, single.trace.rows)
    assert len(np.unique([lane.trace.rows[-1] for lane in lanes], axis=0)) == 8
    plain = Session(experiment)
    for act in ACTS:
        plain.apply(act)
    assert plain.snapshot().lane("adam").trace.rows.tobytes() == session.snapshot().lane("adam").trace.rows.tobytes()


@pytest.fixture(scope="module")
def sampled():
    """The repeats of a run, and the lanes of sessions of their own."""
    return look_ahead(repeated(SAMPLED, *ACTS))[0], singles(SAMPLED, *ACTS)


@pytest.mark.parametrize("chart", ["loss", "velocity", "accumulator", "step_norm", "grad_norm", "angle", "batch_loss"])
def test_every_chart_has_the_quantiles_of_the_repeats_behind_the_curve(chart, sampled):
    snapshot, alone_each = sampled
    figure = frame_of(snapshot, chart=chart).chart(0)
    band, median, curve = figure.bands[0], *figure.series[:2]
    assert [each.color for each in (band, median, curve)] == ["band0", "ghost0", "series0"]

    def curve_alone(lane):
        alone = replace(snapshot, lanes=(lane,), repeats=None)
        return frame_of(alone, chart=chart).chart(0).series[0].y

    values = [curve_alone(lane) for lane in alone_each]
    expected = np.quantile(values, (0.1, 0.9, 0.5), axis=0)
    for values, quantile in zip((band.low, band.high, median.y), expected, strict=True):
        np.testing.assert_array_equal(values, quantile)
    for each in (band, median):
        np.testing.assert_array_equal(each.x, curve.x)


def test_the_chart_of_sharpness_has_a_band_once_it_is_measured():
    snapshot = look_ahead(repeated(SAMPLED, *ACTS))[0]
    frame = frame_of(snapshot, chart="sharpness")
    assert frame.chart(0).bands == ()
    assert {objective for objective, _theta in frame.unmeasured()} >= {
        lane.case.objective for lane in snapshot.repeats.lanes
    }
    while points := frame.unmeasured():
        sharpness.measure(points, 60.0)
    band = frame_of(snapshot, chart="sharpness").chart(0).bands[0]
    assert band.x[-1] == 20.0
    values = [spectrum(lane.case.objective, lane.parameters).high for lane in singles(SAMPLED, *ACTS)]
    assert (band.low[-1], band.high[-1]) == tuple(np.quantile(values, (0.1, 0.9)))


def test_the_chart_that_is_looked_at_says_what_its_band_is():
    with_band = look_ahead(repeated(NOISY, Step(5)))[0]
    for snapshot, said in ((with_band, True), (replace(with_band, repeats=None), False)):
        titles = [ChartFigures().figure(snapshot, CHARTS[name], Look()).of().title for name in ("loss", "grad_norm")]
        assert [title.endswith("   band: 8 seeds") for title in titles] == [said, False], titles


def test_repeats_go_on_with_the_lane_and_end_where_it_is():
    session = repeated(NOISY, Step(10))
    first = look_ahead(session)[0].repeats.lanes[0]
    session.apply(Step(5))
    more = look_ahead(session)[0].repeats.lanes[0]
    assert more.update == 15 and more.trace.rows[:11].tobytes() == first.trace.rows.tobytes()
    band = frame_of(session.apply(Back(9))).chart(0).bands[0]
    assert band.color == "band0" and band.x[-1] == 6.0
    session.apply(Set("adam.lr", 0.5))
    session.apply(Step(9))
    edited = look_ahead(session)[0].repeats.lanes[0]
    assert edited.update == 15 and edited.settings["lr"] == 0.5


def test_a_run_that_stopped_stays_where_it_is_and_one_that_is_behind_ends_the_band():
    stops = (replace(NOISY.lanes[0], settings={"lr": 0.2}, stop=Stop(loss=3.0)),)
    snapshot = look_ahead(repeated(replace(NOISY, lanes=stops), Step(60)))[0]
    column = snapshot.lanes[0].trace.layout.column("loss")
    runs = [lane.trace.rows[:, column] for lane in snapshot.repeats.lanes]
    assert min(map(len, runs)) < max(map(len, runs)) == 61
    band = frame_of(snapshot).chart(0).bands[0]
    expected = np.quantile([np.pad(run, (0, 61 - len(run)), mode="edge") for run in runs], (0.1, 0.9), axis=0)
    np.testing.assert_array_equal((band.low, band.high), expected)
    behind = next(lane for lane in snapshot.repeats.lanes if lane.status == "going")
    slow = replace(behind, update=40, trace=replace(behind.trace, rows=behind.trace.rows[:41]))
    others = tuple(lane for lane in snapshot.repeats.lanes if lane is not behind)
    unfinished = replace(snapshot, repeats=Repeats("adam", (*others, slow)))
    assert frame_of(unfinished).chart(0).bands[0].x[-1] == 40.0


def test_without_luck_or_muted_there_is_nothing():
    sure = replace(NOISY, objective=ObjectiveSpec())
    snapshot, slices = look_ahead(repeated(sure, Step(5)))
    assert snapshot.repeats is None and slices == 0
    two = replace(NOISY, lanes=(*NOISY.lanes, Lane("gd", "gd", settings={"lr": 1e-3})))
    assert look_ahead(repeated(two, Step(5), Mute(("adam",))))[0].repeats is None
    assert look_ahead(repeated(NOISY, Step(5), seeds=0))[0].repeats is None


def test_no_command_waits_for_runs_that_take_long(monkeypatch):
    monkeypatch.setattr(futures, "QUICK_SECONDS", 0.0)
    session = repeated(NOISY)
    assert session.apply(Step(2000)).repeats is None
    snapshot, slices = look_ahead(session, 1e-6)
    assert slices >= 16  # eight are made, and then go on, one after the other
    assert {lane.update for lane in snapshot.repeats.lanes} == {2000}


def test_data_that_are_there_no_more_have_no_repeats(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("u,y\n1,2\n3,4\n5,7\n")
    session = repeated(replace(NOISY, objective=CsvSpec(csv=str(path))))
    path.unlink()
    session.apply(Step(5))
    snapshot = look_ahead(session)[0]
    assert snapshot.repeats.lanes == () and snapshot.lane("adam").update == 5
    assert frame_of(snapshot).chart(0).series[0].color == "series0"
