"""Leaving a lesson's script and coming back: nothing that is tried in between changes what the script does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import load_scenario, parse_scenario
from gdtui.scenario.read.selection import find
from gdtui.session import Snapshot
from gdtui.view.frame_state import FrameState
from tests.tui.conftest import caption

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
SMALL = (80, 24)  # there is less to draw


def bits(snapshot: Snapshot) -> list[tuple[str, bytes, object, int]]:
    return [(lane.name, lane.trace.rows.tobytes(), lane.edits, lane.number) for lane in snapshot.lanes]


async def test_a_detour_is_said_and_left_with_one_key(open_bench: Open) -> None:
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        bench = desk.bench
        await desk.press("space", "space")
        page, script, log = bench.page, bits(bench.snapshot), list(bench.engine.session.log)
        assert page == 2 and "detour" not in desk.text("#header")

        await desk.press("right", "right", "right", "right_square_bracket", "a")
        await desk.pilot.press(*"rmsprop", "enter")
        await desk.settled()
        header = desk.text("#header")
        assert "detour from page 2: +3 updates, lr, +1 lane" in header
        assert bench.page == page and bits(bench.snapshot) != script

        await desk.press("space")
        assert bench.page == page, "no page runs on a detour: space makes an update"
        assert "+4 updates" in desk.text("#header")
        await desk.press("b")
        assert "+3 updates" in desk.text("#header")
        assert "returns to the script" in caption(desk.bench)

        await desk.press("backspace")
        assert bench.page == page and not bench.look.future, "the future was drawn for the detour"
        assert bits(bench.snapshot) == script
        assert list(bench.engine.session.log) == log
        assert "detour" not in desk.text("#header") and "returns to the script" not in caption(desk.bench)

        await desk.press("ctrl+z")
        assert "detour from page 2: +3 updates, lr, +1 lane" in desk.text("#header"), "the return can be undone"
        assert "to the script" in [key.description for key in desk.bench.query("FooterKey")]
        await desk.press("backspace", "backspace")
        assert bench.page == page and bits(bench.snapshot) == script
        await desk.until(lambda: "to the script" not in [key.description for key in desk.bench.query("FooterKey")])
        await desk.press("space")
        assert bench.page == page + 1


async def test_a_detour_takes_its_look_away_however_fast_it_began(open_bench: Open) -> None:
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        bench = desk.bench
        await desk.press("space", "space")
        await desk.pilot.press("right_square_bracket", "right")  # the second before the engine has done the first
        await desk.settled()
        assert bench.look.future and "detour from page 2" in desk.text("#header")
        await desk.press("backspace")
        assert not bench.look.future, "the future of a detour may answer the next question"
        await desk.press("f", "c", "d")
        turned = bench.look.chart
        await desk.press("c", "backspace")
        assert bench.look.future and bench.look.chart == turned, "what was chosen before the detour stays"


async def test_steps_taken_back_one_by_one_are_no_detour(open_bench: Open) -> None:
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        await desk.press("space", "space", "right", "right")
        assert "+2 updates" in desk.text("#header")
        await desk.press("b", "b")
        assert "detour" not in desk.text("#header")
        await desk.press("b")
        assert desk.bench.page == 1
        await desk.press("d", "b")
        assert "⌫ returns to the script" in desk.text("#message"), "b has no update to take back"
        assert "detour from page 1: −1 lane" in desk.text("#header")


async def test_keys_pressed_faster_than_the_engine_never_run_a_page_on_a_detour(open_bench: Open) -> None:
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        bench = desk.bench
        for action in (bench.action_next, bench.action_next, lambda: bench.action_along(1), bench.action_next):
            action()
        await desk.until(lambda: not bench.engine.busy and not bench._presses)
        assert bench.page == 2
        assert "detour from page 2: +2 updates" in desk.text("#header")


async def test_after_the_last_page_the_bench_is_free(open_bench: Open) -> None:
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        bench = desk.bench
        for _ in range(len(bench.lesson.pages)):
            await desk.press("space")
        assert "The lesson ends here" in caption(desk.bench)
        script = bits(bench.snapshot)
        await desk.press("space", "space", "space")
        assert "free after the last page: +3 updates" in desk.text("#header")
        assert "the bench is yours: space steps · ⌫ returns to the last page" in caption(desk.bench)
        assert bench.kept_as()[0].endswith(": after the last page")
        await desk.press("backspace")
        assert bits(bench.snapshot) == script


async def test_a_detour_to_another_objective_comes_back(open_bench: Open) -> None:
    scenario = load_scenario(find("bgd-sgd-minibatch"))
    async with open_bench(scenario.experiment, scenario=scenario, size=(80, 24)) as desk:
        bench = desk.bench
        await desk.press("space", "space", "space", "space")
        script, page = bits(bench.snapshot), bench.page
        await desk.press("o")
        await desk.pilot.press(*"beale", "enter")
        await desk.settled()
        assert "detour from page" in desk.text("#header") and "another" in desk.text("#header")
        await desk.press("backspace")
        assert (bits(bench.snapshot), bench.page) == (script, page)
        await desk.press("ctrl+z")
        assert bench.snapshot.objective.name == "beale"
        await desk.press("ctrl+y")
        assert bits(bench.snapshot) == script
        assert isinstance(bench.frame, FrameState) and bench.aside == ""


async def test_a_detour_is_kept_as_a_scenario(
    open_bench: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = load_scenario(find("momentum-agree-cancel"))
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        await desk.press("space", "space", "right_square_bracket", "right", "s")
        await desk.pilot.press("enter")
        await desk.settled()
        kept = tmp_path / "momentum-agree-cancel-detour.toml"
        await desk.until(kept.exists)
        assert "saved" in desk.text("#message")
        saved = load_scenario(kept)
        assert saved.title == f"{scenario.title}: detour from page 2"
        assert bits(replay(saved).final) == bits(desk.bench.snapshot), "the script up to the page, then the detour"
        await desk.press("backspace", "space")
        assert desk.bench.page == 3


LONG = """format = 1
title = "Long"
[objective]
kind = "surface"
name = "rosenbrock"
[lanes.a]
optimizer = "adam"
[script]
do = [{ say = "Wait." }, { step = 1 }, { step = 900_000_000 }]
"""


async def test_a_page_that_is_stopped_is_not_turned(open_bench: Open) -> None:
    scenario = parse_scenario(LONG.encode())
    async with open_bench(scenario.experiment, scenario=scenario, size=SMALL) as desk:
        await desk.press("space", "space")
        before = bits(desk.bench.snapshot)
        desk.bench.action_next()
        await desk.until(lambda: desk.bench.engine.busy)
        await desk.pilot.press("escape")
        await desk.settled()
        await desk.until(lambda: "the page was not finished" in desk.text("#message"))
        assert desk.bench.page == 2 and bits(desk.bench.snapshot) == before
        assert desk.bench.aside == ""


async def test_what_was_unsaved_before_a_lesson_stays_so_after_a_detour(open_bench: Open) -> None:
    async with open_bench(size=SMALL) as desk:
        await desk.press("d")
        desk.bench.open_file(find("momentum-agree-cancel"))
        await desk.settled()
        await desk.press("space", "right_square_bracket", "backspace", "q")
        assert "not saved" in desk.text("#message")
