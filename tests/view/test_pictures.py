"""The pictures of an objective: what they follow, and what they do with next to no data."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gdtui.objectives.specs import ObjectiveSpec, Specification
from gdtui.plot.figure import Figure
from gdtui.plot.frame import fitting_title
from gdtui.plot.widths import cell_width
from gdtui.session import Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step
from gdtui.view import panels
from gdtui.view.charts import CHARTS
from gdtui.view.colors import DARK
from gdtui.view.look import Look
from gdtui.view.map_window import MapWindow
from gdtui.view.panels import Paper
from gdtui.view.picture_kinds import PLANES, kinds_of
from gdtui.view.pictures import picture, watched_parameters
from tests.view.frames import frame_of


@pytest.mark.parametrize(("coordinate", "name", "given"), [(None, "x0", 1.0), (0, "x0", 1.0), (1, "x1", -5.0)])
def test_the_picture_of_a_tape_is_of_the_coordinate_that_is_looked_at(
    coordinate: int | None, name: str, given: float
) -> None:
    spec = ObjectiveSpec("tape", gradients=((1.0, -5.0),) * 3)
    figure = picture(Session(Experiment(spec, (Lane("a", "momentum"),))).apply(Step(2)), Look(coordinate=coordinate))
    assert figure.title.endswith(f"· {name}")
    *_velocities, gradients = figure.series
    assert gradients.label == "g"
    assert np.asarray(gradients.y)[-1] == given


def test_curves_through_a_single_row_run_on_to_either_side_of_it() -> None:
    spec = ObjectiveSpec("dataset", "line", rows=1, layers=(1, 2, 1))
    figure = picture(Session(Experiment(spec, (Lane("a", "gd"),))).snapshot(), Look())
    rows, curve = figure.series
    assert figure.x.limits is not None
    low, high = figure.x.limits
    assert (low, high) == (-1.5, -0.5)
    assert list(rows.x) == [-1.0]
    assert (np.asarray(curve.x)[0], np.asarray(curve.x)[-1]) == (low, high)


@pytest.mark.parametrize(
    ("name", "dialect", "options"),
    [("momentum", "classical", {}), ("momentum", "pytorch", {}), ("nesterov", "classical", {}), ("lars", None, {}),
     ("rmsprop", "keras", {"momentum": True}), ("adam", "paper", {}), ("newton", None, {})],
)  # fmt: skip
def test_on_a_slope_the_arrow_of_the_velocity_points_downhill(
    name: str, dialect: str | None, options: dict[str, bool]
) -> None:
    lane = Lane("a", name, dialect, {"lr": 1e-3}, options)
    spec = ObjectiveSpec("surface", "sphere", start=(2.0, 1.0))
    snapshot = Session(Experiment(spec, (lane,))).apply(Step(1 if name == "newton" else 3))
    velocity, descent = picture(snapshot, Look()).arrows
    assert velocity.dx * descent.dx > 0 and velocity.dy * descent.dy > 0


def test_a_lane_outside_the_map_is_announced_and_the_arrows_have_a_legend() -> None:
    lanes = (Lane("gd", settings={"lr": 0.1}), Lane("momentum", "momentum", settings={"lr": 1e-3}))
    snapshot = Session(Experiment(ObjectiveSpec(), lanes)).apply(Step(20))
    assert snapshot.lanes[0].status == "diverged"
    frame = frame_of(snapshot, 1)
    rows = ["".join(run.text for run in row) for row in panels.picture(frame, Paper(60, 16, DARK))]
    assert rows[0].rstrip().endswith("─→ velocity  → −g")
    assert re.search(r"●↗\(\d\.\de\d+,\d\.\de\d+\)", rows[1])
    narrow = "".join(run.text for run in panels.picture(frame, Paper(38, 16, DARK))[0])
    assert narrow.split() == ["loss", "surface", "○", "start", "✕", "minimum"]


def test_a_lane_that_blows_up_does_not_press_the_parameters_of_the_others_flat() -> None:
    rows = ObjectiveSpec("dataset", "gaussian-1000x10", rows=50)
    lanes = (Lane("wild", settings={"lr": 4.0}), Lane("adam", "adam", settings={"lr": 0.1}))
    snapshot = Session(Experiment(rows, lanes)).apply(Step(5))
    wild, adam = (np.abs(lane.vector("theta")).max() for lane in snapshot.lanes)
    best = np.abs(snapshot.objective.minima[0]).max()
    assert 1e6 > wild > 100 * max(adam, best)
    shown = watched_parameters.figure(snapshot, Look(lane=1))
    assert shown.y.limits is not None and max(map(abs, shown.y.limits)) < 12 * max(adam, best)
    own = watched_parameters.figure(snapshot, Look(lane=0))
    assert own.y.limits is not None and max(map(abs, own.y.limits)) >= wild


@pytest.mark.parametrize(("name", "classes"), [("two-moons", 1), ("blobs", 3)])
def test_the_regions_of_a_decision_are_the_classes_that_the_selected_lane_predicts(name: str, classes: int) -> None:
    from gdtui.objectives.network.inspection import predicted_classes

    spec = ObjectiveSpec("dataset", name, layers=(2, 4, classes))
    snapshot = Session(Experiment(spec, (Lane("a", "gd"), Lane("b", "adam")))).apply(Step(20))
    figure = picture(snapshot, Look(lane=1))
    assert figure.backdrop is not None and figure.backdrop.shade is not None and figure.backdrop.role == "region"
    rows, columns = figure.backdrop.shade.shape
    assert figure.x.limits is not None and figure.y.limits is not None
    x, y = np.meshgrid(np.linspace(*figure.x.limits, columns), np.linspace(*figure.y.limits, rows))
    theta = snapshot.lanes[1].parameters
    assert theta is not None
    expected = predicted_classes(snapshot.objective, theta, np.column_stack((x.ravel(), y.ravel())))
    assert np.array_equal(figure.backdrop.shade.ravel(), expected) and len(set(expected.tolist())) > 1


def shown_title(figure: Figure, width: int) -> str:
    return fitting_title((figure.title, *figure.shorter), width)


@pytest.mark.parametrize(
    "spec",
    [ObjectiveSpec("surface", "rosenbrock"), ObjectiveSpec("dataset", "noisy-sine", layers=(1, 4, 1)),
     ObjectiveSpec("surface", "valley"), ObjectiveSpec("dataset", "iris", validation=0.2)],
    ids=lambda spec: spec.name,
)  # fmt: skip
def test_titles_of_pictures_and_charts_are_whole_in_a_terminal_of_80_columns(spec: Specification) -> None:
    """Of the principal plane the update number was missing, of the sharpness what its dots are."""
    lanes = (Lane("momentum", "momentum"), Lane("rmsprop", "rmsprop"))
    session = Session(Experiment(spec, lanes))
    session.futures.repeated, session.futures.seeds = "momentum", 8 if session.snapshot().objective.seeded else 0
    snapshot = session.apply(Step(448))
    while snapshot.more_to_come:
        snapshot = session.look_ahead(snapshot, 1.0)
    window = MapWindow().zoomed(3)
    for kind in kinds_of(snapshot.objective):
        while kind in PLANES and (work := frame_of(snapshot, picture=kind).waiting()) is not None:
            work(1.0)
        figure = frame_of(snapshot, picture=kind, window=window).picture
        assert cell_width(shown_title(figure, 40)) < 40 and cell_width(shown_title(figure, 30)) < 30, kind
        if kind == "plane":
            assert re.search(r"to (update )?448", shown_title(figure, 40))
            assert re.search(r"to 448, .* % of var", shown_title(frame_of(snapshot, picture=kind).picture, 57))
    for name in CHARTS:
        figure = frame_of(snapshot, chart=name, seeds=8).chart(0)
        assert cell_width(shown_title(figure, 40)) < 40, name
        if name == "sharpness":
            assert "dots: stable below" in shown_title(figure, 40)
        if name == "loss" and snapshot.repeats:
            assert "band: 8 seeds" in shown_title(figure, 40)


def test_both_paths_are_whole_on_the_plane_through_two_lanes_and_the_start() -> None:
    lanes = (Lane("adam", "adam", settings={"lr": 0.3}), Lane("gd", "gd", settings={"lr": 0.05}))
    snapshot = Session(Experiment(ObjectiveSpec("dataset", "xor"), lanes)).apply(Step(64))
    while (work := frame_of(snapshot, picture="between").waiting()) is not None:
        work(1.0)
    shown = frame_of(snapshot, picture="between").map
    for lane in snapshot.lanes:
        for position in shown.path(lane):
            assert all(low <= at <= high for at, (low, high) in zip(position, shown.domain, strict=True))
