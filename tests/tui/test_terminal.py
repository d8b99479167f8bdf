"""However the program ends, and on whatever terminal it runs, the terminal is left as it was."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.tui.terminals import LIGHT, PATIENCE, REAL, RUN, Terminal, children, colours, environment, gone, modes, state

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals here"),
]


# -- the ways to end ------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("\x03", 130)], ids=["q", "ctrl+c"])
def test_a_key_ends_it(terminal, key, code):
    one = terminal(*(REAL if key == "q" else ())).ready()
    assert "1049 on" in modes(one.output)
    one.child.send(key)
    one.until(lambda: b"\x1b[?1049l" in one.output, "the way out")
    attributes_at_end = []
    while one.read():
        attributes_at_end = one.attributes()
    assert modes(one.output) == []
    assert attributes_at_end in ([], one.before)
    assert one.end() == code


@pytest.mark.parametrize(
    ("whom", "number"),
    [
        *(("guard", number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)),
        ("program", signal.SIGTERM),
        ("group", signal.SIGINT),
        pytest.param("guard", signal.SIGINT, marks=pytest.mark.slow),
        pytest.param("program", signal.SIGINT, marks=pytest.mark.slow),
        pytest.param("group", signal.SIGTERM, marks=pytest.mark.slow),
    ],
)
def test_a_signal_ends_it(terminal, whom, number):
    one = terminal().frame()
    if whom == "group":
        os.killpg(one.child.pid, number)
    else:
        os.kill(one.child.pid if whom == "guard" else one.program, number)
    one.until(lambda: b"\x1b[?1049l" in one.output, "the way out", 4)
    assert one.end() == 128 + number
    assert modes(one.output) == []


@pytest.mark.parametrize("number", [pytest.param(signal.SIGKILL, marks=pytest.mark.slow), signal.SIGSEGV])
def test_the_guard_puts_the_terminal_back_when_the_program_cannot(terminal, number):
    one = terminal(
        "/bin/sh", "-c", f'"{sys.executable}" -c "$GO"; echo "code $?"; sleep 9', env=environment(GO=LIGHT)
    ).frame()
    os.kill(children(children(one.child.pid)[0])[0], number)
    one.until(lambda: f"code {128 + number}".encode() in one.output, "the exit code", 4)
    one.assert_as_before()
    assert number.name.encode() in one.output


def test_a_killed_guard_takes_the_program_with_it(terminal):
    one = terminal().frame()
    program = one.program
    os.kill(one.child.pid, signal.SIGKILL)
    one.until(lambda: b"\x1b[?1049l" in one.output, "the way out", 4)
    one.until(lambda: state(program) in ("", "Z"), "the end", 4)
    assert modes(one.output) == []


def test_killed_before_the_screen_is_open_nothing_is_written(terminal):
    one = terminal(
        sys.executable, "-c", "from gdtui.tui.terminal import guard; guard.supervise(); import time; time.sleep(9)"
    )
    one.until(lambda: children(one.child.pid), "the program")
    os.kill(one.program, signal.SIGKILL)
    assert one.end() == 137
    assert one.output == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ended_before_the_screen_is_open_nothing_is_written(terminal, number):
    one = terminal(*REAL)
    one.until(lambda: children(one.child.pid), "the program")
    os.killpg(one.child.pid, number)
    assert one.end() == 128 + number
    assert one.output in (b"", b"^C")


def test_without_a_guard_signals_still_leave_the_terminal_as_it_was(terminal):
    one = terminal(env=environment(GDTUI_GUARD="0")).frame()
    assert children(one.child.pid) == []
    os.kill(one.child.pid, signal.SIGTERM)
    assert one.end() == 143
    assert modes(one.output) == []


# -- stopping and going on ------------------------------------------------------------------------


@pytest.fixture
def shell(terminal) -> Terminal:
    if shutil.which("bash") is None:
        pytest.skip("no bash")
    one = terminal("bash", "--norc", "--noprofile", "-i", env=environment(PS1="READY> ", GO=LIGHT))
    one.until(lambda: b"READY> " in one.output)
    one.before = one.attributes()
    return one


def start(shell: Terminal, more: str = "") -> int:
    shell.child.send(f'{sys.executable} -c "$GO" {more}\r')
    if not more:
        shell.ready()
    shell.until(lambda: children(shell.child.pid), "a job")
    return children(shell.child.pid)[0]


def answers(shell: Terminal, command: str, answer: str) -> None:
    shell.output = b""
    shell.child.send(command + "\r")
    shell.until(lambda: answer.encode() in shell.output, answer, 6)


def test_the_shell_gets_a_sane_terminal_and_fg_the_screen(shell):
    """However the job is stopped, and as often as it is."""
    job = start(shell)
    for how in ("Z", "SIGTSTP", "SIGTSTP to the guard", "SIGSTOP"):
        if how == "Z":
            shell.child.send("Z")
        elif how == "SIGTSTP to the guard":
            os.kill(job, signal.SIGTSTP)
        else:
            os.kill(children(job)[0], getattr(signal, how))
        shell.until(lambda: b"Stopped" in shell.output, how, 6)
        # readline asks for pasted text in brackets; that one is the shell's own
        shell.until(lambda: b"READY> " in shell.output.rpartition(b"Stopped")[2], "the prompt", 6)
        assert [m for m in modes(shell.output) if m != "2004 on"] == [], how
        assert state(job) == "T", how
        answers(shell, "echo $((6*7)) $(stty -a | grep -o ' icrnl')", "42 icrnl")
        answers(shell, "fg", "\x1b[?1049h")
        shell.ready()
        assert shell.output.count(b"\x1b[?1049h") == 1, how
    shell.child.send("\x11")
    shell.until(lambda: shell.output.endswith(b"READY> "), "the prompt")
    answers(shell, "echo code $?", "code 0")
    assert [m for m in modes(shell.output) if m != "2004 on"] == []


def test_started_in_the_background_it_waits_for_fg(shell):
    job = start(shell, "&")
    shell.until(lambda: state(job) == "T", "the stop", 6)
    assert b"1049h" not in shell.output
    answers(shell, "fg", "\x1b[?1049h")
    shell.ready()
    shell.child.send("\x11")
    shell.until(lambda: shell.output.endswith(b"READY> "), "the prompt")
    answers(shell, "echo code $?", "code 0")


def test_a_stopped_job_can_be_ended(shell):
    job = start(shell)
    shell.child.send("Z")
    shell.until(lambda: shell.output.endswith(b"READY> "), "the prompt")
    answers(shell, "bg", "READY> ")
    end = time.monotonic() + 6
    while b"Stopped" not in shell.output:  # a screen has nothing to do in the background
        assert time.monotonic() < end, "it goes on in the background"
        answers(shell, "jobs; echo listed", "\nlisted")
    shell.child.send("kill %1\r")
    gone(job, 4)
    answers(shell, "", "Exit 143")


def test_without_a_shell_ctrl_z_does_not_freeze_it(terminal):
    one = terminal().ready()  # it leads its session: nobody could wake it up
    one.output = b""
    one.child.send("Z")
    one.until(lambda: b"\x1b[?1049h" in one.output, "the screen again", 4)
    one.ready()
    one.child.send("q")
    assert one.end() == 0


# -- bad terminals --------------------------------------------------------------------------------


def test_input_that_is_no_terminal_is_refused():
    done = subprocess.run(REAL, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment(), timeout=20)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "gdtui run" in done.stderr


@pytest.mark.parametrize("redirection", ["<&-", "</dev/null", ">/dev/null", ">&-", "| cat"])
def test_a_redirected_terminal_is_refused(terminal, redirection):
    one = terminal("/bin/bash", "-c", f'set -o pipefail; "{sys.executable}" -c "{RUN}" {redirection}')
    assert one.end() == 2
    assert b"terminal" in one.output
    assert b"\x1b" not in one.output


@pytest.mark.parametrize("name", ["dumb", None])
def test_a_terminal_without_a_screen_is_refused(terminal, name):
    one = terminal(env=environment(TERM=name))
    assert one.end() == 2
    assert b"\x1b" not in one.output
    assert b"gdtui replay" in one.output


@pytest.mark.parametrize("ignored", [False, True])
def test_a_terminal_that_hangs_up_ends_it(terminal, ignored):
    one = terminal(ignore_sighup=ignored).frame()
    program = one.program
    with open(os.devnull) as null:
        os.dup2(null.fileno(), one.child.child_fd)
    gone(program, 5)
    gone(one.child.pid, 1)
    one.child.wait()
    assert one.child.exitstatus == 129


def test_bytes_that_are_not_utf8_do_no_harm(terminal):
    """Nor that standard error is closed."""
    one = terminal("/bin/bash", "-c", f'"{sys.executable}" -c "$GO" 2>&-', env=environment(GO=LIGHT)).ready()
    for data in (b"\xe9", b"\xff\xfe", b"\x1b[<999999999999;1;1M", b"\x1b[\xe9", b"\x1b]0;\x07"):
        one.child.send(data)
        one.read(0.15)
    one.child.send("r")
    one.until(lambda: "running" in one.shown(), "an answer", 5)
    one.child.send("\x11")
    assert one.end() == 0


@pytest.mark.parametrize("unread_for", [pytest.param(0.03, marks=pytest.mark.slow), 1.0])
def test_a_terminal_that_stops_reading_does_not_keep_it(terminal, unread_for):
    one = terminal().ready()
    one.child.send("r")  # pictures without end, and nobody reads them
    one.until(lambda: "running" in one.shown())
    time.sleep(unread_for)
    os.kill(one.child.pid, signal.SIGTERM)
    gone(one.child.pid, 4)
    assert one.end() == 143
    assert modes(one.output) == []


def test_a_key_repairs_what_another_program_wrote_and_columns_and_lines_do_not_freeze_the_size(terminal):
    one = terminal(env=environment(COLUMNS="70", LINES="20"), size=(120, 40)).ready()
    one.until(lambda: re.search(rb"\x1b\[40[;H]", one.output), "row 40")
    one.quiet()
    before = one.shown()
    one.screen.erase_in_display(2)  # by a program that shares the terminal
    one.screen.cursor_position(2, 3)
    one.screen.draw("wall: the system goes down")
    assert "goes down" in one.shown()
    one.child.send("\x0c")
    one.until(lambda: one.shown() == before, "the screen as it was", 5)
    one.output = b""
    one.child.setwinsize(50, 130)
    one.until(lambda: re.search(rb"\x1b\[50[;H]", one.output), "row 50", 5)
    one.child.send("q")
    assert one.end() == 0


#: While the program deals with one size, the next one comes: with 100 columns after it was read, else before.
HURRIED = (
    """
import fcntl, os, struct, termios
read = os.get_terminal_size
def get_terminal_size(fd):
    columns, lines = read(fd)
    if columns < 120:
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("4H", 50, 130, 0, 0))
    return os.terminal_size((columns, lines)) if columns == 100 else read(fd)
os.get_terminal_size = get_terminal_size
"""
    + LIGHT
)


def test_the_last_of_two_sizes_counts_and_a_size_that_goes_and_comes_back_is_drawn_again(terminal):
    one = terminal(sys.executable, "-c", HURRIED).ready()
    one.quiet()
    one.screen.resize(50, 130)
    one.child.setwinsize(30, 100)
    one.until(lambda: "paused" in "".join(one.shown().splitlines()[41:]), "the last size", 5)
    one.quiet()
    before = one.shown()
    one.screen.erase_in_display(2)  # as a terminal that cuts what is outside
    one.child.setwinsize(30, 110)
    one.until(lambda: one.shown() == before, "the screen as it was", 5)
    one.child.send("q")
    assert one.end() == 0


def test_on_a_slow_line_a_key_waits_for_no_more_than_the_picture_on_its_way(terminal):
    one = terminal().ready()
    one.child.send("r")
    one.until(lambda: "running" in one.shown(), "running")
    one.read(1.0)  # nobody reads for a while: tens of pictures are made
    whole = 120 * 40 * 4
    time.sleep(1.0)
    one.child.send("r")
    time.sleep(0.3)
    one.output = b""
    one.until(lambda: "paused" in one.shown() and "update 0 " not in one.shown(), "the newest picture", 6)
    assert len(one.output) < 3 * whole
    one.child.send("q")
    assert one.end() == 0


# -- an error of our own --------------------------------------------------------------------------

#: As `gdtui` starts it, with keys that break it in a key's handler, in a worker and between messages.
BROKEN = LIGHT.replace(
    "from gdtui.tui.run_app import run_app\nraise SystemExit(run_app())",
    """
class Broken(Light):
    BINDINGS = [("k", "fail"), ("w", "fail_in_worker"), ("t", "fail_later")]
    def action_fail(self):
        raise OSError("boo")
    def action_fail_in_worker(self):
        async def work():
            raise ValueError("boo")
        self.run_worker(work())
    def action_fail_later(self):
        self.call_later(self.action_fail)
app.Gdtui = Broken
from gdtui.cli.entry import main
raise SystemExit(main([]))
""",
)


@pytest.mark.parametrize(
    ("key", "kind"), [("k", "OSError"), ("w", "ValueError"), pytest.param("t", "OSError", marks=pytest.mark.slow)]
)
def test_an_error_inside_ends_with_70_and_one_line(terminal, key, kind):
    one = terminal(sys.executable, "-c", BROKEN, env=environment(GDTUI_DEBUG=None)).ready()
    one.child.send(key)
    one.until(lambda: b"please report" in one.output)
    one.assert_as_before()
    assert one.end() == 70
    said = one.output.decode().rpartition("\x1b[?25h")[2]
    lines = [line for line in re.sub(r"\x1b[^a-zA-Z\x07]*[a-zA-Z\x07]", "", said).splitlines() if line.strip("\x07 ")]
    assert len(lines) == 1, lines
    assert f"gdtui: internal error: {kind}: boo" in lines[0]


def test_a_traceback_is_shown_on_demand(terminal):
    one = terminal(sys.executable, "-c", BROKEN, env=environment(GDTUI_DEBUG="1")).ready()
    one.child.send("k")
    one.until(lambda: b"OSError: boo" in one.output)
    one.assert_as_before()
    assert one.end() == 70
    assert b"Traceback (most recent call last)" in one.output
    assert b"action_fail" in one.output


# -- colours and symbols --------------------------------------------------------------------------


def test_no_color_sends_no_colour(terminal):
    one = terminal(*REAL, env=environment(NO_COLOR="1", COLORTERM="truecolor")).ready()
    for key in ("o", "\x1b", "?", "\x1b", "\x10"):
        one.child.send(key)
        one.read(0.3)
        one.read(0.3)
    assert colours(one.output) == set()
    one.child.send("\x11")
    assert one.end() == 0


# what the terminal has is looked at by test_matrix
@pytest.mark.parametrize(
    ("asked", "sent"), [("'true'", b"48;2;"), ("'16'", b"40"), pytest.param("None", b"48;5;", marks=pytest.mark.slow)]
)
def test_as_many_colours_are_sent_as_are_asked_for_or_as_the_terminal_has(terminal, asked, sent):
    code = LIGHT.replace("run_app()", f"run_app(colors={asked})")
    one = terminal(sys.executable, "-c", code, env=environment(COLORTERM=None)).ready()
    grounds = {code for code in colours(one.output) if code.startswith(b"4")}
    assert grounds
    assert all(code.startswith(sent) for code in grounds)
    one.child.send("q")
    assert one.end() == 0


@pytest.mark.parametrize(
    "changes",
    # the other two are sent by test_matrix, and chosen below
    [{"LC_ALL": "C"}, *(pytest.param(more, marks=pytest.mark.slow) for more in ({"LANG": "C"}, {"GDTUI_ASCII": "1"}))],
    ids=lambda changes: "-".join(*changes.items()),
)
def test_a_terminal_without_utf8_is_sent_ascii(terminal, changes):
    one = terminal(*(REAL if "GDTUI_ASCII" in changes else ()), env=environment(**changes)).ready()
    one.child.send("o")
    one.read(0.4)
    one.read(0.2)
    assert one.output.isascii()
    one.child.send("\x11")
    assert one.end() == 0


@pytest.mark.parametrize(
    ("changes", "ascii_wanted"),
    [
        ({"LANG": "en_US.UTF-8"}, False),
        ({}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # what Python makes of LANG=C
        ({"LC_CTYPE": "C.UTF-8"}, False),  # what Python makes of nothing at all
        ({"LC_ALL": "C.UTF-8", "LANG": "C"}, False),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "C", "PYTHONUTF8": "1"}, False),
        ({"LC_ALL": "C", "GDTUI_ASCII": "0"}, False),
        ({"LANG": "en_US.UTF-8", "GDTUI_ASCII": "1"}, True),
    ],
)
def test_ascii_is_chosen_by_the_environment(monkeypatch, changes, ascii_wanted):
    from gdtui.tui.terminal.detection import wants_ascii

    for name in ("LC_ALL", "LC_CTYPE", "LANG", "PYTHONUTF8", "GDTUI_ASCII"):
        monkeypatch.delenv(name, raising=False)
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    assert wants_ascii() is ascii_wanted


def test_the_guard_forks_before_anything_heavy():
    heavy = "{'numpy', 'textual', 'numba', 'asyncio'}"
    code = f"import sys; import gdtui.tui.run_app; print(*{heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == ""


def test_the_first_frame_waits_for_nothing_that_it_does_not_show():
    needed = "gdtui.cli.open, gdtui.tui.app, gdtui.tui.autosave, gdtui.tui.lectern, gdtui.tui.terminal.driver"
    code = (
        f"import sys; import {needed}; from gdtui.scenario.read.plugins import load_installed; load_installed(); "
        "print(*{'numpy', 'numba', 'plotext', 'pydantic', 'gdtui.session', 'gdtui.optimizers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")


# -- a terminal with an opinion of its own --------------------------------------------------------


@pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux")
@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_tmux_agrees(tmp_path, number):
    socket = str(tmp_path / "tmux")

    def tmux(*words: str) -> str:
        return subprocess.run(["tmux", "-S", socket, *words], capture_output=True, text=True, timeout=10).stdout

    asked = "#{alternate_on} #{mouse_any_flag} #{mouse_sgr_flag} #{cursor_flag} #{wrap_flag} #{keypad_flag}"
    env = environment(PS1="READY> ", GO=LIGHT, TERM="screen-256color")
    opening = ["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "PS1='READY> ' bash --norc -i"]
    subprocess.run(["tmux", "-S", socket, *opening], env=env, check=True, timeout=10)
    try:

        def until(found: Callable[[], bool]) -> None:
            end = time.monotonic() + PATIENCE
            while not found():
                assert time.monotonic() < end, tmux("capture-pane", "-p")
                time.sleep(0.05)

        until(lambda: "READY>" in tmux("capture-pane", "-p"))
        before = tmux("display", "-p", asked)
        tmux("send-keys", f'{sys.executable} -c "$GO"; echo code $?', "Enter")
        until(lambda: "update" in tmux("capture-pane", "-p"))
        assert tmux("display", "-p", asked) != before
        shell_pid = int(tmux("display", "-p", "#{pane_pid}"))
        os.kill(children(children(shell_pid)[0])[0], number)
        until(lambda: f"code {128 + number}" in tmux("capture-pane", "-p"))
        assert tmux("display", "-p", asked) == before
        assert tmux("capture-pane", "-p").startswith("READY>")  # the text above is still there
    finally:
        tmux("kill-server")
