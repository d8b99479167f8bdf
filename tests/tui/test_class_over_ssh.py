"""A lecture over real SSH: a lecturer and three followers on terminals of different sizes, all right at the end.

The class enters as the README says: the lecturer logs in, followers come through a `ForceCommand`.
"""

from __future__ import annotations

import math
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from gdtui.scenario.play.lesson import Lesson, read_lesson
from gdtui.scenario.read.courses import shipped_courses
from gdtui.scenario.read.load import load_scenario
from gdtui.session import Session
from gdtui.text import number
from tests.tui.people import PATIENCE, Person, Room

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


class School(Room):
    """An sshd of its own on the loopback interface."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
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
        return self.come([*words, f"{name}@127.0.0.1", *command], size)

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
    school.until((school.folder / "lecture.sock").exists, "the socket")
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


def turn(school: School, people: list[Person], lesson: Lesson, page: int, keys: str = " ") -> None:
    """Let the lecturer turn to a page, and everyone see it."""
    people[0].press(keys)
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


def test_the_whole_lecture_for_three_followers_in_fast_time(school: School) -> None:
    """The 45-minute track; each incident happens in another lesson.

    The first lesson is given page by page. In the others the lecturer's finger is faster than every screen: what must
    be right is where they stop, for an incident, for the question, and at the end.
    """
    course = shipped_courses()["lecture"]
    lecturer, followers = present(school, "lecture")
    incidents = {
        0: suspending, 1: detour, 2: exploring, 3: line_that_breaks, 4: lines_that_stand_still, 5: late_follower,
    }  # fmt: skip
    answered: tuple[int, int] | None = None
    for place, head in enumerate(course.lessons):
        lesson = read_lesson(load_scenario(head.path))
        if place:
            turn(school, [lecturer, *followers], lesson, 0, keys="\t")
        before = 0
        for page in stops(lesson, all_of_them=place == 0, incident=place in incidents, question=answered is None):
            turn(school, [lecturer, *followers], lesson, page, keys=" " * (page - before))
            before = page
            if page == 2 and place in incidents:
                # the caption turns before the updates are made, from which an incident counts
                assert_same_bench(school, [lecturer, *followers], lesson, page)
                incidents[place](school, lecturer, followers, lesson)
            if answered is None and answer(lesson, page):
                question(school, lecturer, followers, lesson, page)
                answered = place, page + 1
            elif answered == (place, page):
                histogram(school, lecturer, followers)
        assert_same_bench(school, [lecturer, *followers], lesson, len(lesson.pages))
    assert answered
    the_end(school, lecturer, followers)


def stops(lesson: Lesson, *, all_of_them: bool, incident: bool, question: bool) -> list[int]:
    """Return the pages at which the lecturer waits for everyone."""
    last = len(lesson.pages)
    if all_of_them:
        return list(range(1, last + 1))
    asked = next((page for page in range(1, last) if answer(lesson, page)), 0) if question else 0
    return sorted({last, *([2] if incident else []), *([asked, asked + 1] if asked else [])})


def position(person: Person) -> int:
    """Return the update that the header names."""
    return int(person.lines[0].partition("update ")[2].split()[0].replace(" ", ""))


def suspending(school: School, lecturer: Person, followers: list[Person], lesson: Lesson) -> None:
    """Where no shell is behind a follower, the key that goes back to it does no harm."""
    suspended = followers[0]
    opened = suspended.opened
    suspended.press("Z")
    school.until(lambda: suspended.opened > opened, "the screen is opened again")


def detour(school: School, lecturer: Person, followers: list[Person], lesson: Lesson) -> None:
    """What the lecturer does beside the script is seen by all, and the way back too."""
    everyone = [lecturer, *followers]
    after = f"update {position(lecturer) + 1} "
    lecturer.press("\x1b[C")  # one update
    school.until(lambda: all("detour from page 2" in each.text for each in everyone), "the detour")
    school.until(lambda: all(after in each.lines[0] for each in everyone), "its update")
    lecturer.press("\x7f")
    school.until(lambda: not any("detour" in each.text for each in everyone), "the script")


def exploring(school: School, lecturer: Person, followers: list[Person], lesson: Lesson) -> None:
    """A follower explores alone, and comes back."""
    alone = followers[0]
    alone.press("E")
    school.until(lambda: "1 alone" in lecturer.lines[0] and "on your own" in alone.lines[0], "one alone")
    after = f"update {position(alone) + 2} "
    alone.press("\x1b[C\x1b[C")
    school.until(lambda: after in alone.lines[0], "updates alone")
    alone.press("E")
    school.until(lambda: "3 follow" in lecturer.lines[0] and sees(alone, lesson, 2), "three again")


def line_that_breaks(school: School, lecturer: Person, followers: list[Person], lesson: Lesson) -> None:
    """A follower's line breaks; the lecture goes on for the others."""
    dropped = followers.pop()
    dropped.child.kill(9)
    dropped.gone = True
    school.until(lambda: "2 follow" in lecturer.lines[0], "who is left")


def lines_that_stand_still(school: School, lecturer: Person, followers: list[Person], lesson: Lesson) -> None:
    """No line of a follower is read while the lecturer edits; then each shows what the lecturer sees."""
    lines = {line_of(program) for program in class_programs(school, "follow")}
    assert len(lines) == len(followers)
    here = position(lecturer)
    before = memory(school)
    for line in lines:
        os.kill(line, signal.SIGSTOP)
    try:
        for act in range(1, 31):
            lecturer.press("[" if act % 2 else "]")
            lecturer.press("\x1b[C")  # one update
        school.until(lambda: f"update {here + 30} " in lecturer.lines[0], "the lecturer's updates")
        growth = [after - before[program] for program, after in memory(school).items() if program in before]
        assert not any(f"update {here + 30} " in each.lines[0] for each in followers)
    finally:
        for line in lines:
            os.kill(line, signal.SIGCONT)
    assert max(growth) < 20 * 2**20
    school.until(lambda: all(f"update {here + 30} " in each.lines[0] for each in followers), "the same update")
    same = [each for each in (lecturer, *followers) if each.screen.columns == LARGE[0]]
    school.until(lambda: len({numbers(each) for each in same}) == 1 < len(same), "the same numbers")
    lecturer.press("\x7f")
    school.until(lambda: all(sees(each, lesson, 2) for each in (lecturer, *followers)), "the script")


def class_programs(school: School, command: str) -> list[int]:
    """Return the processes of a class that run a command."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_bytes().decode(errors="replace").split("\0")
            if command in words and f"{school.folder}/lecture.sock" in words:
                found.append(int(path.parent.name))
    return found


def line_of(program: int) -> int:
    """Return the process of sshd that reads a program's terminal."""
    while not Path(f"/proc/{program}/comm").read_text().startswith("sshd"):
        program = int(re.findall(r"PPid:\s*(\d+)", Path(f"/proc/{program}/status").read_text())[0])
    return program


def memory(school: School) -> dict[int, int]:
    """Return the bytes of memory of each process of a class."""
    page = os.sysconf("SC_PAGESIZE")
    programs = [*class_programs(school, "follow"), *class_programs(school, "present")]
    return {program: int(Path(f"/proc/{program}/statm").read_text().split()[1]) * page for program in programs}


def late_follower(school: School, lecturer: Person, followers: list[Person], lesson: Lesson) -> None:
    """Somebody comes late, and is where the others are."""
    followers.append(school.enter((100, 30)))
    school.until(lambda: sees(followers[-1], lesson, 2) and "3 follow" in lecturer.lines[0], "the late one")


def question(school: School, lecturer: Person, followers: list[Person], lesson: Lesson, page: int) -> None:
    """Everyone answers; the lecturer sees how many have."""
    school.until(lambda: all("s skips" in each.text for each in followers), "the question")
    for each in followers:
        each.press(answer(lesson, page))
    school.until(lambda: "3 of 3 have answered" in lecturer.lines[0], "three answers")


def histogram(school: School, lecturer: Person, followers: list[Person]) -> None:
    """With the right answer come the class's answers, and to each follower whether theirs is right."""
    school.until(lambda: "█ 3" in lecturer.text, "the histogram")
    school.until(lambda: all("✓ right" in each.text for each in followers), "their marks")


def the_end(school: School, lecturer: Person, followers: list[Person]) -> None:
    """The bench is everyone's own in the end, and nothing is left."""

    def over() -> bool:
        return all("the lecture is over" in each.lines[0] for each in followers)

    lecturer.press("q")
    school.until(lambda: "q again leaves" in lecturer.text or over(), "the end, or whether to save the detour first")
    if not over():
        lecturer.press("q")
    school.until(over, "the end")
    school.until(lambda: not any("the lecturer" in each.text for each in followers), "nobody leads any more")
    school.until(lambda: not (school.folder / "lecture.sock").exists(), "no socket left")
