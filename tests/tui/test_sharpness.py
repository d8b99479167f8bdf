"""Curvature that takes longer than a frame is measured between frames, on the engine's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from gdtui.insight import curvature
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.view.charts import CHARTS

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
NETWORK = Experiment(ObjectiveSpec("dataset", "noisy-sine"), (Lane("gd", "gd", settings={"lr": 0.05}),))


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the name of the thread of each measurement."""
    found: list[str] = []
    measure = curvature._measure

    def noting(objective: Any, theta: Any) -> Any:
        found.append(threading.current_thread().name)
        return measure(objective, theta)

    monkeypatch.setattr(curvature, "_measure", noting)
    return found


async def turn_to_sharpness(desk: Any) -> None:
    while desk.bench.frame.charts[0] != "sharpness":
        await desk.press("c")


async def test_the_chart_fills_while_nothing_is_under_way(open_bench: Open, threads: list[str]) -> None:
    async with open_bench(NETWORK) as desk:
        await desk.press("pagedown", "pagedown")
        threads.clear()
        await turn_to_sharpness(desk)
        curve = desk.bench.frame.chart(0).series[0]
        assert list(curve.x) == list(range(21)) and 16 < curve.y[0] < 16.2
        assert len(threads) >= 19 and all(name.startswith("engine") for name in threads)
        threads.clear()
        await desk.press("b", "b")
        assert list(desk.bench.frame.chart(0).series[0].x) == list(range(19)) and threads == []
        desk.bench.repaint()
        await desk.settled()
        assert threads == []


async def test_a_message_stays_while_curvature_is_measured(open_bench: Open, threads: list[str]) -> None:
    async with open_bench(NETWORK) as desk:
        await desk.press("pagedown")
        await turn_to_sharpness(desk)
        curvature._measured.clear()
        threads.clear()
        desk.bench.say("saved", good=True)
        await desk.settled()
        assert len(threads) >= 11
        assert "saved" in desk.text("#message")


async def test_a_diagnosis_has_the_newest_curvature_without_the_chart(open_bench: Open, threads: list[str]) -> None:
    async with open_bench(NETWORK) as desk:
        threads.clear()
        for _turn in range(25):
            await desk.press("pagedown")
        assert CHARTS["sharpness"].name not in desk.bench.frame.charts[:1]
        assert 0 < len(threads) <= 26 and all(name.startswith("engine") for name in threads)
        assert "lr 0.05 is above 2/λmax, which was 0.047" in desk.bench.frame.message[0]


async def test_a_surface_is_measured_in_the_frame(open_bench: Open, threads: list[str]) -> None:
    async with open_bench(Experiment(ObjectiveSpec("surface", "ravine"), NETWORK.lanes)) as desk:
        threads.clear()
        await desk.press("space")
        assert not any(name.startswith("engine") for name in threads)
