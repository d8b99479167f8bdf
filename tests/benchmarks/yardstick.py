"""How fast this machine is, beside the one for which budgets in milliseconds were written.

There, four plain plotext charts at 200×50 are drawn and painted anew in 82 ms, importing numba takes 0.15 s, and a
plain loop in C makes a million updates of Adam on Rosenbrock in 50 ms. The same work is measured here, in the same run.
Where it takes longer, a figure counts as what it would be there; where it does not, it counts as it is. So a budget in
time is a ratio, and on a fast machine none is wider than it was written.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from tests.benchmarks import in_c, terminal
from tests.benchmarks.verdicts import Line

#: Python itself.
PYTHON = [sys.executable, "-c", "pass"]


@dataclass(frozen=True)
class Yardstick:
    """Work that takes so many seconds there; `measure` does it here, and returns the seconds."""

    what: str
    seconds_there: float
    measure: Callable[[], float]

    @cached_property
    def seconds(self) -> float:
        """The seconds that it takes here, measured once."""
        return self.measure()

    @property
    def slower(self) -> float:
        """How many times as long as there it takes here, at least 1."""
        return max(1.0, self.seconds / self.seconds_there)

    def line(self, what: str, target: float, figure: float, unit: str, beside: str = "") -> Line:
        """Return a line whose figure counts as what it would be there; as it is here, it stands beside."""
        here = f"{figure:.3g} {unit} here, where {self.what} takes {self.seconds / self.seconds_there:.2f}× as long"
        return Line(what, target, figure / self.slower, unit, beside=", ".join(filter(None, (here, beside))))


def process(*command: str, tries: int = 4) -> float:
    """Return the least of the processor's seconds that a command takes."""
    times = []
    for _ in range(tries):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(times)


@cache
def python() -> float:
    """Return the processor's seconds of Python's own start."""
    return process(*PYTHON)


@cache
def importing_numba() -> float:
    """Return the processor's seconds of importing numba, over Python's own start."""
    return process(sys.executable, "-c", "import numba") - python()


def _charts() -> float:
    plain = terminal.charts(200, 50)
    terminal.settle(b"\x1b[", plain)
    (redraws,) = terminal.in_turn((plain, b"x", 12))
    return redraws.busy / 1e3


def _loop() -> float:
    run, times = in_c.adam(), []
    if run is None:  # without a compiler the budgets are the plain ones
        return 0.05
    for _ in range(5):
        begun = time.thread_time()
        run(10**6)
        times.append(time.thread_time() - begun)
    return min(times)


#: For what draws, by the processor's time: another program's load must not widen a budget.
CHARTS = Yardstick("a screen of four plotext charts", 0.082, _charts)
#: For what starts, by the processor's time.
NUMBA = Yardstick("importing numba", 0.15, importing_numba)
#: For what makes updates, by the processor's time.
LOOP = Yardstick("a loop in C", 0.05, _loop)
