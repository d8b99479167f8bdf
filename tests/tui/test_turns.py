"""Keys in turn: those that come before there is a bench act on it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from gdtui.tui.app import Gdtui
from gdtui.tui.screens.bench import Bench
from tests.tui.conftest import Desk, wait_until

pytestmark = pytest.mark.jit

Open = Callable[..., Any]


@asynccontextmanager
async def opening(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Gdtui, Pilot[None], threading.Event]]:
    """Open an app that takes its time to import the bench: until the event is set."""
    imported, go_on = Gdtui._imported, threading.Event()
    monkeypatch.setattr(Gdtui, "_imported", lambda app: (go_on.wait(60), imported(app))[1])
    app = Gdtui()
    async with app.run_test(size=(80, 24)) as pilot:
        yield app, pilot, go_on


async def test_keys_pressed_while_the_bench_opens_act_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opening(monkeypatch) as (app, pilot, go_on):
        await pilot.press("space", "space", "enter", "tab")
        assert not isinstance(app.screen, Bench)
        go_on.set()
        await wait_until(lambda: len(app.screen_stack) == 3)
        desk = Desk(app, pilot, app.screen_stack[1])
        await desk.settled()
        assert desk.bench.snapshot.position == 2
        assert app.focused is not None and app.focused.id == "beta1", "the third and fourth are the dialog's"


async def test_ctrl_c_quits_while_the_bench_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opening(monkeypatch) as (app, pilot, go_on):
        await pilot.press("space", "ctrl+c")
        go_on.set()
        assert app.return_code == 130


async def test_ctrl_c_drops_what_waits(open_bench: Open) -> None:
    async with open_bench(size=(80, 24)) as desk:
        for _key in range(100):
            desk.send("space", " ")
        desk.send("ctrl+c")
        await wait_until(lambda: desk.app.return_code == 130)
        assert desk.bench.snapshot.position < 50
