"""Maps of many runs on the bench: by key and by mouse."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec, simulate
from gdtui.insight.field_survey import FieldSurvey
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import shipped
from gdtui.tui.widgets.map_view import MapView
from gdtui.verbs.show import Show

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
LANES = (Lane("adam", "adam", settings={"lr": 0.1}), Lane("momentum", "momentum", settings={"lr": 0.01}))
HIMMELBLAU = Experiment(ObjectiveSpec("surface", "himmelblau"), LANES)


async def test_runs_are_made_between_frames_and_a_run_can_be_put_on_the_bench(open_bench: Open) -> None:
    async with open_bench(HIMMELBLAU) as desk:
        await desk.press("m")
        assert desk.bench.frame.picture.title.startswith("basins of adam, 500 updates")
        shown = desk.bench.frame.map
        assert shown.survey(shown.domain).is_complete
        view = desk.bench.query_one(MapView)
        middle = (view.size.width // 2, view.size.height // 2)
        await desk.pilot.click(view, offset=middle)
        assert "after 500 updates" in desk.text("#message")
        await desk.pilot.click(view, offset=middle, button=3)
        await desk.settled()
        added = desk.bench.frame.lane
        assert (added.name, added.spec.optimizer) == ("adam-2", "adam")
        (low, high), _up = HIMMELBLAU.objective.build().domain
        assert abs(added.spec.start[0] - (low + high) / 2) < (high - low) / 10
        await desk.press("m", "m")
        assert desk.bench.frame.picture.title.startswith("loss of adam-2, 500 updates, beta1 upwards")
        await desk.press("I", "I", "shift+down", "shift+down", "i", "i", "i", "i")
        assert desk.bench.frame.map.survey(desk.bench.frame.map.limits(desk.bench.look.window, added)).is_complete
        await desk.press("m")
        assert len(desk.bench.frame.picture.series) == 3


async def test_keys_do_not_wait_for_runs(open_bench: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FieldSurvey, "measure", lambda self, seconds, _interrupt: time.sleep(seconds))  # it never ends
    async with open_bench(HIMMELBLAU) as desk:
        await desk.pilot.press("m")
        for update in range(1, 4):
            await desk.pilot.press("space")
            await desk.until(lambda update=update: desk.bench.frame.snapshot.lanes[0].update == update, 5)


async def test_a_place_is_pointed_at_by_keys(open_bench: Open) -> None:
    async with open_bench(HIMMELBLAU) as desk:
        await desk.press("m", "M")
        await desk.pilot.press("right", "right", "up", "shift+left")
        await desk.pilot.pause()
        here = desk.text("#message")
        assert "after 500 updates" in here
        await desk.pilot.press("shift+down")
        await desk.pilot.pause()
        assert desk.text("#message") != here
        await desk.pilot.press("escape")
        await desk.settled()
        assert len(desk.bench.frame.snapshot.lanes) == 2 and not desk.bench.query("#aim")
        await desk.press("M")
        await desk.pilot.press("right", "enter")
        await desk.settled()
        assert desk.bench.frame.lane.name == "adam-2" and not desk.bench.query("#aim")
        await desk.press("z", "M")
        assert "a chart has the whole screen: z brings the map back" in desk.text("#message")
        await desk.press("z", "v", "M")
        assert "no map here" in desk.text("#message")


def pointed(desk: Any) -> tuple[float, float]:
    """Return the place that the line of messages names."""
    x, y = re.match(r"x = (\S+), y = (\S+):", desk.text("#message").strip().replace("−", "-")).groups()
    return float(x), float(y)


async def test_a_place_that_is_pointed_at_stays_where_it_is_when_the_terminal_is_resized(open_bench: Open) -> None:
    """Enter put another run on the bench than the one that stood in the line of messages."""
    async with open_bench(replace(HIMMELBLAU, updates=20)) as desk:
        await desk.press("m", "M")
        await desk.pilot.press("shift+right", "shift+up", "right")
        await desk.pilot.pause()

        before = pointed(desk)
        for size in ((80, 24), (200, 50)):
            await desk.pilot.resize_terminal(*size)
            await desk.pilot.pause()
            await desk.settled()
            assert pointed(desk) == pytest.approx(before, abs=0.6), size
            mark, view = desk.bench.query_one("#aim").region.offset, desk.bench.query_one(MapView).region
            assert view.contains_point(mark)
        said = pointed(desk)
        await desk.pilot.press("enter")
        await desk.settled()
        assert desk.bench.frame.lane.spec.start == pytest.approx(said, rel=1e-3)


async def test_a_place_is_pointed_at_in_a_lesson_in_a_small_terminal(open_bench: Open) -> None:
    """Between two layouts the picture had no places at all, which ended the bench; then the mark was elsewhere."""
    scenario = load_scenario(shipped()[[path.stem for path in shipped()].index("basins-by-optimizer")])
    async with open_bench(scenario.experiment, scenario=scenario, page=5) as desk:
        await desk.press("M")
        await desk.pilot.press("shift+right", "shift+right", "shift+up")
        await desk.pilot.pause()
        before = pointed(desk)
        for size in ((60, 18), (60, 40), (61, 19), (80, 24), (60, 18), (120, 36)):
            await desk.pilot.resize_terminal(*size)
            await desk.pilot.pause()
            await desk.settled()
            assert pointed(desk) == pytest.approx(before, abs=2.0 if size[1] < 20 else 1.0), size
        assert pointed(desk) == before


async def test_what_is_said_of_a_run_that_is_pointed_at_goes_on_with_it(
    open_bench: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure, go_on = FieldSurvey.measure, threading.Event()
    monkeypatch.setattr(FieldSurvey, "measure", lambda self, *how: go_on.wait(0.05) and measure(self, *how))
    async with open_bench(HIMMELBLAU) as desk:
        await desk.pilot.press("m", "M")
        await desk.until(lambda: "the runs have not been made yet" in desk.text("#message"), 20)
        go_on.set()
        await desk.until(lambda: "after 500 updates" in desk.text("#message"), 20)


async def test_a_comparison_says_which_it_is_and_shows_every_rate(open_bench: Open) -> None:
    async with open_bench(HIMMELBLAU) as desk:
        await desk.press("space", "space")
        for words, says, rates, stands in (
            ("same", "one rate for all lanes: adam 0.1, momentum 0.1", [0.1, 0.1], "same rate 0.1"),
            ("library", "at its default rate: adam 0.001, momentum 0.01", [0.001, 0.01], "library defaults"),
        ):
            desk.bench.action_change("lane", "compare")
            await desk.type(words)
            await desk.press("enter")
            await desk.until(lambda says=says: says in desk.text("#message"), 20)
            assert [lane.settings["lr"] for lane in desk.bench.snapshot.lanes] == rates
            assert [lane.update for lane in desk.bench.snapshot.lanes] == [2, 2]
            assert desk.bench.frame.picture.title.startswith("loss after 500 updates")
            assert stands in desk.text("#lanes").split("\n")[0]


async def test_how_far_the_search_for_the_best_rates_has_come_is_said(
    open_bench: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, go_on, measure = [], threading.Event(), FieldSurvey.measure

    def held_half_way(survey: FieldSurvey, _seconds: float, _interrupt: object) -> bool:
        news = measure(survey, 1e-6)
        seen.append(survey.done)
        if survey.done > 0.3:
            go_on.wait(20)
        return news

    async with open_bench(replace(HIMMELBLAU, updates=30)) as desk:
        monkeypatch.setattr(FieldSurvey, "measure", held_half_way)
        desk.bench.action_rates()
        await desk.until(lambda: "% of the runs   Esc stops it" in desk.text("#message"), 20)
        percent = int(re.search(r"(\d+) %", desk.text("#message"))[1])  # of two lanes: the second has not begun
        assert percent == pytest.approx(100 * seen[-1] / 2, abs=1) and 15 <= percent <= 50
        go_on.set()
        await desk.until(lambda: "the lowest loss after 30 updates" in desk.text("#message"), 60)
        assert seen == sorted(seen[: seen.index(1.0) + 1]) + seen[seen.index(1.0) + 1 :] and seen[-1] == 1.0


async def test_the_best_rates_have_the_budget_of_the_picture(open_bench: Open) -> None:
    experiment = replace(HIMMELBLAU, updates=30)
    async with open_bench(experiment) as desk:
        await desk.press("y")
        await desk.until(lambda: "the lowest loss after 30 updates" in desk.text("#message"), 60)
        assert "best rates after 30 updates" in desk.text("#lanes").split("\n")[0]
        marks = [float(label.text[2:]) for label in desk.bench.frame.picture.labels if label.text.startswith("◇")]
        for lane, own, mark in zip(LANES, desk.bench.snapshot.lanes, marks, strict=True):
            best = own.settings["lr"]
            assert mark == pytest.approx(best, rel=0.05)
            losses = [
                simulate(replace(experiment, lanes=(replace(lane, settings={"lr": best * factor}),)), 30)[lane.name]
                for factor in (0.8, 1.0, 1.25)
            ]
            assert np.argmin([trace["loss"][-1] for trace in losses]) == 1
        await desk.press("]")
        await desk.settled()
        assert "own rates" in desk.text("#lanes").split("\n")[0]


async def test_a_run_of_a_lane_with_the_longest_name_is_put_on_the_bench(open_bench: Open) -> None:
    long = replace(LANES[0], name="a" * 32)
    async with open_bench(replace(HIMMELBLAU, lanes=(long,))) as desk:
        await desk.press("m")
        view = desk.bench.query_one(MapView)
        await desk.pilot.click(view, offset=(view.size.width // 2, view.size.height // 2), button=3)
        await desk.settled()
        assert desk.bench.frame.lane.name == f"{'a' * 29}-2"


async def test_the_sides_of_the_map_over_settings_are_chosen_by_keys_and_by_scripts(open_bench: Open) -> None:
    async with open_bench(replace(HIMMELBLAU, updates=20)) as desk:
        await desk.press("U")
        assert "no map over two settings here: v and m turn to one" in desk.text("#message")
        await desk.press("m", "m", "m")
        sides = lambda: (desk.bench.frame.map.across.key, desk.bench.frame.map.up.key)  # noqa: E731
        assert sides() == ("lr", "beta1")
        await desk.press("U")
        assert sides() == ("beta1", "lr")
        await desk.press("h", "h")  # beta2 goes up
        assert sides() == ("beta1", "beta2") and desk.bench.frame.picture.x.title == "beta1"
        await desk.settled()
        assert desk.bench.frame.map.survey(desk.bench.frame.map.domain).is_complete
        desk.bench.show(Show("loss", picture="stability", across="eps", up="lr").changed)
        assert sides() == ("eps", "lr")
