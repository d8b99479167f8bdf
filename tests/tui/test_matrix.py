"""Every kind of terminal, encoding and size shows what was meant, cell by cell; none is sent what it cannot show."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from pathlib import Path

import pytest

from gdtui.plot.ascii_text import to_glyphs
from gdtui.tui.terminal.reduction import reduction
from gdtui.tui.terminal.wire import _TO_ASCII
from tests.tui.seen_screens import Cells, Meant, differing, seen, seen_cell
from tests.tui.terminals import children, colours, environment, modes
from tests.tui.test_kills import Shell

pyte = pytest.importorskip("pyte")
G = pytest.importorskip("pyte.graphics")

pytestmark = [pytest.mark.terminal, pytest.mark.jit]

#: What may be sent of each number of colours.
SENT = {
    "true": r".*",
    "256": r"[34]8;5;\d+|3\d|4\d|9\d|10\d",
    "16": r"3\d|4\d|9\d|10\d",
    "none": r"(?!)",
}
#: What TERM and COLORTERM say, and the colours that there are.
TERMINALS = {
    "xterm true": ("TERM=xterm-256color COLORTERM=truecolor", "true"),
    "xterm 256": ("TERM=xterm-256color COLORTERM=", "256"),
    "xterm": ("TERM=xterm COLORTERM=", "16"),
    "screen": ("TERM=screen-256color COLORTERM=", "256"),
    "linux": ("TERM=linux COLORTERM=", "16"),
    "vt100": ("TERM=vt100 COLORTERM=", "none"),
}
ENCODINGS = {"UTF-8": "LANG=C.UTF-8 GDTUI_ASCII=", "ASCII": "LANG=C GDTUI_ASCII=1"}
SIZES = ((80, 24), (60, 18), (120, 36), (200, 50), (400, 100))
ALL = [*product(TERMINALS, ENCODINGS, SIZES)]
#: Each terminal in each encoding, and each size but the largest, which takes as long as all others, three times.
SOME = [
    (name, encoding, SIZES[0] if (name, encoding) == ("xterm", "ASCII") else SIZES[(2 * i + j) % 4])
    for i, name in enumerate(TERMINALS)
    for j, encoding in enumerate(ENCODINGS)
]
ATTRIBUTES = ("bold", "italics", "underscore", "strikethrough", "reverse", "blink")
TMUX = shutil.which("tmux")
KEYS = (" ", "\x1b[6~", "c", "?", "\x1b", "v", "o", "\x1b")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    one = Shell(tmp_path_factory.mktemp("state"))
    yield one
    one.child.send("exit\n")
    one.child.close(force=True)


def opened(shell: Shell, way: str, size: tuple[int, int], meant: Path) -> Meant:
    """Start gdtui on a terminal of this size, and return what it means."""
    shell.child.setwinsize(size[1], size[0])
    shell.screen = pyte.Screen(*size)
    shell._stream = pyte.ByteStream(shell.screen)
    shell.start(f"job {way} MEANT={meant}")
    shell.until(meant.exists, "the start")
    return Meant(meant, size)


def sgr(color: str, first: int) -> str:
    """A colour of pyte's as parameters of SGR."""
    names = G.FG_ANSI.values() if first == 30 else G.BG_ANSI.values()
    bright = G.FG_AIXTERM.values() if first == 30 else G.BG_AIXTERM.values()
    if color == "default":
        return ""
    if color in names:
        return str(first + [*names].index(color))
    if color in bright:
        return str(first + 60 + [*bright].index(color))
    return f"{first + 8};2;" + ";".join(str(int(color[i : i + 2], 16)) for i in (0, 2, 4))


@cache
def allowed(cell: pyte.screens.Char, colors: str, plain: bool) -> set[tuple[object, ...]]:
    """What a cell may be on a terminal with so many colours; half a block is a ground on another."""
    data = cell.data
    if plain and not data.isascii():
        data = to_glyphs(data.translate(_TO_ASCII))[:1]
    reduced, found = reduction(colors), set()
    for grounds in {False, data in ("▀", "▄", " ")}:
        fg, bg = sgr(cell.fg, 30), sgr(cell.bg, 40)
        if reduced is not None:
            fg, bg = reduced(fg, bg, grounds)
        one = pyte.Screen(1, 1)
        pyte.Stream(one).feed("".join(f"\x1b[{code}m" for code in (fg, bg) if code))
        found.add(seen_cell(one.cursor.attrs._replace(data=data, **{name: getattr(cell, name) for name in ATTRIBUTES})))
    return found


def wrong(shown: pyte.Screen, meant: pyte.Screen, colors: str, *, plain: bool) -> list[tuple[object, ...]]:
    """The first cells that do not show what was meant, as the terminal has it."""
    places = product(range(meant.lines), range(meant.columns))
    pairs = ((y, x, shown.buffer[y][x], meant.buffer[y][x]) for y, x in places)
    return [*islice((pair for pair in pairs if seen_cell(pair[2]) not in allowed(pair[3], colors, plain)), 5)]


def in_tmux(shell: Shell, size: tuple[int, int], folder: Path) -> Cells:
    """What tmux makes of all that was sent."""
    sent, socket = folder / "sent", str(folder / "tmux")
    sent.write_bytes(shell.output)

    def tmux(*words: str) -> str:
        env = environment(TERM="xterm-256color")
        return subprocess.run(["tmux", "-u", "-S", socket, *words], capture_output=True, text=True, env=env).stdout

    conf = ("-f", "/dev/null", "start-server", ";", "set", "-g", "status", "off", ";")
    command = f"stty raw -echo; cat '{sent}'; printf '\\033]2;all of it\\007'; sleep 60"
    tmux(*conf, "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), command)
    try:
        end = time.monotonic() + 20
        while tmux("display", "-p", "#{pane_title}").strip() != "all of it":
            assert time.monotonic() < end, "tmux does not come to the end"
            time.sleep(0.02)
        screen = pyte.Screen(*size)
        pyte.Stream(screen).feed(tmux("capture-pane", "-p", "-e", "-N").rstrip("\n").replace("\n", "\r\n"))
    finally:
        tmux("kill-server")
        sent.unlink()
    return seen(screen)


def check(shell: Shell, name: str, encoding: str, size: tuple[int, int], folder: Path) -> None:
    way, colors = TERMINALS[name]
    said, plain = f"{name}, {encoding}, {size}", encoding == "ASCII"
    meant = opened(shell, f"{way} {ENCODINGS[encoding]}", size, folder / said.replace(" ", ""))
    shell.until(lambda: "paused" in shell.shown(), f"the bench on {said}", 20)
    differ: list[tuple[object, ...]] = []

    def agree() -> bool:
        shell.read(0.05)
        shell.shown()
        meant.seen()
        differ[:] = wrong(shell.screen, meant.screen, colors, plain=plain)
        return not differ

    for key in KEYS if size[0] < 400 else KEYS[:3]:
        shell.child.send(key)
        try:
            shell.until(agree, f"agreement after {key!r} on {said}")
        except AssertionError:
            os.kill(children(children(shell.child.pid)[0])[0], signal.SIGKILL)  # the next one has the shell to itself
            shell.until(lambda: b"code 137\r\n" in shell.output, "the end")
            raise AssertionError((said, key, differ)) from None
    if TMUX:
        assert differing(in_tmux(shell, size, folder), seen(shell.screen)) == [], said
    shell.child.send("\x11")
    shell.until(lambda: re.search(rb"code \d+\r\n", shell.output), f"the end on {said}")
    assert shell.output.endswith(b"code 0\r\n")
    assert modes(shell.output) == [], said
    assert {found for found in colours(shell.output) if not re.fullmatch(SENT[colors], found.decode())} == set(), said
    assert not plain or shell.output.isascii(), said


@pytest.mark.parametrize("name", TERMINALS)
def test_a_terminal_shows_what_was_meant(shell: Shell, tmp_path: Path, name: str) -> None:
    for case in (case for case in SOME if case[0] == name):
        check(shell, *case, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "encoding"), [*product(TERMINALS, ENCODINGS)])
def test_every_terminal_encoding_and_size_shows_what_was_meant(
    shell: Shell, tmp_path: Path, name: str, encoding: str
) -> None:
    for case in (case for case in ALL if case[:2] == (name, encoding)):
        check(shell, *case, tmp_path)


@pytest.mark.slow
def test_500_resizes_in_2_seconds_and_sizes_of_nothing_leave_a_right_screen(shell: Shell, tmp_path: Path) -> None:
    meant = opened(shell, TERMINALS["xterm true"][0], (120, 36), tmp_path / "meant")
    shell.until(lambda: "paused" in shell.shown(), "the bench", 20)
    chance = random.Random(4)
    sizes = [(chance.randint(1, 200), chance.randint(1, 60)) for _resize in range(495)]
    for columns, lines in [*sizes, (1, 1), (0, 0), (1, 60), (200, 1), (59, 17)]:
        shell.child.setwinsize(lines, columns)
        shell.read(0.004)
    shell.child.setwinsize(36, 120)
    quiet, end = 0, time.monotonic() + 30
    while quiet < 5 and time.monotonic() < end:  # until all that was on its way has been drawn
        before = len(shell.output)
        shell.wait(0.1)
        quiet = quiet + 1 if len(shell.output) == before else 0
    shell.shown()
    shell.screen = pyte.Screen(120, 36)
    shell._stream = pyte.ByteStream(shell.screen)
    meant.seen()
    meant.screen.resize(36, 120)
    meant.screen.reset()
    shell.child.setwinsize(30, 100)  # from here on every cell is drawn anew, on both
    shell.until(lambda: "paused" in shell.shown(), "the smaller screen", 20)
    drawn = len(shell.output)
    shell.child.setwinsize(36, 120)
    shell.until(lambda: len(shell.output) > drawn + 4000, "the larger screen", 20)

    def agree() -> bool:
        shell.read(0.05)
        return "paused" in shell.shown() and not differing(seen(shell.screen), meant.seen())

    shell.until(agree, "agreement", 20)
    shell.child.send("\x11")
    shell.until(lambda: b"code 0\r\n" in shell.output, "the end")


@pytest.mark.slow
def test_a_paste_of_5_mb_is_over_soon(shell: Shell, tmp_path: Path) -> None:
    opened(shell, TERMINALS["xterm true"][0], (120, 36), tmp_path / "meant")
    shell.until(lambda: "paused" in shell.shown(), "the bench", 20)
    data = b"\x1b[200~" + b"hello q\r\xe9" * 580_000 + b"\x1b[201~"
    while data:
        data = data[shell.child.send(data[:2048]) :]
        shell.read(0.0)
    shell.wait(0.3)
    shell.child.send("\x11")
    shell.until(lambda: b"code 0\r\n" in shell.output, "the end", 5)
