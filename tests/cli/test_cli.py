"""The command line as a user meets it: exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from gdtui.cli import main

BAD = 'format = 1\ntitle = "t"\n[objective]\nkind = "surface"\nname = "nowhere"\n[lanes.a]\noptimizer = "gd"\n'
GOOD = BAD.replace("nowhere", "sphere")


def gdtui(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.run(
        [sys.executable, "-m", "gdtui", *words], capture_output=True, text=True, check=False, timeout=120,
        stdin=subprocess.DEVNULL, env=environment, **more,  # type: ignore[call-overload]
    )  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "bad.toml").write_text(BAD)
    (tmp_path / "good.toml").write_text(GOOD + '[script]\ndo = [{ step = 1 }, { expect = "a.update", eq = 1 }]\n')
    (tmp_path / "fails.toml").write_text(GOOD + '[script]\ndo = [{ expect = "a.update", eq = 1 }]\n')
    (tmp_path / "long.toml").write_text("limits = { updates = 5 }\n" + GOOD + "[script]\ndo = [{ step = 6 }]\n")
    return tmp_path


CODES = {
    "replay good.toml": 0, "replay fails.toml": 1, "replay bad.toml": 2, "replay long.toml": 4, "replay .": 2,
    "replay good.toml fails.toml long.toml": 1, "replay good.toml -k nothing": 5, "replay good.toml --tag x": 5,
    "replay none.toml": 74, "replay good.toml -k (": 2, "replay --check fails.toml": 0, "replay --check bad.toml": 2,
    "run good.toml": 0, "run bad.toml": 2, "run none.toml": 74, "run long.toml": 4, "run good.toml --lr 1": 2,
    "run good.toml --set a.lr=0.1": 0, "run good.toml --set a.lrr=0.1": 2, "run good.toml --set b.lr=0.1": 2,
    "run good.toml --set a.lr=-1": 2, "run good.toml --set a.lr=x": 2, "run good.toml --set a.sampling=x": 2,
    "run --optimizer adm": 2, "run --optimizer adam:kers": 2, "run --surface x --dataset y": 2, "run --surface x": 2,
    "run --expression x+": 2, "run --start 1": 2, "run --start 1,inf": 2, "run --start -1,a": 2, "run --seed -1": 2,
    "run --updates 0": 2, "run --coords 9": 2, "run --csv - --json -": 2, "run --csv /nowhere/x.csv": 74,
    "run --optimizer gd --start -1.2,1 --updates 2": 0, "run --lr nan": 2, "run --unknown": 2, "run --upd 3": 2,
    "list": 0, "list surfaces": 0, "list x": 2, "show optimizer adam": 0, "show optimizer x": 2,
    "show surface rosenbrock": 0, "show surface x": 2, "show dataset linear-4-3": 0, "check": 0, "--version": 0,
    "--help": 0, "run --help": 0, "": 2, "rnu": 2, "none.toml": 74, "bad.toml": 2,
}  # fmt: skip


@pytest.mark.parametrize("words", CODES)
def test_exit_codes(
    words: str, files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(files)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    assert main(words.split()) == CODES[words]
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert "internal error" not in err
    if CODES[words] == 0:
        assert out
        assert not err
    elif CODES[words] in (2, 5, 74):
        assert err


def test_importing_the_command_line_is_cheap() -> None:
    program = (
        "import sys, gdtui.cli\n"
        "sys.exit(any(m in sys.modules for m in ('pydantic','numba','numpy','textual','plotext','contourpy')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_bad_file_says_where_on_stderr(files: Path) -> None:
    done = gdtui("run", "bad.toml", cwd=files)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("bad.toml:5:8: error: unknown surface 'nowhere'")


def test_a_run_writes_what_it_says(files: Path) -> None:
    done = gdtui("run", "good.toml", "--updates", "3", "--csv", "t.csv", "--json", "-", cwd=files)
    assert done.returncode == 0
    assert [row["update"] for row in json.loads(done.stdout)["rows"]] == [0, 1, 2, 3]
    assert len((files / "t.csv").read_text().splitlines()) == 5
    assert not list(files.glob(".gdtui-*"))


def test_a_limit_leaves_the_trace_up_to_it(files: Path) -> None:
    done = gdtui("run", "long.toml", "--csv", "-", cwd=files)
    assert done.returncode == 4
    assert len(done.stdout.splitlines()) == 1 + 6
    assert "limit of 5 updates" in done.stderr


def test_lanes_of_one_optimizer_get_names_of_their_own() -> None:
    options = ["--optimizer", "adam", "--optimizer", "adam:keras", "--optimizer", "adam", "--updates", "1"]
    done = gdtui("run", *options)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["lane", "adam", "adam-keras", "adam-2"]


def test_replay_reports_as_json_and_junit(files: Path) -> None:
    done = gdtui("replay", ".", "--json", "--junit", "j.xml", cwd=files)
    assert done.returncode == 2
    codes = {Path(result["file"]).name: result["code"] for result in json.loads(done.stdout)}
    assert codes == {"good.toml": 0, "fails.toml": 1, "bad.toml": 2, "long.toml": 4}
    suites = ElementTree.parse(files / "j.xml").getroot()
    assert {Path(suite.get("name") or "").name for suite in suites} == set(codes)


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m gdtui run --optimizer gd --updates 300000 --csv - | head -2"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert (len(done.stdout.splitlines()), done.stderr) == (2, "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_at_once_and_leaves_no_half_file(number: int, code: int, tmp_path: Path) -> None:
    words = ["run", "--surface", "sphere", "--optimizer", "adam", "--updates", "100000000", "--csv", "x.csv"]
    with subprocess.Popen(
        [sys.executable, "-m", "gdtui", *words], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as run:
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob(".gdtui-*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        run.send_signal(number)
        _out, err = run.communicate(timeout=10)
    assert run.returncode == code
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_input_output_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    done = gdtui("run", "--updates", "10", "--csv", "/dev/full")
    assert done.returncode == 74
    assert len(done.stderr.splitlines()) == 1


def test_an_unexpected_error_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_options: object) -> int:
        raise RuntimeError("boo")

    monkeypatch.setattr("gdtui.cli.catalogue.command", broken)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    monkeypatch.delenv("GDTUI_DEBUG", raising=False)
    assert main(["list"]) == 70
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "internal error: RuntimeError: boo" in err
    assert "please report" in err


def test_a_poor_encoding_raises_nothing() -> None:
    done = gdtui("show", "optimizer", "adam", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "\\u03b2" in done.stdout
