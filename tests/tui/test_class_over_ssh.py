"""A lecture over real SSH: a lecturer and three followers on terminals of different sizes, all right at the end.

The class enters as the README says: the lecturer logs in, followers come through a `ForceCommand`.
"""

from __future__ import annotations

import math
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

from gdtui.scenario.play.lesson import Lesson, read_lesson  # noqa: E402
from gdtui.scenario.read.courses import shipped_courses  # noqa: E402
from gdtui.scenario.read.load import load_scenario  # noqa: E402
from gdtui.scenario.read.selection import find  # noqa: E402
from gdtui.session import Session  # noqa: E402
from gdtui.text import number  # noqa: E402

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
#: Where sshd insists on an empty folder when root starts it.
EMPTY = Path("/run/sshd")

pytestmark = [
    pytest.mark.jit,
    pytest.mark.terminal,
    pytest.mark.skipif(SSHD is None, reason="no sshd here (openssh-server)"),
    pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh here (openssh-client)"),
]

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
LARGE = (120, 36)

CONFIG = """
Port {port}
Port {class_port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
SetEnv {environment}
Match LocalPort {class_port}
  ForceCommand {gdtui} follow {folder}/lecture.sock
"""


class Person:
    """Somebody at a terminal, logged in over SSH."""

    def __init__(self, command: list[str], size: tuple[int, int]) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            command[0],
            command[1:],
            dimensions=size[::-1],
            timeout=PATIENCE,
            env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
        self.child.delaybeforesend = None

    def read(self, seconds: float = 0.02) -> None:
        with suppress(pexpect.TIMEOUT, pexpect.EOF):
            while True:
                self._stream.feed(self.child.read_nonblocking(1 << 16, seconds))
                seconds = 0

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def leave(self) -> None:
        self.child.close(force=True)


class School:
    """An sshd of its own on the loopback interface."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.people = folder, []
        self.ports = [free_port(), free_port()]
        for name in ("host", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        home = folder / "home"
        (home / "gdtui").mkdir(parents=True)
        (home / "gdtui" / "config.toml").write_text("")  # no tour
        variables = {
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home,
            "XDG_STATE_HOME": home, "XDG_RUNTIME_DIR": home, "PYTHONPATH": ROOT,
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache",
        }  # fmt: skip
        (folder / "gdtui").write_text(f'#!/bin/sh\nexec {sys.executable} -m gdtui "$@"\n')
        (folder / "gdtui").chmod(0o755)
        text = CONFIG.format(
            port=self.ports[0], class_port=self.ports[1], folder=folder, gdtui=folder / "gdtui",
            environment=" ".join(f"{name}={value}" for name, value in variables.items()),
        )  # fmt: skip
        (folder / "config").write_text(text)
        assert SSHD is not None
        self._made = os.getuid() == 0 and not EMPTY.exists()
        if self._made:
            EMPTY.mkdir(mode=0o755)
        self._log = (folder / "log").open("wb")
        self._daemon = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "config")], stderr=self._log)

    def enter(self, size: tuple[int, int], *command: str) -> Person:
        """Log in on a terminal of this size; without a command as one of the class."""
        port = self.ports[0] if command else self.ports[1]
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentitiesOnly=yes"]
        name = pwd.getpwuid(os.getuid()).pw_name
        words = ["ssh", "-tt", "-F", "none", "-p", str(port), "-i", str(self.folder / "key")]
        words += [word for option in options for word in ("-o", option)]
        person = Person([*words, f"{name}@127.0.0.1", *command], size)
        self.people.append(person)
        return person

    def until(self, found: Callable[[], object], what: str) -> None:
        """Let everyone read until it is so."""
        end = time.monotonic() + PATIENCE
        while not found():
            for person in self.people:
                person.read()
            assert time.monotonic() < end, what + "\n" + "\n----\n".join(person.text for person in self.people)

    def open(self) -> None:
        """Wait until the daemon listens."""
        end = time.monotonic() + PATIENCE
        while True:
            assert self._daemon.poll() is None, (self.folder / "log").read_text()
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.ports[1]), 1):
                return
            assert time.monotonic() < end

    def close(self) -> None:
        for person in self.people:
            person.leave()
        self._daemon.terminate()
        self._daemon.wait(10)
        self._log.close()
        if self._made:
            EMPTY.rmdir()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    made = School(tmp_path)
    try:
        made.open()
        yield made
    finally:
        made.close()


def present(school: School, lesson: str) -> tuple[Person, list[Person]]:
    """Open a lecture, and let three followers in."""
    gdtui = str(school.folder / "gdtui")
    lecturer = school.enter(LARGE, gdtui, "present", lesson, "--socket", str(school.folder / "lecture.sock"))
    school.until(lambda: "0 follow" in lecturer.text and "paused" in lecturer.text, "the lecturer's screen")
    followers = [school.enter(size) for size in ((80, 24), LARGE, (160, 45))]
    school.until(lambda: "3 follow" in lecturer.text, "three followers")
    school.until(lambda: all("following" in each.text and "page 0" in each.text for each in followers), "their screens")
    return lecturer, followers


def sees(person: Person, lesson: Lesson, page: int) -> bool:
    """Say whether somebody sees a page; where the title leaves no room for its number, its words tell."""
    if lesson.scenario.title not in person.text:
        return False
    if " page " in person.lines[1]:
        return f"page {page} of" in person.lines[1]
    shown = lesson.pages[page - 1] if page else None
    words = lesson.scenario.summary if shown is None else shown.doing or shown.answer or shown.caption
    said = " ".join(line[1:].strip() for line in person.lines if line.startswith("█"))
    return " ".join(words.split())[:30] in said


def turn(school: School, people: list[Person], lesson: Lesson, page: int, key: str = " ") -> None:
    """Let the lecturer turn a page, and everyone see it."""
    people[0].press(key)
    school.until(lambda: all(sees(each, lesson, page) for each in people), f"page {page} on every screen")


def losses(lesson: Lesson, page: int) -> list[tuple[str, str]]:
    """Return name and loss, without one the slope, of each lane at the end of a page, from an engine of our own."""
    session = Session(lesson.scenario.experiment)
    for command in lesson.again(page):
        session.apply(command)
    measured = [(lane.name, lane.scalar("loss"), lane.scalar("grad_norm")) for lane in session.snapshot().lanes]
    return [(name, number(slope if math.isnan(loss) else loss)) for name, loss, slope in measured]


def assert_same_bench(school: School, everyone: list[Person], lesson: Lesson, page: int) -> None:
    """Check that every screen shows the numbers of the page, and those of the same size the same pictures."""
    expected = losses(lesson, page)

    def right(person: Person) -> bool:
        return any(name in line and f" {loss} " in line for name, loss in expected for line in person.lines)

    def alike() -> bool:
        return len({numbers(person) for person in everyone if person.screen.columns == LARGE[0]}) == 1

    school.until(lambda: all(map(right, everyone)), f"one of {expected} on every screen")
    school.until(alike, "the same numbers")


def picture(person: Person) -> str:
    """Return everything but header, message and keys."""
    return "\n".join(person.lines[1:-2])


def numbers(person: Person) -> str:
    """Return the table of the lanes, and the rule with its numbers."""
    top = next((n for n, line in enumerate(person.lines) if line.startswith("   lane")), 0)
    return "\n".join(person.lines[top:-2])


def answer(lesson: Lesson, page: int) -> str:
    """Return the key of the right choice on a page; "" if it asks for none."""
    ask = lesson.pages[page - 1].ask
    if not lesson.pages[page - 1].waits or ask is None or ask.choices is None or ask.answer is None:
        return ""
    return str(1 + ask.choices.index(ask.answer))


def test_a_lesson_for_three_followers_with_a_detour_a_question_and_a_line_that_drops(school: School) -> None:
    lesson = read_lesson(load_scenario(find("adam-first-step")))
    lecturer, followers = present(school, "adam-first-step")
    turn(school, [lecturer, *followers], lesson, 1)
    turn(school, [lecturer, *followers], lesson, 2)
    assert_same_bench(school, [lecturer, *followers], lesson, 2)
    same_size = next(each for each in followers if each.screen.columns == LARGE[0])
    for each in (lecturer, same_size):
        each.press("K")  # captions may differ by a line: only the lecturer turns pages
    school.until(lambda: picture(same_size) == picture(lecturer), "the same pictures on a terminal of the same size")
    for each in (lecturer, same_size):
        each.press("K")

    lecturer.press("]")
    lecturer.press("\x1b[C")  # one update
    school.until(lambda: all("detour from page 2" in each.text for each in (lecturer, *followers)), "the detour")
    school.until(lambda: all("update 2" in each.lines[0] for each in followers), "its update")
    lecturer.press("\x7f")
    school.until(lambda: not any("detour" in each.text for each in (lecturer, *followers)), "the script")

    alone = followers[0]
    alone.press("E")
    school.until(lambda: "1 alone" in lecturer.lines[0] and "on your own" in alone.lines[0], "one alone")
    alone.press("\x1b[C")
    school.until(lambda: "update 2" in alone.lines[0], "an update alone")

    dropped = followers.pop()
    dropped.child.kill(9)  # the line breaks
    school.until(lambda: "1 follow, 1 alone" in lecturer.lines[0].replace("1 follows", "1 follow"), "who is left")

    asked = next(page for page in range(3, len(lesson.pages)) if answer(lesson, page))
    for page in range(3, asked + 1):
        turn(school, [lecturer, followers[1]], lesson, page)
    alone.press("E")
    school.until(lambda: all("your answer" in each.text for each in followers), "the question")
    for each in followers:
        each.press(answer(lesson, asked))
    school.until(lambda: "2 of 2 have answered" in lecturer.lines[0], "two answers")
    turn(school, [lecturer, *followers], lesson, asked + 1)
    school.until(lambda: "█ 2" in lecturer.text and "2 of 2 have answered" in lecturer.text, "the histogram")
    school.until(lambda: all("✓ right" in each.text for each in followers), "their marks")
    for page in range(asked + 2, len(lesson.pages) + 1):
        turn(school, [lecturer, *followers], lesson, page)
    late = school.enter((100, 30))
    school.until(lambda: f"page {len(lesson.pages)} of" in late.text, "the late one")
    assert_same_bench(school, [lecturer, *followers, late], lesson, len(lesson.pages))

    def over() -> bool:
        return all("the lecture is over" in each.text for each in (*followers, late))

    lecturer.press("q")
    school.until(lambda: "q again leaves" in lecturer.text or over(), "the end, or whether to save the detour first")
    if not over():
        lecturer.press("q")
    school.until(over, "the end")
    school.until(lambda: not (school.folder / "lecture.sock").exists(), "no socket left")


@pytest.mark.slow
def test_the_whole_lecture_in_fast_time(school: School) -> None:
    course = shipped_courses()["lecture"]
    lecturer, followers = present(school, "lecture")
    everyone = [lecturer, *followers]
    for place, head in enumerate(course.lessons):
        lesson = read_lesson(load_scenario(head.path))
        if place:
            turn(school, everyone, lesson, 0, key="\t")
        for page in range(1, len(lesson.pages) + 1):
            turn(school, everyone, lesson, page)
            if key := answer(lesson, page):
                school.until(lambda: all("your answer" in each.text for each in followers), "the question")
                for each in followers:
                    each.press(key)
                school.until(lambda: "3 of 3 have answered" in lecturer.lines[0], "three answers")
        assert_same_bench(school, everyone, lesson, len(lesson.pages))
