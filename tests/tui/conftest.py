"""Driving the real screen, headless."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Static

from gdtui.scenario.read.acts import Scenario
from gdtui.simulation.experiment import Experiment
from gdtui.tui.app import Gdtui
from gdtui.tui.screens.bench import Bench
from gdtui.tui.widgets.rows import RowsView
from gdtui.tui.widgets.two_columns import TwoColumns

if TYPE_CHECKING:
    from tests.tui.terminals import Terminal


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bench saves where it was started: not here."""
    monkeypatch.chdir(tmp_path)


@dataclass
class Desk:
    """The app, its bench, and its keys."""

    app: Gdtui
    pilot: Pilot[None]
    bench: Bench

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
        await self.settled()

    def send(self, key: str, character: str | None = None) -> None:
        """Send a key and wait for nothing: a pilot waits until the process is idle, which a run keeps it from."""
        event = events.Key(key, character)
        event.set_sender(self.app)
        self.app._driver.send_message(event)  # type: ignore[union-attr]

    async def type(self, text: str) -> None:
        """Type text at one go, as a quick hand or a paste does; the screen is waited for once."""
        for character in text:
            self.send(_character_to_key(character) if not character.isalnum() else character, character)
        await self.pilot.pause()

    async def command(self, typed: str) -> None:
        """Take the first command of the palette that matches."""
        await self.pilot.press("ctrl+p")
        await self.type(typed)
        await self.until(lambda: len(self.app.screen.query("CommandList").first().options) > 0)
        await self.pilot.press("enter")

    async def settled(self) -> None:
        """Wait on the engine and on the screen, not on the clock."""
        await asyncio.wait_for(self.bench.engine.settled(), 60)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], Any], seconds: float = 60) -> None:
        await wait_until(condition, seconds)
        await self.pilot.pause()

    def text(self, part: str) -> str:
        return self.bench.query_one(part, RowsView).text


def caption(bench: Bench) -> str:
    """Return the words of the lesson on one line."""
    return " ".join(str(bench.query_one("#caption").render()).split())


def explained(app: Gdtui) -> list[tuple[str, str]]:
    """Return the keys and words in the open list of keys, each with what it means."""
    shown = app.screen.query_one("#sections Static", Static).visual
    assert isinstance(shown, TwoColumns)
    return [row for _title, rows in shown.sections for row in rows.items()]


async def wait_until(condition: Callable[[], Any], seconds: float = 60) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), seconds)


@asynccontextmanager
async def _open(
    experiment: Experiment | None = None,
    size: tuple[int, int] = (120, 36),
    scenario: Scenario | None = None,
    page: int = 0,
    plain: bool = False,
    answers: bool = False,
) -> AsyncIterator[Desk]:
    """Open the bench; without `answers` space reveals what questions ask for, as it does for a lecturer."""
    app = Gdtui(experiment, scenario=scenario, page=page, plain=plain)
    async with app.run_test(size=size) as pilot:
        await wait_until(lambda: isinstance(app.screen, Bench))
        bench = app.screen
        assert isinstance(bench, Bench)
        bench.waits = answers
        desk = Desk(app, pilot, bench)
        await desk.until(lambda: bench.engine.ready, 120)
        await desk.settled()
        yield desk


@pytest.fixture
def open_bench() -> Callable[..., AbstractAsyncContextManager[Desk]]:
    return _open


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Open programs on pseudo-terminals, and end them."""
    from tests.tui.terminals import Terminal, children  # late: pexpect and pyte are not installed everywhere

    opened: list[Terminal] = []

    def open_one(*command: str, **options: object) -> Terminal:
        opened.append(Terminal(*command, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for one in opened:
        for pid in (*(children(one.child.pid) if one.child.pid else ()), one.child.pid):
            with suppress(ProcessLookupError):
                if not one.child.closed:
                    os.kill(pid, signal.SIGKILL)
        one.child.close(force=True)
