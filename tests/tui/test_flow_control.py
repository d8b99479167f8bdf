"""On a slow line pictures come as fast as the terminal reads them, and keys act as fast as ever."""

import re
import time
from collections.abc import Callable
from threading import Event
from types import SimpleNamespace

import pytest

from gdtui.tui.terminal import flow_control
from gdtui.tui.terminal.flow_control import ANSWER, REQUEST, FlowControl
from tests.tui.terminals import Terminal

ASKED = REQUEST.encode()


class Line:
    """A line between a program and its terminal: it takes everything at once and brings it slowly.

    `rate` is in bytes a second, `delay` that of a way there and back in seconds; `sent` counts what the program writes,
    `most` the bytes that were on their way at once.
    """

    def __init__(self, one: Terminal, rate: float, delay: float, *, answers: bool) -> None:
        self.one, self.rate, self.delay, self.answers = one, rate, delay, answers
        self.sent = self.asked = self.most = 0
        self.there: list[tuple[float, bytes]] = []
        self.back: list[float] = []
        self._free = 0.0

    def carry(self, seconds: float, until: Callable[[], object] = lambda: False) -> float | None:
        """Carry what comes for so many seconds; return those after which something is so, None if it never is."""
        begun = time.monotonic()
        while (now := time.monotonic()) < begun + seconds:
            size = len(self.one.output)
            self.one.read(0.005)
            came = self.one.output[size:]
            if came:
                self.sent += 1
                self._free = max(self._free, now) + len(came) / self.rate
                self.there.append((self._free + self.delay / 2, came))
            self.most = max(self.most, sum(len(data) for _when, data in self.there))
            while self.there and self.there[0][0] <= now:
                data = self.there.pop(0)[1]
                self.one._stream.feed(data)
                self.asked += data.count(ASKED)
                self.back += [now + self.delay / 2] * data.count(ASKED) * self.answers
            while self.back and self.back[0] <= now:
                self.back.pop(0)
                self.one.child.send(ANSWER)
            if until():
                return time.monotonic() - begun
        return None

    def shows(self, what: str) -> Callable[[], bool]:
        return lambda: any(re.search(what, row) for row in self.one.screen.display)

    def owes(self) -> bool:
        """Whether an answer will still come."""
        return bool(self.back) or any(ASKED in data for _when, data in self.there)

    def run(self, seconds: float) -> tuple[int, float, int]:
        """Let it run; return the pictures sent, the seconds until the pause is seen, and the last update."""
        assert self.carry(15, self.shows("paused")) is not None
        self.carry(0.8)
        begun, before = time.monotonic(), self.sent
        self.one.child.send("r")
        self.carry(seconds)
        pictures, ran = self.sent - before, time.monotonic() - begun
        self.one.child.send("r")
        seen = self.carry(30, self.shows(r"^update \d+ ● paused update"))
        assert seen is not None
        shown = re.match(r"update (\d+) ", self.one.screen.display[0])
        assert shown is not None
        assert int(shown[1]) * 0.02 < ran + 0.4  # the key acted when it was pressed, not when it was seen
        return pictures, seen, int(shown[1])


@pytest.mark.terminal
def test_a_slow_line_is_sent_what_it_can_bring(terminal) -> None:
    line = Line(terminal(size=(80, 24)), 6_000, 0.3, answers=True)
    pictures, seen, updates = line.run(1.5)
    assert 2 <= pictures <= 12
    assert updates > 3 * pictures
    assert seen < 2 * (0.3 + 1_000 / line.rate) + 0.4
    line.rate = 1e6
    line.one.child.send("r")
    line.carry(0.3)
    line.one.child.send("q")
    assert line.carry(2.5, lambda: b"\x1b[?1049l" in line.one.output) is not None
    assert not line.owes()  # a shell would get it


@pytest.mark.terminal
def test_a_terminal_that_never_answers_is_asked_once_and_not_waited_for(terminal) -> None:
    line = Line(terminal(size=(80, 24)), 1e6, 0.3, answers=False)
    pictures, _seen, _updates = line.run(1.5)
    assert line.asked == 1
    assert pictures > 16
    line.one.child.send("q")
    assert line.one.end() == 0


def test_a_terminal_that_answers_no_longer_is_waited_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that goes while somebody waits, and at no other time."""
    now = 0.0

    class Answer(Event):
        def wait(self, timeout: float | None = None) -> bool:
            nonlocal now
            now += 0.0 if self.is_set() else timeout or 0.0
            return self.is_set()

    monkeypatch.setattr(flow_control, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(flow_control, "Event", Answer)
    monkeypatch.setattr(flow_control, "_LOST", 0.5)
    made = FlowControl()
    made.request()
    assert made.request() == REQUEST
    made.answer()
    asked, waited = [], []
    for _picture in range(5):
        asked.append(made.request())
        now = begun = now + 0.25
        made.wait()
        waited.append(now - begun)
    assert asked == [REQUEST, REQUEST, "", "", ""]
    assert waited == [0.25, 0.25, 0.0, 0.0, 0.0]
    made.answer()
    assert made.request() == REQUEST


def test_pictures_that_do_not_follow_each_other_ask_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_control, "_SOON", 0.0)
    made = FlowControl()
    assert [made.request() for _picture in range(3)] == [""] * 3


def test_at_the_end_an_answer_is_awaited_and_nothing_is_asked() -> None:
    made = FlowControl()
    made.request()
    assert made.request() == REQUEST
    begun = time.monotonic()
    made.end(0.05)
    assert time.monotonic() - begun > 0.03
    assert made.request() == ""
    made.end(60.0)  # there is nothing to wait for
    made.wait()
