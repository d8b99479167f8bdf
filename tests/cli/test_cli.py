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
from collections.abc import Callable
from pathlib import Path

import pytest

from gdtui.cli import main
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.read.load import load_scenario
from gdtui.scenario.read.selection import find
from gdtui.verbs import Action
from tests.commands import BAD, GOOD, Gdtui

#: The last of the settings that every first-order optimizer takes.
WRAPPERS = ", accumulate, sam_rho, lookahead, lookahead_alpha, average_from, average_decay"


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


#: What only faults and files need: each takes as long to import as printing a list.
SELDOM = "gdtui.saves annotated_types tempfile difflib hashlib csv traceback"


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        ("list", f"textual pydantic numba plotext contourpy gdtui.session importlib.metadata {SELDOM}"),
        ("list scenarios", f"numpy textual pydantic gdtui.session gdtui.toml.source {SELDOM}"),
        ("show optimizer adam", f"textual pydantic numba plotext gdtui.session importlib.metadata {SELDOM}"),
        ("run --optimizer gd --updates 1", "textual pydantic plotext contourpy coverage"),
    ],
)
def test_nothing_is_imported_that_is_not_used(words: str, needless: str) -> None:
    program = (
        "import sys, gdtui.cli\n"
        f"assert gdtui.cli.main({words.split()}) == 0\n"
        f"sys.exit(' '.join(name for name in {needless.split()} if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_bad_file_says_where_on_stderr(files: Path, gdtui: Gdtui) -> None:
    done = gdtui("run", "bad.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("bad.toml:5:8: error: there is no surface 'nowhere'")


def test_a_run_writes_what_it_says(files: Path, gdtui: Gdtui) -> None:
    done = gdtui("run", "good.toml", "--updates", "3", "--csv", "t.csv", "--json", "-")
    assert done.returncode == 0
    assert [row["update"] for row in json.loads(done.stdout)["rows"]] == [0, 1, 2, 3]
    assert len((files / "t.csv").read_text().splitlines()) == 5
    assert not list(files.glob(".gdtui-*"))


def test_a_limit_leaves_the_trace_up_to_it(files: Path, gdtui: Gdtui) -> None:
    done = gdtui("run", "long.toml", "--csv", "-")
    assert done.returncode == 4
    assert len(done.stdout.splitlines()) == 1 + 6
    assert "limit of 5 updates" in done.stderr


def test_lanes_of_one_optimizer_get_names_of_their_own(gdtui: Gdtui) -> None:
    options = ["--optimizer", "adam", "--optimizer", "adam:keras", "--optimizer", "adam", "--updates", "1"]
    done = gdtui("run", *options)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["lane", "adam", "adam-keras", "adam-2"]


def test_replay_reports_as_json_and_junit(files: Path, gdtui: Gdtui) -> None:
    done = gdtui("replay", ".", "--json", "--junit", "j.xml")
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
            time.sleep(0.01)
        time.sleep(0.5)  # kernels are there: numba's C code can lose what a handler raises
        run.send_signal(number)
        _out, err = run.communicate(timeout=10)
    assert run.returncode == code
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_current_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    gone = f'mkdir gone && cd gone && rmdir ../gone && exec "{sys.executable}" -P -m gdtui run --updates 3'
    done = subprocess.run(
        ["sh", "-c", gone], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    said = "gdtui: the current directory: No such file or directory; change to another one\n"
    assert (done.returncode, done.stdout, done.stderr) == (74, "", said)


def test_a_full_disk_is_an_input_output_error(gdtui: Gdtui) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    done = gdtui("run", "--updates", "10", "--csv", "/dev/full")
    assert done.returncode == 74
    assert done.stderr == "gdtui: /dev/full: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
@pytest.mark.parametrize(("words", "code"), [("list", 74), ("run --updates 3 --csv -", 74), ("run --updates 3", 74),
                                             ("run --updates 3 --csv x.csv", 0), ("replay good.toml", 74)])  # fmt: skip
def test_a_closed_stdout_is_an_input_output_error(words: str, code: int, files: Path) -> None:
    command = f'"{sys.executable}" -m gdtui {words} >&-'
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    for text in (command, command + " 2>&-")[: 2 if words == "list" else 1]:
        done = subprocess.run(
            ["sh", "-c", text], cwd=files, env=environment, stderr=subprocess.PIPE, text=True, check=False
        )
        said = "gdtui: stdout: Bad file descriptor\n" if code and text == command else ""
        assert (done.returncode, done.stderr) == (code, said)
    if code == 0:
        assert len((files / "x.csv").read_text().splitlines()) > 3


@pytest.mark.parametrize(("words", "said"), [
    ("run --updates 1 --csv /nope/x.csv", "gdtui: /nope/x.csv: No such file or directory"),
    ("replay good.toml --junit /nope/x", "gdtui: /nope/x: No such file or directory"),
    ("--plugin nope.py run", "gdtui: the command comes first, its options after it: gdtui run …"),
    ("run --optimizer gd --set gd.lr=abc", "gdtui: --set gd.lr=abc: 'abc' is not a number"),
    ("run --optimizer lion --set lion.foo=1",
     "gdtui: --set lion.foo=1: lion (optax) has no 'foo' "
     "(it has: lr, beta1, beta2, weight_decay, clip_value, clip_norm" + WRAPPERS + ")"),
    ("run --optimizer adam_w", "gdtui: --optimizer: there is no optimizer 'adam_w'; did you mean 'adamw'?"),
    ("run --optimizer 2adam", "gdtui: --optimizer: there is no optimizer '2adam'; did you mean 'adam'?"),
    ("run --surface rosenbruck", "gdtui: --surface: there is no surface 'rosenbruck'; did you mean 'rosenbrock'?"),
    ("list optimizer", "gdtui list: error: argument KIND: it is one of optimizers, surfaces, datasets, schedules, "
     "scenarios, courses, themes, keys, not 'optimizer'; did you mean 'optimizers'?"),
    ("show adam", "gdtui show: error: argument KIND: it is one of optimizer, surface, dataset, not 'adam'; "
     "did you mean: gdtui show optimizer adam?"),
    ("show optimzer adam", "gdtui show: error: argument KIND: it is one of optimizer, surface, dataset, not "
     "'optimzer'; did you mean 'optimizer'?"),
])  # fmt: skip
def test_a_complaint_names_what_was_typed_and_what_was_meant(
    words: str, said: str, files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(files)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    assert main(words.split()) in (2, 74)
    assert capsys.readouterr().err.splitlines()[-1] == said


@pytest.mark.parametrize(("raised", "code"), [(KeyboardInterrupt(), 130), (SystemExit(143), 143)], ids=["INT", "TERM"])
def test_a_signal_while_a_class_is_being_made_is_still_that_signal(
    raised: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What its handler raises inside `__set_name__` leaves Python 3.11 as a RuntimeError."""

    class Field:
        def __set_name__(self, _owner: type, _name: str) -> None:
            raise raised

    def importing(_options: object) -> int:
        try:
            type("Imported", (), {"field": Field()})
        except RuntimeError:
            raise
        except BaseException as error:  # later versions of Python let it through
            raise RuntimeError("Error calling __set_name__") from error
        return 0

    monkeypatch.setattr("gdtui.cli.listing.command", importing)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    assert main(["list"]) == code
    assert "internal" not in capsys.readouterr().err


def test_an_unexpected_error_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_options: object) -> int:
        raise RuntimeError("boo")

    monkeypatch.setattr("gdtui.cli.listing.command", broken)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    monkeypatch.delenv("GDTUI_DEBUG", raising=False)
    assert main(["list"]) == 70
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "internal error: RuntimeError: boo" in err
    assert "please report" in err


def test_a_poor_encoding_raises_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gdtui", "show", "optimizer", "adam"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0
    assert "theta         <- theta - eta*m_hat/(sqrt(v_hat)+eps)" in done.stdout.splitlines()[7]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command prints in this process; it must succeed."""
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)

    def run(*words: str, plain: bool) -> str:
        monkeypatch.setenv("GDTUI_ASCII", "1" if plain else "0")
        assert main(list(words)) == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("words", ["show optimizer adam", "list", "show optimizer adam --diff pytorch keras"])
def test_ascii_asked_for_is_ascii_written(words: str, printed: Callable[..., str]) -> None:
    asked, usual = printed(*words.split(), plain=True), printed(*words.split(), plain=False)
    assert asked.isascii() and not usual.isascii()
    assert "\\u" not in asked
    assert asked.count("?") == usual.count("?"), "only what asks has a question mark"


def test_columns_stay_aligned_in_ascii(printed: Callable[..., str]) -> None:
    lines = printed("show", "optimizer", "adam", plain=True).splitlines()
    arrows = [line.index("<-") for line in lines[3:8]]
    assert len(set(arrows)) == 1


def test_data_for_programs_is_never_respelled(printed: Callable[..., str]) -> None:
    plain, ascii_asked = (printed("schema", plain=plain) for plain in (False, True))
    assert not plain.isascii()
    assert plain == ascii_asked


def test_two_dialects_are_compared_as_text_and_as_numbers(gdtui: Gdtui) -> None:
    done = gdtui("show", "optimizer", "adam", "--diff", "pytorch", "keras", "--lr", "0.05", "--updates", "30")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "  eps = 1e-8     ≠  eps = 1e-7" in lines
    assert any("β₁·m + (1−β₁)·g" in line and "≠" in line and "(g−m)·(1−β₁)" in line for line in lines)
    assert not any("≠" in line for line in lines if line.startswith("  lr = "))
    table = [line.split() for line in lines[-6:]]
    assert [row[0] for row in table] == ["1", "2", "5", "10", "20", "30"]
    gaps = [float(row[-1]) for row in table]
    assert all(0 < gap < 1e-6 for gap in gaps), "only eps differs, and the order of the operations"


def test_a_dialect_does_not_differ_from_itself(gdtui: Gdtui) -> None:
    lines = gdtui("show", "optimizer", "adagrad", "--diff", "keras", "keras", "--surface", "beale").stdout.splitlines()
    assert not any("≠" in line for line in lines)
    assert {line.split()[-1] for line in lines[-7:]} == {"0"}


@pytest.mark.parametrize("words", [
    "show optimizer adam --diff pytorch kears", "show optimizer adam --diff pytorch", "show optimizer adma --diff a b",
    "show optimizer adam --diff pytorch keras --surface nowhere", "show surface beale --diff a b",
    "show optimizer adam --diff pytorch keras --lr -1", "--at 3", "good.toml --at 0", "replay --update --check .",
    "replay --cast x.cast good.toml fails.toml",
])  # fmt: skip
def test_usage_is_checked(words: str, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.chdir(files)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    assert main(words.split()) == 2


def replay_here(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["replay", *words])
    out = capsys.readouterr()
    return code, out.out + out.err


def test_golden_traces_on_the_command_line(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(files)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    golden = files / "good.golden.csv"
    assert replay_here("--golden", "good.toml", capsys=capsys)[0] == 1
    assert replay_here("good.toml", capsys=capsys)[0] == 0, "a missing one is fine unless it is asked for"
    for word in ("true", "1"):
        monkeypatch.setenv("CI", word)
        code, said = replay_here("--update", "good.toml", capsys=capsys)
        assert (code, golden.exists()) == (2, False)
        assert f"CI={word}" in said
    monkeypatch.setenv("CI", "false")
    code, said = replay_here("--update", "good.toml", "fails.toml", capsys=capsys)
    assert code == 1
    assert "good.toml  1 of 1 expectations hold; golden trace written" in said
    assert not (files / "fails.golden.csv").exists(), "what fails is not kept"
    assert replay_here("--golden", "good.toml", capsys=capsys)[0] == 0
    whole = golden.read_bytes()
    golden.write_bytes(whole[:250])
    code, said = replay_here("good.toml", capsys=capsys)
    assert code == 1
    assert "good.golden.csv:5: golden trace differs: this row has" in said
    golden.write_bytes(whole)
    (files / "good.toml").write_text((files / "good.toml").read_text().replace('"gd"', '"gd"\nlr = 0.25'))
    code, said = replay_here("good.toml", "--json", "--junit", "j.xml", capsys=capsys)
    assert code == 1
    told = json.loads(said)[0]["golden"]
    assert (told["status"], told["line"], told["message"]) == ("differs", 5, "lr of a at update 0, after act start")
    case = ElementTree.parse(files / "j.xml").getroot().find(".//testcase[@name='golden trace']/failure")
    assert case is not None
    assert "expected" in (case.text or "")
    assert replay_here("--update", "good.toml", capsys=capsys)[0] == 0
    assert replay_here("good.toml", capsys=capsys)[0] == 0
    golden.rename(files / "gone.golden.csv")
    code, said = replay_here("good.toml", capsys=capsys)
    assert code == 0, "only a folder says what is unused in it"
    (files / "only").mkdir()
    (files / "gone.golden.csv").rename(files / "only" / "gone.golden.csv")
    (files / "good.toml").rename(files / "only" / "good.toml")
    code, said = replay_here("only", capsys=capsys)
    assert code == 1
    assert "only/gone.golden.csv:1: unused golden trace" in said


@pytest.mark.jit
def test_pictures_and_recordings_are_written(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    (files / "good.toml").write_text(GOOD + "[script]\ndo = [{ step = 1 }, { screenshot = 'one' }, { step = 1 }]\n")
    assert main(["replay", "good.toml", "--svg", "good.toml"]) == 74
    assert main(["replay", "good.toml", "--svg", "deep/out", "--cast", "good.cast"]) == 0
    assert sorted(path.name for path in (files / "deep" / "out").iterdir()) == ["good-one.svg", "good.svg"]
    assert json.loads((files / "good.cast").read_text().splitlines()[0])["version"] == 2


@pytest.mark.parametrize(("after", "pages"), [(-20, 0), (1, 0), (2, 0), (3, 1), (4, 2), (5, 2), (7, 3), (999, None)])
def test_a_lesson_opens_at_a_line(after: int, pages: int | None) -> None:
    """After `do`, line 1 shows, 2 speaks, 3 steps, 4 and 5 expect, 6 speaks."""
    path = find("adam-first-step")
    line = path.read_text(encoding="utf-8").splitlines().index("do = [") + 1 + after
    lesson = read_lesson(load_scenario(path))
    assert lesson.page_at(line) == (len(lesson.pages) if pages is None else pages)
    left = [act for page in lesson.pages[lesson.page_at(line) :] for act in page.acts if isinstance(act.verb, Action)]
    assert all(act.place.line >= line for act in left), "everything above the line has been done"
