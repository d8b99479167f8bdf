"""Scripts on the real screen, headless: the same trace as without one, and the same bytes each time."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pyte
import pytest

from gdtui.scenario.play.golden import Recorder
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.load import load_scenario, parse_scenario
from gdtui.scenario.read.selection import find
from gdtui.tui.film import performer
from gdtui.tui.film.capture import wide
from gdtui.tui.film.film import Filmed, film
from tests.lessons import SHORT

pytestmark = pytest.mark.jit


def scenario(*acts: str) -> Scenario:
    lines = [
        "format = 1", "title = 'A film'", "summary = 'What it is about.'", "[objective]", "kind = 'surface'",
        "name = 'rosenbrock'", "noise = 0.1", "[lanes.adam]", "optimizer = 'adam'", "lr = 0.05", "[lanes.gd]",
        "optimizer = 'gd'", "lr = 0.001", "[script]", "do = [", *(f"  {act}," for act in acts), "]",
    ]  # fmt: skip
    return parse_scenario("\n".join(lines).encode(), Path("s.toml"))


def statuses(read: Scenario) -> list[str]:
    return [outcome.status for outcome in film(read, pictures=False, cast=False).report.outcomes]


#: Every eighth lesson in each run; all of them by hand, with the soaks.
SOME = [path if place % 8 == 0 else pytest.param(path, marks=pytest.mark.slow) for place, path in enumerate(SHORT)]


@pytest.mark.parametrize("path", SOME, ids=lambda p: p.stem)
def test_the_trace_on_the_screen_is_the_trace_without_one(path: Path) -> None:
    read = load_scenario(path)
    headless, seen = Recorder(), Recorder()
    plain = replay(read, headless)
    filmed = film(read, seen, pictures=False, cast=False).report
    assert [o.status for o in filmed.outcomes] == [o.status for o in plain.outcomes]
    assert seen.text() == headless.text()
    for a, b in zip(filmed.final.lanes, plain.final.lanes, strict=True):
        assert a.trace.rows.tobytes() == b.trace.rows.tobytes()


ACTS = (
    "{ say = 'A first caption.' }", "{ step = 30 }", "{ screenshot = 'after' }", "{ press = ['v', 'x'] }",
    "{ wait = 1.5 }", "{ press = 'r' }", "{ wait = 0.5 }", "{ press = 'r' }", "{ ask = 'Why?', answer = 'Therefore.' }",
    "{ back = 3 }", "{ resize = [80, 24] }", "{ step = 7 }",
)  # fmt: skip


@pytest.fixture(scope="module")
def filmed() -> Filmed:
    return film(scenario(*ACTS))


@pytest.mark.parametrize("times", [1, pytest.param(19, marks=pytest.mark.slow)])
def test_a_film_is_the_same_bytes_each_time(filmed: Filmed, times: int) -> None:
    for _ in range(times):
        again = film(scenario(*ACTS))
        assert again.cast == filmed.cast
        assert again.pictures == filmed.pictures


def test_a_recording_played_on_a_terminal_shows_what_the_script_did(filmed: Filmed) -> None:
    head, *events = map(json.loads, filmed.cast.splitlines())
    assert (head["version"], head["width"], head["height"], head["title"]) == (2, 120, 36, "A film")
    assert "timestamp" not in head
    times = [at for at, _kind, _data in events]
    assert times == sorted(times)
    assert times[0] == 0.0
    screen = pyte.Screen(120, 36)
    stream = pyte.Stream(screen)
    seen = []
    for _at, kind, data in events:
        if kind == "r":
            columns, rows = map(int, data.split("x"))
            assert (columns, rows) == (80, 24)
            screen.resize(rows, columns)
        else:
            stream.feed(data)
        seen.append("\n".join(screen.display))
    assert "What it is about." in seen[0]
    assert any("A first caption." in text for text in seen)
    assert any("Why?" in text and "Therefore." not in text for text in seen)
    assert any("Therefore." in text for text in seen)
    assert len(screen.display[0]) == 80
    assert re.search(r"update 45\b", seen[-1]), "30, 1 at once and 10 in half a second of running, 3 back, 7 more"
    shown = {int(n) for text in seen for n in re.findall(r"update (\d+)", text)}
    assert len(shown & set(range(31))) > 12, "a long step is shown on its way"


def test_only_what_has_changed_is_sent() -> None:
    lines = film(scenario("{ step = 30 }", "{ wait = 2 }", "{ wait = 2 }"), pictures=False).cast.splitlines()
    sizes = [len(json.loads(line)[2]) for line in lines[1:]]
    assert max(sizes[1:]) < sizes[0]
    assert len(lines) < 30, "a screen that stands still is sent once"


def test_pictures_are_taken_where_the_script_says_and_at_the_end() -> None:
    pictures = film(scenario("{ step = 3 }", "{ screenshot = 'three' }", "{ step = 2 }"), cast=False).pictures
    assert list(pictures) == ["three", ""]
    for svg, update in zip(pictures.values(), (3, 5), strict=True):
        ElementTree.fromstring(svg)
        assert f"update&#160;{update}" in svg
        assert "https://" not in svg.split("<style>")[1].split("</style>")[0], "no font from somewhere else"


def test_the_environment_does_not_change_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = film(scenario("{ step = 3 }"))
    for name, value in (("NO_COLOR", "1"), ("COLUMNS", "70"), ("LINES", "20"), ("TERM", "dumb"), ("COLORTERM", "")):
        monkeypatch.setenv(name, value)
    other = film(scenario("{ step = 3 }"))
    assert (other.cast, other.pictures) == (plain.cast, plain.pictures)


def test_keys_and_text_on_the_screen() -> None:
    read = scenario(
        "{ expect_screen = ['rosenbrock', 'adam'] }", "{ press = 'space' }", "{ expect = 'adam.update', eq = 1 }",
        "{ press = ['space', 'b'] }", "{ expect = 'adam.update', eq = 1 }", "{ press = 'question_mark' }",
        "{ expect_screen = 'leave; the terminal is as it was' }", "{ press = 'escape' }",
        "{ expect_screen = 'no such words' }", "{ resize = [30, 20] }", "{ expect_screen = 'gdtui needs 60×18' }",
    )  # fmt: skip
    report = film(read, pictures=False, cast=False).report
    assert [o.status for o in report.outcomes] == [
        "passed", "done", "passed", "done", "passed", "done", "passed", "done", "failed", "done", "passed",
    ]  # fmt: skip
    failed = report.failures[0]
    assert failed.expected == "'no such words' on the screen"
    assert failed.got.startswith("the line nearest to it: ")
    assert report.code == 1


def test_a_key_that_closes_the_screen_ends_the_script() -> None:
    acts = ("{ step = 1 }", "{ press = ['q', 'space'] }", "{ wait = 1 }", "{ step = 1 }")
    assert statuses(scenario(*acts)) == ["done", "done", "error", "not run"]


def test_without_a_screen_its_acts_are_skipped() -> None:
    read = scenario("{ press = 'space' }", "{ expect_screen = 'no such words' }", "{ resize = [80, 24] }")
    report = replay(read)
    assert [o.status for o in report.outcomes] == ["skipped"] * 3
    assert report.code == 0


def test_a_limit_is_reached_at_the_same_update() -> None:
    text = Path(find("adam-first-step")).read_text().replace("tags =", "limits = { updates = 20 }\ntags =")
    read = parse_scenario(text.encode())
    filmed, plain = film(read).report, replay(read)
    assert filmed.code == plain.code == 4
    assert [lane.update for lane in filmed.final.lanes] == [lane.update for lane in plain.final.lanes]


def test_wide_characters_are_as_wide_as_their_cells_in_a_picture() -> None:
    texts = ("损失", "m&#770;", "ab")
    svg = "".join(f'<text textLength="24.4" clip-path="x">{text}</text>' for text in texts)
    assert re.findall(r'textLength="([\d.]+)"', wide(svg)) == ["48.8", "12.2", "24.4"]


def test_what_takes_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A map of a network took half a minute without a word."""
    monkeypatch.setattr(performer, "PATIENCE", 0.05)
    told: list[str] = []
    text = """format = 1
title = "t"
[objective]
kind = "dataset"
name = "two-moons"
[run]
updates = 40
[lanes.a]
optimizer = "adam"
[script]
do = [{ show = "loss", picture = "stability" }]
"""
    film(parse_scenario(text.encode(), Path("f.toml")), pictures=False, cast=False, tell=told.append)
    made = [
        int(found[1]) for line in told if (found := re.match(r"loss of a, (\d+) of 40 updates, beta1 upwards$", line))
    ]
    assert made == sorted(made) and made and told[-1] == ""
