"""Maps of thousands of runs on the bench: how soon the first picture is there, and the whole one."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

from gdtui.insight.field_survey import FieldSurvey
from gdtui.objectives.specs import DatasetSpec, Specification, SurfaceSpec
from gdtui.session import Command
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.sampling import Sampling
from gdtui.tui.app import Gdtui
from gdtui.tui.screens.bench import Bench
from gdtui.verbs import Set, Step
from gdtui.view.field_maps import FieldMap
from tests.benchmarks import in_c
from tests.benchmarks.compute import by_the_clock
from tests.benchmarks.verdicts import Line
from tests.benchmarks.yardstick import CHARTS, LOOP

ADAM = Lane("a", "adam", settings={"lr": 0.05})
NOISY, BATCHES = SurfaceSpec("rosenbrock", noise=1.0), replace(ADAM, sampling=Sampling(20))
#: The objective and the lane on the bench, and the kind of the map.
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
    "spirals": (DatasetSpec("spirals"), ADAM, "stability"),
}
#: Objectives of which the last runs take many times as long as people wait.
SLOW = ("blobs", "iris in batches of 20", "two-moons", "spirals")
#: Turns of the knob, and steps.
TURNS, STEPS = 4, 40
#: Longest that a map is waited for: of the slow ones, only until it is whole.
SECONDS = 20.0


@dataclass
class Seen:
    """The least seconds from a turn of the knob to a first picture, one as fine as can be, and the last.

    `made` is how many updates the runs of the second had made then.
    """

    first: float = math.inf
    whole: float = math.inf
    last: float = math.inf
    made: int = 0

    def see(self, survey: FieldSurvey, seconds: float) -> None:
        """Take in what is shown after so many seconds."""
        if survey.stride:
            self.first = min(self.first, seconds)
        if survey.stride == 1 and self.whole == math.inf:
            self.whole, self.made = seconds, survey.made
        if survey.is_complete:
            self.last = min(self.last, seconds)

    def or_sooner(self, other: Seen) -> Seen:
        """Return the lesser of each."""
        whole = min(self, other, key=lambda each: each.whole)
        return Seen(min(self.first, other.first), whole.whole, min(self.last, other.last), whole.made)


async def _turned(spec: Specification, lane: Lane, kind: str, *, slow: bool) -> Seen:
    """Turn the rate's knob some times, and return what is seen of it; of a slow map no more than that it is whole."""
    app = Gdtui(Experiment(spec, (lane,)))
    found = Seen()
    async with app.run_test(size=(200, 50)) as pilot:
        while not isinstance(bench := app.screen, Bench) or not bench.engine.ready:
            await asyncio.sleep(0.01)
        await bench.engine.settled()
        seen, begun = Seen(), math.inf

        def after_frame() -> None:
            there = None if bench.frame is None else bench.frame.map
            if begun == math.inf or not isinstance(there, FieldMap) or there.kind != kind or bench.engine.busy:
                return
            seen.see(there.survey(there.domain), time.perf_counter() - begun)

        while bench.frame is None or bench.look.kind(bench.frame.snapshot) != kind:
            await pilot.press("m")
        bench.after_frame = after_frame
        for turn in range(TURNS):
            if not slow:
                await bench.engine.settled()
            begun = time.perf_counter()
            seen = Seen()
            # over starts a knob makes other runs; over rates the rate is a side of the map, and it is beta2 that counts
            bench.act(*_knob(bench, kind, turn))
            while (seen.whole if slow else seen.last) == math.inf and time.perf_counter() < begun + SECONDS:
                await asyncio.sleep(0.002)
            found = found.or_sooner(seen)
    return found


async def _steps() -> tuple[float, float]:
    """Return the median seconds from a key to its snapshot: with a map of two-moons under way, and with none."""
    app, medians = Gdtui(Experiment(DatasetSpec("two-moons"), (ADAM,))), []
    async with app.run_test(size=(200, 50)) as pilot:
        while not isinstance(bench := app.screen, Bench) or not bench.engine.ready:
            await asyncio.sleep(0.01)
        for kind in ("stability", "parameters"):
            await bench.engine.idle()
            while bench.frame is None or bench.look.kind(bench.frame.snapshot) != kind:
                await pilot.press("m")
            times = []
            for _step in range(STEPS):
                await asyncio.sleep(0.03)
                there = bench.frame.map
                assert not isinstance(there, FieldMap) or not there.survey(there.domain).is_complete
                begun, before = time.perf_counter(), bench.frame.snapshot.position
                bench.act(Step(1))
                while bench.frame.snapshot.position == before:
                    await asyncio.sleep(5e-4)
                times.append(time.perf_counter() - begun)
            medians.append(median(times))
    return medians[0], medians[1]


def _knob(bench: Bench, kind: str, turn: int) -> list[Command]:
    assert bench.frame is not None
    lane = bench.frame.lane
    key = "beta2" if kind == "stability" else "lr"
    return [Set(f"{lane.name}.{key}", lane.settings[key] * (1 - 1e-3 * (turn + 1)))]


def maps() -> Iterator[Line]:
    """Measure from the turn of a knob to the pictures at 200×50.

    Networks on many rows take longer: what is shown is after a few updates, says so, and goes on.
    """
    for name, (spec, lane, kind) in MAPS.items():
        slow = name in SLOW
        seen = asyncio.run(_turned(spec, lane, kind, slow=slow))
        yield CHARTS.line(f"{name}: first picture", 50, seen.first * 1e3, "ms")
        if slow:
            beside = f"6 912 runs, then after {seen.made} of 500 updates"
            yield LOOP.line(f"{name}: the whole map", 300, seen.whole * 1e3, "ms", beside)
        else:
            beside = "6 912 runs of 500 updates"
            if name == "xor" and (run := in_c.xor()) is not None:
                beside += f"; in C on one core {by_the_clock(partial(run, 500, 96 * 72)):.2f} s"
            yield LOOP.line(f"{name}: the last", 300, seen.last * 1e3, "ms", beside)
    busy, idle = asyncio.run(_steps())
    beside = f"{busy * 1e3:.1f} ms, {idle * 1e3:.1f} ms without"
    yield Line("two-moons: a step while its map is under way", 2.0, busy / idle, beside=beside)
