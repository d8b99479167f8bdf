"""Optimizers from elsewhere, used from outside the package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gdtui.optimizers.language.compiled_rule import kernel_of
from gdtui.optimizers.language.kernel_source import RULE, write_kernel
from gdtui.optimizers.language.rule_text import RuleText

MINE = '''"""Ten lines of one's own."""
from gdtui.optimizers.base import optimizer
from gdtui.optimizers.roles import Decay, Rate, Velocity


@optimizer("mine", title="Mine", reference="nowhere", teaches="Half of the old step, and a full new one.")
def mine(theta: float, g: float, t: float, v: Velocity, lr: Rate = 0.1, keep: Decay = 0.5) -> float:
    v = keep * v + g
    return theta - lr * v
'''
SCENARIO = """format = 1
title = "t"
[objective]
kind = "surface"
name = "sphere"
start = [1.0, 2.0]
[lanes.a]
optimizer = "mine"
keep = 0.25
[script]
do = [{ step = 2 }, { expect = "a.velocity", near = [2.1, 4.2], rel = 1e-12 }]
"""


def gdtui(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gdtui", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(Path.cwd()), **environment},
    )  # fmt: skip


#: Several commands in one process; `= CODE` after each, on both streams.
EACH = """
import sys
from gdtui.cli import main
for words in sys.argv[1:]:
    code = main(words.split())
    for stream in (sys.stdout, sys.stderr):
        print("= %d" % code, file=stream, flush=True)
"""


def each(folder: Path, *commands: str, **environment: str) -> list[tuple[int, str, str]]:
    """Return the exit code of each command, and what it printed on stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-c", EACH, *commands], cwd=folder, capture_output=True, text=True, check=True, timeout=120,
        stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(Path.cwd()), **environment},
    )  # fmt: skip
    out, err = (re.split(r"^= (\d+)\n", text, flags=re.M) for text in (done.stdout, done.stderr))
    assert len(out) == len(err) == 2 * len(commands) + 1, done.stderr
    return [(int(out[2 * n + 1]), out[2 * n], err[2 * n]) for n in range(len(commands))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my.py").write_text(MINE)
    (tmp_path / "s.toml").write_text(SCENARIO)
    return tmp_path


def test_a_rule_of_ones_own_runs_compiled(folder: Path) -> None:
    where = ("--surface", "sphere", "--start", "1,2", "--updates", "2", "--csv", "-")
    done = gdtui(folder, "run", "--plugin", "my.py", "--optimizer", "mine", *where)
    assert done.returncode == 0, done.stderr
    head, *rows = [line.split(",") for line in done.stdout.splitlines()]
    at = head.index("theta_0")
    g = 2.0  # sphere: x²+y²
    v1, x1 = g, 1.0 - 0.1 * g
    v2 = 0.5 * v1 + 2 * x1
    assert [float(row[at]) for row in rows] == pytest.approx([1.0, x1, x1 - 0.1 * v2], rel=1e-14)


def test_a_scenario_may_use_it(folder: Path) -> None:
    without, done = each(folder, "replay s.toml", "replay --plugin my.py s.toml")
    assert without[0] == 2
    assert "there is no optimizer 'mine'" in without[2]
    assert done[0] == 0, done


def test_it_is_listed_shown_and_in_the_schema(folder: Path) -> None:
    commands = "list optimizers --plugin my.py", "show optimizer mine", "schema"
    (_code, listed, _err), (_code, shown, _err), (_code, schema, _err) = each(folder, *commands)
    assert "mine" in listed
    assert "v ← keep·v + g" in shown
    assert '"mine"' in schema


FAULTY = {
    "x = (": "my.py:1: SyntaxError: '(' was never closed",
    "\n\nraise RuntimeError('no')\n": "my.py:3: RuntimeError: no",
    "import nowhere_at_all\n": "my.py:1: ModuleNotFoundError: No module named 'nowhere_at_all'",
    "x = 1\n": "my.py: it registers no optimizer",
    MINE.replace('"mine", title', '"adam", "paper", title'): "my.py: there is an optimizer 'adam' (paper) already",
    MINE.replace('"mine", title', '"adagrad", "paper", title'):
        "my.py: there is an optimizer 'adagrad' (paper) already",
    MINE.replace("lr: Rate = 0.1", "lr: float = 0.1"): "my.py:6: TypeError: mine: lr has no role",
    MINE.replace("    v = keep", "    if v:\n        pass\n    v = keep"):
        "my.py: TypeError: mine: line 8: a rule assigns",
    "raise SystemExit(0)\n": "my.py:1: SystemExit: 0",
}  # fmt: skip


def test_a_file_that_fails_says_where_and_why(folder: Path) -> None:
    for number, text in enumerate(FAULTY):
        (folder / str(number)).mkdir()
        (folder / str(number) / "my.py").write_text(text)
    found = each(folder, *(f"run --plugin {number}/my.py --optimizer mine" for number in range(len(FAULTY))))
    for number, ((code, out, err), said) in enumerate(zip(found, FAULTY.values(), strict=True)):
        assert (code, out) == (2, "")
        assert f"{number}/{said}" in err
        assert "Traceback" not in err


def test_a_file_that_is_not_there(folder: Path) -> None:
    ((code, _out, err),) = each(folder, "run --plugin none.py --optimizer mine")
    assert code == 74
    assert "--plugin none.py: No such file" in err


def install(folder: Path, name: str, value: str) -> str:
    """Make a distribution in a folder that offers an optimizer, as pip would leave it."""
    info = folder / "site" / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[gdtui.optimizers]\n{name} = {value}\n")
    (folder / "site" / "their_rules.py").write_text(MINE)
    return os.pathsep.join((str(folder / "site"), str(Path.cwd())))


def test_an_installed_package_offers_an_optimizer(folder: Path) -> None:
    path = install(folder, "theirs", "their_rules:mine")
    program = (
        "from gdtui.scenario.read.load import load_scenario\n"
        "print(load_scenario('s.toml').experiment.lanes[0].rule.title)\n"
        "from gdtui.cli import main\n"
        "print(main(['replay', 's.toml']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    first, *_said, last = done.stdout.splitlines()
    assert (first, last) == ("Mine", "0"), done.stderr


def test_a_broken_package_does_not_stop_us(folder: Path) -> None:
    path = install(folder, "broken", "nowhere_at_all")
    done = gdtui(folder, "run", "--optimizer", "gd", "--updates", "1", PYTHONPATH=path)
    assert done.returncode == 0
    assert "the optimizers of broken (nowhere_at_all) cannot be loaded: ModuleNotFoundError" in done.stderr


RAISES = '''"""A rule that nobody can compile, and a solver that raises at its third update."""
from gdtui.optimizers.language import Rate, SolverState, SolverUpdate, optimizer, solver


def opened(x):
    return open(str(x))


@optimizer("uncompiled", title="Uncompiled", reference="nowhere", teaches="It opens a file.")
def uncompiled(theta: float, g: float, t: float, lr: Rate = 0.1) -> float:
    return theta - lr * opened(g)


@solver(
    "third", title="Third time", reference="nowhere", teaches="It divides by zero.", slots={}, scalars=(), formulas=()
)
def third(problem, state, lr: Rate = 0.1):
    loss, grad = state.here(problem)
    if state.theta[0] < 0.7:  # after two updates
        raise ZeroDivisionError("the third update")
    return SolverUpdate(SolverState(state.theta - lr * grad), loss, grad, {})
'''


@pytest.mark.jit
def test_a_rule_that_raises_ends_its_lane_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(RAISES)
    where = ("run", "--plugin", "bad.py", "--surface", "sphere", "--start", "1,2", "--updates", "5", "--csv", "-")
    done = gdtui(tmp_path, *where, "--optimizer", "uncompiled", "--optimizer", "third", "--optimizer", "gd")
    assert done.returncode == 0, done.stderr
    ends = {row.split(",")[0]: (row.split(",")[1], row.split(",")[11]) for row in done.stdout.splitlines()[1:]}
    assert ends.pop("uncompiled")[0] == "0"  # the row of the start, written before anything was compiled
    assert ends == {"third": ("2", "ended"), "gd": ("5", "going")}
    said = done.stderr.splitlines()
    assert len(said) == 2
    assert said[0].startswith("gdtui: uncompiled: the rule failed: bad.py:")
    assert "open" in said[0]
    assert said[1] == "gdtui: third: the rule failed: bad.py:20: ZeroDivisionError: the third update"


def _middle(a: float, b: float, c: float) -> float:
    return float(np.sort(np.array([a, b, c]))[1])


def clipped_descent(theta: float, g: float, t: float, lr: float = 0.1) -> float:
    return theta - lr * _middle(-1.0, g, 1.0)


@pytest.mark.jit
def test_what_a_rule_from_elsewhere_calls_may_make_arrays() -> None:
    text = RuleText(clipped_descent, (), ("lr",))
    theta, grad = np.zeros(3), np.array([-5.0, 0.5, 2.0])
    rule = kernel_of(write_kernel((text,), "rule"), text, "rule", RULE)
    rule(theta, grad, np.zeros((1, 3)), np.array([0.5]), 1.0, np.zeros((0, 3), dtype=np.int64))
    assert theta.tolist() == [0.5, -0.25, -0.5]


@pytest.mark.jit
def test_an_interrupted_sweep_does_not_go_on_with_another_rule(tmp_path):
    words = "sweep --plugin mine.py --surface sphere --optimizer mine --over lr=0.1,0.2 --csv t.csv --json /dev/full"
    for text, says in ((MINE, "2 of 2 runs are in t.csv.part"), (MINE.replace("keep * v", "keep"), "another sweep")):
        (tmp_path / "mine.py").write_text(text)
        assert says in gdtui(tmp_path, *words.split()).stderr
