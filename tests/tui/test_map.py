"""Looking at a part of the map, by keys and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.geometry import Offset

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.tui.widgets.map_view import MapView
from gdtui.view.map_window import MapWindow

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
SPHERE = Experiment(ObjectiveSpec("surface", "sphere"), (Lane("gd", "gd", settings={"lr": 0.1}),))


def seen(desk: Any) -> tuple[float, ...]:
    """Left, right, bottom and top of the map."""
    figure = desk.bench.frame.picture
    return (*figure.x.limits, *figure.y.limits)


def width(desk: Any) -> float:
    left, right, *_ = seen(desk)
    return right - left


async def test_keys_zoom_pan_and_return_to_the_whole_domain(open_bench: Open) -> None:
    async with open_bench() as desk:
        whole = seen(desk)
        await desk.press("i", "i")
        assert width(desk) == pytest.approx((whole[1] - whole[0]) / 2)
        assert "×2" in desk.text("#picture")
        near = seen(desk)
        await desk.press("shift+right", "shift+up")
        left, _right, bottom, _top = seen(desk)
        assert left == pytest.approx(near[0] + width(desk) / 4)
        assert bottom == pytest.approx(near[2] + (near[3] - near[2]) / 4)
        await desk.press("shift+left", "shift+down")
        assert seen(desk) == pytest.approx(near)
        await desk.press("I", "I", "I")
        assert width(desk) > whole[1] - whole[0]
        await desk.press("0")
        assert seen(desk) == whole and "×" not in desk.text("#picture").split("\n")[0].replace("✕", "")


async def test_a_window_that_follows_keeps_the_selected_lane_in_its_middle_half(open_bench: Open) -> None:
    async with open_bench(SPHERE) as desk:
        await desk.press("F", *["i"] * 8)
        windows = set()
        for _update in range(12):
            await desk.press("space")
            left, right, bottom, top = seen(desk)
            x, y = desk.bench.frame.lane.vector("theta")
            assert 0.25 < (x - left) / (right - left) < 0.75 and 0.25 < (y - bottom) / (top - bottom) < 0.75
            windows.add(left)
        assert 1 < len(windows) < 12, "it moves in steps"
        assert "follows gd" in desk.text("#picture")
        await desk.press("F")
        there = seen(desk)
        await desk.press("pageup")
        assert seen(desk) == there


async def test_another_objective_is_seen_whole(open_bench: Open) -> None:
    from gdtui.session import ChangeObjective

    async with open_bench() as desk:
        await desk.press("i", "i")
        desk.bench.act(ChangeObjective(ObjectiveSpec("surface", "sphere")))
        await desk.settled()
        assert desk.bench.look.window == MapWindow()


async def test_a_click_says_loss_and_gradient_where_the_pointer_is(open_bench: Open) -> None:
    async with open_bench(SPHERE) as desk:
        view = desk.bench.query_one(MapView)
        middle = next(
            Offset(column, row)
            for row, line in enumerate(desk.text("#picture").split("\n"))
            for column, char in enumerate(line)
            if char == "✕" and row
        )
        await desk.pilot.click(view, offset=middle)
        await desk.settled()
        said = desk.text("#message")
        assert "x = " in said and "y = " in said and "loss 0.0" in said and "gradient (" in said
        await desk.pilot.click(view, offset=(0, 0))  # the title is no place
        assert desk.text("#message") == said


async def test_the_wheel_zooms_about_the_pointer_and_a_drag_pans(open_bench: Open) -> None:
    async with open_bench(SPHERE) as desk:
        view = desk.bench.query_one(MapView)
        cell = Offset(view.size.width // 3, view.size.height // 3)

        def under() -> tuple[float, float]:
            x, y = desk.bench._place_on_map(cell)
            left, right, bottom, top = seen(desk)
            return left + x * (right - left), bottom + y * (top - bottom)

        before, whole = under(), seen(desk)
        view.post_message(MapView.Turned(cell, 1))
        await desk.until(lambda: desk.bench.look.window.zoom == 1)
        assert under() == pytest.approx(before)
        view.post_message(MapView.Turned(cell, -1))
        await desk.until(lambda: desk.bench.look.window.zoom == 0)
        assert seen(desk) == pytest.approx(whole)
        await desk.pilot.mouse_down(view, offset=cell)
        await desk.pilot.hover(view, offset=cell + Offset(6, 2))
        await desk.pilot.mouse_up(view, offset=cell + Offset(6, 2))
        await desk.settled()
        left, right, bottom, top = seen(desk)
        assert left < whole[0] and bottom > whole[2], "the map went along to the right and down"
        assert (right - left, top - bottom) == pytest.approx((whole[1] - whole[0], whole[3] - whole[2]))
        cell += Offset(6, 2)
        assert under() == pytest.approx(before, abs=1e-9)


@pytest.mark.parametrize("keys", [("v", "i"), ("m", "i")])
async def test_without_a_map_the_keys_say_so(open_bench: Open, keys: tuple[str, ...]) -> None:
    line = Experiment(ObjectiveSpec("dataset", "line"), SPHERE.lanes)
    async with open_bench(line if keys[0] == "m" else None) as desk:
        await desk.press(*keys)
        assert "there is no map here" in desk.text("#message")
