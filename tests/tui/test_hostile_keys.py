"""Whatever a terminal sends, the bench answers: nothing unknown is taken for keys, and a flood is dropped."""

import os
import random
import signal
import time

import pytest
from textual import events

from gdtui.tui.terminal.keyboard import LONGEST_PASTE, Keyboard
from tests.benchmarks.terminal import busy_seconds
from tests.tui.terminals import REAL, Terminal, modes


def messages(*texts: str, waits: float = 0.0) -> list[str]:
    """Return what a keyboard makes of texts that arrive one after another."""
    keyboard, found = Keyboard(), []
    for text in texts:
        found += keyboard.feed(text)
        keyboard._since -= waits
        found += keyboard.tick()
    keyboard._since -= 10.0
    found += keyboard.tick()
    named = {events.Key: lambda e: e.key, events.Paste: lambda e: f"paste {e.text}"}
    return [named.get(type(e), lambda e: type(e).__name__)(e) for e in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab", ["a", "b"]),
        ("\x1b", ["escape"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1b[A\x1bOB", ["up", "down"]),
        ("\x1bx", ["alt+x"]),
        ("\x1b[97;5u", ["ctrl+a"]),
        ("\x1b[<0;10;10M\x1b[<0;10;10m", ["MouseDown", "MouseUp"]),
        ("\x1b[200~a\x00b\x1b[Ac\x1b[201~q", ["paste ab\x1b[Ac", "q"]),
        ("\x1b[200~never closed", ["paste never closed"]),
        ("\x1b]0;abc", []),
        ("\x1b]0;abc\x07q", ["q"]),
        ("\x1b]11;rgb:0/0/0\x1b\\q", ["q"]),
        ("\x1bPabc\x1b[A\x1b\\q", ["q"]),
        ("\x1b_Gabc", []),
        ("\x1b^abc\x18q", ["q"]),
        ("\x1b[99;99zq", ["q"]),
        ("\x1b[" + "1;" * 5000 + "zq", ["q"]),
        ("\x1b[1;2;3", []),
        ("\x1b[99999999999;5uq", ["q"]),
        ("\x1b[1114112uq", ["q"]),
        ("\x1b[48;0;0;0;0tq", ["q"]),
        ("\x1b[48;99999;99999;1;1tq", ["q"]),
        ("\x1b[?62;1;2cq", ["q"]),
        ("a\x1b[0nq\x1b[0n", ["a", "StatusReport", "q", "StatusReport"]),
        ("\x1b[200~a\x1b[0nb\x1b[201~\x1b[3nq", ["paste a\x1b[0nb", "q"]),
        ("\x1b[\xe9q", ["\xe9", "q"]),
    ],
)
def test_sequences_are_read_whole_however_they_are_cut(text: str, expected: list[str]) -> None:
    assert messages(text) == expected
    assert messages(*text) == expected
    for cut in range(1, min(len(text), 40)):
        assert messages(text[:cut], text[cut:]) == expected


def test_what_is_never_completed_waits_a_tenth_of_a_second() -> None:
    for text in ("\x1b]0;abc", "\x1bP", "\x1b_x\x1b", "\x1b[1;2", "\x1bX" + "x" * 10_000):
        assert messages(text, "q", waits=0.2) == ["q"]


def test_a_paste_of_5_mb_is_cut_and_soon_over() -> None:
    begun = time.monotonic()
    found = messages("\x1b[200~", *["hello q\n" * 512] * 1300, "\x1b[201~", "q")
    assert [len(word) for word in found] == [LONGEST_PASTE + len("paste "), 1]
    assert time.monotonic() - begun < 2.0


def test_keys_pressed_within_a_paste_that_never_ends_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, now, found = Keyboard(), 10.0, []
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for text in ("\x1b[200~", *["some words of it" * 4] * 3, *["q"] * 12):
        now += 0.3
        found += [*keyboard.tick(), *keyboard.feed(text)]
    assert [type(event) for event in found[:2]] == [events.Paste, events.Key]
    assert found[0].text == "some words of it" * 12 + "qqq"
    assert len(found) == 10


def test_a_paste_by_single_characters_is_one_paste(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, now, found = Keyboard(), 10.0, []
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for text in "\x1b[200~" + "quit" * 40 + "\x1b[201~":
        now += 0.033  # a line of 300 baud
        found += [*keyboard.tick(), *keyboard.feed(text)]
    assert [event.text for event in found] == ["quit" * 40]


def test_random_text_is_read_and_bounded() -> None:
    chance = random.Random(3)
    keyboard = Keyboard()
    pieces = ["\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b[200~", "\x1b[201~", "\x07", "\x1b\\", "1;", "u", "M", "é", "q"]
    for _text in range(3000):
        list(keyboard.feed("".join(chance.choices(pieces, k=chance.randint(1, 30)))))
        list(keyboard.tick())
        assert len(keyboard._rest) <= 65 and len(keyboard._paste or "") <= LONGEST_PASTE


# -- the bench itself -------------------------------------------------------------------------------


def _random(seed: int, count: int) -> bytes:
    """Random bytes but those that end the program or stop it."""
    chance = random.Random(seed)
    return bytes(chance.choices([c for c in range(256) if c not in b"\x03\x11\x1aqZ"], k=count))


#: One kind after another, and a control string that does not end.
MEANINGLESS = (
    b"\x1b[99;99z" * 2000 + b"\x1b]11;rgb:0/0/0\x1b\\\x1b" * 2000 + b"\xe9\xff\xfe" * 5000 + b"\x1bP" + b"x" * 50_000
)


def send(one: Terminal, data: bytes) -> None:
    """Send data as fast as the program takes it, and read what it writes."""
    while data:
        data = data[one.child.send(data[:512]) :]
        one.read(0.0)


@pytest.mark.terminal
@pytest.mark.parametrize(
    "flood",
    [
        _random(1, 20_000),
        b"o\x1b" * 2000,
        b"+-" * 5000 + b"\x1b]0;x",
        b"\x1b[0n+" * 5000,
        MEANINGLESS,
    ],
    ids=[
        "random bytes",
        "dialogs",
        "keys, then OSC",
        "answers to nothing",
        "unknown CSI, colours and escapes, not UTF-8, DCS",
    ],
)
def test_after_a_flood_the_bench_answers(terminal, flood):
    """Within a second of the processor's time, which other programs do not lengthen, and never in more than three."""
    one = terminal(*REAL).ready()
    send(one, flood)
    begun, before = time.monotonic(), busy_seconds(one.child.pid)
    while time.monotonic() - begun < 0.3:  # the terminal is quiet, as before a key of a person
        one.read(0.02)
    one.output, busy = b"", before

    def out() -> bool:
        nonlocal busy
        one.child.send("\x11")  # quits from any screen; pressed again while nothing happens
        one.read(0.5)
        busy = max(busy, busy_seconds(one.child.pid))
        return b"\x1b[?1049l" in one.output

    one.until(out, "the way out", 3.0)
    assert busy - before < 1.0
    assert one.end() == 0


@pytest.mark.terminal
def test_keys_that_come_while_a_dialog_is_mounted_wait_for_it(terminal):
    one = terminal(*REAL).ready()
    for keys in ("a\x1b[B\x1b[B", "o\x1b[6~x", "?\x1b[B", "\r\x1b[B\t", "L\x1b[B", "\x10\x1b[B\r\r\r"):
        one.child.send(keys)
        one.read(0.3)
        for _dialog in range(2):  # two escapes at once are a key of their own
            one.child.send("\x1b")
            one.read(0.2)
    one.child.send("\x11")
    assert one.end(20.0) == 0  # every key before it has its turn


@pytest.mark.terminal
@pytest.mark.parametrize("keys", ["o", "\x10", *(pytest.param(key, marks=pytest.mark.slow) for key in "a?")])
def test_a_signal_while_a_dialog_is_mounted_ends_with_its_code(terminal, keys):

    one = terminal(*REAL).ready()
    one.child.send(keys)
    one.read(0.02)
    os.kill(one.child.pid, signal.SIGTERM)
    assert one.end() == 128 + signal.SIGTERM
    assert modes(one.output) == []


@pytest.mark.terminal
@pytest.mark.parametrize(
    "delay", [0.15, 0.5, 0.8, *(pytest.param(more, marks=pytest.mark.slow) for more in (0.4, 0.6, 1.0))]
)
def test_a_signal_while_the_screen_opens_ends_with_its_code(terminal, delay):

    one = terminal(*REAL)
    end = time.monotonic() + delay
    while time.monotonic() < end:
        one.read(0.02)
    os.kill(one.child.pid, signal.SIGTERM)
    assert one.end() == 128 + signal.SIGTERM
    assert b"internal error" not in one.output
    assert modes(one.output) == []
