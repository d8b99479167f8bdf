"""Machine code on disk: written once, found by the next process; a damaged or forbidden cache does no harm."""

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from gdtui.kernel import jit_disabled
from gdtui.kernel_folder import PATIENCE, cache_directory, turn, usable_folder
from tests.optimizers.cases import RULES

pytestmark = [
    pytest.mark.jit,
    pytest.mark.skipif(jit_disabled(), reason="nothing is compiled"),
]

ROOT = Path(__file__).parents[2]

#: Makes a few updates of some rules in a separate process; prints the statistics of numba's cache.
PROCESS = """
import json, sys, warnings
warnings.simplefilter("error")
import numpy as np
from gdtui.optimizers import REGISTRY, find
everything = sys.argv[1] == "all"
every = [r for o in REGISTRY.values() for r in o.rules if r.stepping == "compiled"]
rules = every if everything else [find(n).rule() for n in sys.argv[1].split()]
report = {}
for rule in rules:
    theta, slots = np.ones(4), np.zeros((max(1, len(rule.slots)), 4))
    hyper = np.array([info.default for info in rule.hyper])
    rule.kernel(theta, np.full(4, 0.5), slots, hyper, 1.0, np.array([[0, 4, 1]]))
    for kernel in (rule.kernel, rule.probe):
        stats = kernel.compiled.stats
        hits, misses = sum(stats.cache_hits.values()), sum(stats.cache_misses.values())
        report[kernel.function.__name__] = [hits, misses, theta.tolist()]
print(json.dumps(report))
"""

SOME = "gd adam"
#: As many as there are ways to damage a file of one kind or the other: each has two kernels.
MANY = "gd adam momentum adagrad"


def run(names, **environment):
    base = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, names],
        cwd=ROOT, env={**base, **{k: str(v) for k, v in environment.items()}},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def files(folder):
    """The kernels that are kept, without the file by which processes take turns."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and path.name != "turns"}


def hits(report):
    return [entry[0] for entry in report.values()]


def values(report):
    return {name: entry[2] for name, entry in report.items()}


def some(report, kernels=4):
    """The part of a report that is about the first rules."""
    return dict(list(report.items())[:kernels])


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A cache that one process has filled, and the report of that process."""
    folder = tmp_path_factory.mktemp("kernels")
    return folder, run(MANY, NUMBA_CACHE_DIR=folder)


@pytest.fixture
def torn(warm, tmp_path):
    """A copy of that cache, for a test to damage. (numba identifies sources by their path, not caches.)"""
    folder = tmp_path / "kernels"
    shutil.copytree(warm[0], folder)
    return folder


def test_the_first_process_compiles_and_writes(warm):
    folder, report = warm
    assert hits(report) == [0] * 8
    assert {path.suffix for path in files(folder)} == {".nbi", ".nbc"}
    assert len(files(folder)) == 16


def test_the_second_process_finds_everything_and_leaves_no_new_files(warm):
    folder, first = warm
    before = files(folder)
    second = run(MANY, NUMBA_CACHE_DIR=folder)
    assert hits(second) == [1] * 8
    assert values(second) == values(first)
    assert files(folder) == before


def test_the_whole_registry_is_found_by_a_second_process():
    """In the cache of this test run, to which this process has written every kernel."""
    for rule in RULES:
        assert rule.kernel.compiled and rule.probe.compiled
    ours = {kernel.function.__name__ for rule in RULES for kernel in (rule.kernel, rule.probe)}

    def known():
        # their names: file.function_fingerprint-line.py311.nbi
        names = {path.name for path in files(cache_directory())}
        return {name for name in names if name.split(".")[1].split("-")[0].rpartition("_")[0] in ours}

    folder = os.environ["NUMBA_CACHE_DIR"]
    before = known()
    assert len(before) >= 2 * len(ours)
    report = run("all", NUMBA_CACHE_DIR=folder)
    assert set(report) == ours
    assert [name for name, (found, missed, _) in report.items() if (found, missed) != (1, 0)] == []
    assert known() == before


def emptied(content):
    return b""


def half(content):
    return content[: len(content) // 2]


def without_its_end(content):
    return content[:-1]


def garbage(content):
    return b"\x80\x05garbage" * 64


def test_torn_cache_files_are_compiled_anew(warm, torn):
    """Of each kernel one file is damaged, each in a different way: of four its code, of four its index."""
    ways = [emptied, half, without_its_end, garbage]
    for i, index in enumerate(sorted(path for path in files(torn) if path.suffix == ".nbi")):
        code = index.with_suffix(".1.nbc")
        path = code if i % 2 else index
        path.write_bytes(ways[i // 2](path.read_bytes()))
    anew = run(MANY, NUMBA_CACHE_DIR=torn)
    assert (values(anew), hits(anew)) == (values(warm[1]), [0] * 8)
    assert hits(run(MANY, NUMBA_CACHE_DIR=torn)) == [1] * 8, "whole files are there again"


def test_without_a_place_for_the_cache_it_works(warm, tmp_path):
    """NUMBA_CACHE_DIR is below a file, where not even root can create a folder."""
    (tmp_path / "file").write_text("")
    report = run("gd", NUMBA_CACHE_DIR=tmp_path / "file" / "kernels")
    assert values(report) == some(values(warm[1]), 2)


def test_without_a_home_kernels_are_kept_among_temporary_files(warm, tmp_path):
    (tmp_path / "file").write_text("")
    places = {"XDG_CACHE_HOME": tmp_path / "file", "TMPDIR": tmp_path}
    assert hits(run("gd", **places)) == [0] * 2
    report = run("gd", **places)
    assert hits(report) == [1] * 2
    assert values(report) == some(values(warm[1]), 2)
    (folder,) = tmp_path.glob("gdtui-kernels-*")
    assert folder.stat().st_mode & 0o777 == 0o700


def everybodys(folder):
    folder.mkdir()
    folder.chmod(0o777)


def a_link(folder):
    (folder.parent / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(folder.parent / "elsewhere")


def in_everybodys(folder):
    folder.parent.chmod(0o777)


def in_a_sticky_one(folder):
    folder.parent.chmod(0o1777)


@pytest.mark.parametrize(
    ("make", "used"), [(everybodys, False), (a_link, False), (in_everybodys, False), (in_a_sticky_one, True)]
)
def test_temporary_kernels_are_read_from_nobody_else(tmp_path, monkeypatch, make, used):
    """Cache files are pickles: whoever can put one there can do anything."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    above = tmp_path / "tmp"
    above.mkdir(mode=0o700)
    monkeypatch.setenv("TMPDIR", str(above))
    folder = above / f"gdtui-kernels-{os.geteuid()}"
    make(folder)
    assert usable_folder() == (folder if used else None)


def test_it_is_said_once_that_kernels_cannot_be_kept(tmp_path):
    """The home's and temporary folders can be made by nobody, not even root: they are a file."""
    (tmp_path / "home").write_text("")
    code = "from gdtui.cli.entry import main; from gdtui.kernel import numba_door; numba_door(); main(['schema'])"
    words = [sys.executable, "-c", code]  # what compiles comes through that door
    base = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    for home, said in ((base.get("HOME", ""), 0), (str(tmp_path / "home"), 1)):
        places = {"HOME": home, "TMPDIR": home}
        done = subprocess.run(words, cwd=ROOT, env={**base, **places}, capture_output=True, text=True, check=True)
        assert done.stderr.count("compiled kernels cannot be kept") == done.stderr.count("\n") == said


def test_two_processes_may_fill_one_cache_at_once_and_one_may_be_killed(warm, tmp_path):
    """Killed while it imports, compiles or writes; what the other computes, and what it leaves, is right."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    nothing = {"cwd": ROOT, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for delay in (0.6, 0.9):
        killed = subprocess.Popen([sys.executable, "-c", PROCESS, SOME], **nothing)
        threading.Timer(delay, killed.kill).start()
        assert values(run(SOME, NUMBA_CACHE_DIR=tmp_path)) == some(values(warm[1]))
        killed.wait(60)
    assert hits(run(SOME, NUMBA_CACHE_DIR=tmp_path)) == [1] * 4


def test_of_two_processes_that_need_a_kernel_at_once_one_compiles_it(tmp_path):
    both, reports = (
        [threading.Thread(target=lambda: reports.append(run(MANY, NUMBA_CACHE_DIR=tmp_path))) for _ in "ab"],
        [],
    )
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert [found + others for found, others in zip(*map(hits, reports), strict=True)] == [1] * 8


def test_who_is_stopped_while_it_has_the_turn_is_not_waited_for_long(tmp_path, monkeypatch):
    """By a clock that goes while somebody waits, and at no other time."""
    now = 0.0

    def sleep(seconds):
        nonlocal now
        now += seconds

    def waited(name):
        begun = now
        with turn(name):
            return now - begun

    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    code = (
        "import sys; from gdtui.kernel_folder import turn\nwith turn('a'): print('mine', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"mine\n"
        monkeypatch.setattr("gdtui.kernel_folder.time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))
        assert waited("b") == 0.0
        assert waited("a") >= PATIENCE
        holder.kill()
    assert waited("a") == 0.0


def test_a_cache_that_others_can_write_to_is_not_used(warm, tmp_path):
    folder = tmp_path / "gdtui" / "kernels"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    report = run("gd", XDG_CACHE_HOME=tmp_path, TMPDIR=folder)
    assert files(folder) == {}
    assert set(hits(report)) == {0}


def test_our_own_cache_is_made_private(tmp_path):
    run("gd", XDG_CACHE_HOME=tmp_path)
    folder = tmp_path / "gdtui" / "kernels"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(files(folder)) == 4
