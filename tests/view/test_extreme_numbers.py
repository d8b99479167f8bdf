"""Extreme rates, starts and data on every surface and every rule: a status says it, others go on, charts stay true."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from gdtui.errors import GdtuiError
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers import REGISTRY
from gdtui.plot.canvas import draw
from gdtui.session import Session, Snapshot
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.stopping import Status
from gdtui.verbs import Back, Step
from gdtui.view.chart_figures import ChartFigures
from gdtui.view.charts import CHARTS
from gdtui.view.look import Look
from gdtui.view.panels import Paper, header, lanes, this_update
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
        d = len(objective.build(0).start)
        at_rates = [Lane(f"r{i}", optimizer, dialect, {"lr": r}, options) for i, r in enumerate(RATES)]
        at_starts = [Lane(f"s{i}", optimizer, dialect, {}, options, start=(at,) * d) for i, at in enumerate(STARTS)]
        run(objective, [*fitting(objective, [*at_rates, *at_starts])])
