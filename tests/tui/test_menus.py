"""Everything that a scenario can say can be done by a menu, the mouse and the palette; each by real keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList, Static

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.plot.widths import cell_width
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.lesson_keys import Head
from gdtui.scenario.read.load import parse_scenario
from gdtui.scenario.write.record import to_toml
from gdtui.simulation.experiment import Experiment, Lane, Stop
from gdtui.simulation.sampling import Sampling
from gdtui.simulation.schedules import Schedule
from gdtui.tui import command_palette
from gdtui.tui.command_palette import BenchCommands
from gdtui.tui.screens.bench.menus import MENUS
from gdtui.tui.screens.pick_objective import PickObjective
from gdtui.tui.screens.prompt import Prompt
from tests.tui.conftest import wait_until

pytestmark = pytest.mark.jit

Open = Callable[..., Any]
SMALL = (80, 24)  # there is less to draw

SURFACE = Experiment(
    ObjectiveSpec("surface", "ravine"), (Lane("a", "gd", settings={"lr": 1e-2}), Lane("b", "adam")), seed=3
)
DATA = Experiment(
    ObjectiveSpec("dataset", "linear-4-3"), (Lane("a", "gd", settings={"lr": 1e-2}), Lane("b", "adam")), seed=3
)


async def choose(desk: Any, key: str, *words: str) -> None:
    """Open a menu by its key, then type words and enter: an entry, then what its dialog asks."""
    await desk.press(key)
    for text in words:
        field = desk.app.screen.query_one(Input)
        field.value = ""
        await desk.type(text)
        await desk.pilot.press("enter")
        await desk.pilot.pause()
    await desk.settled()


async def select(desk: Any, name: str) -> None:
    while desk.bench.frame.lane.name != name:
        await desk.press("down")


def fault(desk: Any) -> str:
    return str(desk.app.screen.query_one("#fault", Static).render())


def names(desk: Any) -> list[str]:
    return [lane.name for lane in desk.bench.snapshot.lanes]


NATURES: dict[str, tuple[Experiment, tuple[str, ...], Callable[[Lane], bool]]] = {
    "another optimizer": (SURFACE, ("optimizer", "nadam pytorch"), lambda lane: lane.optimizer == "nadam"),
    "another dialect": (SURFACE, ("dialect", "optax"), lambda lane: lane.arithmetic == "optax"),
    "a form": (SURFACE, ("dialect", "paper without"), lambda lane: lane.options == {"bias_correction": False}),
    "a batch of a list": (DATA, ("sampling", "once"), lambda lane: lane.sampling == Sampling(20, "once")),
    "a batch that is typed": (
        DATA, ("sampling", "7 with-replacement drop-last"),
        lambda lane: lane.sampling == Sampling(7, "with-replacement", True),
    ),
    "a schedule of the list": (
        SURFACE, ("schedule", "inverse"), lambda lane: lane.schedule == Schedule("inverse-time", {"decay": 0.01})
    ),
    "a schedule that is typed": (
        SURFACE, ("schedule", "cosine updates=40 floor=0.1"),
        lambda lane: lane.schedule == Schedule("cosine", {"updates": 40.0, "floor": 0.1}),
    ),
    "a start": (SURFACE, ("start …", "0.5, -0.25"), lambda lane: lane.start == (0.5, -0.25)),
    "a stop": (SURFACE, ("stop …", "loss=1e-9 updates=50"), lambda lane: lane.stop == Stop(loss=1e-9, updates=50)),
}  # fmt: skip


@pytest.mark.parametrize("experiment", [SURFACE, DATA], ids=["surface", "data"])
async def test_the_lane_menu_gives_a_lane_another_nature(open_bench: Open, experiment: Experiment) -> None:
    async with open_bench(experiment, size=SMALL) as desk:
        await select(desk, "b")
        await desk.press("pagedown")
        before = desk.bench.snapshot.lane("b")
        for nature, (of, words, holds) in NATURES.items():
            if of is not experiment:
                continue
            await choose(desk, "e", *words)
            assert desk.app.screen is desk.bench, nature
            now = desk.bench.snapshot.lane("b")
            assert holds(now.spec), (nature, now.spec)
            assert (now.number, now.position, names(desk)) == (before.number, 10, ["a", "b"]), nature
            assert desk.bench.frame.lane.name == "b", nature
            report = replay(parse_scenario(to_toml(desk.bench.engine.session, "t").encode(), "t.toml"))
            assert report.final.lane("b").trace.rows.tobytes() == now.trace.rows.tobytes(), nature
            await desk.press("ctrl+z")
            await desk.settled()
            assert "undone: change b" in desk.text("#message"), nature
            assert desk.bench.snapshot.lane("b").trace.rows.tobytes() == before.trace.rows.tobytes(), nature


#: By the entry of a lane's menu: what is typed, and what is said of it; nothing where it is right.
WRONG = {
    "start …": {"1": "ravine has 2 parameters, start has 1", "1, x": "start is a number, not 'x'"},
    "stop …": {"los=1": "did you mean 'loss'?", "patience=1.5": "patience is a whole number, not 1.5"},
    "schedule": {
        "cosine updates 40": "after the name come settings such as updates=500",
        "cosine": "",
        "cosinus updates=3": "did you mean 'cosine'?",
        "step every=0": "every is a whole number from 1",
    },
    "rename": {"1": "a lane's name is a letter", "a": "there is a lane 'a' already"},
    "seed": {"-1": "seed is a whole number from 0"},
    "noise": {"-1": "noise must be ≥ 0", "inf": "noise is a number, not 'inf'"},
}


async def test_what_is_wrong_is_said_while_it_is_typed(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await select(desk, "b")
        for entry, texts in WRONG.items():
            await desk.press("e")
            await desk.type(entry)
            await desk.pilot.press("enter")
            await desk.pilot.pause()
            dialog = desk.app.screen
            for typed, said in texts.items():
                dialog.query_one(Input).value = typed
                await desk.settled()
                assert said in fault(desk), typed
                assert said or not fault(desk), typed
                if said:
                    await desk.pilot.press("enter")
                    assert desk.app.screen is dialog, "what is wrong is not taken"
            await desk.press("escape")
            assert desk.app.screen is desk.bench


async def test_copies_names_places_and_silence(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await select(desk, "b")
        await desk.press("pagedown")
        await desk.press("]", "pagedown")
        await choose(desk, "e", "branch")
        assert desk.bench.frame.lane.name == "b-2"
        lane = desk.bench.snapshot.lane
        assert lane("b-2").trace.rows.tobytes() == lane("b").trace.rows.tobytes()
        await choose(desk, "e", "rename", "branched")
        assert desk.bench.frame.lane.name == "branched"
        await select(desk, "b")
        await choose(desk, "e", "copy")
        copied = desk.bench.snapshot.lane("b-2")
        assert (copied.update, copied.edits) == (20, ())
        assert copied.settings == lane("b").settings
        await choose(desk, "e", "move up")
        assert names(desk) == ["a", "b", "b-2", "branched"]
        assert desk.bench.frame.lane.name == "b-2"
        await choose(desk, "e", "mute")
        assert [each.name for each in desk.bench.snapshot.drawn] == ["a", "b", "branched"]
        assert "muted" in desk.text("#lanes")
        await desk.press("space")
        assert desk.bench.snapshot.lane("b-2").update == 21
        await choose(desk, "e", "solo")
        assert [each.name for each in desk.bench.snapshot.drawn] == ["b-2"]
        await choose(desk, "e", "solo")
        assert len(desk.bench.snapshot.drawn) == 4


async def test_seed_and_noise_of_the_experiment(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await desk.press("pagedown")
        await choose(desk, "e", "noise", "0.5")
        assert desk.bench.snapshot.objective.noise == 0.5
        before = desk.bench.snapshot.lane("a").row.tobytes()
        await choose(desk, "e", "seed", "11")
        now = desk.bench.snapshot
        assert (now.experiment.seed, now.lane("a").update) == (11, 10)
        assert now.lane("a").row.tobytes() != before
        await choose(desk, "e", "stream", "b")
        assert desk.bench.snapshot.lane(desk.bench.frame.lane.name).spec.stream == "b"


async def test_time_goes_to_an_update_to_a_condition_and_to_marks(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await choose(desk, "g", "go to", "30")
        assert desk.bench.snapshot.lane("a").update == 30
        await choose(desk, "g", "go to", "12")
        assert desk.bench.snapshot.lane("a").update == 12
        await choose(desk, "g", "mark", "early")
        await choose(desk, "g", "until", "b.update > 40 max 100")
        assert desk.bench.snapshot.lane("b").update == 41
        assert "b.update > 40: at update 41" in desk.text("#message")
        await choose(desk, "g", "until", "b.loss < -1 max 9")
        assert "b.loss < -1: not by update 50" in desk.text("#message")
        await choose(desk, "g", "back to a mark", "early")
        assert desk.bench.snapshot.lane("a").update == 12
        await desk.press("ctrl+z")
        await desk.pilot.pause()
        await desk.settled()
        assert desk.bench.snapshot.lane("a").update == 50


UNTIL = {
    "b.los < 1": "did you mean 'loss'?",
    "c.loss < 1": "there is no lane 'c'",
    "b.theta < 1": "b.theta is a vector",
    "b.status < 1": "b.status is a word",
    "b.loss 1": "a condition reads",
    "b.loss < 1e9": "holds already",
    "b.loss < 0 max 0": "max is 1 or more",
    "b.loss < 0 max x": "max is a whole number",
}


async def test_a_condition_is_checked_while_it_is_typed(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await desk.press("g")
        await desk.type("until")
        await desk.pilot.press("enter")
        await desk.pilot.pause()
        for text, said in UNTIL.items():
            desk.app.screen.query_one(Input).value = ""
            await desk.type(text)
            await desk.settled()
            assert said in fault(desk)


async def test_escape_stops_a_run_that_waits_for_a_condition(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await desk.press("g")
        await desk.type("until")
        await desk.pilot.press("enter")
        await desk.pilot.pause()
        desk.app.screen.query_one(Input).value = "a.loss < 0 max 900000000"
        desk.send("enter")
        await wait_until(lambda: "working …   Esc stops it" in desk.text("#message"))
        desk.send("escape")
        await desk.settled()
        assert "working" not in desk.text("#message")
        made = desk.bench.snapshot.lane("a").position
        assert made < 900_000_000
        report = replay(parse_scenario(to_toml(desk.bench.engine.session, "t").encode(), "t.toml"))
        assert report.final.lane("a").position == made


async def test_the_right_button_opens_the_menu_of_the_lane_under_it(open_bench: Open) -> None:
    async with open_bench(SURFACE) as desk:
        await desk.pilot.click("#lanes", offset=(5, 2), button=3)
        await desk.settled()
        assert desk.bench.frame.lane.name == "b"
        listed = desk.app.screen.query_one(OptionList)
        at = [str(option.prompt) for option in listed.options].index(
            next(str(option.prompt) for option in listed.options if str(option.prompt).startswith("mute"))
        )
        await desk.pilot.click("#list", offset=(3, at))
        await desk.settled()
        assert [lane.name for lane in desk.bench.snapshot.drawn] == ["a"]


async def test_the_right_button_on_the_map_starts_the_selected_lane_there(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await select(desk, "b")
        await desk.press("pagedown")
        row, column = next(
            (row, line.index("✕")) for row, line in enumerate(desk.text("#picture").split("\n")) if row and "✕" in line
        )
        await desk.pilot.click("#picture", offset=(column, row), button=3)
        await desk.settled()
        lane = desk.bench.frame.lane
        assert lane.update == 10
        assert lane.spec.start == pytest.approx((0.0, 0.0), abs=0.5)
        assert desk.bench.snapshot.lane("a").spec.start == ()
        await desk.press("f")
        await choose(desk, "e", "mute")
        assert [future.lane.name for future in desk.bench.snapshot.futures] == ["a"], "the muted lane has none"


async def test_the_palette_knows_menus_settings_optimizers_and_lessons(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await select(desk, "b")
        listed = {entry.text: (entry.about, entry.key) for entry in BenchCommands(desk.bench).entries()}
        assert listed["lane: schedule …"] == ("constant", "e")
        assert listed["time: run until …"][1] == "g"
        assert listed["setting: beta1 β₁"][1] == "Enter"
        assert listed["add: nadam keras"][0].startswith("NAdam · ") and listed["add: nadam keras"][1] == "a"
        assert ("momentum-agree-cancel.toml", "L") in listed.values()
        assert listed["theme: light"] == ("dark text on white, for bright rooms and projectors", "")
        assert listed["objective: beale"][0].startswith("Beale") and listed["objective: beale"][1] == "o"
        count = sum(
            entry.applies(desk.bench.frame.lane, desk.bench.snapshot) for m in MENUS.values() for entry in m.values()
        )
        assert sum(text.startswith(("lane: ", "time: ")) and text != " …" for text in listed) >= count


PALETTE: dict[str, Callable[[Any], bool]] = {
    "lane: branch": lambda desk: "b-2" in names(desk),
    "add: yogi": lambda desk: desk.bench.frame.lane.name == "yogi",
    "setting: lr": lambda desk: getattr(desk.app.screen.focused, "id", "") == "lr",
    "time: go to": lambda desk: isinstance(desk.app.screen, Prompt),
    "momentum-agree-cancel.toml": lambda desk: desk.bench.lesson is not None,
}


async def test_the_palette_does_what_it_lists(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await select(desk, "b")
        for typed, holds in PALETTE.items():
            await desk.command(typed)
            await desk.until(lambda holds=holds: holds(desk))
            if desk.app.screen is not desk.bench:
                await desk.press("escape")


def lines_of(desk: Any) -> list[str]:
    """The lines of the palette, without the blanks around them."""
    return [str(option.prompt).strip() for option in desk.app.screen.query("CommandList").first().options]


async def test_the_palette_has_a_line_for_each_entry_with_its_key_at_the_end(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=(80, 24)) as desk:
        await desk.press("o", "ctrl+p")
        assert isinstance(desk.app.screen, PickObjective), "a dialog has no palette over it"
        await desk.press("escape", "ctrl+p")
        await desk.until(lambda: len(desk.app.screen.query("CommandList").first().options) > 200)
        every = desk.app.screen.query("CommandList").first().options
        assert all("\n" not in str(option.prompt) for option in every)
        assert {cell_width(str(option.prompt)) for option in every} == {80 - 6}
        for word, first in {
            "nadam": r"add: nadam \w+ +NAdam · .* a", "keras": r"add: \w+ keras .* a",
            "himmelblau": r"objective: himmelblau +Himmelblau.* o", "moons": "objective: two-moons .* o",
            "agree": "lesson: .*agree.* L", "adam-first-step": "lesson: .* L",
            "beta1": "setting: beta1 β₁ .* Enter", "light": "theme: light .*bright rooms.*",
            "velocity": "chart: velocity +what the rule .* c", "dialect": "lane: dialect and form … .* e",
            "until": "time: run until … .* g", "svg": "picture: this screen as an SVG file",
        }.items():  # fmt: skip
            desk.app.screen.query_one(Input).value = word
            await desk.until(lambda first=first: any(re.fullmatch(first, line) for line in lines_of(desk)[:3]))


async def test_a_title_with_brackets_is_no_markup(open_bench: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    head = Head(path=Path("a.toml"), title="odd [/title] [b")
    monkeypatch.setattr(command_palette, "shipped_heads", lambda: {"a": head})
    async with open_bench(SURFACE, size=SMALL) as desk:
        await desk.press("ctrl+p")
        desk.app.screen.query_one(Input).value = "odd"
        await desk.until(lambda: lines_of(desk) and lines_of(desk)[0].startswith("lesson: odd [/title] [b "))


async def test_on_a_noisy_surface_a_batch_averages_noise(open_bench: Open) -> None:
    async with open_bench(SURFACE, size=SMALL) as desk:
        await desk.press("e")
        assert not [c for c in desk.app.screen._choices if c.name == "sampling …"], "nothing to sample without noise"
        await desk.press("escape")
        await choose(desk, "e", "noise", "0.5")
        await choose(desk, "e", "sampling", "20")
        assert desk.bench.frame.lane.spec.sampling == Sampling(20)
        assert "no effect" not in desk.text("#message")
