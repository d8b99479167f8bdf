"""Every kind of terminal, encoding and size shows what was meant, cell by cell; none is sent what it cannot show."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tests.tui.test_kills import Shell
from tests.tui.test_terminal import colours, modes
from tests.tui.test_wire import Meant, differing, seen

pyte = pytest.importorskip("pyte")

pytestmark = [pytest.mark.terminal, pytest.mark.jit]

#: What TERM and COLORTERM say, and the colours that may be sent: all, those of a number, or none.
TERMINALS = {
    "xterm true": ("TERM=xterm-256color COLORTERM=truecolor", r".*"),
    "xterm 256": ("TERM=xterm-256color COLORTERM=", r"[34]8;5;\d+|3\d|4\d|9\d|10\d"),
    "xterm": ("TERM=xterm COLORTERM=", r"[34]8;5;\d+|3\d|4\d|9\d|10\d"),
    "screen": ("TERM=screen-256color COLORTERM=", r"[34]8;5;\d+|3\d|4\d|9\d|10\d"),
    "linux": ("TERM=linux COLORTERM=", r"3\d|4\d|9\d|10\d"),
    "vt100": ("TERM=vt100 COLORTERM=", r"(?!)"),
}
ENCODINGS = {"UTF-8": "LANG=C.UTF-8 GDTUI_ASCII=", "ASCII": "LANG=C GDTUI_ASCII=1"}
SIZES = ((80, 24), (60, 18), (120, 36), (200, 50), (400, 100))
ALL = [*product(TERMINALS, ENCODINGS, SIZES)]
#: Each terminal in each encoding, and each size but the largest four times or more.
SOME = [
    (name, encoding, SIZES[0] if (name, encoding) == ("xterm", "ASCII") else SIZES[(2 * i + j) % 4])
    for i, name in enumerate(TERMINALS)
    for j, encoding in enumerate(ENCODINGS)
] + [("xterm 256", "UTF-8", SIZES[4])]
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


def rows_agree(shell: Shell, meant: Meant, *, exact: bool) -> bool:
    """Whether every cell shows what was meant; without all colours and characters, those characters that there are."""
    shell.read(0.05)
    shell.shown()
    shown, wanted = seen(shell.screen), meant.seen()
    if exact:
        return not differing(shown, wanted)
    return all(
        a[0] == b[0] or (str(a[0]).isascii() and not str(b[0]).isascii())
        for row, other in zip(shown, wanted, strict=True)
        for a, b in zip(row, other, strict=True)
    )


def check(shell: Shell, name: str, encoding: str, size: tuple[int, int], folder: Path) -> None:
    way, allowed = TERMINALS[name]
    said = f"{name}, {encoding}, {size}"
    meant = opened(shell, f"{way} {ENCODINGS[encoding]}", size, folder / said.replace(" ", ""))
    exact = (name, encoding) == ("xterm true", "UTF-8")
    shell.until(lambda: "paused" in shell.shown(), f"the bench on {said}", 20)
    for key in KEYS if size[0] < 400 else KEYS[:3]:
        shell.child.send(key)
        shell.until(lambda: rows_agree(shell, meant, exact=exact), f"agreement after {key!r} on {said}")
    shell.child.send("\x11")
    shell.until(lambda: re.search(rb"code \d+\r\n", shell.output), f"the end on {said}")
    assert shell.output.endswith(b"code 0\r\n")
    assert modes(shell.output) == [], said
    assert {found for found in colours(shell.output) if not re.fullmatch(allowed, found.decode())} == set(), said
    assert encoding == "UTF-8" or shell.output.isascii(), said


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


@pytest.mark.slow  # on a busy machine the test and the program lose sight of each other's sizes
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
    shell.until(lambda: rows_agree(shell, meant, exact=True) and "paused" in shell.shown(), "agreement", 20)
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
