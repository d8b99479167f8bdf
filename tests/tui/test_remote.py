"""Over SSH, in tmux and in screen: step, run, resize, a dropped connection, and what was on the bench comes back."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tui.terminals import ROOT, Terminal, environment, modes, state

pytestmark = [pytest.mark.terminal, pytest.mark.jit]

SSHD = shutil.which("sshd") or shutil.which("/usr/sbin/sshd")


@dataclass
class Server:
    """A server of one's own on the loopback interface, and how to reach it."""

    process: subprocess.Popen[bytes]
    words: tuple[str, ...]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start sshd as this user, with keys made for it, and wait until it answers."""
    if SSHD is None or shutil.which("ssh") is None or shutil.which("ssh-keygen") is None:
        pytest.skip("openssh-server and openssh-client are not installed here")
    folder = tmp_path_factory.mktemp("ssh")
    folder.chmod(0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        f"PidFile {folder}/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
        "PermitUserEnvironment no\nAcceptEnv *\nClientAliveInterval 1\nClientAliveCountMax 2\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    log = (folder / "log").open("wb")
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "config"], stdin=subprocess.DEVNULL, stderr=log)
    words = (
        "ssh", "-tt", "-p", str(port), "-i", str(folder / "user"), "-F", "/dev/null", "-o", "StrictHostKeyChecking=no",
        "-o", f"UserKnownHostsFile={folder}/known", "-o", "LogLevel=ERROR", "-o", "SendEnv=*",
        f"{getpass.getuser()}@127.0.0.1",
    )  # fmt: skip
    try:
        tried = None
        for _try in range(100):
            tried = subprocess.run(
                [*words[:1], "-T", *words[2:], "true"], stdin=subprocess.DEVNULL, capture_output=True
            )
            if tried.returncode == 0 or process.poll() is not None:
                break
            time.sleep(0.1)
        if tried is None or tried.returncode:
            pytest.skip(f"sshd cannot be used here: {(folder / 'log').read_text()[-300:]}")
        yield Server(process, words)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        log.close()


def gdtui(folder: Path) -> str:
    """The command that a person types at the other end."""
    return f"cd {ROOT} && XDG_STATE_HOME={folder} XDG_CONFIG_HOME={folder} {sys.executable} -m gdtui"


def programs(folder: Path) -> list[int]:
    """The processes that keep their bench there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if (
                f"XDG_STATE_HOME={folder}\0".encode() in path.read_bytes()
                and b"gdtui" in (path.parent / "cmdline").read_bytes()
            ):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def resident(program: int) -> int:
    """The bytes of memory of a process."""
    return int(Path(f"/proc/{program}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def saw(one: Terminal, pattern: str, patience: float = 15.0) -> None:
    one.until(lambda: re.search(pattern, one.shown()), pattern, patience)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc")
def test_over_ssh_a_dropped_connection_loses_nothing(server: Server, terminal, tmp_path: Path) -> None:
    (tmp_path / "gdtui").mkdir()
    (tmp_path / "gdtui" / "config.toml").touch()  # no first start
    one = terminal(*server.words, gdtui(tmp_path), env=environment(), size=(100, 30)).ready()
    one.child.send(" ")
    saw(one, r"update 1\b")
    one.child.send("\x1b[6~")
    saw(one, r"update 11\b")
    one.child.send("r")
    saw(one, "running")
    one.child.send("r")
    saw(one, "paused")
    one.child.setwinsize(36, 120)
    one.screen.resize(36, 120)
    one.until(lambda: b"\x1b[36;" in one.output, "row 36", 5)
    saw(one, r"update \d+ .*paused")
    at = re.search(r"update (\d+)", one.shown())
    assert at is not None
    left = programs(tmp_path)
    assert len(left) == 2, "a guard and a program"
    time.sleep(0.3)  # what was done is written at most a tenth of a second later
    os.kill(one.child.pid, signal.SIGKILL)  # the client is gone without a word
    end = time.monotonic() + 8
    while any(state(process) not in ("", "Z") for process in left):
        assert time.monotonic() < end, "the program outlives its terminal"
        time.sleep(0.05)
    two = terminal(*server.words, gdtui(tmp_path), env=environment(), size=(120, 36)).ready()
    saw(two, "R restores what was on the bench at")
    two.child.send("R")
    saw(two, rf"update {at[1]}\b")
    two.child.send("\x11")
    assert two.end() == 0
    assert modes(two.output) == []


def test_over_ssh_a_client_that_stops_reading_stops_nothing(server: Server, terminal, tmp_path: Path) -> None:
    (tmp_path / "gdtui").mkdir()
    (tmp_path / "gdtui" / "config.toml").touch()
    one = terminal(*server.words, gdtui(tmp_path), env=environment(), size=(120, 36)).ready()
    one.child.send("r+++++")
    kept = tmp_path / "gdtui" / "autosave"
    one.until(lambda: list(kept.glob("*.toml")), "what is kept")
    program = programs(tmp_path)[-1]
    os.kill(one.child.pid, signal.SIGSTOP)

    def soon(found: Callable[[], object], otherwise: str) -> None:
        end = time.monotonic() + 20
        while not found():
            assert time.monotonic() < end, otherwise
            time.sleep(0.1)

    def written() -> list[int]:
        return [path.stat().st_mtime_ns for path in kept.glob("*.toml")]

    before, settled = 0, time.monotonic() + 60
    while resident(program) - before > 3 * 2**20:  # it still imports what compiled code needs
        assert time.monotonic() < settled, "its memory grows"
        before = resident(program)
        time.sleep(1.5)
    for _time in range(2):
        last = written()
        soon(lambda last=last: written() != last, "it does not run on")
    assert resident(program) - before < 20 * 2**20
    os.kill(one.child.pid, signal.SIGCONT)
    one.child.send("r")
    saw(one, "paused")
    one.child.send(" ")
    one.quiet()
    picture = one.shown()
    one.output = b""
    one.child.send("\x0c")  # everything is sent anew
    one.until(lambda: one.output.count(b"\x1b[") > 50, "the whole screen")
    one.quiet()
    assert one.shown() == picture, "what came while it stood still is not what was meant"
    one.child.send("\x11")
    assert one.end() == 0


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc")
@pytest.mark.parametrize("seconds", [2.0, pytest.param(10.0, marks=pytest.mark.slow)])
def test_a_terminal_that_is_not_read_stops_neither_the_run_nor_what_is_kept(
    terminal,
    tmp_path: Path,
    seconds: float,
) -> None:
    """Keys still arrive: edits go on, and all of it is in the file."""
    (tmp_path / "gdtui").mkdir()
    (tmp_path / "gdtui" / "config.toml").touch()
    env = environment(XDG_STATE_HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path))
    one = terminal(sys.executable, "-m", "gdtui", env=env, size=(120, 36)).ready()

    def acts() -> list[dict[str, object]]:
        (kept,) = (tmp_path / "gdtui" / "autosave").glob("*.toml")
        return tomllib.loads(kept.read_text())["script"]["do"]

    def updates() -> int:
        return sum(int(str(act.get("step", 0))) for act in acts())

    one.child.send("r")
    saw(one, r"update [2-9]\d\b")
    grown = []
    for reads in (True, False):
        seen, before, edits = updates(), resident(one.program), len(acts())
        for second in range(int(seconds)):
            one.child.send("}" if second % 2 else "{")  # the rate of the selected lane
            end = time.monotonic() + 1.0
            while (left := end - time.monotonic()) > 0:
                one.read(left) if reads else time.sleep(left)
            assert updates() > seen, "the run stands still"
            seen = updates()
        assert len(acts()) - edits >= seconds, "an edit is missing"
        grown.append(resident(one.program) - before)
    # a run that is read grows as well, and the longer it goes on the less
    assert grown[1] - grown[0] < 5 * 2**20, grown
    one.child.send("r")
    saw(one, "paused")
    one.until(lambda: f"update {updates()} " in one.shown(), "the update that is kept")  # within a second
    one.child.send("\x11")
    assert one.end() == 0


@pytest.mark.skipif(shutil.which("screen") is None, reason="screen is not installed here")
def test_in_screen_it_steps_and_leaves_the_prompt_at_the_bottom(terminal, tmp_path: Path) -> None:
    (tmp_path / "gdtui").mkdir()
    (tmp_path / "gdtui" / "config.toml").touch()
    (tmp_path / "sockets").mkdir(mode=0o700)
    env = environment(SCREENDIR=str(tmp_path / "sockets"), PS1="READY> ", TERM="xterm-256color")
    one = terminal("screen", "-c", "/dev/null", "-U", "bash", "--norc", "-i", env=env, size=(100, 30))
    saw(one, "READY>")
    one.child.send(f"{gdtui(tmp_path)}; echo code $?\r")
    saw(one, "paused")
    for number in range(1, 4):
        one.child.send(" ")
        saw(one, rf"update {number}\b")
    assert "rosenbrock" in one.shown()
    one.child.setwinsize(36, 120)
    one.screen.resize(36, 120)
    saw(one, r"update 3\b")
    one.child.send("\x11")
    saw(one, "code 0")
    saw(one, r"READY> *\s*\Z")  # screen keeps the picture: the prompt stands below it
    one.child.send("exit\r")
    assert one.end() == 0
