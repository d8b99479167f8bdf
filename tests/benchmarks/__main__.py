"""Measure every budget and say whether it is met: `python -m tests.benchmarks`, with the names of some groups."""

from __future__ import annotations

import os
import sys

from tests.benchmarks import compute, maps, school, screen
from tests.benchmarks.verdicts import show

GROUPS = {
    "wire": ("the wire: bytes that are sent", screen.wire),
    "frame": ("the frame: from key to last byte", screen.frame),
    "class": ("a class that follows", school.follow),
    "growth": ("growth: a long history", compute.growth),
    "engine": ("the engine", compute.engine),
    "maps": ("maps of thousands of runs", maps.maps),
    "start": ("the start", screen.start),
}  # fmt: skip

if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed gdtui is not compiled at each start
    wanted = sys.argv[1:] or list(GROUPS)
    unknown = [name for name in wanted if name not in GROUPS]
    if unknown:
        raise SystemExit(f"there is no group {unknown[0]!r} (there are: {', '.join(GROUPS)})")
    lines = [line for name in wanted for line in show(GROUPS[name][0], GROUPS[name][1]())]
    print(f"{sum(line.met for line in lines)} of {len(lines)} budgets met")
