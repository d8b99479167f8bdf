"""The loss of a network on planes of its parameters: measured between frames, on the engine's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gdtui.insight import landscape
from gdtui.objectives.network.hessian import hessian_product
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.tui.widgets.map_view import MapView
from gdtui.verbs import Add, Step

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
SMALL = (80, 24)  # there is less to draw
LANES = (Lane("gd", "gd", settings={"lr": 0.05}), Lane("adam", "adam", settings={"lr": 0.02}))
NETWORK = Experiment(ObjectiveSpec("dataset", "noisy-sine", layers=(1, 16, 1)), LANES)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the name of the thread of each measurement."""
    found: list[str] = []
    measure = landscape.Survey.measure

    def noting(self: Any, limits: Any, seconds: float) -> None:
        found.append(threading.current_thread().name)
        measure(self, limits, seconds)

    monkeypatch.setattr(landscape.Survey, "measure", noting)
    return found


async def test_m_turns_to_the_plane_of_the_path_which_is_measured_between_frames(
    open_bench: Open, threads: list[str]
) -> None:
    async with open_bench(NETWORK, size=SMALL) as desk:
        await desk.press("pagedown", "pagedown", "m")
        assert desk.bench.frame.map.survey.is_complete(None)
        assert threads and all(name.startswith("engine") for name in threads)
        figure = desk.bench.frame.picture
        shown = desk.bench.frame.map
        lane = desk.bench.frame.lane
        assert figure.title.startswith("loss on adam's principal plane, ") and "to update 20" in figure.title
        assert 0.5 < shown.plane.variance <= 1
        (end,) = (label for label in figure.labels if label.bold and label.text != "○")
        assert (end.x, end.y) == pytest.approx(shown.plane.project(lane.parameters).tolist())
        assert figure.backdrop is not None
        done = len(threads)
        desk.bench.repaint()
        await desk.settled()
        assert len(threads) == done, "it is measured once"


async def test_the_older_plane_stays_until_the_newer_one_is_known(open_bench: Open) -> None:
    async with open_bench(NETWORK, size=SMALL) as desk:
        await desk.press("pagedown", "pagedown", "m")
        desk.bench.act(Step(4))  # 24: the next plane
        desk.bench.engine.when_idle = lambda work, then: None  # nobody measures
        await desk.settled()
        assert desk.bench.frame.map.update == 20 and "to update 20" in desk.bench.frame.picture.title
        assert desk.bench.frame.picture.backdrop is not None
        del desk.bench.engine.when_idle
        desk.bench.repaint()
        await desk.settled()
        assert desk.bench.frame.map.update == 24


async def test_a_plane_can_be_zoomed_and_a_click_says_the_loss_there(open_bench: Open) -> None:
    async with open_bench(NETWORK, size=SMALL) as desk:
        await desk.press("pagedown", "m", "i", "i")
        figure, shown = desk.bench.frame.picture, desk.bench.frame.map
        (left, right), _up = shown.domain
        assert figure.x.limits[1] - figure.x.limits[0] == pytest.approx((right - left) / 2)
        assert figure.backdrop is not None and "×2" in figure.title
        view = desk.bench.query_one(MapView)
        await desk.pilot.click(view, offset=(view.size.width // 2, view.size.height // 2))
        assert "on the plane: loss " in desk.text("#message")
        await desk.press("F")
        assert "follows adam" in desk.bench.frame.picture.title


async def test_the_next_picture_is_the_plane_of_start_and_two_lanes(open_bench: Open) -> None:
    async with open_bench(NETWORK, size=SMALL) as desk:
        await desk.press("pagedown", "pagedown", "m", "m")
        frame = desk.bench.frame
        assert frame.picture.title.startswith("loss on the plane of start, adam, gd at update 20")
        for lane in frame.snapshot.lanes:
            position = frame.map.plane.project(lane.parameters)
            assert np.allclose(frame.map.plane.parameters(position), lane.parameters), "both lie on it"
        await desk.press("m")
        frame = desk.bench.frame
        assert frame.picture.title.startswith("loss around adam at update 20")
        assert np.allclose(frame.map.plane.origin, frame.lane.parameters)
        objective, theta = frame.snapshot.objective, frame.lane.parameters
        hessian = np.array([hessian_product(objective, theta, v) for v in np.eye(objective.dimension)])
        values, vectors = np.linalg.eigh(hessian)
        along = frame.map.plane.axes @ vectors[:, -1]
        ahead, behind = frame.picture.arrows
        assert abs(ahead.dx * along[1] - ahead.dy * along[0]) < 1e-3 and (behind.dx, behind.dy) == (
            -ahead.dx,
            -ahead.dy,
        )
        (said,) = frame.picture.key
        assert f"λmax {values[-1]:.3g}, derived; {100 * np.linalg.norm(along):.2g} %" in said.text
        for _picture in range(4):  # the parameters, two pictures of many runs: nobody waits for them
            desk.send("m")
        await desk.until(lambda: desk.bench.frame.picture.title == "data and fitted curves")


async def test_where_there_is_no_plane_the_picture_says_why(open_bench: Open) -> None:
    sphere = Experiment(ObjectiveSpec("expression", "", formula="x1^2 + x2^2 + x3^2", start=(1.0, 2.0, 3.0)), LANES[:1])
    async with open_bench(sphere) as desk:
        await desk.press("m")
        assert "a path has a plane" in desk.text("#picture")
        await desk.press("pagedown")
        assert "the path of gd is straight" in desk.bench.frame.picture.message
        await desk.press("m")
        assert "second lane" in desk.text("#picture")
        desk.bench.act(Add(LANES[1]))
        await desk.settled()
        await desk.press("pagedown")
        assert "at update" in desk.bench.frame.picture.title


async def test_keys_do_not_wait_for_a_plane(open_bench: Open) -> None:
    async with open_bench(NETWORK, size=SMALL) as desk:
        await desk.press("pagedown", "pagedown", "m")
        for update in range(21, 29):
            await desk.pilot.press("space")
            await desk.until(lambda update=update: desk.bench.frame.snapshot.lanes[0].update == update, 0.5)
