"""The lines of the wrappers say what was done around the rule."""

from __future__ import annotations

import pytest

from gdtui.objectives.specs import DatasetSpec, SurfaceSpec
from gdtui.optimizers.language.writer import Line
from gdtui.session import LaneView, Session
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Back, Step
from gdtui.view.rule_lines import line_count, update_lines

DATA = DatasetSpec("linear-4-3")
ALL = {
    "accumulate": 4.0, "sam_rho": 0.1, "clip_norm": 0.5, "lookahead": 3.0, "lookahead_alpha": 0.25, "average_from": 2.0,
}  # fmt: skip


def session_of(settings: dict[str, float], *, data: bool = True, optimizer: str = "adam") -> Session:
    lane = Lane("a", optimizer, settings={"lr": 0.01, **settings}, sampling=Sampling(5 if data else None))
    return Session(Experiment(DATA if data else SurfaceSpec("rosenbrock"), (lane,)))


def said(lane: LaneView, place: int = 0) -> list[str]:
    return [f"{line.name} ← {line.symbols}" for line in update_lines(lane, place)]


def named(lines: tuple[Line, ...], name: str) -> list[float | None]:
    return [line.value for line in lines if line.name == name]


@pytest.mark.parametrize("optimizer", ["gd", "adam", "momentum", "schedule-free-sgd"])
@pytest.mark.parametrize("updates", [1, 2, 3, 6, 7])
def test_the_lines_lead_to_the_new_parameter(optimizer: str, updates: int) -> None:
    settings = ALL if optimizer != "schedule-free-sgd" else {k: v for k, v in ALL.items() if k != "average_from"}
    session = session_of(settings, optimizer=optimizer)
    for act in (Step(updates), Step(5), Back(5)):
        session.apply(act)
    run, lane = session.simulation.lane("a"), session.snapshot().lanes[0]
    for place in range(len(run.theta)):
        lines = update_lines(lane, place)
        thetas = [value for value in named(lines, "θ") if value is not None]
        assert thetas[-1] == run.theta[place]
        if "average_from" in settings:
            assert named(lines, "θ̄") == [run.slots[-1][place]]
        assert lane.before is not None and lane.before.grad[place] in named(lines, "g")
        assert len(lines) == line_count(lane)


def test_each_step_stands_in_its_order() -> None:
    lane = session_of(ALL, optimizer="gd").apply(Step(3)).lanes[0]
    assert said(lane) == [
        "g ← (g₁ + … + g₄)/4", "θ̂ ← θ + ρ·g/‖g‖", "g ← ∇L(θ̂)", "g ← g·min(1,c/‖g‖)", "θ ← θ − η·g", "θ ← φ + α·(θ−φ)",
        "θ̄ ← θ̄ + w·(θ−θ̄)",
    ]  # fmt: skip
    assert "θ ← φ + α·(θ−φ)   every 3 updates" in said(session_of(ALL).apply(Step(2)).lanes[0])


def test_sam_shows_where_it_looked() -> None:
    session = session_of({"sam_rho": 0.1}, data=False, optimizer="gd")
    start = session.simulation.lane("a").theta.copy()
    lane = session.apply(Step(1)).lanes[0]
    gradient = session.simulation.objective.evaluate
    g = gradient(start)[1]
    ascended = start + 0.1 * g / (g @ g) ** 0.5
    for place in range(2):
        lines = update_lines(lane, place)
        assert named(lines, "θ̂") == pytest.approx([ascended[place]], rel=1e-14)
        assert named(lines, "g") == pytest.approx([gradient(ascended)[1][place]], rel=1e-12)


def test_nothing_is_said_of_what_is_off() -> None:
    lane = session_of({}, optimizer="gd").apply(Step(1)).lanes[0]
    assert said(lane) == ["θ ← θ − η·g"]
