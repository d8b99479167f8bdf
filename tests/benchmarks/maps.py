"""Maps of thousands of runs on the bench: how soon the first picture is there, and the whole one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from gdtui.insight.field_survey import MOST_SECONDS
from gdtui.objectives.specs import DatasetSpec, Specification, SurfaceSpec
from gdtui.session import Command
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.tui.app import Gdtui
from gdtui.tui.screens.bench import Bench
from gdtui.verbs import Set
from gdtui.view.field_maps import FieldMap
from tests.benchmarks import in_c
from tests.benchmarks.compute import by_the_clock
from tests.benchmarks.verdicts import Line
from tests.benchmarks.yardstick import CHARTS, LOOP

ADAM = Lane("a", "adam", settings={"lr": 0.05})
NOISY, BATCHES = SurfaceSpec("rosenbrock", noise=1.0), replace(ADAM, sampling=Sampling(20))
#: What is on the bench, and how often the picture is turned on to a map.
MAPS: dict[str, tuple[Specification, Lane, str]] = {
    "basins of himmelblau": (SurfaceSpec("himmelblau"), ADAM, "basins"),
    "rosenbrock by start": (SurfaceSpec("rosenbrock"), ADAM, "starts"),
    "rosenbrock by rate and beta1": (SurfaceSpec("rosenbrock"), ADAM, "stability"),
    "rosenbrock with noise": (NOISY, ADAM, "stability"),
    "linear-4-3": (DatasetSpec("linear-4-3"), ADAM, "stability"),
    "linear-4-3 in batches of 20": (DatasetSpec("linear-4-3"), BATCHES, "stability"),
    "xor": (DatasetSpec("xor"), ADAM, "stability"),
    "blobs": (DatasetSpec("blobs"), ADAM, "stability"),
    "iris in batches of 20": (DatasetSpec("iris"), BATCHES, "stability"),
    "two-moons": (DatasetSpec("two-moons"), ADAM, "stability"),
}
#: Objectives whose arithmetic takes longer than people like to wait.
SLOW = ("blobs", "iris in batches of 20", "two-moons")
#: Turns of the knob, and of one that takes seconds.
TURNS, SLOW_TURNS = 4, 2
#: Longest that a map is waited for.
SECONDS = 20.0


async def _turned(spec: Specification, lane: Lane, kind: str, tries: int) -> tuple[float, float, str]:
    """Return the least seconds from a turn of the rate's knob to a first picture and to the last, and what it shows."""
    app = Gdtui(Experiment(spec, (lane,)))
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    shown = ""
    async with app.run_test(size=(200, 50)) as pilot:
        while not isinstance(bench := app.screen, Bench) or not bench.engine.ready:
            await asyncio.sleep(0.01)
        await bench.engine.settled()
        turn, begun = -1, 0.0

        def after_frame() -> None:
            nonlocal shown
            there = None if bench.frame is None else bench.frame.map
            if turn < 0 or not isinstance(there, FieldMap) or there.kind != kind or bench.engine.busy:
                return
            survey = there.survey(there.domain)
            if survey.stride:
                first.setdefault(turn, time.perf_counter() - begun)
            if survey.is_complete:
                last.setdefault(turn, time.perf_counter() - begun)
                shown = " × ".join(map(str, survey.shape[::-1]))

        while bench.frame is None or bench.look.kind(bench.frame.snapshot) != kind:
            await pilot.press("m")
        await bench.engine.settled()
        bench.after_frame = after_frame
        for turn in range(tries):
            begun = time.perf_counter()
            # over starts a knob makes other runs; over rates the rate is a side of the map, and it is beta2 that counts
            bench.act(*_knob(bench, kind, turn))
            until = begun + SECONDS
            while turn not in last and time.perf_counter() < until:
                await asyncio.sleep(0.002)
            await bench.engine.settled()
    return min(first.values()), min(last.values()), shown


def _knob(bench: Bench, kind: str, turn: int) -> list[Command]:
    assert bench.frame is not None
    lane = bench.frame.lane
    key = "beta2" if kind == "stability" else "lr"
    return [Set(f"{lane.name}.{key}", lane.settings[key] * (1 - 1e-3 * (turn + 1)))]


def maps() -> Iterator[Line]:
    """Measure from the turn of a knob to the pictures at 200×50.

    Networks on many rows take longer: what is shown first is after a few updates, and says so.
    """
    for name, (spec, lane, kind) in MAPS.items():
        first, last, shown = asyncio.run(_turned(spec, lane, kind, SLOW_TURNS if name in SLOW else TURNS))
        shown = f"{shown} runs of 500 updates"
        yield CHARTS.line(f"{name}: first picture", 50, first * 1e3, "ms")
        if name == "xor" and (run := in_c.xor()) is not None:
            shown += f"; in C on one core {by_the_clock(partial(run, 500, 96 * 72)):.2f} s"
        if name not in SLOW:
            yield LOOP.line(f"{name}: the last", 300, last * 1e3, "ms", shown)
        else:
            yield Line(
                f"{name}: the last, as fine as {MOST_SECONDS:.0f} s allow", 1.5, last / MOST_SECONDS, beside=shown
            )
