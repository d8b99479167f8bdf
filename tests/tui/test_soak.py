"""A bench that is used for long stays as small and as quick as it was: `GDTUI_SOAK=3600 pytest -m slow -k soak`."""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from textual.pilot import Pilot

from gdtui.session import Command
from gdtui.tui.autosave import Autosave
from gdtui.verbs import Back, Branch, Remove, Set, Step

pytestmark = [pytest.mark.jit, pytest.mark.slow]

#: Seconds of use, and what the most of memory may grow by after the first quarter, in bytes.
SECONDS = float(os.environ.get("GDTUI_SOAK", "60"))
MOST_GROWTH = 20 * 2**20
#: Updates after which the histories of the lanes are as large as they become, and how many lanes there are.
FULL, LANES = 70_000, 6
#: Looks that are turned through, too.
KEYS = ("c", "v", "x", "l", "m", "w", "n", "?", "escape", "tab")


def resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


async def do(desk: Any, act: Command) -> None:
    desk.bench.act(act)
    await desk.bench.engine.settled()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pilot wait for ten minutes, not half of one: other programs' load is no fault. A hang is shown before."""
    wait = Pilot._wait_for_screen

    async def patiently(pilot: Pilot[None]) -> bool:
        stuck = asyncio.get_running_loop().call_later(120, show_what_hangs)
        faulthandler.dump_traceback_later(240, file=sys.__stderr__)  # if not even the loop goes on
        try:
            return await wait(pilot, 600)
        finally:
            stuck.cancel()
            faulthandler.cancel_dump_traceback_later()

    monkeypatch.setattr(Pilot, "_wait_for_screen", patiently)


def show_what_hangs() -> None:
    for task in asyncio.all_tasks():
        task.print_stack(file=sys.__stderr__)
    faulthandler.dump_traceback(sys.__stderr__)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc")
@pytest.mark.usefixtures("patient")
async def test_a_soak_of_random_use_stays_flat(open_bench: Callable[..., Any], tmp_path: Path) -> None:
    chance = random.Random(1)
    taken: list[tuple[float, float]] = []
    sizes: list[tuple[float, int]] = []
    async with open_bench() as desk:
        keeper = Autosave(tmp_path)
        desk.bench.engine.after_act = keeper.keep
        await do(desk, Step(FULL))
        begun, acts = time.monotonic(), 0
        while (now := time.monotonic() - begun) < SECONDS:
            names = [lane.name for lane in desk.bench.snapshot.lanes]
            name, acts = chance.choice(names), acts + 1
            act = chance.choice((
                Step(chance.randint(1, 3000)), Step(chance.randint(1, 3000)), Back(chance.randint(1, 2500)),
                Set(f"{name}.lr", 10.0 ** chance.uniform(-5, -1)), Branch(name, f"b{acts}"),
            ))  # fmt: skip
            at = time.process_time()  # other programs' load does not count
            await do(desk, act)
            if len(names) >= LANES and isinstance(act, Branch):
                await do(desk, Remove(chance.choice(names)))
            desk.bench.repaint()
            await desk.pilot.pause()
            if isinstance(act, Step):
                taken.append((now, time.process_time() - at))
            if chance.random() < 0.1:
                await desk.press(chance.choice(KEYS))
                if desk.app.screen is not desk.bench:
                    await desk.press("escape")
            if not sizes or now - sizes[-1][0] > SECONDS / 240:
                sizes.append((now, resident()))
        keeper.close(discard=True)
    print(f"{acts} acts; minutes:MiB", *(f"{when / 60:.1f}:{size / 2**20:.0f}" for when, size in sizes[::4]))
    early = max(size for when, size in sizes if SECONDS / 4 <= when < SECONDS / 2)
    late = max(size for when, size in sizes if when >= 3 * SECONDS / 4)
    print(f"at most {early / 2**20:.0f} MiB in the second quarter, {late / 2**20:.0f} MiB in the last")
    assert late - early < MOST_GROWTH
    # as many lanes as there will be, and looks of every kind, in both
    first = median(seconds for when, seconds in taken if SECONDS / 4 <= when < SECONDS / 2)
    second = median(seconds for when, seconds in taken if when >= 3 * SECONDS / 4)
    print(f"a step and its frame, of the processor: {first * 1000:.1f} ms, then {second * 1000:.1f} ms")
    assert second < 1.5 * first
