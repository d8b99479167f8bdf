"""Below 60×18 there is one clear line; above it, what was there before."""

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from gdtui.tui.screens.floor import FloorMixin, TooSmall


class Deep(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Static("deep")


class Small(FloorMixin, App[None]):
    plain = False


async def settle(pilot, wanted: type) -> None:
    for _ in range(200):
        await pilot.pause(0.01)
        if type(pilot.app.screen) is wanted:
            return
    pytest.fail(f"{wanted} did not come, {pilot.app.screen} is there")


@pytest.mark.parametrize("size", [(59, 18), (60, 17), (1, 1), (5, 40)])
async def test_it_comes_and_goes(size):
    async with Small().run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(Deep())
        await pilot.resize_terminal(*size)
        await settle(pilot, TooSmall)
        await pilot.resize_terminal(60, 18)
        await settle(pilot, Deep)
        assert len(pilot.app.screen_stack) == 2


async def test_it_says_both_sizes():
    async with Small().run_test(size=(50, 10)) as pilot:
        await settle(pilot, TooSmall)
        await pilot.resize_terminal(40, 12)
        await pilot.pause(0.05)
        assert str(pilot.app.screen.query_one(Static).visual) == "gdtui needs 60×18, this terminal is 40×12"


async def test_a_screen_opened_meanwhile_is_covered_too():
    async with Small().run_test(size=(50, 10)) as pilot:
        await settle(pilot, TooSmall)
        await pilot.app.push_screen(Deep())
        await settle(pilot, TooSmall)
        await pilot.resize_terminal(80, 24)
        await settle(pilot, Deep)
        pilot.app.pop_screen()
        await pilot.pause(0.1)
        assert not any(isinstance(screen, TooSmall) for screen in pilot.app.screen_stack)
