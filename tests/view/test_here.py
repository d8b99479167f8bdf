"""What `?` says of the screen as it is: every part that is on it, by the name that stands there, and nothing else."""

from __future__ import annotations

import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step
from gdtui.view.charts import CHARTS
from gdtui.view.here import here
from gdtui.view.picture_kinds import ABOUT
from gdtui.view.pictures import PICTURES
from tests.view.frames import frame_of


def test_every_chart_and_picture_has_a_sentence_that_fits_two_lines() -> None:
    assert set(ABOUT) == set(PICTURES)
    sentences = [*ABOUT.values(), *(chart.about for chart in CHARTS.values())]
    assert all(20 < len(text) <= 95 and not text.endswith(".") for text in sentences)
    assert len(set(sentences)) == len(sentences)


def test_it_names_the_charts_of_the_screen_and_the_settings_of_the_lane() -> None:
    snapshot = Session(default_experiment()).apply(Step(3))
    usual = here(frame_of(snapshot, lane=3))
    assert list(usual)[:4] == ["picture", "loss", "velocity", "accumulator"]
    assert usual["adam"].startswith("Adam (Kingma & Ba 2015")
    assert usual["beta1 β₁"].startswith("the share of the first moment")
    assert "beta1 β₁" not in here(frame_of(snapshot, lane=0))
    assert list(here(frame_of(snapshot, size=(80, 24), chart="lr")))[:2] == ["picture", "learning rate"]
    assert next(iter(here(frame_of(snapshot, full=True, chart="theta")))) == "parameters"
    assert "picture" not in here(frame_of(snapshot, view="columns"))
    assert "cursor" in here(frame_of(snapshot, cursor=2)) and "cursor" not in usual


@pytest.mark.parametrize("view", ["overlay", "network"])
def test_inside_a_network_its_letters_are_explained(view: str) -> None:

    objective = ObjectiveSpec("dataset", "two-moons", layers=(2, 3, 1), rows=40)
    snapshot = Session(Experiment(objective, (Lane("gd"),))).apply(Step(1))
    said = here(frame_of(snapshot, view=view))
    assert ("inside the network" in said) is (view == "network")
    assert ("picture" in said) is (view == "overlay")
