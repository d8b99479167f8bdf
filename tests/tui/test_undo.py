"""Undo and redo on the screen, and leaving with unsaved acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.verbs import Step

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


def names(desk: Any) -> list[str]:
    return [lane.name for lane in desk.bench.snapshot.lanes]


async def settled(desk: Any, *keys: str) -> None:
    await desk.press(*keys)
    await desk.pilot.pause()
    await desk.settled()


async def test_a_removed_lane_comes_back_with_its_past(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown")
        before = [lane.trace.rows.tobytes() for lane in desk.bench.snapshot.lanes]
        await desk.press("d")
        assert len(names(desk)) == 3
        await settled(desk, "ctrl+z")
        assert "undone: remove adam" in desk.text("#message")
        assert [lane.trace.rows.tobytes() for lane in desk.bench.snapshot.lanes] == before
        await settled(desk, "ctrl+y")
        assert len(names(desk)) == 3
        assert "done again: remove adam" in desk.text("#message")
        await settled(desk, "ctrl+y")
        assert "nothing to do again" in desk.text("#message")


async def test_home_the_objective_and_a_lesson_can_be_undone(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown", "home")
        await desk.press("o")
        await desk.type("beale")
        await desk.pilot.press("enter")
        await desk.settled()
        assert desk.bench.snapshot.objective.name == "beale"
        await desk.press("L")
        await desk.type("ravine")
        await desk.pilot.press("enter")
        await desk.settled()
        assert desk.bench.lesson is not None
        await settled(desk, "ctrl+z")
        assert desk.bench.lesson is None
        assert desk.bench.snapshot.objective.name == "beale"
        await settled(desk, "ctrl+z")
        assert desk.bench.snapshot.objective.name == "rosenbrock"
        assert desk.bench.snapshot.lanes[0].update == 0
        await settled(desk, "ctrl+z")
        assert desk.bench.snapshot.lanes[0].update == 10
        await settled(desk, "ctrl+z")
        assert "nothing to undo" in desk.text("#message")


async def test_undo_of_a_long_way_can_be_stopped(open_bench: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_bench() as desk:
        desk.bench.act(Step(500))
        await desk.press("home")
        with monkeypatch.context() as pressed:
            pressed.setattr(desk.bench.engine, "interrupted", lambda: True)  # escape, while updates are made again
            await settled(desk, "ctrl+z")
        assert "stopped: everything is as it was" in desk.text("#message")
        assert desk.bench.snapshot.lanes[0].update == 0
        await settled(desk, "ctrl+z")
        assert desk.bench.snapshot.lanes[0].update == 500


async def test_pages_of_a_lesson_are_turned_not_undone(open_bench: Open) -> None:
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario) as desk:
        await desk.press("space", "space", "space")
        await settled(desk, "ctrl+z")
        assert "nothing to undo" in desk.text("#message")
        assert desk.bench.page == 3
        await desk.press("d", "space")
        await settled(desk, "ctrl+z")
        assert desk.bench.page == 3


async def test_q_asks_once_if_acts_are_unsaved(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("space", "d", "q")
        assert "not saved" in desk.text("#message")
        assert desk.app._exit is False
        await desk.pilot.press("q")
        await desk.pilot.pause()
        assert desk.app._exit is True


async def test_best_rates_are_looked_for_and_undone_together(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("o")
        await desk.type("beale")
        await desk.pilot.press("enter")
        await desk.until(lambda: "y looks for the best" in desk.text("#message"))
        before = [lane.settings["lr"] for lane in desk.bench.snapshot.lanes]
        await desk.press("y")
        await desk.until(lambda: "lowest loss after 500 updates" in desk.text("#message"), 60)
        assert [lane.settings["lr"] for lane in desk.bench.snapshot.lanes] != before
        await settled(desk, "ctrl+z")
        await desk.until(lambda: [lane.settings["lr"] for lane in desk.bench.snapshot.lanes] == before)
        assert desk.bench.snapshot.objective.name == "beale"


async def test_q_leaves_at_once_if_nothing_would_be_lost(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("space", "space", "b")
        await desk.pilot.press("q")
        await desk.pilot.pause()
        assert desk.app._exit is True


async def test_a_new_lane_is_selected(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("a")
        await desk.type("adagrad")
        await desk.pilot.press("enter")
        await desk.settled()
        assert desk.bench.frame.lane.name == "adagrad"
