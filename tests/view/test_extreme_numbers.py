"""Extreme rates, starts and data on every surface and every rule: a status says it, others go on, charts stay true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gdtui.errors import GdtuiError
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers import REGISTRY
from gdtui.plot.canvas import draw
from gdtui.plot.figure import Series
from gdtui.session import Session, Snapshot
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.stopping import Status
from gdtui.verbs import Back, Step
from gdtui.view.chart_figures import ChartFigure, ChartFigures
from gdtui.view.charts import CHARTS
from gdtui.view.look import Look
from gdtui.view.panels import Paper, header, lanes, this_update
from gdtui.view.picture_kinds import PLANES
from tests.view.frames import frame_of

RATES = (1e300, 1e150, 1e16, 1e-16, 5e-324)
STARTS = (0.0, 5e-324, 1e16, -1e154, 1e308)
UPDATES = 6
ORDINARY = Lane("ordinary", "gd", settings={"lr": 1e-4})


def forms() -> list[tuple[str, str | None, dict[str, bool]]]:
    """Every optimizer in every form, in its first dialect."""
    return [
        (optimizer.name, next(iter(rule.dialects), None), dict(rule.options))
        for optimizer in REGISTRY.values()
        for rule in optimizer.rules
    ]


def fitting(objective: ObjectiveSpec, wanted: list[Lane]) -> Iterator[Lane]:
    """Yield the lanes that the objective takes: a rule for matrices has nothing to do on a surface."""
    for lane in wanted:
        try:
            Session(Experiment(objective, (lane,)))
        except GdtuiError:
            continue
        yield lane


def assert_all_is_said(snapshot: Snapshot) -> None:
    """Every lane has a status that its numbers bear out, and every view of it can be drawn."""
    for place, lane in enumerate(snapshot.lanes):
        theta = lane.trace.rows[:, lane.trace.layout.block("theta")]
        if lane.status == Status.GOING:
            assert np.isfinite(theta).all() and lane.update == lane.position, (lane.name, lane.spec)
        if lane.status == Status.DIVERGED:
            assert lane.update <= lane.position
            held = lane.trace.rows[-1, lane.trace.layout.blocks["theta"] :]
            norms = [lane.scalar(name) for name in ("loss", "grad_norm", "step_norm")]
            assert not np.isfinite([*norms, *held]).all(), (lane.spec, norms, held)
        frame = frame_of(snapshot, place)
        paper = Paper(100, 8)
        assert [*header(frame, paper), *lanes(frame, paper), *this_update(frame, paper)]
    for chart in CHARTS.values():
        figures = ChartFigures().figure(snapshot, chart, Look())
        for lane_number in (None, 0):
            cells = draw(figures.of(lane_number), 40, 10)
            assert "nan" not in str(cells).lower(), chart.name
    draw(frame_of(snapshot).picture, 40, 16)


def run(objective: ObjectiveSpec, wanted: list[Lane]) -> None:
    session = Session(Experiment(objective, (ORDINARY, *wanted)))
    first = session.snapshot()
    snapshot = session.apply(Step(UPDATES))
    alone = Session(Experiment(objective, (ORDINARY,))).apply(Step(UPDATES))
    assert snapshot.lane("ordinary").trace.rows.tobytes() == alone.lane("ordinary").trace.rows.tobytes()
    assert_all_is_said(snapshot)
    there = {lane.name: lane.trace.rows.tobytes() for lane in snapshot.lanes}
    back = session.apply(Back(UPDATES))
    assert all(lane.trace.rows.tobytes() == first.lane(lane.name).trace.rows.tobytes() for lane in back.lanes)
    again = session.apply(Step(UPDATES))
    assert {lane.name: lane.trace.rows.tobytes() for lane in again.lanes} == there


def lanes_at(objective: ObjectiveSpec, form: tuple[str, str | None, dict[str, bool]]) -> list[Lane]:
    """One form of an optimizer at every extreme rate, and from every extreme start."""
    optimizer, dialect, options = form
    d = len(objective.build(0).start)
    at_rates = [Lane(f"r{i}", optimizer, dialect, {"lr": rate}, options) for i, rate in enumerate(RATES)]
    at_starts = [Lane(f"s{i}", optimizer, dialect, {}, options, start=(at,) * d) for i, at in enumerate(STARTS)]
    return [*fitting(objective, [*at_rates, *at_starts])]


@pytest.mark.parametrize("name", SURFACES)
def test_every_surface_survives_every_rate_and_start(name: str) -> None:
    objective = ObjectiveSpec("surface", name)
    d = len(objective.build(0).start)
    at_rates = [Lane(f"r{i}", ("gd", "adam", "lbfgs")[i % 3], settings={"lr": rate}) for i, rate in enumerate(RATES)]
    at_starts = [Lane(f"s{i}", ("momentum", "adagrad")[i % 2], start=(at,) * d) for i, at in enumerate(STARTS)]
    run(objective, [*fitting(objective, [*at_rates, *at_starts])])


@pytest.mark.parametrize("group", range(8))
def test_every_rule_survives_every_rate(group: int) -> None:
    names = list(SURFACES)
    for place, (optimizer, dialect, options) in enumerate(forms()[group::8]):
        objective = ObjectiveSpec("surface", names[(group + 3 * place) % len(names)])
        run(objective, lanes_at(objective, (optimizer, dialect, options)))


#: Columns that are constant, hold too little or too much, repeat each other, or leave nothing to learn.
COLUMNS = {
    "constant": "a,b,y\n7,1,2\n7,2,3\n7,4,5\n7,0,1\n",
    "denormal": "a,b,y\n5e-324,1e-320,5e-324\n1e-310,5e-324,0\n-5e-324,0,1e-309\n",
    "huge": "a,b,y\n1e308,-1e308,1e308\n-1e308,1e200,-1e308\n1e154,1e155,1e300\n",
    "twice the same": "a,b,y\n1,1,1\n2,2,2\n3,3,3\n",
    "nothing to learn": "a,b,y\n0,0,0\n0,0,0\n0,0,0\n",
    "classes far apart": "a,b,y\n1e300,0,cat\n-1e300,0,ant\n1e-300,1,cat\n",
}


def of_columns(name: str, folder: Path) -> ObjectiveSpec:
    file = folder / "points.csv"
    file.write_text(COLUMNS[name])
    return ObjectiveSpec("dataset", csv=str(file), layers=(2, 3, 1))


@pytest.mark.parametrize("name", COLUMNS)
def test_extreme_columns_leave_numbers_or_lanes_that_say_so(name: str, tmp_path: Path) -> None:
    objective = of_columns(name, tmp_path)
    at_rates = [Lane(f"r{i}", ("adam", "gd")[i % 2], settings={"lr": rate}) for i, rate in enumerate(RATES[::2])]
    run(objective, [*fitting(objective, [*at_rates, Lane("s", "adagrad")])])


@pytest.mark.parametrize("name", ["blobs", "iris", "spirals"])
def test_models_of_several_kinds_survive_extreme_rates_and_starts(name: str) -> None:
    objective = ObjectiveSpec("dataset", name, rows=12)
    run(objective, lanes_at(objective, ("adopt", "optax", {})))


@pytest.mark.parametrize("formula", ["x1^2+x2^2+x3^2", "exp(x1)+log(x2)+sqrt(x3)"])
@pytest.mark.parametrize("kind", PLANES)
def test_planes_are_found_among_extreme_numbers(kind: str, formula: str) -> None:
    """All that the bench measures for them in idle times is measured, and drawn as far as it is known."""
    objective = ObjectiveSpec("expression", formula=formula, start=(1.0, 1.0, 1.0))
    starts = [(1.0, 1.0, 1.0), (1e200, -1e200, 1e200), (1e308, 1e308, 1e308), (-1.7e308, 1.7e308, 0.0)]
    rates = [(1e-4, "gd"), (0.1, "adam"), (1e300, "adam")]
    wanted = [
        Lane(f"s{i}r{j}", optimizer, settings={"lr": rate}, start=start)
        for i, start in enumerate(starts)
        for j, (rate, optimizer) in enumerate(rates)
    ]
    snapshot = Session(Experiment(objective, tuple(wanted))).apply(Step(UPDATES))
    for place in range(len(wanted)):
        for _work in range(4):
            frame = frame_of(snapshot, place, picture=kind)
            draw(frame.picture, 40, 16)
            work = frame.waiting()
            if work is None:
                break
            work(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("group", range(8))
def test_every_rule_survives_every_rate_on_every_surface(group: int) -> None:
    for name in SURFACES:
        objective = ObjectiveSpec("surface", name)
        for form in forms()[group::8]:
            run(objective, lanes_at(objective, form))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in DATASETS if name != "clicks"])
def test_every_rule_survives_every_rate_on_every_small_dataset(name: str) -> None:
    objective = ObjectiveSpec("dataset", name, rows=12)
    for form in forms():
        run(objective, lanes_at(objective, form))


@pytest.mark.slow
@pytest.mark.parametrize("name", COLUMNS)
def test_every_rule_survives_extreme_columns(name: str, tmp_path: Path) -> None:
    objective = of_columns(name, tmp_path)
    for form in forms():
        run(objective, lanes_at(objective, form))


def plot_rows(figures: ChartFigure, lane: int) -> list[str]:
    """Return the rows of one lane's chart, without the title and what stands left of the axis and below it."""
    rows = ["".join(run.text for run in row) for row in draw(figures.of(lane), 60, 14)]
    return [row.partition("│" if "│" in row else "┤")[2] for row in rows[1:] if "│" in row or "┤" in row]


def end_of(curve: Series) -> float:
    """Return the last value of a curve that is a number or infinite; nan if there is none."""
    known = curve.y[~np.isnan(curve.y) & np.isfinite(curve.x)]
    return float(known[-1]) if known.size else float("nan")


def assert_marked(figures: ChartFigure, lane: int, marker: str, end: float) -> None:
    """The marker stands at the height of the end, or at the edge with an arrow, and nothing else is marked."""
    rows = plot_rows(figures, lane)
    ((at, row),) = ((at, row) for at, row in enumerate(rows) if marker in row)
    assert figures.y.limits is not None
    low, high, value = *figures.y.limits, end
    if figures.y.scale == "log":
        low, high, value = np.log10([low, high, end])
    hair = 1e-9 * (high - low)
    if not low - hair <= value <= high + hair:
        assert row[row.index(marker) + 1] == ("↑" if value > high else "↓"), (row, end)
        assert ("∞" in row) == np.isinf(end), row
    elif figures.y.scale in ("linear", "log"):
        assert abs((high - value) / (high - low) * (len(rows) - 1) - at) <= 1, (figures.chart.name, rows, end)


@pytest.mark.parametrize("name", SURFACES)
def test_a_lane_that_diverges_is_marked_at_its_last_value_on_every_chart(name: str) -> None:
    wild = (("gd", 1e300), ("adam", 1e160), ("momentum", 3.0))
    lanes = [Lane(rule, rule, settings={"lr": rate}) for rule, rate in wild]
    snapshot = Session(Experiment(ObjectiveSpec("surface", name), (ORDINARY, *lanes))).apply(Step(40))
    diverged = {number for number, lane in enumerate(snapshot.lanes) if lane.status == Status.DIVERGED}
    marked = 0
    for chart in CHARTS.values():
        figures = ChartFigures().figure(snapshot, chart, Look())
        for number, curve in figures.curves:
            if number in diverged and curve.kind == "line" and not np.isnan(end := end_of(curve)):
                assert_marked(figures, number, curve.marker, end)
                marked += 1
    assert marked >= 5 * len(diverged)
