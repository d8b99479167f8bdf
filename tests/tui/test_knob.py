"""Turning a setting by keys, and the future that it gives the lane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gdtui import Experiment, Lane, ObjectiveSpec
from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.verbs import Set, Step

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


async def test_keys_multiply_the_learning_rate_and_show_what_it_leads_to(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown")
        before = desk.bench.frame.lane
        await desk.press("right_curly_bracket")
        lane = desk.bench.frame.lane
        assert lane.settings["lr"] == 2 * before.settings["lr"]
        assert lane.trace.rows.tobytes() == before.trace.rows.tobytes()  # nothing was made
        (future,) = (each.lane for each in desk.bench.snapshot.futures if each.lane.name == lane.name)
        session = Session(default_experiment())
        for command in (Step(10), Set(f"{lane.name}.lr", lane.settings["lr"]), Step(50)):
            made = session.apply(command)
        made_rows = made.lane(lane.name).trace.rows[11:]
        assert future.trace.rows[1:].tobytes() == made_rows.tobytes()
        assert f"{lane.name}.lr = " in desk.text("#message")
        await desk.press("left_curly_bracket", "right_square_bracket", "left_square_bracket")
        assert desk.bench.frame.lane.settings["lr"] == pytest.approx(before.settings["lr"], rel=1e-3)


async def test_a_turned_setting_is_one_act_to_undo_and_stepping_back_leaves_it(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown")
        rate = desk.bench.frame.lane.settings["lr"]
        await desk.press(*["right_curly_bracket"] * 3)
        assert desk.bench.frame.lane.settings["lr"] == 8 * rate
        await desk.press("pageup")
        assert desk.bench.frame.lane.settings["lr"] == rate
        await desk.press("pagedown", "ctrl+z")
        await desk.until(lambda: desk.bench.frame.lane.settings["lr"] == rate)


async def test_any_setting_can_be_the_knob_and_a_decay_is_turned_by_its_memory(open_bench: Open) -> None:
    async with open_bench() as desk:
        name = desk.bench.frame.lane.name
        assert name == "adam"
        await desk.press("h", "right_curly_bracket")  # after lr comes beta1
        assert desk.bench.frame.lane.settings["beta1"] == pytest.approx(0.95)
        assert "adam.beta1 = 0.95" in desk.text("#message")
        await desk.press(*["right_curly_bracket"] * 30)
        assert desk.bench.frame.lane.settings["beta1"] < 1.0
        assert "can go no further" in desk.text("#message")


async def test_the_future_changes_nothing(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("f", "pagedown", "up", "pagedown", "pageup", "pagedown")
        names = [lane.name for lane in desk.bench.snapshot.lanes]
        assert [future.lane.name for future in desk.bench.snapshot.futures] == names
        plain = Session(default_experiment()).apply(Step(20))
        for lane in desk.bench.snapshot.lanes:
            assert np.array_equal(lane.trace.rows, plain.lane(lane.name).trace.rows, equal_nan=True)
        await desk.press("V")
        assert desk.bench.look.future == 200 and "200 updates of every lane" in desk.text("#message")
        assert len(desk.bench.snapshot.futures[0].lane.trace.rows) == 201
        await desk.press("f")
        assert desk.bench.snapshot.futures == ()


async def test_a_lane_is_repeated_with_other_seeds_where_they_matter(open_bench: Open) -> None:
    lanes = tuple(Lane(name, name, settings={"lr": 0.05}) for name in ("gd", "adam"))
    async with open_bench(Experiment(ObjectiveSpec(name="ravine", noise=2.0), lanes)) as desk:
        await desk.press("pagedown", "S")
        await desk.until(lambda: desk.bench.snapshot.repeats is not None and not desk.bench.snapshot.more_to_come)
        first = desk.bench.snapshot.repeats
        assert first.name == desk.bench.frame.lane.name and [lane.update for lane in first.lanes] == [10] * 8
        await desk.press("down", "pagedown")
        await desk.until(lambda: desk.bench.snapshot.repeats is not None and not desk.bench.snapshot.more_to_come)
        other = desk.bench.snapshot.repeats
        assert other.name != first.name and [lane.update for lane in other.lanes] == [20] * 8
        await desk.press("S")
        assert desk.bench.snapshot.repeats is None


async def test_no_seed_matters_without_noise_and_data(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("S")
        assert desk.bench.look.seeds == 0 and "no luck is in it" in desk.text("#message")
