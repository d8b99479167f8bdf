"""A person's half hour on the bench: real keys and real mouse sequences on a terminal, and what is then seen there."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.terminals import RUN, Terminal, environment, modes

pytestmark = [pytest.mark.jit, pytest.mark.terminal]

ESCAPE, ENTER, UNDO, REDO, PALETTE = "\x1b", "\r", "\x1a", "\x19", "\x10"
SIZE = (120, 36)


class Hands:
    """Types, clicks, drags and reads."""

    def __init__(self, one: Terminal) -> None:
        self.one = one

    def see(self, pattern: str, *, gone: bool = False) -> None:
        """Wait until a pattern is on the screen, or no longer."""
        try:
            self.one.until(lambda: bool(re.search(pattern, self.one.shown())) is not gone)
        except AssertionError:
            raise AssertionError(f"{pattern!r} (gone: {gone}) on\n{self.one.shown()}") from None

    def type(self, keys: str, pattern: str, *, gone: bool = False) -> None:
        self.one.child.send(keys)
        self.see(pattern, gone=gone)

    def leave_dialog(self) -> None:
        """A lone escape is one after a moment without other keys."""
        self.type(ESCAPE, "esc ✕", gone=True)

    def place(self, text: str) -> tuple[int, int]:
        """Return column and row, from 1, where a text begins, once the screen stands still."""
        before = ""
        while (now := self.one.shown()) != before or text not in now:
            self.see(re.escape(text))
            before = self.one.shown()
            end = time.monotonic() + 0.2
            while time.monotonic() < end:
                self.one.read(0.05)
        rows = enumerate(now.split("\n"), 1)
        return next((line.index(text) + 1, row) for row, line in rows if text in line)

    def mouse(self, *events: tuple[int, int, int, str]) -> None:
        """Send (button, column, row, M or m)."""
        self.one.child.send("".join(f"\x1b[<{button};{x};{y}{end}" for button, x, y, end in events))

    def click(self, x: int, y: int, pattern: str, *, button: int = 0, gone: bool = False) -> None:
        self.mouse((button, x, y, "M"), (button, x, y, "m"))
        self.see(pattern, gone=gone)

    def dots(self) -> int:
        return sum("⠁" <= char <= "⣿" for char in self.one.shown())

    def color(self, text: str) -> str:
        """Return the ground below a text."""
        x, y = self.place(text)
        return str(self.one.screen.buffer[y - 1][x - 1].bg)


def nothing_leaves_unsaid(hands: Hands) -> None:
    x, y = hands.place("● gd ")
    hands.click(x, y, "▸● gd")
    for _turn in range(6):
        hands.type("}", "gd.lr = ")
    hands.type("\x1b[6~", r"▸● gd .*diverged at")
    hands.see("●[→↗↑↖←↙↓↘]")
    picture = [line[:56] for line in hands.one.shown().split("\n")[1:20]]
    assert not any("nan" in line for line in picture)
    assert any(re.search("●[→↗↑↖←↙↓↘]", line) for line in picture), "the map says where it left"


def what_was_done_is_undone(hands: Hands) -> None:
    hands.type(UNDO, "undone")
    hands.type("\x1b[H", r"update 0 ")  # Home
    hands.type("d", "● gd ", gone=True)
    hands.type(UNDO, "undone: remove gd")
    hands.see("● gd ")
    hands.type(REDO, "done again: remove gd")
    hands.type(UNDO, "undone: remove gd")
    hands.type("q", "what you did is not saved: s saves it, q again leaves")


def a_knob_turns_and_shows_the_future(hands: Hands) -> None:
    x, y = hands.place("◆ adam ")
    hands.click(x, y, "▸◆ adam")
    ahead = hands.dots()
    hands.one.child.send("f")
    hands.one.until(lambda: hands.dots() < ahead, "a bench without the future")
    alone = hands.dots()
    hands.type("]", r"adam.lr = 0.055 ")
    hands.one.until(lambda: hands.dots() > alone, "the future")
    hands.type("[[", r"adam.lr = 0.045")
    hands.type("  ", r"update 2 ")
    hands.type("bb", r"update 0 ")


def the_menu_does_what_a_scenario_says(hands: Hands) -> None:
    x, y = hands.place("▲ momentum ")
    hands.click(x, y, r"momentum, and the experiment", button=2)
    hands.type("dialect", r"dialect and form …")
    hands.type(ENTER, r"momentum: dialect and form")
    hands.type("ema", r"ema ")
    hands.type(ENTER, r"▲ momentum +ema ")
    hands.click(30, 10, r"▸▲ momentum (?!.* −1\.2 1 ).*at the start", button=2)  # on the map: it starts there


def time_has_a_bar(hands: Hands) -> None:
    hands.type("\x1b[6~" * 4, "update 40 ")
    _x, bar = hands.place("━◉")
    hands.click(34, bar, r"update (?!40|0)\d+ ")
    travelled = int(re.findall(r"update (\d+) ", hands.one.shown())[0])
    assert 5 < travelled < 35
    hands.mouse((0, 34, bar, "M"), (32, 50, bar, "M"), (32, 60, bar, "M"), (0, 60, bar, "m"))
    hands.see(rf"update (?!{travelled}|40)\d+ ")
    hands.type("\x1b[F", "update 40 ")  # End
    hands.type("t", r"update 40\b.*\n(.*\n)*.*│")
    hands.type("\x1b[D\x1b[D", "update 38")
    hands.type("t", "update 38", gone=True)
    x, y = hands.place("loss · log")
    hands.mouse(*[(0, x + 20, y + 4, end) for end in "MmMm"])
    hands.see("loss surface", gone=True)
    hands.type("z", "loss surface")


def the_map_is_moved(hands: Hands) -> None:
    hands.mouse((64, 30, 10, "M"))
    hands.see("loss surface   ×1.414")
    zoomed = hands.one.shown()
    hands.mouse((0, 30, 10, "M"), (32, 36, 12, "M"), (0, 36, 12, "m"))
    hands.one.until(lambda: hands.one.shown().split("\n")[3:12] != zoomed.split("\n")[3:12], "another part")
    hands.type("0", "loss surface   ○")
    hands.click(30, 10, r"loss [\d.e]+, gradient")


def a_formula_is_read_while_it_is_typed(hands: Hands) -> None:
    hands.type("o", "esc ✕")
    hands.type("x^2 + 3y", r"multiplication is written \*")
    hands.type("\x7f*y^2 +", r"\^ +│")
    hands.type("\x7f\x7f", "∂x = 2x   ∂y = 6y")
    hands.type(ENTER, r"gdtui .*x² \+ 3y²")
    hands.type("y", r"the rates with the lowest loss after \d+ updates")
    hands.type("\x1b[6~", "update 10 ")


def dialogs_keep_their_size_and_close_by_mouse(hands: Hands) -> None:
    hands.type("o", "esc ✕")
    first = hands.place("esc ✕")
    hands.leave_dialog()
    hands.type(ENTER, "weight_decay")
    hands.leave_dialog()
    hands.type("o", "esc ✕")
    assert hands.place("esc ✕") == first
    hands.type(ENTER, "esc ✕")  # an empty enter does nothing
    hands.type("qqqq zz", "nothing|no surface|column")
    hands.click(2, 1, "esc ✕", gone=True)  # beside it
    hands.type("a", "esc ✕")
    hands.click(*hands.place("✕"), "esc ✕", gone=True)


def what_is_typed_ahead_acts_in_turn(hands: Hands) -> None:
    hands.type("obooth\raadagrad\r   ", r"booth .*update 3 ")  # in one packet, as over a slow line
    hands.see("▸★ adagrad ")
    hands.type("bbb" + UNDO * 2, r"rosenbrock .*update 0 ")


def everything_is_found_by_its_words(hands: Hands) -> None:
    dark = hands.color("gdtui ")
    hands.type(PALETTE, ">")
    hands.type("theme: light", r"theme: light  dark text on white")
    hands.type(ENTER, "dark text on white", gone=True)
    hands.one.until(lambda: hands.one.shown() and hands.color("gdtui ") != dark, "another ground")
    hands.type(PALETTE, ">")
    hands.type("adam-first-step", r"lesson: Adam's first step")
    hands.type(ENTER, r"go on")
    hands.type(UNDO, "undone")
    hands.type("?", "on the screen now")
    hands.type("\x1b[F", "condition number")
    hands.leave_dialog()


def what_was_done_is_saved(hands: Hands, path: Path) -> None:
    hands.type("s", "esc ✕")
    hands.type("my own", "my own")
    unfocused = hands.color("session.toml")
    hands.one.child.send("\t")
    hands.one.until(lambda: hands.color("session.toml") != unfocused, "the next field")
    hands.type("\x15" + path.stem, rf"{path.stem} ")
    hands.type(ENTER, rf"saved: gdtui {path.name} opens it, gdtui replay {path.name} checks it")
    hands.one.child.send("q")
    assert hands.one.end() == 0


WALK: tuple[Callable[[Hands], None], ...] = (
    what_is_typed_ahead_acts_in_turn, nothing_leaves_unsaid, what_was_done_is_undone, a_knob_turns_and_shows_the_future,
    the_menu_does_what_a_scenario_says, time_has_a_bar, the_map_is_moved, a_formula_is_read_while_it_is_typed,
    dialogs_keep_their_size_and_close_by_mouse, everything_is_found_by_its_words,
)  # fmt: skip


def test_half_an_hour_with_keys_and_mouse(
    terminal: Callable[..., Terminal],
    tmp_path: Path,
) -> None:
    changes = {"XDG_STATE_HOME": str(tmp_path)}
    one = terminal(sys.executable, "-c", RUN, size=SIZE, env=environment(**changes)).ready()
    hands = Hands(one)
    hands.see("at the start")
    for part in WALK:
        part(hands)
    what_was_done_is_saved(hands, tmp_path / "mine.toml")
    assert modes(one.output) == []
    from gdtui.scenario.play.player import replay
    from gdtui.scenario.read.load import load_scenario

    saved = load_scenario(tmp_path / "mine.toml")
    assert replay(saved).complete
    assert saved.title == "my own"
    again = "from gdtui.cli import main; raise SystemExit(main(['mine.toml']))"
    second = terminal(sys.executable, "-c", again, size=SIZE, env=environment(**changes))
    Hands(second).see(r"x² \+ 3y² .* update 10 ")
    second.child.send("q")
    assert second.end() == 0
