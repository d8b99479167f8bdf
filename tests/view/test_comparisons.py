"""Which comparison stands, as the lanes' settings have it."""

from __future__ import annotations

import pytest

from gdtui import Experiment, Lane
from gdtui.session import Session
from gdtui.simulation.schedules import Schedule
from gdtui.verbs import Back, Mute, Set, Step
from gdtui.view.comparisons import comparison
from gdtui.view.panels import Paper, lanes
from gdtui.view.rate_curves import best_rate, rate_survey
from tests.view.frames import frame_of


def lane(name: str, rate: float | None = None, **rest) -> Lane:
    return Lane(name, name, settings={} if rate is None else {"lr": rate}, **rest)


def words(*lanes: Lane) -> str:
    return comparison(Session(Experiment(lanes=lanes)).snapshot())[0]


def test_the_rates_of_the_lanes_decide() -> None:
    assert words(lane("gd", 0.1), lane("adam", 0.1)) == "same rate 0.1"
    assert words(lane("gd", 0.1), lane("adam", 0.2)) == "own rates"
    assert words(lane("gd"), lane("adam")) == "library defaults"
    assert words(lane("gd"), lane("momentum")) == "library defaults, 0.01 each"
    assert words(lane("gd", 0.1), lane("adam", 0.1, schedule=Schedule("cosine", {"updates": 10}))) == "own rates"
    assert comparison(Session(Experiment(lanes=(lane("gd"),))).snapshot()) == ()


def test_a_rate_that_is_changed_on_the_way_is_no_fair_one_until_the_lane_is_back() -> None:
    session = Session(Experiment(lanes=(lane("gd", 0.001), lane("adam", 0.1))))
    session.apply(Step(3))
    assert comparison(session.apply(Set("gd.lr", 0.1)))[0] == "rates changed on the way"
    assert comparison(session.apply(Mute(("gd",)))) == ()
    session.apply(Mute(()))
    assert comparison(session.apply(Back(1)))[0] == "own rates"
    session.apply(Back(2))
    assert comparison(session.apply(Set("gd.lr", 0.1)))[0] == "same rate 0.1"


@pytest.mark.jit
def test_rates_are_best_once_the_runs_say_so_and_no_longer_once_one_is_changed() -> None:
    session = Session(Experiment(lanes=(lane("gd", 0.001), lane("adam", 0.1)), updates=40))
    snapshot = session.snapshot()
    for each in snapshot.lanes:
        assert best_rate(snapshot, each) is None
        rate_survey(snapshot, each).finish()
    best = {each.name: best_rate(snapshot, each) for each in snapshot.lanes}
    for name, rate in best.items():
        assert comparison(snapshot)[0] == "own rates"
        snapshot = session.apply(Set(f"{name}.lr", rate))
    assert comparison(snapshot) == ("best rates after 40 updates", "best rate after 40")
    for width in (80, 120):
        (heading, *_rows) = lanes(frame_of(snapshot), Paper(width, 4))
        assert "after 40" in "".join(run.text for run in heading)
    assert comparison(session.apply(Set("adam.beta1", 0.5)))[0] == "own rates"
    assert comparison(session.apply(Set("adam.beta1", 0.9)))[0].startswith("best")
    assert comparison(session.apply(Set("adam.lr", best["adam"] * 1.01)))[0] == "own rates"
