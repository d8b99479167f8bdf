"""The screen's budgets, measured from outside."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain

from tests.benchmarks import terminal
from tests.benchmarks.verdicts import Line
from tests.benchmarks.yardstick import NUMBA, importing_numba, process, python

LARGE, SMALL = (200, 50), (80, 24)
#: Commands that need no screen and no kernels.
QUICK = (["--version"], ["--help"], ["list"], ["show", "optimizer", "adam"])
LIBRARY = (
    "import time\nfrom pydantic import Field, TypeAdapter\nfrom gdtui.scenario.read.courses import shipped_courses\n"
    "begun = time.thread_time()\n"
    "shipped_courses()\nprint((time.thread_time() - begun) * 1e3)"
)


def wire() -> Iterator[Line]:
    """Measure what steps and a run send."""
    benches = terminal.bench(*LARGE), terminal.bench(*SMALL), terminal.bench(*LARGE)
    terminal.settle(b"update", *benches)
    early, late = map(statistics.median, terminal.bytes_at(benches[0], 10, 60))
    small = statistics.median(chain.from_iterable(terminal.bytes_at(benches[1], 10, 60)))
    yield Line("200×50, a step at update 60", 2.5, late / 1e3, "kB")
    yield Line("200×50, a step at update 10", 4.5, early / 1e3, "kB")
    yield Line("80×24, a step", 0.8, small / 1e3, "kB")
    yield Line("200×50, running at 20 updates a second", 60, terminal.running(benches[2]) / 1e3, "kB/s")


def frame() -> Iterator[Line]:
    """Measure how long a step takes, beside four plotext charts that are drawn and painted whole."""
    programs = terminal.bench(*LARGE, 1_000), terminal.bench(*SMALL, 1_000), terminal.bench(*LARGE, 1_000_000)
    charts = terminal.charts(*LARGE)
    terminal.settle(b"update", *programs)
    terminal.settle(b"\x1b[", charts)
    steps = ((each, b" ", tries) for each, tries in zip(programs, (40, 20, 40), strict=True))
    plain, large, small, far = terminal.in_turn((charts, b"x", 20), *steps)
    beside = f"{large.median:.1f} ms beside {plain.median:.1f} ms"
    yield Line("200×50, median step, beside four plain plotext charts", 0.2, large.median / plain.median, beside=beside)
    beside = f"{large.busy:.1f} ms beside {plain.busy:.1f} ms"
    yield Line("200×50, the processor's time of a step, beside theirs", 0.2, large.busy / plain.busy, beside=beside)
    yield Line("200×50, one step in twenty", 0.35, large.slow / plain.median)
    yield Line("80×24, median step", 0.1, small.median / plain.median, beside=f"{small.median:.1f} ms")
    ratio, beside = far.busy / large.busy, f"{far.busy:.0f} ms of the processor"
    yield Line("200×50, a step after 1 000 000 updates, beside after 1 000", 1.2, ratio, beside=beside)


def start() -> Iterator[Line]:
    """Measure the start, beside a bare Textual app, the import of numba, and Python itself."""
    bare = terminal.first_frame(terminal.BARE, b"bare")
    first = terminal.first_frame(terminal.GDTUI, b"opening the bench")
    ready = terminal.first_frame(terminal.GDTUI, b"paused")
    floor = bare + importing_numba()
    with tempfile.TemporaryDirectory() as cache:
        cold = terminal.first_frame(terminal.GDTUI, b"paused", tries=1, extra={"NUMBA_CACHE_DIR": cache})
    yield Line("first frame, beside a bare Textual app", 1.3, first / bare, beside=f"{first:.2f} s")
    yield Line("ready to step, beside that and import numba", 1.3, ready / floor, beside=f"{ready:.2f} s")
    yield Line("ready to step, never compiled", 5.0, cold / floor, beside=f"{cold:.2f} s")
    for words in QUICK:
        over = process(sys.executable, "-m", "gdtui", *words) - python()
        yield NUMBA.line(f"gdtui {' '.join(words)}, over Python's own start", 0.15, over, "s")
    done = subprocess.run([sys.executable, "-c", LIBRARY], capture_output=True, text=True, check=True, env=os.environ)
    yield NUMBA.line("the library's courses and lessons are read", 50, float(done.stdout), "ms")
