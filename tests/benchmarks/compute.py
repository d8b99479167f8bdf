"""The engine, measured beside the same loop in C and, where it is installed, beside torch."""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from gdtui.objectives.specs import DatasetSpec, ObjectiveSpec, Specification
from gdtui.optimizers.language.compiled_rule import CompiledRule
from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fields.members import Members
from gdtui.simulation.fields.running import Built, Field
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.sampling import Sampling
from gdtui.verbs import Back, Step
from tests.benchmarks import in_c
from tests.benchmarks.verdicts import Line
from tests.benchmarks.yardstick import LOOP, process

ROSENBROCK = Built(ObjectiveSpec())


def per_update(act: Callable[[int], object], n: int, tries: int = 5) -> float:
    """Return the least of the processor's microseconds an update."""
    act(min(n, 100))
    times = []
    for _ in range(tries):
        begun = time.thread_time()
        act(n)
        times.append((time.thread_time() - begun) / n * 1e6)
    return min(times)


def lane(objective: Specification, spec: Lane) -> Callable[[int], None]:
    """Return what advances a lane without recording, as a long headless run does."""
    run = LaneRun(spec, objective.build(), 0)
    run.record_every(0, 10**9)

    def act(n: int) -> None:
        run.reset()
        run.position = n
        run.make_updates(n, record=0)
        for thread in threading.enumerate():  # a run takes the loop over on its way; here all of it is measured
            if thread.name == "kernels":
                thread.join()

    act(1000)
    return act


def torch_available() -> bool:
    """Say whether torch can be measured beside."""
    return importlib.util.find_spec("torch") is not None


def adam_in_torch() -> Callable[[int], None]:
    """Return Adam on Rosenbrock as one writes it with torch."""
    import torch

    def act(n: int) -> None:
        theta = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([theta], lr=0.05)
        for _ in range(n):
            optimizer.zero_grad()
            loss = (1 - theta[0]) ** 2 + 100 * (theta[1] - theta[0] ** 2) ** 2
            loss.backward()
            optimizer.step()

    return act


#: Processes that make updates and nothing else, to be timed from start to end.
RUN = ["-m", "gdtui", "run", "--surface", "rosenbrock", "--optimizer", "adam", "--lr", "0.05", "--updates", "5000000"]


def engine() -> Iterator[Line]:
    """Measure the engine."""
    with tempfile.TemporaryDirectory() as folder:
        program = in_c.program(in_c.PROGRAM, Path(folder))
        if program is not None:
            process(sys.executable, *RUN, tries=1)  # compiles and keeps what it needs
            ours, theirs = process(sys.executable, *RUN), process(str(program))
            begun = process(sys.executable, *RUN[:-1], "1")
            hoisted = process(str(in_c.program(in_c.PROGRAM, Path(folder), "-DHOISTED")))
            what = "gdtui run, 5·10⁶ Adam updates on Rosenbrock, beside C"
            yield Line(f"{what}, updates", 1.5, (ours - begun) / theirs, beside=f"{ours - begun:.2f} s")
            yield Line(
                f"{what}, process", 1.5, ours / theirs,
                beside=f"{ours:.2f} s, of which start {begun:.2f} s; beside C with its powers before the loop over "
                f"coordinates: updates {(ours - begun) / hoisted:.2f}, process {ours / hoisted:.2f}",
            )  # fmt: skip
    if torch_available():
        ours = per_update(lane(ObjectiveSpec(), Lane("a", "adam", settings={"lr": 0.05})), 100_000)
        yield Line("the same a update, beside torch", 0.01, ours / per_update(adam_in_torch(), 300))
    spec = Lane("a", "gd", settings={"lr": 0.05}, sampling=Sampling(20))
    in_rows, ours = in_c.line(), per_update(lane(DatasetSpec("linear-4-3"), spec), 200_000)
    theirs_say = f"C that shuffles too: {per_update(in_rows, 200_000):.2f} µs" if in_rows is not None else ""
    yield LOOP.line("gd on linear-4-3, batch 20", 0.5, ours, "µs", beside=theirs_say)
    theirs_too = in_c.classifier()
    if theirs_too is not None:
        classifier = DatasetSpec("gaussian-classes", layers=(10, 50, 1), activation="relu", loss="bce")
        ours = per_update(lane(classifier, Lane("a", "adam", settings={"lr": 0.001}, sampling=Sampling(32))), 20_000, 3)
        yield Line(
            "10 → 50 → 1 by Adam, batch 32, beside C",
            2.0,
            ours / per_update(theirs_too, 20_000, 3),
            beside=f"{ours:.0f} µs",
        )
    dense, kernel = dense_adam()
    what = "dense Adam of 704 129 parameters, all moving, beside the rule's kernel"
    yield Line(what, 1.5, dense / kernel, beside=f"{dense:.2f} ms")
    sparse = Lane("a", "adam", dialect="pytorch", options={"sparse": True})
    few = lane(DatasetSpec("clicks", rows=20_000), replace(sparse, sampling=Sampling(2)))
    yield LOOP.line("sparse-aware Adam on two clicks", 50, per_update(lane(DatasetSpec("clicks"), sparse), 5_000), "µs")
    yield LOOP.line("the same on two of 20 000 clicks, all parameters moving", 50, per_update(few, 5_000), "µs")
    c, one, two, twice = field_seconds()
    if np.isfinite(c):
        yield Line("a field of 4096 × 1 000 Adam updates, one core, beside C", 0.15, one / c)
    cores = twice if np.isfinite(twice) else 2.0
    what = "the same on two threads, beside one's time shared as C shares"
    reached = f"{one / two:.2f} times as fast as one, where two loops in C at once are {cores:.2f} times as fast"
    yield Line(what, 2 / 1.8, two / one * cores, beside=reached)
    yield Line("500 updates of linear-4-3 at 1 000 rates, beside lanes", 0.2, beside_lanes())


def dense_adam(updates: int = 100) -> tuple[float, float]:
    """Return the milliseconds of an update of the recommender by Adam, and of the rule's kernel alone."""
    spec = Lane("a", "adam", settings={"lr": 0.001}, sampling=Sampling(2))
    objective, rule = DatasetSpec("clicks", rows=20_000), cast(CompiledRule, spec.rule)
    lane(objective, spec)  # compiles
    run = LaneRun(spec, objective.build(), 0)
    run.record_every(0, 10**9)
    d, hyper = run.objective.dimension, np.array([spec.values()[name] for name in rule.defaults])
    theta, grad, slots = np.zeros(d), np.full(d, 1e-3), np.zeros((2, d))
    blocks = np.zeros((0, 3), dtype=np.int64)
    whole, alone = [], []
    for t in range(8):
        begun = time.thread_time()
        run.advance(updates)
        middle = time.thread_time()
        for _ in range(10):
            rule.kernel(theta, grad, slots, hyper, float(t + 1), blocks)
        whole.append((middle - begun) / updates)
        alone.append((time.thread_time() - middle) / 10)
    return min(whole) * 1e3, min(alone) * 1e3


#: Ten million updates of four lanes, then back to some earlier ones: prints MiB at the most, and the longest way's ms.
LONG = """
import random, time
from pathlib import Path
from gdtui.session import Session
from gdtui.simulation.defaults import default_experiment
from gdtui.verbs import Back, Step
session = Session(default_experiment())
session.apply(Step(10_000_000))
session.snapshot()
longest = 0.0
for update in sorted(random.Random(1).sample(range(9_900_000), 20), reverse=True):
    begun = time.thread_time()
    session.apply(Back(session.position - update))
    longest = max(longest, time.thread_time() - begun)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) / 1024, longest * 1e3)
"""


def growth() -> Iterator[Line]:
    """Measure going back and far away in a long history."""
    short, long = (Session(default_experiment()) for _ in range(2))
    short.apply(Step(1_000))
    long.apply(Step(1_000_000))
    times: dict[Session, list[float]] = {short: [], long: []}
    for _ in range(30):
        for session, taken in times.items():
            begun = time.thread_time()
            session.apply(Back(1))
            taken.append(time.thread_time() - begun)
    ratio = statistics.median(times[long]) / statistics.median(times[short])
    yield Line("a step back after 1 000 000 updates, beside after 1 000", 1.2, ratio)
    farthest = 0.0
    for update in (900_123, 765_432, 400_001, 123_456, 1_017):  # each earlier than the one before
        begun = time.thread_time()
        long.apply(Back(long.position - update))
        farthest = max(farthest, time.thread_time() - begun)
    yield LOOP.line("going to any earlier update", 100, farthest * 1e3, "ms")
    if Path("/proc/self/status").exists():
        done = subprocess.run([sys.executable, "-c", LONG], capture_output=True, text=True, check=True)
        peak, longest = map(float, done.stdout.split())
        yield Line("memory after 10 000 000 updates of four lanes, in all", 300, peak, "MiB")
        yield LOOP.line("going from there to 20 earlier updates, the slowest", 100, longest, "ms")


def field_of(threads: int, pool: Executor) -> Callable[[int], None]:
    """Return what makes n updates of Adam on Rosenbrock from each of 4096 starts, on so many threads of a pool."""
    starts = np.random.default_rng(0).uniform((-2, -1), (2, 3), (4096, 2))

    def act(n: int) -> None:
        field = Field(Members(Lane("a", "adam", settings={"lr": 0.05}), 4096, n, starts=starts), ROSENBROCK)
        if threads == 1:
            field.run()
            return
        for _part in field.parts(executor=pool, threads=threads):
            pass

    return act


def by_the_clock(act: Callable[[], object]) -> float:
    """Return the seconds that an act takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def field_seconds(tries: int = 16) -> tuple[float, float, float, float]:
    """Return the seconds of 4096 × 1000 updates: scalar C, one thread, two; and how much faster two loops in C are.

    Seconds by the clock, the least of all tries. Without a compiler those in C are nan. They are measured in turn:
    another program's load falls on all alike. Two loops in C that share nothing are what the machine can do.
    """
    adam = in_c.adam()
    found = []

    def alone() -> None:
        for _ in range(512):
            if adam is not None:
                adam(1000)

    with ThreadPoolExecutor(2) as pool:
        one, two = field_of(1, pool), field_of(2, pool)
        one(1)
        two(1)
        for _ in range(tries):
            acts = (alone, partial(one, 1000), partial(two, 1000), lambda: wait([pool.submit(alone) for _ in range(2)]))
            found.append([by_the_clock(act) for act in acts])
    c, single, double, twice = np.min(found, axis=0).tolist()
    return (8 * c, single, double, 2 * c / twice) if adam else (float("nan"), single, double, float("nan"))


def beside_lanes(rates: int = 1000, lanes: int = 20) -> float:
    """Return the time of a member of a field on data, beside that of a lane alone."""
    spec, updates = DatasetSpec("linear-4-3"), 500
    act = lane(spec, Lane("a", "gd", settings={"lr": 0.05}))
    members = Members(Lane("a", "gd"), rates, updates, {"lr": np.geomspace(1e-3, 0.9, rates)})
    together, alone = [], []
    for _ in range(5):
        begun = time.thread_time()
        Field(members, Built(spec)).run()
        middle = time.thread_time()
        for _ in range(lanes):
            act(updates)
        together.append((middle - begun) / rates)
        alone.append((time.thread_time() - middle) / lanes)
    return min(together) / min(alone)
