"""The first start shows a tour, once; `?` explains keys, regions and words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.tui.film.capture import capture
from gdtui.tui.kept_configuration import KeptConfiguration
from gdtui.tui.widgets.rows import RowsView
from gdtui.tui.widgets.tour import Tour
from gdtui.view.glossary import REGIONS, TERMS
from gdtui.view.panels.lanes import COLUMNS
from tests.tui.conftest import explained
from tests.tui.test_configuration import opened

pytestmark = pytest.mark.jit


def tours(pilot: Any) -> list[str]:
    return [str(tour.render()) for tour in pilot.app.screen.query(Tour)]


async def test_the_first_start_shows_a_tour_until_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "gdtui" / "config.toml"
    async with opened(KeptConfiguration(path)) as pilot:
        (said,) = tours(pilot)
        assert len(said.splitlines()) == 3
        assert said.startswith("space one update on every lane · b takes it back")
        sizes = [view.size for view in pilot.app.screen.query(RowsView)]
        await pilot.press("space")
        await pilot.app.screen.engine.settled()
        assert tours(pilot) == []
        assert pilot.app.screen.snapshot.lane("adam").update == 1, "the key does what it does"
        assert [view.size for view in pilot.app.screen.query(RowsView)] == sizes, "the tour lies over the bench"
    assert path.exists()
    async with opened(KeptConfiguration(path)) as pilot:
        assert tours(pilot) == []
    async with opened(KeptConfiguration(path), tour=True) as pilot:
        assert len(tours(pilot)) == 1
        await pilot.click("#tour")
        assert tours(pilot) == []


async def test_the_tour_names_the_keys_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\nbench.step = "n"\nbench.network = "N"\n')
    async with opened(KeptConfiguration(path), tour=True) as pilot:
        assert tours(pilot)[0].startswith("n one update on every lane")


@pytest.mark.parametrize(("size", "plain"), [((60, 18), False), ((60, 18), True), ((80, 24), True)])
async def test_the_tour_fits_every_terminal(tmp_path: Path, size: tuple[int, int], plain: bool) -> None:
    async with opened(KeptConfiguration(tmp_path / "config.toml"), size=size, plain=plain) as pilot:
        tour = pilot.app.screen.query_one(Tour)
        assert pilot.app.screen.region.contains_region(tour.region)
        shown = " ".join(capture(pilot.app).text)
        assert "quits" in shown and "any key closes this" in shown
        assert not plain or all(line.isascii() for line in str(tour.render()).splitlines())


async def test_a_lesson_has_no_tour(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    scenario = load_scenario(find("adam-first-step"))
    async with opened(KeptConfiguration(path), experiment=scenario.experiment, scenario=scenario) as pilot:
        assert tours(pilot) == []
        await pilot.press("space")
    assert not path.exists()


async def test_where_nothing_can_be_written_the_tour_goes_away_too(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with opened(KeptConfiguration(tmp_path / "file" / "config.toml")) as pilot:
        assert len(tours(pilot)) == 1
        await pilot.press("up")
        assert tours(pilot) == []


def test_every_heading_of_the_lanes_is_explained() -> None:
    words = " ".join(TERMS)
    assert [column.heading for column in COLUMNS if column.heading not in words] == []
    for word in ("lane", "dialect", "tape", "θ", "‖v‖", "κ", "epoch"):
        assert word in words
    assert not [text for text in (*REGIONS.values(), *TERMS.values()) if len(text) > 90 or text.endswith(".")]


@pytest.mark.parametrize("plain", [False, True])
async def test_the_list_of_keys_explains_the_words(tmp_path: Path, plain: bool) -> None:
    async with opened(KeptConfiguration(tmp_path / "config.toml"), plain=plain) as pilot:
        await pilot.press("question_mark")
        rows = dict(explained(pilot.app))
        assert rows["dialect"] == "the rule as one library or paper writes it"
        assert rows["theta" if plain else "θ"].startswith("the parameters")
        assert rows["message"].startswith("what went wrong")
        assert all(text.isascii() for pair in rows.items() for text in pair) == plain
        widgets = len(list(pilot.app.screen.walk_children()))
        assert widgets < 20 < len(rows), "a widget for each word would take a second to lay out"
        dialog = pilot.app.screen.query_one("#sections")
        await pilot.press("end")
        await pilot.pause(0.3)
        assert dialog.scroll_y > 0, "the last words are one key away"
