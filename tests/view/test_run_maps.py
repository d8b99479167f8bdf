"""Maps of many runs: what a cell says is what a lane does."""

from __future__ import annotations

import gc
import re
import weakref
from contextvars import copy_context
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec, simulate
from gdtui.insight import case
from gdtui.insight.field_survey import OBJECTIVES, FieldSurvey, take_little_room
from gdtui.plot.canvas import has_shades, plot_place
from gdtui.session import Session
from gdtui.verbs import Add, Set, Step
from gdtui.view import panels
from gdtui.view.basins import STEPS
from gdtui.view.colors import MONO, PALETTES
from gdtui.view.field_maps import COLUMNS, ROWS, Sides, field_map
from gdtui.view.loss_steps import GLYPHS, LossScale
from gdtui.view.map_window import MapWindow
from gdtui.view.panels import Paper
from gdtui.view.picture_kinds import ABOUT, kinds_of
from gdtui.view.pictures import PICTURES, run_maps
from gdtui.view.rate_curves import rate_curve, rate_survey
from tests.view.frames import frame_of

MOMENTUM = Lane("m", "momentum", "pytorch", settings={"lr": 0.1})
ADAM = Lane("adam", "adam", settings={"lr": 0.1})


def opened(surface, *lanes, updates=200):
    return Session(Experiment(ObjectiveSpec("surface", surface), lanes, updates=updates)).snapshot()


def finished(snapshot, kind, **look):
    """Return a frame whose runs have all been made."""
    while (work := frame_of(snapshot, picture=kind, **look)._unmade_runs()) is not None:
        work(10.0)
    return frame_of(snapshot, picture=kind, **look)


def codes(frame):
    return frame.picture.backdrop.shade


def alone(lane, updates, objective):
    return simulate(Experiment(objective, (lane,)), updates)[lane.name]


def test_a_cell_of_the_basins_is_the_minimum_at_which_that_lane_ends() -> None:
    snapshot = opened("himmelblau", ADAM)
    frame = finished(snapshot, "basins")
    shown, minima = frame.map, np.array([m[:2] for m in snapshot.objective.minima])
    assert codes(frame).shape == (ROWS, COLUMNS)
    seen = set()
    for place in [(0.1, 0.1), (0.9, 0.9), (0.1, 0.9), (0.9, 0.1), (0.52, 0.42)]:
        lane = shown.lane_for(shown.domain, place, "one")
        trace = alone(lane, 200, ObjectiveSpec("surface", "himmelblau"))
        nearest = int(np.argmin(np.linalg.norm(minima - trace["theta"][-1], axis=1)))
        seen.add(nearest)
        assert codes(frame)[int(place[1] * ROWS), int(place[0] * COLUMNS)] // STEPS == nearest
        far = np.linalg.norm(trace["theta"] - minima[nearest], axis=1) > 0.03 * np.hypot(10, 10)
        said = shown.said_at(shown.domain, place)
        assert said.endswith(f"at a minimum since {np.flatnonzero(far)[-1] + 1}") and len(said) < 80
        assert f"loss {trace['loss'][-1]:.3e}"[:9] in shown.said_at(shown.domain, place).replace("−", "-")
    assert len(seen) == 4


def test_the_map_of_rate_and_momentum_agrees_with_the_roots_of_the_iteration() -> None:
    # on ½λx² momentum iterates [x, v]: it is stable where no eigenvalue is beyond 1; the ravine has λ = 0.1 and 2
    frame = finished(opened("ravine", MOMENTUM), "stability")
    shown = frame.map
    survey = shown.survey(shown.domain)
    rates, momenta = shown.across.values(shown.domain[0], COLUMNS), shown.up.values(shown.domain[1], ROWS)
    start = frame.snapshot.objective.evaluate(frame.snapshot.objective.start)[0]
    for column in range(0, COLUMNS, 5):
        for row in range(0, ROWS, 7):
            radius = max(
                np.abs(
                    np.linalg.eigvals([[1 - rates[column] * c, -rates[column] * momenta[row]], [c, momenta[row]]])
                ).max()
                for c in (0.1, 2.0)
            )
            loss = survey.field.outcomes.loss[row * COLUMNS + column]
            if radius > 1.05:
                assert not loss < 10 * start
            elif radius < 0.97:
                assert loss < start
    (theory,) = frame.picture.series
    np.testing.assert_allclose(theory.x, 2 * (1 + theory.y) / 2.0, rtol=1e-12)
    assert theory.label == "2(1+μ)/λmax" and theory.value == pytest.approx(1.9)
    assert "diverged at update" in shown.said_at(shown.domain, (0.99, 0.1))


@pytest.mark.parametrize("dialect", ["pytorch", "keras"])  # with the gradient, and apart from it
def test_the_limit_of_the_theory_bends_with_weight_decay(dialect) -> None:
    """On ½(λ + decay)·x² plain descent is stable below 2/(λ + decay); the line was straight."""
    frame = finished(opened("ravine", Lane("gd", "gd", dialect)), "stability")
    shown = frame.map
    assert shown.up.key == "weight_decay"
    (theory,) = frame.picture.series
    np.testing.assert_allclose(theory.x, 2 / (2.0 + theory.y), rtol=1e-12)
    assert theory.label == "2/(λmax+λ)" and theory.value == pytest.approx(1.0)
    assert "2/(λmax+λ) = 1 at (0, 0)" in frame.picture.key[-1].text
    losses = shown.survey(shown.domain).outcomes.loss.reshape(ROWS, COLUMNS)
    rates, decays = shown.across.values(shown.domain[0], COLUMNS), shown.up.values(shown.domain[1], ROWS)
    for row in range(0, ROWS, 6):
        limit = 2 / (2.0 + decays[row])
        assert np.all(losses[row, rates < 0.95 * limit] < 6.45)
        assert not np.any(losses[row, rates > 1.05 * limit] < 6.45)


def test_no_frame_waits_for_the_curvature_of_the_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first picture of a network compiled its second derivatives while keys waited, for five seconds and more."""
    monkeypatch.setattr(run_maps, "seconds", lambda _objective: 5.0)
    monkeypatch.setattr(run_maps, "spectrum", lambda *_: pytest.fail("it is measured"))
    monkeypatch.setattr(case, "seconds", lambda _objective: 5.0)
    monkeypatch.setattr(case, "spectrum", lambda *_: pytest.fail("it is measured"))
    for spec in (ObjectiveSpec("dataset", "line"), ObjectiveSpec("dataset", "xor")):
        snapshot = Session(Experiment(spec, (Lane("gd", "gd"),), updates=3)).apply(Step(2))
        assert not frame_of(snapshot, picture="stability").picture.series


def test_the_knob_chooses_the_other_setting() -> None:
    snapshot = opened("sphere", ADAM, updates=5)
    assert field_map(snapshot, "stability", snapshot.lanes[0], Sides("lr", "lr")).up.key == "beta1"
    assert field_map(snapshot, "stability", snapshot.lanes[0], Sides("lr", "beta2")).up.key == "beta2"
    eps = field_map(snapshot, "stability", snapshot.lanes[0], Sides("lr", "eps")).up
    assert eps.log and (eps.low, eps.high) == (-11.0, -5.0)
    whole = field_map(snapshot, "stability", snapshot.lanes[0], Sides("lr", "lookahead")).up
    assert whole.values((whole.low, whole.high), 20).tolist() == list(range(1, 21))


def test_any_two_settings_are_the_sides_of_a_map() -> None:
    snapshot = opened("ravine", replace(ADAM, settings={"lr": 0.1}), updates=60)
    look = {"across": "beta1", "knob": "beta2"}
    frame = finished(snapshot, "stability", **look)
    assert (frame.map.across.key, frame.map.up.key) == ("beta1", "beta2")
    assert frame.picture.x.title == "beta1" and "beta2 upwards" in frame.picture.title
    for place in ((0.2, 0.9), (0.97, 0.03)):
        lane = frame.map.lane_for(frame.map.domain, place, "one")
        assert lane.settings["beta1"] == pytest.approx(place[0], abs=1 / COLUMNS)
        assert lane.settings["beta2"] == pytest.approx(place[1], abs=1 / ROWS) and lane.settings["lr"] == 0.1
        survey = frame.map.survey(frame.map.domain)
        loss = alone(lane, 60, ObjectiveSpec("surface", "ravine"))["loss"][-1]
        assert survey.outcomes.loss[survey.nearest(*place)] == loss
    # the rate goes up where it is not across, and what a lane lacks is not a side
    sides = [("beta1", "lr"), ("beta1", "beta1"), ("momentum", "beta2"), ("lr", "momentum")]
    maps = [field_map(snapshot, "stability", snapshot.lanes[0], Sides(*pair)) for pair in sides]
    found = [(shown.across.key, shown.up.key) for shown in maps]
    assert found == [("beta1", "lr"), ("beta1", "lr"), ("lr", "beta2"), ("lr", "beta1")]


def test_the_limit_of_the_theory_is_drawn_over_any_two_settings() -> None:
    objective, step = ObjectiveSpec("surface", "ravine").build(), 1e-6
    minimum = np.array(objective.minima[0][:-1])
    ends = [(objective.evaluate(minimum + e)[1], objective.evaluate(minimum - e)[1]) for e in step * np.eye(2)]
    highest = np.linalg.eigvalsh([(ahead - behind) / (2 * step) for ahead, behind in ends]).max()
    rate = 3 / highest
    snapshot = opened("ravine", Lane("m", "momentum", "pytorch", settings={"lr": rate}), updates=20)

    def line(across, up):
        (drawn,) = finished(snapshot, "stability", across=across, knob=up).picture.series
        sound = np.isfinite(drawn.x) & np.isfinite(drawn.y)
        return drawn.x[sound], drawn.y[sound]

    momentum, limit = line("momentum", "lr")
    np.testing.assert_allclose(limit, 2 * (1 + momentum) / highest, rtol=1e-6)
    momentum, dampening = line("momentum", "dampening")
    np.testing.assert_allclose(dampening, 1 - 2 * (1 + momentum) / (highest * rate), atol=2e-3)
    assert len(momentum) > 20
    momentum, decay = line("momentum", "weight_decay")  # decay adds to the curvature
    np.testing.assert_allclose(momentum, rate * (highest + decay) / 2 - 1, atol=5e-3)  # a tenth of a cell
    assert len(momentum) > 10


def test_a_run_that_is_put_on_the_bench_has_the_same_map_unless_noise_has_its_name() -> None:
    for spec, same in (
        (ObjectiveSpec("surface", "ravine"), True),
        (ObjectiveSpec("surface", "ravine", noise=0.1), False),
    ):
        session = Session(Experiment(spec, (Lane("a", "adam"),), updates=20))
        shown = finished(session.snapshot(), "stability").map
        session.apply(Add(replace(shown.lane_for(shown.domain, (0.4, 0.6), "b"), stream="")))
        other = field_map(session.snapshot(), "stability", session.snapshot().lanes[1])
        assert (other.survey(shown.domain) is shown.survey(shown.domain)) == same
        first, second = (rate_survey(session.snapshot(), lane) for lane in session.snapshot().lanes)
        assert first is not second  # the other has another beta1


@pytest.mark.parametrize("name", ["momentum", "adam", "rprop", "lbfgs", "adafactor", "novograd", "yogi"])
def test_a_map_over_settings_is_moved_and_zoomed_within_what_they_may_be(name) -> None:
    """Zoomed out, the map of Adam's β₁ asked for runs with β₁ = −0.2, which ended the bench."""
    snapshot = opened("sphere", Lane("a", name), updates=1)
    lane = snapshot.lanes[0]
    windows = [
        MapWindow(zoom, (x, y)) for zoom in (-8, -1, 0, 1, 20, 40) for x in (-40.0, 0.0, 0.5, 1.0, 40.0)
        for y in (-40.0, 0.0, 0.5, 1.0, 40.0)
    ]  # fmt: skip
    for key in lane.settings:
        shown = field_map(snapshot, "stability", lane, Sides("lr", key))
        assert shown.limits(MapWindow(), lane) == shown.domain
        for window in windows:
            limits = shown.limits(window, lane)
            for side, part, count in ((shown.across, limits[0], COLUMNS), (shown.up, limits[1], ROWS)):
                assert part[0] < part[1]
                values = side.values(part, count)
                assert all(lane.spec.ranges[side.key].contains(value) for value in values.tolist()), (side, part)
                assert np.all(np.diff(values) >= 0)


def test_settings_changed_in_mid_run_count_from_the_start() -> None:
    session = Session(Experiment(ObjectiveSpec("surface", "sphere"), (ADAM,), updates=20))
    session.apply(Step(3))
    before = field_map(session.snapshot(), "starts", session.snapshot().lanes[0], "lr")
    after_set = session.apply(Set("adam.lr", 0.3))
    after = field_map(after_set, "starts", after_set.lanes[0], Sides("lr", "lr"))
    assert after.template.settings["lr"] == 0.3
    assert after.survey(after.domain) is not before.survey(before.domain)
    assert after.survey(after.domain) is after.survey(after.domain)


def test_the_first_picture_is_coarse_and_the_last_is_whole() -> None:
    snapshot = opened("beale", ADAM, updates=300)
    shown = field_map(snapshot, "starts", snapshot.lanes[0], Sides("lr", "lr"))
    survey = shown.survey(shown.domain)
    first = panels.picture(frame_of(snapshot, picture="starts"), Paper(54, 20, MONO))
    assert "making the first runs" in "".join(run.text for row in first for run in row), "marks alone hid it"
    assert frame_of(snapshot, picture="starts").picture.message
    strides = []
    survey.field.warm()
    while not survey.is_complete:
        survey.measure(1e-9)
        strides.append(survey.stride)
    assert strides[0] == 8 or 8 in strides
    assert sorted(strides, key=lambda stride: stride or 99, reverse=True) == strides and strides[-1] == 1


def test_runs_that_take_long_are_shown_under_way_all_after_the_same_update() -> None:
    spec = ObjectiveSpec("dataset", "two-moons", layers=(2, 3, 1))
    lane = Lane("a", "adam")
    snapshot = Session(Experiment(spec, (lane,), updates=40)).snapshot()
    shown = field_map(snapshot, "stability", snapshot.lanes[0], Sides("lr", "beta1"))
    survey = shown.survey(shown.domain)
    survey.field.warm()
    while not survey.stride:
        assert not survey.is_complete
        survey._cost = 1.0  # so an update takes longer than a look
        survey.measure(1e-3)
    assert survey.made == 1
    title = frame_of(snapshot, picture="stability").picture.title
    assert "a, 1 of 40 updates" in title and "12 × 9 runs" in title
    assert "after 1 updates" in shown.said_at(shown.domain, (0.3, 0.4))
    member = survey.nearest(0.3, 0.4)
    rate, beta1 = (float(survey.field.members.settings[key][member]) for key in ("lr", "beta1"))
    own = Lane("a", "adam", settings={"lr": rate, "beta1": beta1})
    assert survey.outcomes.loss[member] == alone(own, 1, spec)["loss"][-1]
    survey.finish()
    assert survey.made == 40 and survey.outcomes.loss[member] == alone(own, 40, spec)["loss"][-1]
    assert "a, 40 updates" in frame_of(snapshot, picture="stability").picture.title


def test_a_map_over_settings_keeps_no_parameters() -> None:
    snapshot = Session(Experiment(ObjectiveSpec("dataset", "xor"), (ADAM,), updates=3)).snapshot()
    shown = field_map(snapshot, "stability", snapshot.lanes[0], Sides("lr", "lr"))
    assert shown.survey(shown.domain).outcomes.theta.size == 0


def test_a_fine_grid_that_takes_long_is_shown_whole_while_its_runs_are_under_way() -> None:
    spec = ObjectiveSpec("dataset", "two-moons")
    lane = Lane("a", "adam")
    snapshot = Session(Experiment(spec, (lane,), updates=25)).snapshot()
    shown = field_map(snapshot, "stability", snapshot.lanes[0], Sides("lr", "beta1"))
    survey = shown.survey(shown.domain)
    survey.field.warm()
    seen = []
    while not survey.is_complete:
        if not survey.measure(1e-3):
            continue
        seen.append((survey.stride, survey.made))
        if survey.stride == 1 and survey.made < 25:
            frame = frame_of(snapshot, picture="stability")
            assert f"a, {survey.made} of 25 updates" in frame.picture.title and "runs" not in frame.picture.title
            assert codes(frame).shape == (ROWS, COLUMNS)
            known = survey.outcomes
            assert np.all((known.updates == survey.made) | known.diverged)
            for place in ((0.31, 0.4), (0.6, 0.95)):
                member = survey.nearest(*place)
                own = Lane(
                    "a", "adam", settings={k: float(v[member]) for k, v in survey.field.members.settings.items()}
                )
                assert known.loss[member] == alone(own, survey.made, spec)["loss"][-1]
    assert seen[0][0] == 8 and seen[-1] == (1, 25)
    fine = [made for stride, made in seen if stride == 1]
    assert len(fine) > 2 and all(later >= 1.25 * made for made, later in pairwise(fine[:-1]))
    assert survey.outcomes.loss[member] == alone(own, 25, spec)["loss"][-1]


def test_runs_under_way_make_room_for_those_of_another_map_and_begin_again() -> None:
    snapshot = Session(
        Experiment(ObjectiveSpec("dataset", "two-moons"), (Lane("a", "adam"), Lane("b", "gd")), updates=40)
    ).snapshot()
    first, second = (
        shown.survey(shown.domain) for shown in (field_map(snapshot, "stability", lane) for lane in snapshot.lanes)
    )
    first.field.warm()
    second.field.warm()
    while first.stride != 1:
        first.measure(1e-3)
    picture = first.outcomes.loss.copy()
    assert first.made < 40
    while not second.stride:
        second.measure(1e-3)
    assert first._under is None and np.array_equal(first.outcomes.loss, picture, equal_nan=True)
    first.finish()
    assert first.made == 40 and np.all(first.outcomes.known)


def test_maps_of_objectives_that_are_no_more_are_forgotten() -> None:
    """They held their objectives, so that every change of the noise or the seed took more room for good."""
    gone = []
    for _change in range(OBJECTIVES + 1):
        snapshot = opened("rosenbrock", ADAM)
        frame_of(snapshot, picture="stability").map.survey(((-5.0, 1.0), (0.0, 1.0)))
        gone.append(weakref.ref(snapshot.objective))
    del snapshot
    gc.collect()
    assert gone[0]() is None and gone[1]() is not None


def test_the_grid_is_coarser_if_the_fine_one_would_take_long() -> None:
    spec = ObjectiveSpec("dataset", "gaussian-classes")
    snapshot = Session(Experiment(spec, (Lane("gd", "gd"),), updates=500)).snapshot()
    shown = field_map(snapshot, "stability", snapshot.lanes[0], Sides("lr", "lr"))
    survey = shown.survey(shown.domain)
    assert survey._strides[-1] > 1


def test_one_of_many_benches_on_a_machine_takes_little_room() -> None:
    snapshot = Session(Experiment(ObjectiveSpec("dataset", "spirals"), (Lane("adam", "adam"),))).snapshot()
    shown = field_map(snapshot, "stability", snapshot.lanes[0])

    def room() -> int:
        survey = FieldSurvey(shown.survey(shown.domain).field.members, snapshot.objective, ROWS, COLUMNS)
        return len(survey._grid(survey._strides[-1]).ravel()) * survey.field.bytes

    own, context = room(), copy_context()
    context.run(take_little_room)
    assert 50e6 < own < 300e6 and context.run(room) < 17e6


def test_the_best_rate_of_a_lane_is_marked() -> None:
    lanes = (ADAM, Lane("gd", "gd", settings={"lr": 1e-3}))
    snapshot = opened("rosenbrock", *lanes)
    frame = finished(snapshot, "rates")
    labels = [label for label in frame.picture.labels if label.text.startswith("◇")]
    for lane, curve, label in zip(lanes, frame.picture.series, labels, strict=True):
        rate = float(curve.x[np.nanargmin(curve.y)])
        assert label.x == rate
        best = alone(Lane("one", lane.optimizer, settings={"lr": rate}), 200, ObjectiveSpec())
        assert best["loss"][-1] == np.nanmin(curve.y) == curve.value
        for other in (rate / 2, rate * 2):
            assert (
                alone(Lane("one", lane.optimizer, settings={"lr": other}), 200, ObjectiveSpec())["loss"][-1]
                > curve.value
            )
    assert np.isnan(frame.picture.series[1].y[-1])  # gd diverges at 10


def test_losses_of_0_do_not_make_the_scale_linear() -> None:
    frame = finished(opened("sphere", Lane("newton", "newton"), Lane("gd", "gd"), updates=300), "rates")
    losses = rate_curve(frame.snapshot, frame.snapshot.lanes[0]).losses
    assert np.nanmin(losses) == 0.0
    assert frame.picture.y.scale == "log" and frame.picture.y.limits[0] > 0
    assert all(np.nanmin(curve.y) >= frame.picture.y.limits[0] for curve in frame.picture.series)


def test_where_every_rate_diverges_the_picture_says_so() -> None:
    spec = ObjectiveSpec("expression", formula="1e300*(x^2 + y^2)", start=(1.0, 1.0))
    frame = finished(Session(Experiment(spec, (Lane("gd", "gd"),), updates=9)).snapshot(), "rates")
    text = "".join(run.text for row in panels.picture(frame, Paper(54, 12, MONO)) for run in row)
    assert "every run diverges" in text


def test_the_losses_by_rate_say_that_runs_are_under_way() -> None:
    spec = ObjectiveSpec("dataset", "two-moons", layers=(2, 3, 1))
    snapshot = Session(Experiment(spec, (Lane("a", "adam"),), updates=40)).snapshot()
    survey = rate_survey(snapshot, snapshot.lanes[0])
    survey.field.warm()
    while not survey.stride:
        survey._cost = 1.0  # so an update takes longer than a look
        survey.measure(1e-3)
    assert frame_of(snapshot, picture="rates").picture.title.startswith("loss so far, of 40 updates")
    survey.finish()
    assert frame_of(snapshot, picture="rates").picture.title.startswith("loss after 40 updates")


def test_every_theme_shows_low_and_high_losses_apart_and_black_and_white_has_characters() -> None:
    frame = finished(opened("ravine", MOMENTUM), "stability")
    for palette in PALETTES.values():
        rows = panels.picture(frame, Paper(80, 20, palette))
        grounds = {run.bg for row in rows for run in row} - {None}
        assert {palette.roles["field0"], palette.roles["field15"]} <= grounds
    for ascii_ in (False, True):
        text = "\n".join("".join(run.text for run in row) for row in panels.picture(frame, Paper(80, 20, MONO, ascii_)))
        assert "@@@@@" in text and ":::::" in text
    letters = finished(opened("himmelblau", ADAM), "basins")
    text = "".join(run.text for row in panels.picture(letters, Paper(80, 20, MONO)) for run in row)
    assert {"A", "B", "C", "D"} <= set(text)


@pytest.mark.parametrize("size", [(40, 12), (58, 24), (94, 40), (133, 61)])
@pytest.mark.parametrize("kind", ["colours", "few colours", "no colours"])
def test_the_run_at_a_cell_is_the_one_that_is_drawn_there(size, kind) -> None:
    """In one cell of twenty it was a neighbour's, or one between the two halves that are drawn."""
    frame = finished(opened("ravine", MOMENTUM), "stability")
    survey, figure = frame.map.survey(frame.map.domain), frame.picture
    dark = PALETTES["dark"]
    palette = {"colours": dark, "few colours": replace(dark, few=True), "no colours": MONO}[kind]
    colours = has_shades(figure, palette)
    assert colours == (kind == "colours")
    steps = {color: int(name[5:]) for name, color in palette.roles.items() if re.fullmatch(r"field\d+", name)}
    seen = 0
    for row, runs in enumerate(panels.picture(frame, Paper(*size, palette))):
        cells = [(char, run) for run in runs for char in run.text]
        for column, (char, run) in enumerate(cells):
            place = plot_place(figure, *size, column, row, shaded=colours)
            if not all(0 <= part <= 1 for part in place) or char not in (" ▀▄" if colours else " " + GLYPHS):
                continue
            shade = codes(frame).ravel()[survey.nearest(*place)]
            if colours:
                lower = run.fg if char == "▄" else run.bg
                assert steps.get(lower, -1) == shade, (column, row)
            else:
                assert char == (GLYPHS[shade] if shade >= 0 else " "), (column, row)
            seen += 1
    assert seen > 0.9 * (size[0] - 6) * (size[1] - 4)


def key_row(frame, width, height, palette, ascii_=False):
    """The row below the title: its text, and the grounds of its blank cells."""
    row = panels.picture(frame, Paper(width, height, palette, ascii_))[1]
    return "".join(run.text for run in row), [run.bg for run in row if run.bg]


def said(text):
    return float(text.lstrip("≤≥<>=").replace("−", "-"))


@pytest.mark.parametrize("kind", ["stability", "starts"])
def test_the_key_says_which_losses_a_colour_stands_for(kind) -> None:
    frame = finished(opened("ravine", MOMENTUM), kind)
    steps, losses = codes(frame).ravel(), frame.map.survey(frame.map.domain).field.outcomes.loss
    low, middle, high = (said(part.text) for part in frame.picture.key[:3])
    assert len(set(steps[steps >= 0].tolist())) > 10
    assert losses[steps == 0].max() <= low * 1.005 and losses[steps > 0].min() >= losses[steps == 0].max()
    assert losses[(steps >= 0) & (steps <= 7)].max() <= middle * 1.005
    assert losses[steps >= 8].min() >= middle * 0.995
    assert losses[steps == 15].min() >= high * 0.995


def test_the_ends_of_a_narrow_scale_are_told_apart() -> None:
    """The key to a map of losses from 0.6920 to 0.6931 said from ≤0.69 to ≥0.69."""
    low, middle, high = LossScale(0.6920, 0.6931, 1.0).key()
    assert said(low.text) < said(middle.text) < said(high.text) and said(low.short) < said(high.short)
    assert LossScale(1.0, 2.0, 1.0).key()[0].text == "≤1.03", "no more digits than are needed"


def test_the_key_of_basins_says_how_many_starts_lead_to_each() -> None:
    frame = finished(opened("himmelblau", ADAM), "basins")
    for place, part in enumerate(frame.picture.key[:4]):
        minimum = frame.snapshot.objective.minima[place]
        assert part.shades == tuple(range(4 * place, 4 * place + 4))
        assert f"({minimum[0]:.3g}, ".replace("-", "−") in part.text
        there = codes(frame) // STEPS == place
        assert part.short == f"{100 * np.mean(there):.0f} %"
    arrived = frame.map.survey(frame.map.domain).field.outcomes.arrived.reshape(ROWS, COLUMNS)
    assert frame.picture.key[-1].short == f"half by {np.median(arrived[codes(frame) >= 0]):.3g}"


def test_a_basin_is_the_fainter_the_later_its_runs_arrive() -> None:
    # gd on ½(x² + y²)/… shrinks each coordinate by one factor: what is farther away arrives later
    frame = finished(opened("sphere", Lane("gd", "gd", settings={"lr": 0.02})), "basins")
    shown, shades = frame.map, codes(frame)
    x, y = shown.across.values(shown.domain[0], COLUMNS), shown.up.values(shown.domain[1], ROWS)
    distance = np.hypot(*np.meshgrid(x, y))
    for step in range(3):
        assert distance[shades == step].max() <= distance[shades == step + 1].min() * 1.05
        assert abs(np.mean(shades == step) - 0.25) < 0.05


def test_the_minima_of_a_formula_are_found_where_runs_end() -> None:
    spec = ObjectiveSpec("expression", formula="(x^2 - 1)^2 + y^2", start=(0.5, 0.5))
    frame = finished(Session(Experiment(spec, (ADAM,), updates=200)).snapshot(), "basins")
    minima = sorted((label.x, label.y) for label in frame.picture.labels if label.text == "✕")
    np.testing.assert_allclose(minima, [(-1, 0), (1, 0)], atol=0.1)
    assert np.mean(codes(frame) >= 0) > 0.9


@pytest.mark.parametrize(
    ("surface", "count"), [("styblinski-tang", 4), ("three-hump-camel", 3), ("goldstein-price", 4)]
)
def test_minima_that_a_surface_does_not_name_have_basins_too(surface, count) -> None:
    """Of Styblinski and Tang's four basins three were blank: at no minimum."""
    orders = []
    for rate in (0.05, 0.1):
        frame = finished(opened(surface, Lane("adam", "adam", settings={"lr": rate}), updates=500), "basins")
        objective = frame.snapshot.objective
        minima = np.array([(label.x, label.y) for label in frame.picture.labels if label.text == "✕"])
        known = np.array(objective.minima)[:, :2]
        np.testing.assert_array_equal(minima[: len(known)], known)
        assert len(minima) == count
        for minimum in minima:
            around = minimum + 0.01 * np.column_stack((np.cos(np.arange(7)), np.sin(np.arange(7))))
            assert min(objective.evaluate(point)[0] for point in around) > objective.evaluate(minimum)[0]
        assert set(np.unique(codes(frame)) // STEPS) - {-1} == set(range(count))
        orders.append(np.round(minima, 3).tolist())
    assert orders[0] == orders[1]


def test_the_narrow_floor_of_a_valley_is_no_minimum() -> None:
    """Where runs were after 500 updates on Rosenbrock's floor, typed as a formula, five minima were marked."""
    spec = ObjectiveSpec("expression", formula="(1 - x)^2 + 100*(y - x^2)^2", start=(-1.2, 1.0))
    lane = Lane("adam", "adam", settings={"lr": 0.05})
    frame = finished(Session(Experiment(spec, (lane,), updates=500)).snapshot(), "basins")
    minima = [(label.x, label.y) for label in frame.picture.labels if label.text == "✕"]
    np.testing.assert_allclose(minima, [(1.0, 1.0)], atol=1e-3)


@pytest.mark.parametrize(
    ("formula", "rate"), [("(x - 1)^2 + (y + 1)^2", 1e-3), ("x^2 - y^2", 0.01), ("log(x) + y^2", 0.01)],
    ids=["still on their way", "a saddle", "for ever down"],
)  # fmt: skip
def test_where_runs_end_that_have_not_come_to_rest_is_no_minimum(formula, rate) -> None:
    spec = ObjectiveSpec("expression", formula=formula, start=(0.5, 0.5))
    lane = Lane("gd", "gd", settings={"lr": rate})
    frame = finished(Session(Experiment(spec, (lane,), updates=30)).snapshot(), "basins")
    marked = [(label.x, label.y) for label in frame.picture.labels if label.text == "✕"]
    assert all(np.hypot(x - 1, y + 1) < 0.2 for x, y in marked) and (not marked or formula.startswith("(x"))
    assert "at a minimum" not in frame.map.said_at(frame.map.domain, (0.1, 0.9))
    assert np.mean(codes(frame) >= 0) < 0.1


def test_a_run_with_noise_is_put_on_the_bench_with_the_noise_that_it_had() -> None:
    spec = ObjectiveSpec("surface", "ravine", noise=1.0)
    session = Session(Experiment(spec, (Lane("a", "gd"),), updates=30, seed=3))
    for kind in ("starts", "stability"):
        shown, place = finished(session.snapshot(), kind).map, (0.4, 0.6)
        survey = shown.survey(shown.domain)
        added = shown.lane_for(shown.domain, place, f"of-{kind}")
        session.apply(Add(added, at=30))
        (there,) = (lane for lane in session.snapshot().lanes if lane.name == added.name)
        assert there.scalar("loss") == survey.outcomes.loss[survey.nearest(*place)]


@pytest.mark.parametrize("width", [40, 54, 86], ids=["80 columns", "120 columns", "200 columns"])
def test_the_words_of_the_key_of_basins_stand_apart(width) -> None:
    snapshot = opened("himmelblau", ADAM)
    text, _grounds = key_row(finished(snapshot, "basins"), width, 20, PALETTES["dark"])
    assert len(re.findall(r"\d %(?=  |$)", text.rstrip())) == 5, text
    assert "  none 0 %" in text
    assert ("  half by" in text) == (width > 40)
    title = panels.picture(finished(snapshot, "basins"), Paper(width, 20, PALETTES["dark"]))[0]
    assert "; faint: late" in "".join(run.text for run in title)


@pytest.mark.parametrize("size", [(40, 10), (54, 22), (93, 40)])
def test_every_size_and_theme_has_the_key(size) -> None:
    settings, basins = finished(opened("ravine", MOMENTUM), "stability"), finished(opened("himmelblau", ADAM), "basins")
    for palette in PALETTES.values():
        text, grounds = key_row(settings, *size, palette)
        assert "≤" in text and "≥" in text and "blank" in text
        steps = [
            int(name[5:])
            for ground in grounds
            for name, color in palette.roles.items()
            if name.startswith("field") and color == ground
        ]
        assert steps == sorted(steps) and {0, 14} <= set(steps)
        text, grounds = key_row(basins, *size, palette)
        assert text.count("%") == 5
        assert {palette.roles[f"basin{STEPS * place}"] for place in range(4)} <= set(grounds)
    for ascii_ in (False, True):
        assert re.search(r"@+%+#+\*+.*\++=+-+:+", key_row(settings, *size, MONO, ascii_)[0])
        assert "A" in key_row(basins, *size, MONO, ascii_)[0]


def test_the_limit_of_the_theory_stands_in_the_key_with_its_formula() -> None:
    """At 80 columns it was a bare 1.90 in the title."""
    frame = finished(opened("ravine", MOMENTUM), "stability")
    for width in range(30, 120):
        title = "".join(run.text for run in panels.picture(frame, Paper(width, 12, MONO))[0])
        assert "1.9" not in title
    assert "2(1+μ)/λmax = 1.9" in key_row(frame, 93, 40, MONO)[0]
    assert "2(1+μ)/λmax" in key_row(frame, 54, 22, MONO)[0]


def test_lanes_and_minima_stand_on_the_ground_of_the_theme() -> None:
    frame = finished(opened("himmelblau", ADAM), "basins")
    for palette in PALETTES.values():
        rows = panels.picture(frame, Paper(60, 20, palette))
        grounds = [run.bg for row in rows[2:] for run in row if set(run.text) & set("✕●")]
        assert len(grounds) >= 5 and set(grounds) == {None}


@pytest.mark.parametrize("surface", ["saddle", "rastrigin", "cliff", "two-wells"])
def test_every_map_can_be_drawn_before_and_after_the_runs(surface) -> None:
    snapshot = opened(surface, MOMENTUM, Lane("newton", "newton"), updates=10)
    for kind in kinds_of(snapshot.objective):
        if kind in ("basins", "starts", "stability", "rates"):
            for frame in (frame_of(snapshot, picture=kind), finished(snapshot, kind)):
                assert len(panels.picture(frame, Paper(60, 18, PALETTES["dark"]))) == 18


def test_a_diverged_field_is_blank() -> None:
    lane = Lane("gd", "gd", settings={"lr": 1e6})
    frame = finished(opened("rosenbrock", lane), "starts")
    assert np.all(codes(frame)[0] == -1)
    assert isinstance(frame.map.survey(frame.map.domain), FieldSurvey)
    assert isinstance(rate_survey(frame.snapshot, frame.lane), FieldSurvey)


def test_every_picture_is_explained() -> None:
    assert set(PICTURES) == set(ABOUT)


def test_on_a_saddle_losses_that_fall_for_ever_are_told_apart_by_how_far_they_have_fallen() -> None:
    """One run at −1e307 made all the others one colour."""
    for optimizer in ("gd", "adam"):
        snapshot = opened("saddle", Lane("a", optimizer))
        shades = codes(finished(snapshot, "stability"))
        steps, counts = np.unique(shades[shades >= 0], return_counts=True)
        assert len(steps) >= 10 and counts.max() < 0.75 * counts.sum()  # all but 3 of 6158 were
    falls = 10.0 ** np.arange(0, 300, 20)
    scale = LossScale.of(4.0 - falls, 4.0)
    assert np.all(np.diff(scale.steps(4.0 - falls)) <= 0) and set(scale.steps(4.0 - falls)) >= {0, 7, 15}
    assert scale.steps(np.array([5.0, np.nan])).tolist() == [15, -1]
    for step in (0.5, 7.5, 13.5):
        assert scale.steps(np.array([scale.loss_at(step - 0.2), scale.loss_at(step + 0.2)])).tolist() == [
            int(step), int(step) + 1,
        ]  # fmt: skip
