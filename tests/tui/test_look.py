"""What the bench is turned to: by a key and by `show` the same look; a lesson's `b` brings the earlier one back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import parse_scenario
from gdtui.session import ChangeObjective, Session, Snapshot
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.tui.film.film import film
from gdtui.verbs import Show
from gdtui.view.look import Look, turned
from gdtui.view.panels import Paper, this_update
from tests.view.frames import frame_of

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


def scenario(*acts: str) -> Scenario:
    lines = [
        "format = 1", "title = 'Looking'", "summary = 'What it is about.'", "[objective]", "kind = 'surface'",
        "name = 'rosenbrock'", "[lanes.adam]", "optimizer = 'adam'", "[lanes.gd]", "optimizer = 'gd'", "[script]",
        "do = [", *(f"  {act}," for act in acts), "]",
    ]  # fmt: skip
    return parse_scenario("\n".join(lines).encode(), Path("s.toml"))


LESSON = (
    "{ say = 'First.' }", "{ show = 'effective_lr', lane = 'gd' }", "{ say = 'Second.' }", "{ step = 3 }",
    "{ show = 'velocity', view = 'columns', coordinate = 1, scale = 'linear' }", "{ say = 'Third.' }",
)  # fmt: skip


def title(desk: Any) -> str:
    return str(desk.text("#chart0").split("\n")[0]).strip()


@pytest.mark.parametrize(
    ("keys", "show"),
    [
        ("ccc", Show(show="effective_lr")),
        ("C", Show(show="correction")),
        ("v", Show(view="columns")),
        ("xx", Show(coordinate=1)),
        ("xxx", Show(coordinate="norm")),
        ("l", Show(scale="linear")),
        ("jj", Show(lane="momentum")),
    ],
)
async def test_a_key_and_an_act_of_looking_are_one(open_bench: Open, keys: str, show: Show) -> None:
    async with open_bench() as desk:
        before = desk.bench.look
        await desk.press(*keys)
        turned, desk.bench.look = desk.bench.look, before
        desk.bench.show(show.changed)
        assert desk.bench.look == turned


@pytest.mark.parametrize(("keys", "sample"), [(["full_stop"] * 2, 3), (["comma"], 4), (["full_stop"] * 4, 1)])
async def test_a_sample_is_asked_for_as_the_network_view_counts_it(
    open_bench: Open, keys: list[str], sample: int
) -> None:
    async with open_bench(Experiment(ObjectiveSpec("dataset", "xor"), (Lane("a"),))) as desk:
        await desk.press("n", *keys)
        assert f"sample {sample} of 4" in desk.text("#network").split("\n")[0]
        turned = desk.bench.look
        desk.bench.show(Show("loss", view="network", sample=1).changed)
        desk.bench.show(Show("loss", sample=sample).changed)
        assert desk.bench.look == turned


async def test_a_lesson_puts_on_the_screen_what_it_speaks_of_and_b_takes_it_back(open_bench: Open) -> None:
    read = scenario(*LESSON)
    async with open_bench(read.experiment, scenario=read, size=(80, 24)) as desk:
        await desk.press("space")
        first = desk.bench.look
        assert title(desk).startswith("loss")
        await desk.press("space")
        assert title(desk).startswith("effective rate")
        assert "gd" in desk.text("#update").split("\n")[0]
        second = desk.bench.look
        await desk.press("space", "space")
        assert desk.bench.look == Look("velocity", "columns", 1, linear=True, lane=1)
        assert desk.bench.query_one("#columns").display
        await desk.press("b")
        assert desk.bench.look == second
        assert title(desk).startswith("effective rate")
        await desk.press("b", "b")
        assert desk.bench.look == first
        assert title(desk).startswith("loss")


async def test_going_back_over_a_page_that_shows_nothing_leaves_the_look_alone(open_bench: Open) -> None:
    read = scenario(*LESSON)
    async with open_bench(read.experiment, scenario=read) as desk:
        await desk.press("space", "space", "space", "x", "c")
        look = desk.bench.look
        await desk.press("b")
        assert desk.bench.page == 2
        assert desk.bench.look == look


async def test_a_lesson_that_is_shown_to_a_lane_it_has_just_added_waits_for_it(open_bench: Open) -> None:
    read = scenario(
        "{ add = 'fresh', optimizer = 'momentum' }", "{ show = 'velocity', lane = 'fresh' }", "{ step = 1 }"
    )
    async with open_bench(read.experiment, scenario=read) as desk:
        await desk.press("space", "space")
        assert desk.bench.snapshot.lanes[desk.bench.selected].name == "fresh"


async def test_a_lesson_that_is_opened_in_its_middle_is_looked_at_as_there(open_bench: Open) -> None:
    read = scenario(*LESSON)
    async with open_bench(read.experiment, scenario=read, page=2) as desk:
        assert desk.bench.page == 2
        assert desk.bench.look == Look("effective_lr", lane=1)


def far(*coords: int) -> Snapshot:
    return Session(Experiment(ObjectiveSpec("dataset", "xor"), (Lane("a", "adam"),)), coords).snapshot()


def test_a_coordinate_is_known_by_its_number_wherever_it_is_recorded() -> None:
    seen = far(2, 9, 14)
    names = seen.objective.names
    looks = [Look()]
    for _key in range(4):
        looks.append(turned(looks[-1], seen, "coordinate", 1))
    assert [look.coordinate for look in looks] == [None, 2, 9, 14, None]
    assert Show(coordinate=14).changed(Look(), seen).coordinate == 14
    assert Show(coordinate=1).changed(Look(), seen).coordinate is None  # not recorded
    for look, name in zip(looks, [names[2], names[2], names[9], names[14]], strict=False):
        rows = this_update(frame_of(seen, coordinate=look.coordinate), Paper(120, 6))
        assert f"coordinate {name} " in "".join(run.text for run in rows[0])


async def test_a_lesson_shows_and_asks_for_a_coordinate_beyond_the_first_16(open_bench: Open) -> None:
    text = (
        "format = 1\ntitle = 't'\n[objective]\nkind = 'dataset'\nname = 'xor'\n[lanes.a]\noptimizer = 'gd'\n"
        "[script]\ndo = [\n{ show = 'theta', coordinate = 16 },\n{ until = 'a.theta[16] != 9', max = 2 },\n]\n"
    )
    read = parse_scenario(text.encode(), Path("s.toml"))
    async with open_bench(read.experiment, scenario=read) as desk:
        await desk.press("space")
        assert desk.bench.look.coordinate == 16
        assert "b2[0]" in title(desk)
        assert "coordinate b2[0]" in desk.text("#update").split("\n")[0]
        desk.bench.act(ChangeObjective(ObjectiveSpec()))  # one of two parameters
        await desk.settled()
        assert desk.bench.look.coordinate is None


def test_on_film_the_chart_is_turned_on_the_real_screen() -> None:
    read = scenario(
        "{ step = 2 }", "{ show = 'velocity', coordinate = 0, scale = 'linear' }", "{ screenshot = 'velocity' }",
        "{ show = 'theta', coordinate = 'norm' }", "{ expect_screen = 'parameters · x' }",
    )  # fmt: skip
    filmed = film(read, cast=False)
    assert [outcome.status for outcome in filmed.report.outcomes] == ["done", "done", "done", "done", "passed"]
    texts = re.sub(r"&#160;", " ", filmed.pictures["velocity"])
    assert re.search(r">velocity · x(?! · )", texts)


async def test_columns_begin_with_the_chart_that_is_turned_to(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("pagedown", "c", "v")
        column = desk.bench.query("#columns Vertical").first()
        assert [view.text.split()[0] for view in column.children] == ["velocity", "accumulator", "effective"]
