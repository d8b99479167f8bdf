"""Every theme can be read on the real screen: the bench and each of its dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip
from textual.theme import BUILTIN_THEMES
from textual.widgets import OptionList

from gdtui.plot.contrast import contrast
from gdtui.plot.widths import cell_width
from gdtui.tui.theme_names import NAMES
from gdtui.tui.themes import THEMES, palette_of
from gdtui.view.colors import PALETTES
from tests.tui.main_screens import text_of

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


def test_the_names_are_those_of_the_themes() -> None:
    textuals = {theme.name for theme in BUILTIN_THEMES.values() if not theme.ansi}
    assert tuple(THEMES) == NAMES
    assert {*NAMES} == {*PALETTES} | textuals


def written(app: App[Any], region: Region | None = None) -> Iterator[tuple[str, str, str]]:
    """Every run with a letter or digit in a region of the screen: text, colour, ground."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    for y, parts in enumerate(update.strips):  # type: ignore[union-attr]
        x = 0
        for text, style, _control in Strip.join(parts):
            inside = region is None or region.contains(x, y)
            x += cell_width(text)
            if inside and style is not None and any(c.isascii() and c.isalnum() for c in text):
                assert style.color is not None and style.bgcolor is not None, text
                color, ground = style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
                yield (text, ground, color) if style.reverse else (text, color, ground)


def unreadable(app: App[Any], region: Region | None = None) -> set[str]:
    """What has a contrast below 4.45; Textual rounds blended colours to whole steps, so not 4.5."""
    return {
        f"{app.theme}: {text.strip()!r} {color} on {ground}: {contrast(color, ground):.2f}"
        for text, color, ground in written(app, region)
        if contrast(color, ground) < 4.45
    }


#: The bench's own, and some of Textual's with the least contrast between their own colours.
HARD = (*PALETTES, "gruvbox", "solarized-light", "atom-one-dark")


async def in_every_theme(desk: Any, region: Callable[[], Region | None], themes: Iterable[str]) -> set[str]:
    faint, texts = set(), set()
    for theme in themes:
        desk.app.theme = theme
        await desk.settled()
        faint |= unreadable(desk.app, region())
        texts.add(text_of(desk.app))
    assert len(texts) == 1, "a theme changes colours, no text"
    return faint


async def test_every_label_of_the_bench_can_be_read(open_bench: Open) -> None:
    async with open_bench() as desk:
        await desk.press("space")
        assert await in_every_theme(desk, lambda: None, THEMES) == set()


#: The keys that open dialogs; the last opens the palette.
DIALOGS = ("question_mark", "o", "a", "enter", "s", "L", "e", "g", "ctrl+p")


@pytest.mark.parametrize("apart", [4, pytest.param(1, marks=pytest.mark.slow)])
async def test_every_label_of_a_dialog_can_be_read(open_bench: Open, apart: int) -> None:
    async with open_bench(size=(80, 36)) as desk:
        for place, key in enumerate(DIALOGS):
            await desk.press(key)
            assert desk.app.screen is not desk.bench, key
            if key == "ctrl+p":
                await desk.until(lambda: len(desk.app.screen.query_one(OptionList).options) > 100)
                await desk.until(lambda: desk.app.screen.query_one(OptionList).region.height > 5)
            dialog = desk.app.screen.query_one("CommandList" if key == "ctrl+p" else "#dialog")
            assert len(list(written(desk.app, dialog.region))) > 5, key
            # every fourth theme, in turn: what dialogs are made of is in more than one of them
            themes = HARD[place % apart :: apart]
            assert await in_every_theme(desk, lambda dialog=dialog: dialog.region, themes) == set(), key
            await desk.press("escape")
            assert desk.app.screen is desk.bench, key


async def test_a_theme_changes_what_is_on_the_screen_at_once(open_bench: Open) -> None:
    async with open_bench() as desk:
        before = {color for _text, color, _ground in written(desk.app)}
        desk.app.theme = "monochrome"
        await desk.until(lambda: palette_of(desk.app) is PALETTES["monochrome"])
        await desk.settled()
        colors = {color for _text, color, _ground in written(desk.app)}
        assert all(len({c[1:3], c[3:5], c[5:7]}) == 1 for c in colors), colors
        assert not all(len({c[1:3], c[3:5], c[5:7]}) == 1 for c in before)


async def test_no_colour_asked_for_stays_without_colour(open_bench: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_bench() as desk:
        desk.app.theme = "light"
        await desk.settled()
        assert palette_of(desk.app).color("series0") is None
