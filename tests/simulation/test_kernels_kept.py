"""Whatever a session needs is compiled once: the next process finds all of it and writes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from types import FunctionType

import pytest

from gdtui.columns import Column
from gdtui.kernel import cache_directory, fingerprint
from gdtui.simulation import loop, stopping

pytestmark = pytest.mark.jit

SESSION = """
import json, sys, warnings
warnings.simplefilter("error")  # numba warns where it cannot cache
from gdtui.simulation.loop import advance
from gdtui.session import Session
from gdtui.verbs import Epoch, Step
from gdtui.objectives.specs import ObjectiveSpec
from gdtui.simulation.experiment import Experiment, Lane
experiments = [
    Experiment(ObjectiveSpec(), (Lane("b", "adam"),)), Experiment(ObjectiveSpec("dataset", "linear-4-3"), (Lane("a"),))
]
sessions = [Session(experiment) for experiment in experiments]
for session in sessions:
    session.apply(Step(2))
report = {}
for session in sessions:
    for run in session.simulation.lanes.values():
        for used in (advance, session.simulation.objective.kernel, run.rule.kernel, run.rule.probe):
            stats = used.compiled.stats
            report[used.compiled.__qualname__] = [sum(stats.cache_hits.values()), sum(stats.cache_misses.values())]
print(json.dumps([report, "numba.typed.typeddict" in sys.modules]))
"""


def run(cache: Path) -> tuple[dict[str, list[int]], bool]:
    """Return the hits and misses of each kernel, and whether numba has loaded what it needs to compile."""
    done = subprocess.run(
        [sys.executable, "-c", SESSION], env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report, ready_to_compile = json.loads(done.stdout)
    return report, ready_to_compile


def test_a_second_process_compiles_nothing_loads_no_compiler_and_leaves_no_new_file() -> None:
    """In the cache of this test run, which other tests fill at the same time: only names of these kernels count."""
    cache = cache_directory()
    first, _ready = run(cache)
    assert all(sum(counts) == 1 for counts in first.values()), first

    def files() -> set[str]:
        return {path.name for path in cache.rglob("*.nb?") if path.name.split(".")[1].rpartition("-")[0] in first}

    before = files()
    assert len(before) >= 2 * len(first)
    second, ready_to_compile = run(cache)
    assert second.keys() == first.keys() and all(counts == [1, 0] for counts in second.values()), second
    assert files() == before
    assert not ready_to_compile


def test_the_name_of_a_kernel_changes_with_what_it_takes_from_other_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this a cached loop would go on writing to the old columns."""
    function = loop.advance.function
    assert isinstance(function, FunctionType)
    plain = fingerprint(function)
    assert loop.advance.compiled.__qualname__ == f"advance_{plain}"
    moved = {**{column.name: column.value for column in Column}, "LOSS": 3, "BATCH_LOSS": 2}
    changes: list[tuple[object, str, object]] = [
        (loop, "Column", IntEnum("Column", moved)),
        (loop, "SCALARS", 11),
        (loop, "reason_to_stop", stopping.watch),
        (stopping, "Watch", IntEnum("Watch", {**stopping.Watch.__members__, "LOSS": 1, "GRAD_NORM": 0})),
    ]
    names = {plain}
    for module, name, value in changes:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, value)
            names.add(fingerprint(function))
    assert len(names) == 1 + len(changes)
    assert fingerprint(function) == plain
