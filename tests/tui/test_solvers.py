"""Solvers on the bench: picked, stepped, taken back, and what they cost on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


async def test_a_solver_is_picked_stepped_and_taken_back_and_its_cost_is_seen(open_bench: Open) -> None:
    async with open_bench(size=(120, 36)) as desk:
        assert "evals" not in desk.text("#lanes")
        await desk.press("a")
        await desk.type("newton")
        await desk.pilot.press("enter")
        await desk.until(lambda: len(desk.bench.snapshot.lanes) == 5)
        while desk.bench.snapshot.lanes[desk.bench.selected].name != "newton":
            await desk.press("j")
        assert "(H+λI)⁻¹·g" in desk.text("#update")
        await desk.press("space", "space")
        newton = desk.bench.snapshot.lane("newton")
        assert newton.update == 2
        assert newton.evaluations > 2
        there = newton.trace.rows.copy()
        assert "evals" in desk.text("#lanes")
        assert f"evaluations {newton.evaluations}" in desk.text("#header")
        cost = int(newton.row[newton.trace.layout.column("evals[0]")])
        assert f"(+{cost} evaluations)" in desk.text("#update")
        assert "−(" in desk.text("#update")
        await desk.press("b", "b", "space", "space")
        np.testing.assert_array_equal(desk.bench.snapshot.lane("newton").trace.rows, there)


async def test_the_x_axis_turns_between_updates_and_evaluations(open_bench: Open) -> None:
    async with open_bench(size=(120, 36)) as desk:
        await desk.press("u")
        assert desk.bench.look.x_axis == "updates"
        await desk.press("a")
        await desk.type("bfgs")
        await desk.pilot.press("enter")
        await desk.press("space", "u")
        assert desk.bench.look.x_axis == "evaluations"
        await desk.press("u")
        assert desk.bench.look.x_axis == "updates"
