"""The user's configuration: read with every fault placed, written whole, never in the way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.widgets._footer import FooterKey

from gdtui.tui.app import Gdtui
from gdtui.tui.configuration import configuration_file
from gdtui.tui.kept_configuration import KeptConfiguration
from gdtui.tui.keys import default_keys
from gdtui.tui.screens.bench import Bench
from gdtui.tui.screens.bench.bindings import BINDINGS
from gdtui.tui.themes import THEMES
from tests.tui.conftest import explained

KEYS = default_keys()

#: Ids are for ever: users have them in their files.
IDS = {
    "add", "back", "back-one", "back-ten", "chart", "chart-before", "coordinate", "coordinate-before", "edit",
    "faster", "forward-one", "forward-ten", "help", "lane-above", "lane-below", "lessons", "network", "objective",
    "picture", "quit", "redo", "remove", "run", "sample", "sample-before", "save", "scale", "slower", "start", "step",
    "stop", "suspend", "undo", "view", "x-axis",
    "lane-menu", "time-menu", "future", "farther", "luck",
    "knob", "knob-double", "knob-halve", "knob-less", "knob-more",
}  # fmt: skip


def configured(tmp_path: Path, text: str) -> KeptConfiguration:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return KeptConfiguration(path)


def faults(tmp_path: Path, text: str) -> list[str]:
    configuration = configured(tmp_path, text)
    configuration.theme(THEMES)
    configuration.keymap(KEYS)
    return [fault.removeprefix(f"{configuration.path}:") for fault in configuration.faults]


def test_every_action_has_a_name_of_its_own_that_stays() -> None:
    assert set(KEYS) >= {f"bench.{name}" for name in IDS}
    assert [name for name in KEYS if not re.fullmatch(r"bench\.[a-z-]+", name)] == [], "keys.NAMES has none for it"
    assert len(KEYS) == len(BINDINGS), "two actions have one name"
    keys = [key for keys in KEYS.values() for key in keys.split(",")]
    assert sorted(keys) == sorted(set(keys)), "two actions have one key"


def test_a_file_says_theme_and_keys(tmp_path: Path) -> None:
    configuration = configured(
        tmp_path, 'theme = "light"\n[keys]\nbench.step = "n"\n"bench.back" = ["p", "f5"]\nbench.network = "N"\n'
    )
    assert configuration.theme(THEMES) == "light"
    assert configuration.keymap(KEYS) == {"bench.step": "n", "bench.back": "p,f5", "bench.network": "N"}
    assert configuration.faults == []


def test_two_actions_may_change_places(tmp_path: Path) -> None:
    assert faults(tmp_path, '[keys]\nbench.step = "b"\nbench.back = "space"\n') == []


@pytest.mark.parametrize(("text", "said"), [
    ('theme = "drak"\n', ["1:9: there is no theme 'drak'; did you mean 'dark'?"]),
    ("theme = 3\n", ["1:9: theme is a name in quotes, not a whole number"]),
    ('thme = "dark"\n', ["1:1: there is no setting 'thme' (there are: theme, keys); did you mean 'theme'?"]),
    ('theme = "dark\n', ["1:14: this is not TOML: illegal character '\\n'"]),
    ('[keys]\nbench.stepp = "n"\n', ["2:7: there is no action 'bench.stepp'; did you mean 'bench.step'?"]),
    ('[keys]\nbench.step = "spaec"\n', ["2:14: there is no key 'spaec'; did you mean 'space'?"]),
    ('[keys]\nbench.step = 3\n', ['2:14: a key is "n", several are "n, f5" or ["n", "f5"]']),
    ('[keys]\nbench.step = ""\n', ["2:14: there is no key ''"]),
    ('[keys]\nbench.step = "ctrl+p"\n', ["2:14: ctrl+p is for the command palette"]),
    ('[keys]\nbench.step = "r"\n', ["2:14: r is the key of bench.run: bench.step keeps its own"]),
    ('[keys]\nbench.step = "f5"\nbench.run = "f5"\n',
     ["3:13: f5 is the key of bench.step: bench.run keeps its own"]),
    ("keys = 3\n", ["1:8: keys is a table, [keys], not a whole number"]),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: list[str]) -> None:
    assert faults(tmp_path, text) == said


def test_what_is_right_beside_a_fault_is_used(tmp_path: Path) -> None:
    configuration = configured(tmp_path, 'theme = "nord"\n[keys]\nbench.step = "r"\nbench.save = "f2"\n')
    assert configuration.theme(THEMES) == "nord"
    assert configuration.keymap(KEYS) == {"bench.save": "f2"}


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\0", b"[" * 2000, b"theme = 'a'\ntheme = 'b'", b"x" * 100_000])
def test_no_file_makes_it_fail(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    configuration = KeptConfiguration(path)
    assert configuration.theme(THEMES) == ""
    assert configuration.keymap(KEYS) == {}
    assert len(configuration.faults) == 1
    assert "not remembered" in configuration.remember_theme("light")
    assert path.read_bytes() == data


def test_a_folder_in_its_place_is_a_fault(tmp_path: Path) -> None:
    assert len(KeptConfiguration(tmp_path).faults) == 1


@pytest.mark.parametrize(("before", "after"), [
    (None, '# The configuration of gdtui. `gdtui list themes` and `gdtui list keys` say what there is.\n'
     'theme = "light"\n'),
    ('# mine\ntheme = "dark" # why\n[keys]\nbench.step = "n"\n',
     '# mine\ntheme = "light" # why\n[keys]\nbench.step = "n"\n'),
    ("[keys]\nbench.step = 'n'\n", "theme = \"light\"\n[keys]\nbench.step = 'n'\n"),
])  # fmt: skip
def test_a_theme_is_remembered_and_the_rest_is_kept(tmp_path: Path, before: str | None, after: str) -> None:
    path = tmp_path / "new" / "config.toml"
    if before is not None:
        path.parent.mkdir()
        path.write_text(before)
    assert KeptConfiguration(path).remember_theme("light") == ""
    assert path.read_text() == after
    assert KeptConfiguration(path).theme(THEMES) == "light"
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "config.toml"
    assert KeptConfiguration(path).remember_theme("light").startswith(f"{path}: ")


def test_the_file_is_where_the_desktop_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere")
    assert configuration_file() == Path("/somewhere/gdtui/config.toml")
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/me")
    assert configuration_file() == Path("/home/me/.config/gdtui/config.toml")


@asynccontextmanager
async def opened(
    configuration: KeptConfiguration, *, size: tuple[int, int] = (120, 36), **options: Any
) -> AsyncIterator[Any]:
    import asyncio

    app = Gdtui(configuration=configuration, **options)
    async with app.run_test(size=size) as pilot:

        async def ready() -> None:
            while not (isinstance(app.screen, Bench) and app.screen.engine.ready):
                await asyncio.sleep(0.01)

        await asyncio.wait_for(ready(), 60)
        await pilot.pause()
        yield pilot


def message(app: Any) -> str:
    return str(app.screen.query_one("#message").text)


@pytest.mark.jit
async def test_the_bench_obeys_its_keys_and_shows_them(tmp_path: Path) -> None:
    configuration = configured(tmp_path, 'theme = "light"\n[keys]\nbench.step = "n"\nbench.network = "N"\n')
    async with opened(configuration) as pilot:
        app = pilot.app
        assert app.theme == "light"
        for key, update in (("space", 0), ("n", 1)):
            await pilot.press(key)
            await app.screen.engine.settled()
            assert app.screen.snapshot.lane("adam").update == update
        first = app.screen.query(FooterKey).first()
        assert (first.key_display, first.description) == ("n", "step"), "it keeps its place"
        await pilot.press("question_mark")
        rows = [keys for keys, what in explained(app) if "one update on every" in what]
        assert rows == ["n"]


@pytest.mark.jit
async def test_a_faulty_file_is_a_message_on_a_bench_that_works(tmp_path: Path) -> None:
    async with opened(configured(tmp_path, 'theme = "drak"\n[keys]\nbench.run = "x"\n')) as pilot:
        assert pilot.app.theme == "dark"
        assert (
            "config.toml:1:9: there is no theme 'drak'; did you mean 'dark'? (and 1 more: gdtui list keys)"
            in message(pilot.app)
        )
        await pilot.press("space")
        await pilot.app.screen.engine.settled()
        await pilot.pause()
        assert "drak" not in message(pilot.app)


@pytest.mark.jit
async def test_a_theme_chosen_in_the_palette_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    async with opened(KeptConfiguration(path)) as pilot:
        await pilot.press("ctrl+p")
        await pilot.press(*"theme: mono")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause(0.5)
        assert pilot.app.theme == "monochrome"
        assert "remembered" in message(pilot.app)
    async with opened(KeptConfiguration(path)) as pilot:
        assert pilot.app.theme == "monochrome"


@pytest.mark.jit
async def test_a_theme_asked_for_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    async with opened(KeptConfiguration(path), theme="nord") as pilot:
        assert pilot.app.theme == "nord"
    assert KeptConfiguration(path).theme(THEMES) == "nord"
