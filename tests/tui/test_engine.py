"""The engine of a bench: work for idle times."""

from __future__ import annotations

import asyncio

import pytest

from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.tui.engine import Engine

pytestmark = pytest.mark.jit


@pytest.mark.parametrize("broken", ["work", "then"])
async def test_an_error_in_idle_work_ends_the_engine_and_nobody_waits_for_it(broken: str) -> None:
    engine = Engine(lambda: Session(default_experiment()), lambda _snapshot, _fault: None)
    run = asyncio.create_task(engine.run())
    await asyncio.wait_for(engine.idle(), 60)

    def fail() -> None:
        raise ArithmeticError(broken)

    engine.when_idle(*((fail, lambda: None) if broken == "work" else (lambda: None, fail)))
    waiting = asyncio.create_task(engine.settled())
    with pytest.raises(ArithmeticError, match=broken):
        await asyncio.wait_for(run, 20)
    waiting.cancel()


async def test_work_on_the_session_waits_for_no_map() -> None:
    measured = []

    def measure(*_shown: object) -> None:
        measured.append(True)
        if len(measured) < 200:
            engine.when_idle(lambda: None, measure)

    engine = Engine(lambda: Session(default_experiment()), measure)
    run = asyncio.create_task(engine.run())
    await asyncio.wait_for(engine.settled(), 60)
    measured.clear()
    assert await asyncio.wait_for(engine.advance(lambda: True), 60)
    assert len(measured) < 100
    await asyncio.wait_for(engine.settled(), 60)
    assert len(measured) == 200
    run.cancel()
