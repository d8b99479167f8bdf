"""`gdtui help`, the end of every `--help`, and completion in a real shell."""

from __future__ import annotations

import grp
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from gdtui.cli import main
from gdtui.cli.completion import _positionals, _values
from gdtui.cli.guide import ENVIRONMENT, EXAMPLES, EXITS
from gdtui.cli.parsers import COMMANDS
from gdtui.kernel_folder import cache_directory
from gdtui.scenario.read.selection import find

ROOT = Path(__file__).resolve().parents[2]
DATA = "rooms,age,price\n3,10,200.5\n4,35,230\n2,80,90\n5,2,410\n3,41,150\n6,5,500\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data.csv").write_text(DATA)
    lesson = find("adam-first-step").read_text(encoding="utf-8")
    (tmp_path / "lesson.toml").write_text(lesson, encoding="utf-8")
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "one.toml").write_text(lesson, encoding="utf-8")
    for folder in (".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "gdtui"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gdtui "$@"\n')
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    added = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "NUMBA_CACHE_DIR": str(cache_directory()),  # kernels are compiled once, not once a home
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **added, "TERM": "xterm-256color", "LANG": "C.UTF-8"}


def test_every_command_has_examples_exit_codes_and_environment() -> None:
    assert set(EXAMPLES) == set(COMMANDS)
    assert set(EXITS) | set(ENVIRONMENT) <= set(COMMANDS)


def test_the_environment_named_is_the_environment_read() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "gdtui").rglob("*.py") if path.stem != "guide"
    )
    named = {name for variables in ENVIRONMENT.values() for name in variables}
    assert {name for name in named if f'"{name}"' not in source} == set()
    assert {"GDTUI_ASCII", "GDTUI_DEBUG", "NO_COLOR"} <= named


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_with_what_one_needs(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--help"] if name == "open" else [name, "--help"]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert main(["help", name]) == 0
    assert capsys.readouterr().out == shown
    for example in EXAMPLES[name]:
        assert f"  {example}" in shown
    assert "environment:" in shown and "GDTUI_ASCII" in shown
    codes = shown.partition("exit codes:")[2].partition("environment:")[0]
    assert re.findall(r"^  (\S+) ", codes, re.M)[-2:] == ["74", "128+n"] and "  70 " in codes
    assert max(map(len, shown.splitlines())) <= 100


def test_help_alone_is_the_help_of_the_program(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    shown = capsys.readouterr().out
    for name in COMMANDS:
        assert name == "open" or re.search(rf"^  gdtui {name}  *\w", shown, re.M)


def test_help_of_nothing_says_what_there_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "rpelay"]) == 2
    assert capsys.readouterr().err == "gdtui: there is no command 'rpelay'; did you mean 'replay'?\n"
    assert main(["help", "qqq"]) == 2
    assert "(there are: run, " in capsys.readouterr().err


ON_SCREEN = [*EXAMPLES["open"], "gdtui course lecture", "gdtui notes", *EXAMPLES["present"]]
#: A lesson is presented as a course is.
PRESENTED = [
    pytest.param(example, marks=pytest.mark.slow if "adam-first-step" in example else ())
    for example in EXAMPLES["present"]
]
HEADLESS = [
    example
    for examples in EXAMPLES.values()
    for example in examples
    if example not in (*ON_SCREEN, *EXAMPLES["follow"])
]


@pytest.mark.jit
@pytest.mark.parametrize("example", HEADLESS)
def test_no_example_fails(
    example: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _redirected, file = example.partition(" > ")
    if "/" not in file:  # no shell is needed: in this process all is imported already
        for name, value in environment(here).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        assert (main(shlex.split(command)[1:]), capsys.readouterr().err) == (0, "")
        return
    done = subprocess.run(example, shell=True, cwd=here, env=environment(here), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@contextmanager
def opened(command: str, home: Path, sight: str) -> Iterator[None]:
    """Run a command on a terminal until it shows something; then, after what is done meanwhile, q ends it."""
    screen = pexpect.spawn("/bin/sh", ["-c", command], cwd=str(home), env=environment(home), dimensions=(36, 120))
    try:
        screen.expect(sight, timeout=60)
        yield
        screen.send("q")
        screen.expect(pexpect.EOF, timeout=30)
    finally:
        screen.close(force=True)
    assert (screen.exitstatus, screen.signalstatus) == (0, None)


@pytest.mark.jit
@pytest.mark.terminal
@pytest.mark.parametrize("example", [example for example in ON_SCREEN if example not in EXAMPLES["present"]])
def test_no_example_of_the_screen_fails(example: str, here: Path) -> None:
    with opened(example, here, "presentation" if "notes" in example else "paused"):
        pass
    configuration = here / ".config" / "gdtui" / "config.toml"
    if "--theme" in example:
        assert 'theme = "light"' in configuration.read_text()
    else:
        lesson = any(word in example for word in ("adam-first-step", "course", "notes"))
        assert configuration.exists() != lesson, "the tour has been shown, but not in a lesson or beside one"


@pytest.mark.jit
@pytest.mark.terminal
@pytest.mark.parametrize("example", PRESENTED)
def test_no_example_of_a_class_fails(example: str, here: Path) -> None:
    group = grp.getgrgid(os.getgid()).gr_name  # the students are whoever runs this
    present, follow, follow_path = (
        words.replace("students", shlex.quote(group)).replace("/run/class/lecture.sock", str(here / "lecture.sock"))
        for words in (example, *EXAMPLES["follow"])
    )
    with opened(present, here, "paused"), opened(follow_path if "--socket" in example else follow, here, "following"):
        pass


def test_lists_of_themes_and_keys(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(here))
    (here / "gdtui").mkdir()
    path = here / "gdtui" / "config.toml"
    path.write_text('[keys]\nbench.step = "f5"\nbench.bakc = "p"\nbench.knob = "comma"\nbench.sample-before = "f6"\n')
    assert main(["list", "themes"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names[:5] == ["dark", "light", "high-contrast", "colour-blind", "monochrome"]
    assert "nord" in names and not any(name.startswith("ansi") for name in names)
    assert main(["list", "keys"]) == 0
    shown = capsys.readouterr()
    assert re.search(r"^bench.step +f5 +make one update on every lane", shown.out, re.M)
    assert "the learning rate (or what , has chosen) × 2" in shown.out
    assert shown.err == f"gdtui: {path}:3:7: there is no action 'bench.bakc'; did you mean 'bench.back'?\n"
    assert main(["check"]) == 0
    assert re.search(rf"^configuration +{re.escape(str(path))}$", capsys.readouterr().out, re.M)
    path.write_text("theme = [\n")
    assert main(["check"]) == 0
    assert f"{path}:2:" in capsys.readouterr().out


def test_check_tells_what_a_report_needs(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {
        "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22", "TMUX": "default,1,0", "LANG": "C\x1b[2J",
        "GDTUI_ASCII": "0", "XDG_STATE_HOME": str(here / "state"),
    }  # fmt: skip
    for name in ("STY", "LC_ALL", "LC_CTYPE", "PYTHONUTF8"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    left = here / "state" / "gdtui" / "autosave"
    left.mkdir(parents=True)
    (left / "1.toml").touch()
    assert main(["check"]) == 0
    told = dict(re.split(r"  +", line, maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert told["connection"] == "SSH, tmux"
    assert told["locale"] == "LANG=C\N{REPLACEMENT CHARACTER}[2J"
    assert told["autosave"] == f"{left}: writable, 1 kept"
    assert told["plugins"] == "none"
    assert "GDTUI_ASCII=0" in told["variables"].split()
    assert {"gdtui", "python", "system", "numba", "textual", "kernel cache", "TERM", "size", "encoding"} <= set(told)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc")
def test_check_tries_whether_a_folder_can_be_written(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody can, whatever the permissions of the folder above say."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "/proc/nowhere")
    monkeypatch.setenv("TMPDIR", str(here))
    assert main(["check"]) == 0
    told = capsys.readouterr().out
    assert f"/proc/nowhere/gdtui/kernels: cannot be written, kernels are kept in {here}/gdtui-kernels-" in told
    monkeypatch.setenv("TMPDIR", "/proc")
    assert main(["check"]) == 0
    told = capsys.readouterr().out
    assert "/proc/nowhere/gdtui/kernels: cannot be written, kernels are compiled anew each time" in told
    assert "/proc/nowhere/gdtui/autosave: cannot be written, a killed bench is lost" in told


def test_an_unknown_theme_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["--theme", "drak"]) == 2
    assert capsys.readouterr().err == "gdtui: --theme: there is no theme 'drak'; did you mean 'dark'?\n"


@pytest.mark.jit
def test_a_film_knows_no_configuration(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(here / "new"))
    assert main(["replay", "lesson.toml", "--svg", "pictures"]) == 0
    picture = (here / "pictures" / "lesson.svg").read_text(encoding="utf-8")
    assert "to begin with" not in picture.replace("&#160;", " ")
    assert not (here / "new").exists()


def completed(line: str, here: Path) -> list[str]:
    """What bash offers at the end of a line."""
    script = here / "completion.bash"
    if not script.exists():
        script.write_text(subprocess.run(
            [sys.executable, "-m", "gdtui", "--print-completion", "bash"], env=environment(here), text=True,
            capture_output=True, check=True, cwd=here,
        ).stdout, encoding="utf-8")  # fmt: skip
    ask = 'source "$1"; COMP_LINE=$2 COMP_POINT=${#2}; _gdtui; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", ask, "bash", str(script), line], cwd=here, text=True, capture_output=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_what_is_wanted_next(here: Path) -> None:
    for line, words in {
        "gdtui repl": ["replay"],
        "gdtui adam-f": ["adam-first-step"],
        "gdtui les": ["lesson.toml", "lessons/"],
        "gdtui da": ["data.csv"],
        "gdtui --the": ["--theme"],
        "gdtui --theme monoc": ["monochrome"],
        "gdtui --theme=high": ["high-contrast"],
        "gdtui --surface bea": ["beale"],
        "gdtui run --surface bea": ["beale"],
        "gdtui run --dataset da": ["data.csv"],
        "gdtui run --dataset two": ["two-moons"],
        "gdtui run --optimizer lio": ["lion", "lion:keras", "lion:optax"],
        "gdtui run --optimizer adam:ker": ["keras"],
        "gdtui run --upd": ["--updates"],
        "gdtui run --updates ": [],
        "gdtui run --loss hu": ["huber"],
        "gdtui list the": ["themes"],
        "gdtui show ": ["optimizer", "surface", "dataset"],
        "gdtui show optimizer lio": ["lion"],
        "gdtui show surface bea": ["beale"],
        "gdtui show dataset two": ["two-moons"],
        "gdtui show optimizer adam --diff ker": ["keras"],
        "gdtui completion f": ["fish"],
        "gdtui help sch": ["schema"],
        "gdtui replay --sv": ["--svg"],
        "gdtui replay adam-f": ["adam-first-step"],
        "gdtui --plugin le": ["lessons/"],
    }.items():
        assert sorted(completed(line, here)) == sorted(words), line
    assert "run" in completed("gdtui ", here)
    assert {"--lr", "--csv", "--help"} <= set(completed("gdtui run -", here))
    assert "--csv" not in completed("gdtui -", here)


#: What a line becomes by a tab, in every shell.
TABBED = {
    "gdtui repl": "gdtui replay ",
    "gdtui adam-f": "gdtui adam-first-step ",
    "gdtui --theme monoc": "gdtui --theme monochrome ",
    "gdtui --surface bea": "gdtui --surface beale ",
    "gdtui run --surface bea": "gdtui run --surface beale ",
    "gdtui run --dataset two": "gdtui run --dataset two-moons ",
    "gdtui run --dataset da": "gdtui run --dataset data.csv ",
    "gdtui run --optimizer adam:ker": "gdtui run --optimizer adam:keras ",
    "gdtui run --upd": "gdtui run --updates ",
    "gdtui list the": "gdtui list themes ",
    "gdtui show sur": "gdtui show surface ",
    "gdtui show surface bea": "gdtui show surface beale ",
    "gdtui completion f": "gdtui completion fish ",
    "gdtui help sch": "gdtui help schema ",
    "gdtui replay les": "gdtui replay lesson",
}


def script_of(shell: str, here: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", shell]) == 0
    path = here / f"script.{shell}"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish_offers_what_is_wanted_next(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = " ".join(f"'{line}'" for line in TABBED)
    ask = f'source {script_of("fish", here, capsys)}; for line in {lines}; echo "= $line"; complete -C $line; end'
    done = subprocess.run(
        ["fish", "--no-config", "-c", ask], cwd=here, env=environment(here), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    offered = {
        block.split("\n")[0]: [entry.split("\t")[0] for entry in block.split("\n")[1:] if entry]
        for block in done.stdout.split("= ")[1:]
    }
    for line, wanted in TABBED.items():
        assert any(wanted.rstrip().endswith(f" {word}") for word in offered[line]) or wanted[-1] != " ", line
        assert all(word.startswith(line.split()[-1]) for word in offered[line]), (line, offered[line])
    assert set(offered["gdtui replay les"]) == {"lesson.toml", "lessons/"}


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_tab_completes_the_line(shell: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    script = script_of(shell, here, capsys)
    lines, dump = here / "lines", here / "dump"
    if shell == "bash":
        dump.write_text(
            f"source {script}\nbind 'set bell-style none'\n"
            f"dump() {{ printf '%s\\n' \"$READLINE_LINE\" >> {lines}; READLINE_LINE=; }}\nbind -x '\"\\C-t\": dump'\n"
        )
        child = pexpect.spawn("bash", ["--norc", "--noprofile", "-i"], cwd=here, env=environment(here), timeout=20)
    else:
        dump.write_text(
            f"autoload -Uz compinit; compinit -D -u\nsource {script}\nsetopt no_beep\n"
            f"dump() {{ print -r -- \"$BUFFER\" >> {lines}; BUFFER=; }}\nzle -N dump; bindkey '^T' dump\n"
        )
        child = pexpect.spawn("zsh", ["-f", "-i"], cwd=here, env=environment(here), timeout=20)
    try:
        child.sendline(f"source {dump}; echo rea''dy")
        child.expect("ready")
        for n, line in enumerate(TABBED, 1):
            child.send(f"{line}\t\x14")  # no key of two, after which a shell would wait for its second half
            wait_for(lambda n=n: lines.exists() and lines.read_text().count("\n") == n)
    finally:
        child.close(force=True)
    assert dict(zip(TABBED, lines.read_text().split("\n"), strict=False)) == TABBED


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(("shell", "check"), [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")])
def test_a_shell_can_read_its_script(shell: str, check: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert main(["--print-completion", shell]) == 0
    assert capsys.readouterr().out == script
    assert all(word in script for word in ("rosenbrock", "two-moons", "adam:keras", "adam-first-step", "high-contrast"))
    assert script.count("'") % 2 == 0 or shell == "fish"
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    (here / "script").write_text(script, encoding="utf-8")
    done = subprocess.run([shell, check, str(here / "script")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_option_with_a_value_is_known_or_free() -> None:
    free = {option for (_name, option), source in _values().items() if source is None}
    assert free == {
        "--expression", "--lr", "--start", "--seed", "--target", "--rows", "--validation", "--layers", "--updates",
        "--set", "--every", "-k", "--tag", "--at", "--over", "--random", "--threads", "--group", "--topic", "-n",
        "--dask",
    }  # fmt: skip
    assert {key.split()[0] for key in _positionals()} == set(COMMANDS) - {"schema", "check", "notes", "quiz"}
