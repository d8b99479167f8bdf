"""One scenario, one trace: on the screen, in `replay`, in `run`, through pytest, in Python, without the JIT.

Golden traces carry the bits from one process to the next: `# rel = 0.0` in their head allows no difference at all.
"""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

import gdtui
from gdtui.scenario.play.golden import ABS, REL, Recorder, golden_path
from gdtui.scenario.play.player import replay
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.session import Snapshot

REPOSITORY = Path(__file__).resolve().parents[2]
Array = np.ndarray[Any, np.dtype[np.float64]]

DETOURS = """format = 1
title = "Every act that moves a lane"
[objective]
kind = "dataset"
name = "two-moons"
rows = 60
validation = 0.2
model = { layers = [2, 4, 1], activation = "tanh", loss = "bce", init = "xavier" }
[run]
seed = 11
updates = 40
[lanes.mini]
optimizer = "adam"
dialect = "pytorch"
lr = 0.02
sampling = { batch = 7, shuffle = "each-epoch", drop_last = true }
schedule = { kind = "cosine", updates = 60 }
[lanes.single]
optimizer = "momentum"
dialect = "classical"
lr = 0.01
sampling = "single"
clip_norm = 1.0
[lanes.full]
optimizer = "rmsprop"
dialect = "keras"
lr = 0.01
[script]
do = [
  { epoch = 1 },
  { mark = "early" },
  { set = "mini.beta1", to = 0.5 },
  { step = 9 },
  { branch = "mini", as = "other" },
  { set = "other.lr", to = 0.005 },
  { step = 14 },
  { back = 5 },
  { remove = "full" },
  { add = "late", optimizer = "adagrad", dialect = "keras", sampling = 5 },
  { until = "late.update >= 12", max = 40 },
  { expect = "late.update", eq = 12 },
]
"""
NOISE = """format = 1
title = "A formula whose gradients tremble"
[objective]
kind = "expression"
formula = "sin(3*x) + x**2/10 + y**2*exp(-x/5) + abs(y)/3"
domain = [[-4, 4], [-3, 3]]
start = [2.5, -1.5]
noise = 0.3
[run]
seed = 5
updates = 200
[lanes.a]
optimizer = "nadam"
lr = 0.03
[lanes.b]
optimizer = "gd"
lr = 0.01
sampling = 16
[script]
do = [{ step = 80 }, { set = "b.lr", to = 0.03 }, { step = 40 }, { back = 60 }, { step = 9 },
  { expect = "a.update", eq = 69 }]
"""
#: A name of a shipped scenario, or the text of one; without the scripts of those in RUNS, `run` does the same.
SCENARIOS = {
    "a surface, edits, back": "momentum-conventions",
    "a formula": "warm-up",
    "a formula with noise": NOISE,
    "a dataset, batches, an edit": "bgd-sgd-minibatch",
    "a dataset, detours": DETOURS,
    "a tape": "ema-on-a-tape",
    "a network": "backpropagation-by-hand",
    "a solver, a lane added": "newton-one-step",
    "a solver": "lbfgs-by-evaluations",
}
RUNS = ("ema-on-a-tape", "gaussian-three-batches", "warm-up", "schedules-by-shape", "newton-one-step", "overfitting")


#: What is gone through on the bench page by page; all the others are `slow` there.
SOME = ("a formula with noise", "a dataset, detours", "a tape", "a network", "a solver, a lane added")
THINNED = [
    pytest.param(given, id=name, marks=() if name in SOME else pytest.mark.slow) for name, given in SCENARIOS.items()
]


@pytest.fixture(params=SCENARIOS.values(), ids=list(SCENARIOS))
def given(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(given: str, tmp_path: Path) -> Path:
    """Give a scenario file in a folder of its own, without a golden trace."""
    return written(given, tmp_path / "s.toml")


@cache
def played(given: str) -> tuple[dict[str, Array], Recorder]:
    """Replay a scenario once for all tests: the rows of its lanes, and its golden trace."""
    recorder = Recorder()
    with TemporaryDirectory() as folder:
        report = replay(load_scenario(written(given, Path(folder, "s.toml"))), recorder)
    assert report.passed
    return rows(report.final), recorder


def written(given: str, file: Path) -> Path:
    """Write a shipped scenario, by its name, or a text, to a file."""
    file.write_text(find(given).read_text(encoding="utf-8") if "\n" not in given else given, encoding="utf-8")
    return file


def rows(snapshot: Snapshot) -> dict[str, Array]:
    return {lane.name: np.array(lane.trace.rows) for lane in snapshot.lanes}


def assert_same_bits(a: Mapping[str, Array], b: Mapping[str, Array]) -> None:
    assert list(a) == list(b)
    for name in a:
        assert a[name].shape == b[name].shape, name
        assert a[name].tobytes() == b[name].tobytes(), name


def write_golden(given: str, path: Path) -> list[str]:
    """Write a golden trace that allows no difference; return its lines."""
    text = played(given)[1].text(0.0, 0.0)
    golden_path(path).write_text(text, encoding="utf-8")
    return text.splitlines()


def call(folder: Path, *words: str, code: int = 0, **environment: str) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV")) and key != "CI"}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        env={**kept, "PYTHONPATH": str(REPOSITORY), **environment},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


# -- from Python ------------------------------------------------------------------------------------


def test_it_is_the_same_each_time_and_through_the_public_interface(given: str, path: Path) -> None:
    assert_same_bits(played(given)[0], rows(gdtui.replay(path).final))


def test_what_has_been_read_is_replayed_as_the_file_is(tmp_path: Path) -> None:
    path = written(DETOURS, tmp_path / "s.toml")
    assert_same_bits(played(DETOURS)[0], rows(gdtui.replay(load_scenario(path)).final))


@pytest.mark.parametrize("order", ["reversed", pytest.param("shuffled", marks=pytest.mark.slow)])
def test_the_order_of_the_lanes_changes_nothing(given: str, path: Path, order: str) -> None:
    read = load_scenario(path)
    if len(read.experiment.lanes) == 1:
        pytest.skip("one lane has no order")
    lanes = list(read.experiment.lanes)
    if order == "reversed":
        lanes.reverse()
    else:
        Random(order).shuffle(lanes)
    turned = replace(read, experiment=replace(read.experiment, lanes=tuple(lanes)))
    report = replay(turned)
    assert report.passed
    assert_same_bits(dict(sorted(played(given)[0].items())), dict(sorted(rows(report.final).items())))


def test_a_lane_that_is_added_disturbs_nothing(given: str, path: Path) -> None:
    read = load_scenario(path)
    last = replace(read.experiment.lanes[-1], name="one-more", stream="")
    more = replace(read, experiment=replace(read.experiment, lanes=(last, *read.experiment.lanes)))
    found = rows(replay(more).final)
    assert found.pop("one-more").size
    assert_same_bits(played(given)[0], found)


# -- in other processes -----------------------------------------------------------------------------


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Give all the scenario files in one folder: one process replays them all."""
    return [written(given, tmp_path / f"s{place}.toml") for place, given in enumerate(SCENARIOS.values())]


def test_replay_on_the_command_line_writes_the_same_bits(paths: list[Path], tmp_path: Path) -> None:
    call(tmp_path, "-m", "gdtui", "replay", "--update", *(path.name for path in paths))
    for path, given in zip(paths, SCENARIOS.values(), strict=True):
        assert golden_path(path).read_text(encoding="utf-8") == played(given)[1].text(REL, ABS)


WITHOUT_JIT = """
import sys
import numpy, gdtui
from gdtui.kernel import jit_disabled
assert jit_disabled()
for name in sys.argv[1:]:
    final = gdtui.replay(name).final
    numpy.savez(name + ".npz", **{lane.name: lane.trace.rows for lane in final.lanes})
"""


@pytest.mark.jit
@pytest.mark.parametrize("left_out", ["bgd-sgd-minibatch", pytest.param("", marks=pytest.mark.slow)])
def test_without_the_jit_it_is_the_same_to_1e_12(left_out: str, paths: list[Path], tmp_path: Path) -> None:
    some = {path: given for path, given in zip(paths, SCENARIOS.values(), strict=True) if given != left_out}
    call(tmp_path, "-c", WITHOUT_JIT, *(path.name for path in some), NUMBA_DISABLE_JIT="1")
    for path, given in some.items():
        compiled, _recorder = played(given)
        with np.load(f"{path}.npz") as plain:
            assert list(plain) == list(compiled)
            for name, wanted in compiled.items():
                got = plain[name]
                assert got.shape == wanted.shape
                sizes = np.max(np.where(np.isfinite(wanted), np.abs(wanted), 0.0), axis=0)
                for column, size in enumerate(sizes):
                    np.testing.assert_allclose(got[:, column], wanted[:, column], rtol=1e-12, atol=1e-12 * size)


def test_through_pytest_each_is_the_same_to_the_bit(paths: list[Path], tmp_path: Path) -> None:
    """In a process of its own: pytester takes modules out again, and numba cannot be imported twice."""
    for path, given in zip(paths, SCENARIOS.values(), strict=True):
        write_golden(given, path)
    other = written(NOISE, tmp_path / "other.toml")  # its last theta_0 is the next float: that is seen
    *lines, last = write_golden(NOISE, other)
    cells, column = last.split(","), played(NOISE)[1].names.index("theta_0")
    cells[column] = repr(float(np.nextafter(float(cells[column]), np.inf)))
    golden_path(other).write_text("\n".join([*lines, ",".join(cells)]) + "\n", encoding="utf-8")
    words = ("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "--gdtui-golden", ".")
    said = call(tmp_path, *words, code=1)
    assert f"1 failed, {len(paths)} passed" in said
    assert "other.golden.csv" in said and "golden trace differs: theta_0 of " in said


# -- on the screen ----------------------------------------------------------------------------------


async def gone_through(path: Path) -> dict[str, Array]:
    """Open a lesson as `gdtui FILE` does, press space to its end, and return what the bench then holds."""
    from gdtui.tui.app import Gdtui
    from gdtui.tui.screens.answer import Answer

    read = load_scenario(path)
    app = Gdtui(read.experiment, scenario=read)
    async with app.run_test(size=(120, 36)) as pilot:

        async def ready() -> Any:
            while not getattr(getattr(app.screen, "engine", None), "ready", False):
                await asyncio.sleep(0.01)
            return app.screen

        bench = await asyncio.wait_for(ready(), 120)
        await asyncio.wait_for(bench.engine.settled(), 60)
        for _key in range(4 * len(bench.lesson.pages)):
            if bench.page == len(bench.lesson.pages):
                break
            await pilot.press("s" if isinstance(app.screen, Answer) else "space")  # a question is skipped
            await asyncio.wait_for(bench.engine.settled(), 60)
            await pilot.pause()
        assert bench.page == len(bench.lesson.pages)
        return rows(bench.engine.session.snapshot())


@pytest.mark.jit
@pytest.mark.parametrize("given", THINNED)
async def test_on_the_bench_page_by_page_it_is_the_same_to_the_bit(given: str, path: Path) -> None:
    assert_same_bits(played(given)[0], await gone_through(path))


@pytest.mark.jit
def test_replay_on_the_screen_is_the_same_to_the_bit(tmp_path: Path) -> None:
    some = [written(given, tmp_path / f"{place}.toml") for place, given in enumerate((NOISE, DETOURS))]
    for path, given in zip(some, (NOISE, DETOURS), strict=True):  # shipped ones on the screen: tests/tui/test_film.py
        write_golden(given, path)
    told = call(tmp_path, "-m", "gdtui", "replay", "--screen", "--golden", *(path.name for path in some))
    assert told.count("golden trace holds") == len(some) == 2


# -- without a script -------------------------------------------------------------------------------


#: `gdtui run` of each name, in one process.
RUN_EACH = """
import sys
from gdtui.cli import main
for name in sys.argv[2:]:
    code = main(["run", name, "--updates", sys.argv[1], "--csv", name + ".csv"])
    assert code == 0, (name, code)
"""
UPDATES = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("runs")
    call(made, "-c", RUN_EACH, str(UPDATES), *RUNS)
    return made


@pytest.mark.parametrize("name", RUNS)
def test_run_and_simulate_and_a_script_of_steps_give_the_same_bits(name: str, folder: Path, tmp_path: Path) -> None:
    updates, file = UPDATES, folder / f"{name}.csv"
    with file.open(newline="") as opened:
        written = list(csv.DictReader(opened))
    arrays = gdtui.simulate(gdtui.Experiment.load(find(name)), updates)
    head = find(name).read_text(encoding="utf-8").partition("[script]")[0]
    (tmp_path / "steps.toml").write_text(f"{head}[script]\ndo = [{{ step = {updates - 1} }}, {{ step = 1 }}]\n")
    final = gdtui.replay(tmp_path / "steps.toml").final
    for lane in final.lanes:
        mine = [row for row in written if row["lane"] == lane.name]
        trace = arrays[lane.name]
        assert len(mine) == len(trace["update"]) == len(lane.trace.rows)
        for key, column in (("loss", trace["loss"]), ("theta_0", trace["theta"][:, 0]), ("lr", trace["lr"])):
            told = np.array([float(row[key] or "nan") for row in mine])
            assert np.array_equal(told, column, equal_nan=True), "repr reads back to the same bit"
        layout = lane.trace.layout
        for block in ("theta", "grad"):
            assert trace[block].tobytes() == np.ascontiguousarray(lane.trace.rows[:, layout.block(block)]).tobytes()
        assert trace["loss"].tobytes() == lane.trace.rows[:, layout.column("loss")].tobytes()
