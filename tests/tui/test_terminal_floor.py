"""Below 60×18 there is one clear line; above it, what was there before."""

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from gdtui.tui.screens.floor import FloorMixin, TooSmall
from gdtui.tui.screens.terminal_sized import TerminalSized


class Deep(TerminalSized, Screen[None]):
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


async def test_sizes_that_wait_at_the_same_time_do_not_call_for_each_other(monkeypatch):
    laid_out, lay_out = [], Screen._refresh_layout

    def noted(screen, size=None, scroll=False):
        laid_out.append(size)
        assert len(laid_out) < 50, f"it never ends: {laid_out[-4:]}"
        lay_out(screen, size, scroll)

    async with Small().run_test(size=(80, 24)) as pilot:
        screens = [pilot.app.screen, Deep()]
        await pilot.app.push_screen(screens[1])
        monkeypatch.setattr(Screen, "_refresh_layout", noted)
        with pilot.app.batch_update():  # as while a screen is taken away
            for screen in screens:
                for size in (Size(100, 30), Size(80, 24)):
                    screen.post_message(events.Resize(size, size))
                    screen.call_later(lambda: None)
            await pilot.pause()
        await pilot.pause()
        assert [screen.outer_size for screen in screens] == [pilot.app.size] * 2
