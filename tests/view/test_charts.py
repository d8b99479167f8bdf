"""Charts of what is worked out: the bias correction, the angle of a batch; and the rule that leads to the new θ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gdtui.columns import Column
from gdtui.objectives.specs import ObjectiveSpec, Specification
from gdtui.plot.canvas import draw
from gdtui.plot.ticks import short_number
from gdtui.scenario.read.load import load_scenario
from gdtui.session import Session, Snapshot
from gdtui.session.quantities import parse_quantity
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Back, Set, Step
from gdtui.view.chart_figures import ChartFigures
from gdtui.view.charts import CHARTS, charts_of
from gdtui.view.colors import DARK
from gdtui.view.look import Look, opening
from gdtui.view.panels import Paper, this_update
from gdtui.view.rate_test import steepest_fall
from gdtui.view.rule_lines import line_count, update_lines
from tests.view.frames import frame_of


def after(objective: Specification, *lanes: Lane, updates: int = 10) -> Snapshot:
    return Session(Experiment(objective, lanes, seed=1)).apply(Step(updates))


ROWS = ObjectiveSpec("dataset", "gaussian-1000x10", rows=100)


def test_the_bias_correction_of_m_is_one_over_one_minus_beta_to_the_t() -> None:
    snapshot = after(ObjectiveSpec(), Lane("adam", "adam", settings={"beta1": 0.8}), Lane("gd"))
    (curve,) = ChartFigures().figure(snapshot, CHARTS["correction"], Look()).of().series
    steps = curve.x[np.isfinite(curve.y)]
    assert steps.tolist() == list(range(1, 11))
    np.testing.assert_allclose(curve.y[np.isfinite(curve.y)], 1 / (1 - 0.8**steps), rtol=1e-12)


def test_the_angle_is_that_between_the_batch_s_gradient_and_the_full_one() -> None:
    session = Session(Experiment(ROWS, (Lane("b", sampling=Sampling(10)),), seed=1))
    objective, run = session.simulation.objective, session.simulation.lanes["b"]
    theta = run.theta.copy()
    snapshot = session.apply(Step(1))
    full = objective.evaluate(theta)[1]
    batch = (theta - run.theta) / 0.01
    expected = np.degrees(np.arccos(full @ batch / np.linalg.norm(full) / np.linalg.norm(batch)))
    (curve,) = ChartFigures().figure(snapshot, CHARTS["angle"], Look()).of().series
    assert curve.y[-1] == pytest.approx(expected, rel=1e-6) and 1 < expected < 90


def test_a_tape_has_no_charts_of_a_loss_and_opens_on_another() -> None:
    snapshot = after(ObjectiveSpec("tape", pattern="constant"), Lane("m", "momentum"), Lane("r", "rmsprop"))
    assert not {"loss", "batch_loss", "sharpness"} & set(charts_of(snapshot))
    assert opening(snapshot, [1, 1]).chart == "velocity"
    turned_from_a_surface = Look(lane=1).fitting(snapshot)
    assert turned_from_a_surface.charts(charts_of(snapshot))[0] == "velocity"
    assert "no loss" in ChartFigures().figure(snapshot, CHARTS["loss"], Look()).of().message, "a script may ask for it"


def test_charts_that_cannot_show_anything_are_passed_over() -> None:
    nothing = {"velocity", "accumulator", "effective_lr", "angle", "snr", "correction", "average_loss"}
    nothing |= {"velocity_angle", "velocity_weights"}
    assert set(CHARTS) - set(charts_of(after(ObjectiveSpec(), Lane("gd")))) == nothing
    assert set(CHARTS) - set(charts_of(after(ObjectiveSpec(), Lane("a", "adam")))) == {"angle", "snr", "average_loss"}
    assert set(CHARTS) - set(charts_of(after(ROWS, Lane("gd")))) == nothing
    assert set(CHARTS) - set(charts_of(after(ROWS, Lane("b", sampling=Sampling(10))))) == nothing - {
        "angle",
        "snr",
    }
    noisy = ObjectiveSpec(noise=1.0)
    assert set(CHARTS) - set(charts_of(after(noisy, Lane("gd")))) == nothing - {"angle", "snr"}


def test_the_angle_of_the_velocity_is_that_to_descent_whichever_its_sign() -> None:
    ravine = ObjectiveSpec("surface", "ravine", start=(-4.0, 1.0))
    rates = {"lr": 0.1, "momentum": 0.9}
    lanes = tuple(Lane(dialect, "momentum", dialect, settings=rates) for dialect in ("classical", "pytorch"))
    snapshot = after(ravine, *lanes, updates=8)
    for curve in ChartFigures().figure(snapshot, CHARTS["velocity_angle"], Look()).of().series:
        lane = snapshot.lane(curve.label)
        grads, velocities = (lane.trace.rows[1:, lane.trace.layout.block(name)] for name in ("grad", "velocity"))
        if curve.label == "classical":
            velocities = -velocities
        cosines = np.sum(grads * velocities, axis=1) / np.prod(
            [np.linalg.norm(vectors, axis=1) for vectors in (grads, velocities)], axis=0
        )
        np.testing.assert_allclose(curve.y[1:], np.degrees(np.arccos(np.clip(cosines, -1, 1))), atol=1e-6)
        assert np.isnan(curve.y[0]) and curve.y[1] < 1e-12 and curve.y[5] > 90
        assert lane.measure(parse_quantity(f"{curve.label}.velocity_angle")) == curve.y[-1]


def test_an_angle_is_not_taken_from_some_of_the_parameters() -> None:
    snapshot = after(ObjectiveSpec("dataset", "two-moons"), Lane("a", "momentum"))  # 33 parameters, 16 recorded
    assert np.isnan(snapshot.measure(parse_quantity("a.velocity_angle")))
    assert "velocity_angle" not in charts_of(snapshot)


def test_beside_the_weights_stand_those_of_the_mean_and_of_a_window() -> None:
    tape = ObjectiveSpec("tape", gradients=((1.0,), (2.0,), (3.0,), (4.0,), (5.0,)), start=(0.0,))
    half = Lane("half", "momentum", "pytorch", settings={"lr": 1.0, "momentum": 0.5, "dampening": 0.5})
    figure = ChartFigures().figure(after(tape, half, updates=5), CHARTS["velocity_weights"], Look())
    weights, mean, window = figure.of(0).series
    assert weights.y.tolist() == [0.0625, 0.0625, 0.125, 0.25, 0.5]
    assert mean.y.tolist() == [0.2] * 5
    assert window.label == "latest 3" and window.y.tolist() == [0, 0, 1 / 3, 1 / 3, 1 / 3]
    sums = [series.y @ np.arange(1.0, 6.0) for series in (weights, mean, window)]
    assert sums == pytest.approx([4.0625, 3.0, 4.0])


def test_a_range_test_is_drawn_over_the_rate_and_marked_where_the_loss_falls_fastest() -> None:
    experiment = load_scenario(Path("scenarios", "learning-rate-range-test.toml")).experiment
    snapshot = Session(experiment).apply(Step(104))
    whole = ChartFigures().figure(snapshot, CHARTS["loss"], Look(x_axis="lr"))
    (curve,) = whole.of().series
    assert whole.x.scale == "log" and whole.x.title == "learning rate"
    np.testing.assert_allclose(curve.x[1:], 0.001 * 1.1 ** np.arange(104), rtol=1e-12)
    slopes = [np.polyfit(np.log(curve.x[i - 2 : i + 3]), curve.y[i - 2 : i + 3], 1)[0] for i in range(3, 90)]
    best = 3 + int(np.argmin(slopes))
    (mark,) = whole.of(0).labels
    assert (mark.x, mark.y, mark.text) == (curve.x[best], curve.y[best], "◇ 0.28")
    assert ChartFigures().figure(snapshot, CHARTS["grad_norm"], Look(x_axis="lr")).of().labels == ()
    assert ChartFigures().figure(snapshot, CHARTS["loss"], Look()).of().labels == ()


@pytest.mark.parametrize(
    ("rates", "losses"),
    [
        ([1, 2, 4, 8, 16, 32], [3, 3, 3, 3, 3, 3]),  # it does not fall
        ([1, 2, 4, 8, 16, 32], [1, 2, 3, 4, 5, 6]),  # it rises from the start
        ([1, 2, 4, 2, 1, 0.5], [6, 5, 4, 3, 2, 1]),  # the rate does not grow
        ([1, 2, 4], [3, 2, 1]),  # too few
        ([np.nan] * 6, [6, 5, 4, 3, 2, 1]),
    ],
)
def test_nothing_is_suggested_where_nothing_falls_as_the_rate_grows(rates: list[float], losses: list[float]) -> None:
    assert steepest_fall(np.array(rates, dtype=float), np.array(losses, dtype=float)) is None


def _ravine(*rates: float) -> tuple[Lane, ...]:
    return tuple(Lane(f"lr{i}", settings={"lr": rate}) for i, rate in enumerate(rates))


def test_a_logarithmic_axis_holds_the_selected_lane_and_never_so_many_decades_that_nothing_is_seen() -> None:
    ravine = ObjectiveSpec("surface", "ravine", start=(-4.0, 1.0))
    snapshot = after(ravine, *_ravine(0.99, 1.01), updates=14_000)
    whole = ChartFigures().figure(snapshot, CHARTS["loss"], Look())
    falling, rising = (series.y[np.isfinite(series.y)] for _lane, series in whole.curves)
    assert rising[-1] > 1e200 and falling[-1] < 1e-200
    assert whole.y.limits is not None
    assert whole.y.limits[0] <= falling[-1] and whole.y.limits[1] < 1e-180
    shown = "".join(run.text for row in draw(whole.of(), 60, 14) for run in row)
    assert "▲↑" in shown and "●" in shown
    other = ChartFigures().figure(snapshot, CHARTS["loss"], Look(lane=1))
    assert other.y.limits is not None and 1 < other.y.limits[1] / other.y.limits[0] < 1e41
    assert other.y.limits[1] > 1 and rising.max() > other.y.limits[1]
    shown = "".join(run.text for row in draw(other.of(), 60, 14) for run in row)
    assert "▲↑" in shown and "●↓" in shown
    linear = ChartFigures().figure(snapshot, CHARTS["loss"], Look(linear=True))
    assert linear.y.limits is not None and linear.y.limits[1] < 1e4


def test_a_diverging_lane_does_not_press_flat_what_hardly_moves() -> None:
    ravine = ObjectiveSpec("surface", "ravine", start=(-4.0, 1.0))
    snapshot = after(ravine, *_ravine(1e-6, 2.0), updates=400)
    limits = ChartFigures().figure(snapshot, CHARTS["loss"], Look()).y.limits
    assert snapshot.lanes[1].scalar("loss") > 1e300 and limits is not None and limits[1] < 1e5


@pytest.mark.parametrize("name", ["loss", "theta", "step_norm", "grad_norm"])
def test_a_lane_that_blows_up_at_once_does_not_press_the_others_flat_on_a_linear_chart(name: str) -> None:
    rates = {"calm": 1e-3, "wild": 0.1}
    lanes = (*(Lane(lane, settings={"lr": rate}) for lane, rate in rates.items()), Lane("adam", "adam"))
    snapshot = after(ObjectiveSpec(), *lanes, updates=2)
    for selected in range(3):
        chart = ChartFigures().figure(snapshot, CHARTS[name], Look(lane=selected, linear=True))
        assert chart.y.limits is not None
        calm, wild, adam = (series.y for _lane, series in chart.curves if series.kind == "line")
        assert max(abs(limit) for limit in chart.y.limits) <= 5 * np.nanmax(np.abs([*calm, *adam]))
        shown = "".join(run.text for row in draw(chart.of(), 60, 14) for run in row)
        assert f"▲{'↑' if wild[-1] > 0 else '↓'}{short_number(wild[-1])}" in shown


def test_a_linear_chart_holds_the_selected_lane_and_says_how_high_another_has_been() -> None:
    lanes = (Lane("calm", settings={"lr": 1e-3}), Lane("back", settings={"lr": 20.5}))
    session = Session(Experiment(ObjectiveSpec("expression", formula="x^2", start=(1.0,)), lanes))
    session.apply(Step(1))  # to x = −40
    session.apply(Set("back.lr", 0.4))
    snapshot = session.apply(Step(9))
    losses = snapshot.lanes[1].trace.series(Column.LOSS)[1]
    assert losses.max() > 1000 and losses[-1] < 2
    other = ChartFigures().figure(snapshot, CHARTS["loss"], Look(linear=True))
    assert other.y.limits is not None and other.y.limits[1] <= 2
    shown = "".join(run.text for row in draw(other.of(), 60, 14) for run in row)
    assert f"▲↑({short_number(1.0)},{short_number(losses.max())})" in shown
    own = ChartFigures().figure(snapshot, CHARTS["loss"], Look(linear=True, lane=1))
    assert own.y.limits is not None and own.y.limits[1] >= losses.max()
    assert "↑" not in "".join(run.text for row in draw(own.of(), 60, 14) for run in row)


@pytest.mark.parametrize("dialect", ["paper", "pytorch", "keras", "optax"])
def test_the_lines_lead_to_the_new_parameter_with_clipping_and_decay_in_force(dialect: str) -> None:
    settings = {"lr": 0.05, "weight_decay": 0.1, "clip_norm": 1.0, "clip_value": 0.9}
    lane = after(ObjectiveSpec(), Lane("a", "adam", dialect, settings=settings)).lanes[0]
    theta = lane.vector("theta")
    for place in range(2):
        lines = [line for line in update_lines(lane, place) if line.name == "θ"]
        assert lines[-1].value == theta[place]


def test_a_pane_too_low_for_all_lines_keeps_how_it_begins_and_the_new_parameter() -> None:
    settings = {"lr": 0.05, "weight_decay": 0.1, "clip_norm": 1.0}
    snapshot = after(ObjectiveSpec(), Lane("a", "adam", "keras", settings=settings))
    assert line_count(snapshot.lanes[0]) == 7
    whole = ["g ←", "θ ←", "ηₜ ←", "m ←", "v ←", "θ ←", "effective η ←"]
    for height, expected in {8: whole, 7: whole[:6], 6: [*whole[:4], "⋮θ ←"], 4: [*whole[:2], "⋮θ ←"]}.items():
        rows = this_update(frame_of(snapshot), Paper(90, height, DARK))
        texts = ["".join(run.text for run in row).strip() for row in rows][1:]
        assert [text.partition("←")[0] + "←" for text in texts] == expected
        new = next(text for text in reversed(texts) if "θ − ηₜ·m/(√v+ε)" in text)
        assert float(new.rpartition("= ")[2].replace("−", "-")) == pytest.approx(
            snapshot.lanes[0].vector("theta")[0], rel=1e-3
        )


def test_a_logarithmic_chart_of_zeros_says_so_until_the_first_update_unless_it_shows_what_comes() -> None:
    session = Session(Experiment(lanes=(Lane("adam", "adam"),)))
    said = "0 until the first update"
    assert ChartFigures().figure(session.snapshot(), CHARTS["velocity"], Look()).of().message == said
    assert ChartFigures().figure(session.snapshot(), CHARTS["velocity"], Look(linear=True)).of().message == ""
    assert ChartFigures().figure(session.snapshot(), CHARTS["loss"], Look()).of().message == ""
    assert ChartFigures().figure(session.apply(Step(1)), CHARTS["velocity"], Look()).of().message == ""


def test_the_x_axis_ends_soon_after_the_newest_update_and_seldom_moves() -> None:
    calm = Lane("gd", settings={"lr": 1e-4})
    session, figures = Session(Experiment(lanes=(calm,))), ChartFigures()
    ends = []
    for _update in range(120):
        snapshot = session.apply(Step(1))
        limits = figures.figure(snapshot, CHARTS["loss"], Look()).x.limits
        assert limits is not None and limits[0] == 0 and 0.6 * limits[1] <= snapshot.lanes[0].update <= limits[1]
        ends.append(limits[1])
    assert list(dict.fromkeys(ends)) == [1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 80, 100, 150]
    back = figures.figure(session.apply(Back(60)), CHARTS["loss"], Look()).x.limits
    assert back == (0, 150)
    assert figures.figure(session.apply(Back(10)), CHARTS["loss"], Look()).x.limits == (0, 50)
