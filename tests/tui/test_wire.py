"""What the terminal shows is what Textual meant, cell by cell, and only what differs is sent.

The oracle is pyte: one screen is sent what Textual writes, another what the wire makes of it.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdtui.tui.terminal.pen import PLAIN, Pen, after, change
from gdtui.tui.terminal.wire import Wire
from tests.tui.seen_screens import Cells, Meant, differing, seen
from tests.tui.terminals import PATIENCE, Terminal, environment

pyte = pytest.importorskip("pyte")

ENTER = "\x1b[?1049h\x1b[?7l"
SIZE = (24, 6)
PAIRS = ("学", "字", "ab", "  ", "·█")
SINGLE = ("a", "b", " ", "·", "│", "─", "⠓", "⣿", "█", "θ", "m\u0302")
COLOURS = ("39", "31", "97", "38;5;208", "38;2;12;34;56", "49", "44", "103", "48;5;17", "48;2;9;9;9")
ATTRIBUTES = ("1", "3", "4", "5", "7", "9")

pens = st.lists(st.sampled_from(COLOURS + ATTRIBUTES), max_size=4).map(
    lambda codes: "\x1b[" + ";".join(["0", *codes]) + "m"
)


@st.composite
def spans(draw: st.DrawFn, size: tuple[int, int] = SIZE) -> tuple[int, int, str, str]:
    """One piece of a row: column, row, text, pen; in some rows by twos, so that no wide character is ever halved."""
    width, height = size
    y = draw(st.integers(1, height))
    x = 2 * draw(st.integers(0, width // 2 - 1))
    by_two = y % 3 == 0
    units = st.sampled_from(PAIRS if by_two else SINGLE)
    return x, y - 1, "".join(draw(st.lists(units, max_size=(width - x) // (2 if by_two else 1)))), draw(pens)


def as_textual_writes(span: tuple[int, int, str, str]) -> str:
    x, y, text, pen = span
    return f"\x1b[{y + 1};{x + 1}H{pen}{text}\x1b[0m"


def drawings() -> st.SearchStrategy[str]:
    return spans().map(as_textual_writes)


class Pair:
    """A terminal that is sent everything, and one that is sent what the wire lets through."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        self.size = size
        self.meant, self.shown = pyte.Screen(*size), pyte.Screen(*size)
        self._meant, self._shown = pyte.Stream(self.meant), pyte.Stream(self.shown)
        self.wire = Wire()
        self.write(ENTER)

    def write(self, text: str) -> None:
        self._meant.feed(text)
        self.wire.write(text, self.size)

    def send(self) -> str:
        sent = self.wire.next()
        self._shown.feed(sent)
        return sent

    def agree(self) -> None:
        assert seen(self.shown) == seen(self.meant)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(drawings(), max_size=6), max_size=8))
def test_the_terminal_shows_what_was_meant(updates: list[list[str]]) -> None:
    pair = Pair()
    pair.send()
    for drawn in updates:
        for text in drawn:
            pair.write(text)
        pair.send()
        pair.agree()
        assert pair.send() == ""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(spans(), max_size=6), max_size=8))
def test_spans_show_what_their_moves_and_colours_would(updates: list[list[tuple[int, int, str, str]]]) -> None:
    """They are drawn into the picture without being written and read again, and leave the cursor where it is."""
    pair = Pair()
    pair.write("\x1b[4;7H")
    pair.send()
    for drawn in updates:
        pair._meant.feed("".join(map(as_textual_writes, drawn)) + "\x1b[4;7H")
        pair.wire.draw([(x, y, text, after(PLAIN, pen[2:-1])) for x, y, text, pen in drawn], SIZE)
        pair.send()
        pair.agree()
        assert (pair.shown.cursor.x, pair.shown.cursor.y) == (6, 3)


def test_spans_are_spelled_in_ascii_where_the_terminal_has_nothing_else() -> None:
    wire = Wire(ascii=True)
    wire.write(ENTER, SIZE)
    wire.next()
    wire.draw([(2, 0, "┌─▶ x", PLAIN)], SIZE)
    assert "+-> x" in wire.next()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(drawings(), st.sampled_from(["", "send", "doubt", "resize"])), max_size=12))
def test_after_a_change_of_size_or_in_doubt_everything_is_sent(steps: list[tuple[str, str]]) -> None:
    pair = Pair()
    for text, then in steps:
        pair.write(text)
        if then == "send":
            pair.send()
        elif then:
            pair._shown.feed("\x1b[2;3H\x1b[31mgarbage\x1b[3;1H\x1b[2K")  # by another program, or folded
            pair.wire.doubted = True
    pair.wire.doubted = True
    pair.send()
    pair.agree()


@given(pens, pens)
def test_a_change_of_pen_is_a_change_and_no_longer_than_beginning_afresh(old: str, new: str) -> None:
    before, wanted = (after(PLAIN, text[2:-1]) for text in (old, new))
    sent = change(before, wanted)
    assert (after(before, sent[2:-1]) if sent else before) == wanted
    screens = []
    for text in (old + sent + "x", new + "x"):
        screens.append(pyte.Screen(2, 1))
        pyte.Stream(screens[-1]).feed(text)
    assert screens[0].buffer[0][0] == screens[1].buffer[0][0]
    assert len(sent) <= len(new)


def test_one_cell_costs_a_move_and_a_character() -> None:
    pair = Pair()
    pair.write("\x1b[3;1H\x1b[0;38;2;1;2;3;48;2;4;5;6m" + "x" * 24 + "\x1b[0m\x1b[H")
    pair.send()
    pair.write("\x1b[3;1H\x1b[0;38;2;1;2;3;48;2;4;5;6m" + "x" * 11 + "y" + "x" * 12 + "\x1b[0m\x1b[H")
    assert pair.send() == "\x1b[3;12Hy"
    pair.agree()


def test_a_word_is_not_cut_into_letters_where_moving_is_longer() -> None:
    pair = Pair()
    pair.write("\x1b[1;1Hupdate 119")
    pair.send()
    pair.write("\x1b[1;1Hupdate 210")
    assert pair.send().endswith("210")


@pytest.mark.parametrize("kept", ["%%", "●"])
def test_letters_between_two_cells_that_become_blank_keep_their_colour(kept: str) -> None:
    pair = Pair()
    pair.write(f"\x1b[3;1Ha\x1b[31m{kept}\x1b[0mb")
    pair.send()
    pair.write(f"\x1b[1;1H\x1b[32mgreen\x1b[3;1H\x1b[33m \x1b[31m{kept} \x1b[0m")
    pair.send()
    pair.agree()


def test_pictures_that_nobody_has_read_are_never_sent() -> None:
    pair = Pair()
    for number in range(100):
        pair.write(f"\x1b[1;1Hupdate {number:3}")
    sent = pair.send()
    assert "99" in sent
    assert "98" not in sent
    pair.agree()


def test_what_is_written_past_the_edge_is_cut_and_half_a_character_is_a_blank() -> None:
    wire = Wire()
    wire.write(ENTER + "\x1b[1;23Habc\x1b[2;24H学\x1b[3;1H学\x1b[3;2Hz\x1b[9;1Hbelow", SIZE)
    shown = pyte.Screen(*SIZE)
    pyte.Stream(shown).feed(wire.next())
    assert shown.display[0].endswith(" ab")
    assert shown.display[1].strip() == ""
    assert shown.display[2].strip() == "z"
    assert "below" not in "".join(shown.display)


def test_what_is_no_drawing_passes_as_it_is_and_in_order() -> None:
    wire = Wire()
    wire.write("\x1b[?1049h\x1b[?1000h\x1b]52;c;eA==\x07\x1b[>25u\x1b[?2026$p\x07\x1b]22;default\x07", SIZE)
    assert wire.next().startswith(
        "\x1b[?1049h\x1b[?1000h\x1b]52;c;eA==\x07\x1b[>25u\x1b[?2026$p\x07\x1b]22;default\x07"
    )
    wire.write("\x1b[1;1Hlast\x1b[?1049l\x1b[?25h", SIZE)
    assert wire.next() == "\x1b[m\x1b[999;1H\x1b[?1049l\x1b[?25h"  # the shell's screen is not drawn on
    wire.write("\x1b[1;1Hlate", SIZE)
    assert wire.next() == ""


def test_long_updates_are_synchronized_where_the_terminal_can() -> None:
    wire = Wire()
    wire.write(ENTER + "\x1b[?2026h" + "\x1b[1;1H" + "x" * 24 + "\x1b[?2026l", SIZE)
    first = wire.next()
    assert "2026" not in first.replace(ENTER, "") or first.endswith("\x1b[?2026l")
    wire.doubted = True
    wire.write("".join(f"\x1b[{y};1H\x1b[3{y}m" + "xy" * 60 + "\x1b[0m" for y in range(1, 7)), (120, 6))
    long = wire.next()
    assert long.startswith("\x1b[?2026h")
    assert long.endswith("\x1b[?2026l")


def test_the_cursor_is_left_where_an_input_method_looks_for_it() -> None:
    pair = Pair()
    pair.write("\x1b[1;1Habc\x1b[4;7H")
    pair.send()
    assert (pair.shown.cursor.x, pair.shown.cursor.y) == (6, 3)
    pair.write("\x1b[2;1Hd\x1b[4;7H")
    pair.send()
    assert (pair.shown.cursor.x, pair.shown.cursor.y) == (6, 3)


def test_a_pen_is_read_whatever_its_order() -> None:
    assert after(PLAIN, "1;38;2;1;2;3;48;5;9;4") == Pen("38;2;1;2;3", "48;5;9", frozenset({1, 4}))
    assert after(Pen("31", "41", frozenset({1, 2})), "22;39") == Pen("", "41", frozenset())
    assert after(Pen("31", "", frozenset()), "") == PLAIN


# -- real sessions --------------------------------------------------------------------------------

#: The app, which keeps what Textual means.
BOTH = f"""
import os, sys
sys.path.append({str(Path(__file__).parent)!r})
from job_shell import keep_what_is_meant
keep_what_is_meant(os.environ["MEANT"])
from gdtui.tui.run_app import run_app
raise SystemExit(run_app())
"""
KEYS = (*"   bcvxlztnmi?ofwT]", "\x1b[6~", "\x1b[5~", "\x1b[B", "\x1b", "\x1b")


@pytest.mark.terminal
def test_a_session_shows_what_was_meant(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    size = (120, 36)
    env = environment(COLORTERM="truecolor", MEANT=str(tmp_path / "meant"), XDG_STATE_HOME=str(tmp_path))
    one = terminal(sys.executable, "-c", BOTH, env=env, size=size).ready()
    meant = Meant(tmp_path / "meant", size)
    choose = random.Random(size[0])

    def agree() -> bool:
        one.read(0.1)
        one.shown()
        return not differing(seen(one.screen), meant.seen())

    for number in range(18):
        one.child.send(choose.choice(KEYS))
        if number % 6 == 5:
            one.until(agree, f"agreement after key {number}")
    one.child.setwinsize(size[1] + 6, size[0] + 20)
    one.screen.resize(size[1] + 6, size[0] + 20)
    meant.screen.resize(size[1] + 6, size[0] + 20)
    one.until(agree, "agreement after a change of size")
    one.child.send("r")
    for _more in range(15):
        one.read(0.1)
    one.child.send("r")
    one.until(agree, "agreement after running")
    one.child.send("\x11")
    assert one.end() == 0


@pytest.mark.terminal
@pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux")
def test_tmux_shows_what_was_meant(tmp_path: Path) -> None:
    socket, size = str(tmp_path / "tmux"), (100, 30)
    env = environment(COLORTERM="truecolor", MEANT=str(tmp_path / "meant"), XDG_STATE_HOME=str(tmp_path), GO=BOTH)

    def tmux(*words: str) -> str:
        done = subprocess.run(["tmux", "-S", socket, *words], capture_output=True, text=True, timeout=10, env=env)
        return done.stdout

    def shown() -> Cells:
        screen = pyte.Screen(*size)
        pyte.Stream(screen).feed(tmux("capture-pane", "-p", "-e", "-N").rstrip("\n").replace("\n", "\r\n"))
        return seen(screen)

    meant = Meant(tmp_path / "meant", size)
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", f'{sys.executable} -c "$GO"')
    try:
        tmux("set", "status", "off")
        until = time.monotonic() + PATIENCE
        while "paused" not in tmux("capture-pane", "-p"):
            assert time.monotonic() < until, tmux("capture-pane", "-p")
            time.sleep(0.05)
        for keys in (("Space",), ("Space", "NPage", "c"), ("v",), ("?",), ("Escape", "o"), ("Escape", "x", "Space")):
            tmux("send-keys", *keys)
            until = time.monotonic() + 5
            while different := differing(shown(), meant.seen()):
                assert time.monotonic() < until, different
                time.sleep(0.05)
    finally:
        tmux("kill-server")
