"""The bench, driven with keys as a user drives it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.session import ChangeObjective, Session, Snapshot
from gdtui.simulation.defaults import default_experiment
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.text import number
from gdtui.verbs import Add, Back, Remove, Set, Step
from tests.tui.conftest import explained

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


def assert_same_traces(a: Snapshot, b: Snapshot) -> None:
    assert [lane.name for lane in a.lanes] == [lane.name for lane in b.lanes]
    for x, y in zip(a.lanes, b.lanes, strict=True):
        assert x.trace.rows.tobytes() == y.trace.rows.tobytes(), x.name


async def test_it_opens_on_rosenbrock_with_four_lanes_paused_at_update_0(open_bench: Open) -> None:
    async with open_bench() as desk:
        header = desk.text("#header")
        assert "rosenbrock" in header and "update 0" in header and "paused" in header
        lanes = desk.text("#lanes")
        assert [name for name in ("gd", "momentum", "rmsprop", "adam") if re.search(rf"\b{name}\b", lanes)] == [
            "gd", "momentum", "rmsprop", "adam",
        ]  # fmt: skip
        assert "space makes the first update" in desk.text("#update")
        assert "m ← β₁·m + (1−β₁)·g" in desk.text("#update")


async def test_keys_and_commands_are_one_road(open_bench: Open) -> None:
    """The same acts by keys on the screen and by commands on a session: the same traces, bit for bit."""
    async with open_bench() as desk:
        await desk.press("space", "space", "space", "b", "pagedown", "b", "b", "pageup", "space")
        await desk.press("d")  # the selected lane is adam: it goes
        await desk.press("a")
        await desk.type("adam keras")
        await desk.pilot.press("enter")
        await desk.press("right", "right", "left")
        await desk.press("k", "k")  # from the new lane, which is selected, to momentum
        await desk.press("enter")
        await desk.type("0.002")
        await desk.pilot.press("enter")
        await desk.press("pagedown")
        session = Session(default_experiment())
        lane = Lane("adam-keras", "adam", "keras")
        acts = [Step(3), Back(1), Step(10), Back(1), Back(1), Back(10), Step(1), Remove("adam"), Add(lane)]
        acts += [Step(2), Back(1), Set("momentum.lr", 0.002), Step(10)]
        for act in acts:
            snapshot = session.apply(act)
        assert_same_traces(desk.bench.snapshot, snapshot)
        assert snapshot.lane("momentum").settings["lr"] == 0.002


async def test_space_is_exactly_one_update_on_every_lane_and_b_exactly_one_back(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("space")
        first = desk.bench.snapshot
        assert [lane.update for lane in first.lanes] == [1, 1, 1, 1]
        await desk.press("space")
        assert [lane.update for lane in desk.bench.snapshot.lanes] == [2, 2, 2, 2]
        await desk.press("b")
        assert_same_traces(first, desk.bench.snapshot)
        await desk.press("b", "b", "b")
        assert [lane.update for lane in desk.bench.snapshot.lanes] == [0, 0, 0, 0]


async def test_running_and_pausing_leaves_the_trace_of_as_many_steps(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("plus", "plus", "plus", "r")
        await desk.until(lambda: desk.bench.snapshot.lanes[0].update >= 20)
        assert "running" in desk.text("#header")
        await desk.press("r")
        assert "paused" in desk.text("#header")
        reached = desk.bench.snapshot.lanes[0].update
        session = Session(default_experiment())
        assert_same_traces(desk.bench.snapshot, session.apply(Step(reached)))


async def test_the_pane_shows_the_numbers_of_this_update(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("space")
        pane = desk.text("#update")
        # by hand: g = dx of rosenbrock at (-1.2, 1) = -2(1-x) - 400x(y-x²) = -215.6
        assert "g = −215.6" in pane
        assert "0.9·0 + 0.1·(−215.6)" in pane and "= −21.56" in pane
        assert number(0.001 * 215.6**2) in pane
        assert "= −1.15" in pane
        await desk.press("x", "x")  # norm → x → y
        assert "coordinate y" in desk.text("#update") and "g = −88" in desk.text("#update")


async def test_the_picker_finds_surfaces_datasets_and_takes_formulas(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("space", "o")
        await desk.type("himmel")
        await desk.pilot.press("enter")
        await desk.settled()
        assert desk.bench.snapshot.objective.name == "himmelblau"
        assert "update 0" in desk.text("#header")
        await desk.press("o")
        await desk.type("linear-4")
        await desk.pilot.press("enter")
        await desk.press("space")
        assert desk.bench.snapshot.objective.name == "linear-4-3"
        assert "epoch 1" in desk.text("#header") and "samples 100" in desk.text("#header")
        await desk.press("o")
        await desk.type("x**2 + 3*y**2")
        await desk.pilot.press("enter")
        await desk.press("space")
        assert desk.bench.snapshot.objective.formula == "x² + 3y²"
        session = Session(default_experiment())
        session.apply(ChangeObjective(ObjectiveSpec("expression", "expression", formula="x**2 + 3*y**2")))
        assert_same_traces(desk.bench.snapshot, session.apply(Step(1)))


@pytest.mark.parametrize(
    ("typed", "said"), [("x**2 + foo(y)", "column 8: unknown name 'foo'"), ("5+0*x", "it is flat")]
)
async def test_a_faulty_formula_says_where_and_the_bench_stays(typed: str, said: str, open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("space", "o")
        await desk.type(typed)
        await desk.pilot.press("enter")
        await desk.pilot.pause()
        assert said in str(desk.app.screen.query_one("#fault").render())
        await desk.pilot.press("escape")
        await desk.settled()
        assert desk.bench.snapshot.objective.name == "rosenbrock"
        assert desk.bench.snapshot.lanes[0].update == 1


async def test_a_setting_out_of_range_is_refused_with_its_range(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("enter")
        await desk.pilot.press("tab", *"1.5", "enter")
        await desk.pilot.pause()
        assert "beta1 must be in [0, 1)" in str(desk.app.screen.query_one("#fault").render())
        await desk.pilot.press("escape")
        await desk.settled()
        assert desk.bench.snapshot.lane("adam").settings["beta1"] == 0.9


def wild() -> Experiment:
    lanes = (
        Lane("gd", "gd", settings={"lr": 0.1}),
        Lane("momentum", "momentum", settings={"lr": 0.001}),
        Lane("adam", "adam", settings={"lr": 0.1}),
    )
    return Experiment(ObjectiveSpec("surface", "rosenbrock"), lanes)


async def test_divergence_marks_the_lane_and_the_others_go_on(open_bench: Open) -> None:
    async with open_bench(wild()) as desk:
        await desk.press("pagedown", "pagedown")
        gd, momentum, adam = desk.bench.snapshot.lanes
        assert gd.status == "diverged" and adam.update == 20
        assert f"diverged at {gd.update}" in desk.text("#lanes")
        assert "◆" not in desk.text("#chart0") and "■" in desk.text("#chart0"), "adam's curve is still there"
        await desk.press("v", "c", "x", "l", "pagedown", "v")
        assert desk.bench.snapshot.lane("adam").update == 30
        del momentum


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (100, 28), (120, 36), (200, 50), (300, 90)])
async def test_every_size_shows_map_chart_lanes_rule_and_keys(open_bench: Open, size: tuple[int, int]) -> None:
    async with open_bench(size=size) as desk:
        await desk.press("space", "space")
        for part in ("#header", "#picture", "#chart0", "#lanes", "#update"):
            view = desk.bench.query_one(part)
            assert view.size.width > 0 and view.size.height > 0, part
            lines = desk.text(part).split("\n")
            assert len(lines) == view.size.height
        assert "✕" in desk.text("#picture") and "◆" in desk.text("#picture")
        assert re.search(r"[⠁-⣿]", desk.text("#chart0")), "a curve is drawn"
        assert desk.bench.query_one("Footer").region.bottom == size[1]
        assert desk.bench.query_one("#message").region.bottom == size[1] - 1
        assert desk.bench.query_one("#update").region.bottom <= size[1] - 2


async def test_resizing_while_it_runs(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("r")
        for size in ((60, 18), (200, 50), (30, 8), (10, 3), (80, 24)):
            await desk.pilot.resize_terminal(*size)
            seen = desk.bench.snapshot.lanes[0].update
            await desk.until(lambda seen=seen: desk.bench.snapshot.lanes[0].update > seen)
        assert "running" in desk.text("#header")
        await desk.press("r")
        assert "✕" in desk.text("#picture")


async def test_columns_put_each_lane_under_its_own_charts(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown", "v")
        columns = desk.bench.query("#columns Vertical")
        assert len(columns) == 4
        texts = [[view.text for view in column.children] for column in columns]
        assert "gd keeps no velocity" in re.sub(r"[\s│]+", " ", texts[0][1])
        assert "◆" in texts[3][0] and "▲" not in texts[3][0]


async def test_repainting_asks_for_changed_cells_alone(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown")
        regions: list[Any] = []
        view = desk.bench.query_one("#picture")
        original = view.refresh
        view.refresh = lambda *r, **k: (regions.extend(r), original(*r, **k))[1]
        await desk.press("space")
        assert regions, "an update moves a glyph"
        cells = sum(region.area for region in regions)
        assert cells < view.size.area / 4


async def test_a_repaint_without_news_refreshes_nothing(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("space")
        view = desk.bench.query_one("#chart0")
        called: list[Any] = []
        view.refresh = lambda *r, **k: called.append(r)
        desk.bench.repaint()
        assert called == []


async def test_a_click_selects_a_lane(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.pilot.click("#lanes", offset=(5, 2))
        await desk.settled()
        assert desk.bench.selected == 1
        assert "momentum" in desk.text("#update")


async def test_help_lists_every_key(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("question_mark")
        listed = [what for _keys, what in explained(desk.app)]
        for binding in desk.bench.BINDINGS:
            assert binding.tooltip.format_map(desk.bench.keys) in listed, binding.key
        await desk.pilot.press("escape")


async def test_the_engine_survives_what_it_cannot_do(open_bench: Open) -> None:
    async with open_bench(Experiment(lanes=(Lane("only", "gd", settings={"lr": 1e-3}),))) as desk:
        await desk.press("space", "d")
        assert "1 to 16 lanes" in desk.text("#message")
        await desk.press("space")
        assert desk.bench.snapshot.lanes[0].update == 2
        assert np.isfinite(desk.bench.snapshot.lanes[0].scalar("loss"))


async def test_the_palette_runs_every_command_by_name(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.command("make one update")
        await desk.until(lambda: desk.app.screen is desk.bench)
        await desk.settled()
        assert desk.bench.snapshot.lanes[0].update == 1
        await desk.command("objective: beale")
        await desk.until(lambda: desk.bench.snapshot.objective.name == "beale")


async def test_the_palette_finds_a_key_by_its_word_in_the_footer(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.command("step: make")
        await desk.until(lambda: desk.app.screen is desk.bench)
        await desk.settled()
        assert desk.bench.snapshot.lanes[0].update == 1


async def test_the_footer_shows_whole_keys_only(open_bench: Open) -> None:
    async with open_bench(size=(60, 28)) as desk:
        active = desk.bench.active_bindings  # a key for detours has nothing to do here
        every = [(b.key, b.description) for b in desk.bench.BINDINGS if b.show and b.key.split(",")[0] in active]
        for width, least in ((60, 6), (80, 8), (100, 11), (120, 13), (200, 14)):
            await desk.pilot.resize_terminal(width, 28)
            await desk.until(lambda least=least: len(desk.bench.query("FooterKey")) >= least)
            keys = desk.bench.query("FooterKey")
            assert max(key.region.right for key in keys) <= width
            shown = [(key.key, key.description) for key in keys]
            assert shown == every[: len(shown)], "the most important come first"
        await desk.pilot.resize_terminal(300, 28)
        await desk.until(lambda: len(desk.bench.query("FooterKey")) == len(every))


async def test_a_click_selects_a_lane_of_a_table_that_has_scrolled(open_bench: Open) -> None:
    many = tuple(Lane(f"lane-{i}", "gd", settings={"lr": 1e-4}) for i in range(8))
    experiment = Experiment(ObjectiveSpec("surface", "rosenbrock"), many)
    async with open_bench(experiment, size=(80, 24)) as desk:
        await desk.press("up")
        assert desk.bench.selected == 7
        assert "↑ 4" in desk.text("#lanes")
        await desk.pilot.click("#lanes", offset=(5, 1))
        await desk.settled()
        assert desk.bench.selected == 4


async def test_a_picker_says_in_full_what_its_list_has_no_room_for(open_bench: Open) -> None:
    async with open_bench(size=(60, 18)) as desk:
        await desk.press("o")
        await desk.type("himmel")
        about = SURFACES["himmelblau"].teaches
        await desk.until(lambda: str(desk.app.screen.query_one("#about").render()) == about)
        await desk.type("zz")
        await desk.until(lambda: str(desk.app.screen.query_one("#about").render()) == "")
