"""A script gone through on the real screen, headless: pictures of it, and a recording for asciinema.

Nothing here depends on the clock: the bench has no timer, each frame is taken when the screen has come to rest, and
the recording's times are those that a patient presenter would take. The same scenario gives the same bytes.
"""

from __future__ import annotations

import asyncio
import difflib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip

from gdtui.scenario.acts import Act, Scenario
from gdtui.scenario.golden import Recorder
from gdtui.scenario.lesson import Lesson, read_lesson
from gdtui.scenario.replay import Outcome, Player, Report
from gdtui.session import Session, Step
from gdtui.tui.app import Gdtui
from gdtui.tui.screens import bench as bench_module
from gdtui.tui.screens.bench import FRAMES, Bench
from gdtui.words import _

#: The size of the screen until a script resizes it.
SIZE = (120, 36)
#: Pictures of one `step` in a recording, and the seconds each of them stands.
STEP_FRAMES, STEP_SECONDS = 20, 0.06
#: Seconds that another act and a key take, and that the last picture stands.
ACT_SECONDS, KEY_SECONDS, LAST_SECONDS = 0.8, 0.4, 3.0
#: Looks at the screen until it must have come to rest.
MOST_LOOKS = 500


# -- pictures ---------------------------------------------------------------------------------------


def picture(app: App[Any]) -> str:
    """Return the screen as SVG, the same bytes for the same screen."""
    svg = app.export_screenshot(title="gdtui")
    # the drawing program's ids differ from picture to picture, and its web font is somewhere else
    ids = re.search(r"terminal-(\d+)-", svg)
    if ids:
        svg = svg.replace(f"terminal-{ids[1]}", "terminal-gdtui")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")


@dataclass(frozen=True)
class Frame:
    """What is on the screen: every line as plain text and as it is sent to a terminal."""

    width: int
    height: int
    text: tuple[str, ...]
    lines: tuple[str, ...]

    def holds(self, words: str) -> bool:
        """Say whether a text is on the screen, in one line or wrapped over several."""
        wanted = " ".join(words.split())
        whole = " ".join(" ".join(self.text).split())
        return wanted in whole or any(words in line for line in self.text)


_CONSOLE = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)


def take(app: App[Any]) -> Frame:
    """Return what is on the screen now."""
    screen = app.screen
    update = screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    strips = [Strip.join(parts) for parts in getattr(update, "strips", [])]
    return Frame(
        app.size.width, app.size.height, tuple(strip.text for strip in strips),
        tuple(strip.render(_CONSOLE) for strip in strips),
    )  # fmt: skip


# -- a recording ------------------------------------------------------------------------------------


@dataclass
class Cast:
    """A recording in asciinema's format, version 2: what a terminal is sent, and when."""

    title: str
    now: float = 0.0
    events: list[tuple[float, str, str]] = field(default_factory=list)
    last: Frame | None = None
    first: Frame | None = None

    def show(self, frame: Frame) -> None:
        """Send the lines that have changed."""
        before = self.last
        fresh = before is None or (before.width, before.height) != (frame.width, frame.height)
        self.last = frame
        self.first = self.first or frame
        if fresh and before is not None:
            self.events.append((self.now, "r", f"{frame.width}x{frame.height}"))
        old = () if before is None or fresh else before.lines
        changed = [(y, line) for y, line in enumerate(frame.lines) if y >= len(old) or old[y] != line]
        if changed:
            clear = "\x1b[0m\x1b[?25l\x1b[2J" if fresh else ""
            self.events.append((self.now, "o", clear + "".join(f"\x1b[{y + 1};1H{line}" for y, line in changed)))

    def wait(self, seconds: float) -> None:
        """Let the clock of the recording go on."""
        self.now += seconds

    def text(self) -> str:
        """Return the file."""
        assert self.first is not None
        head = {
            "version": 2, "width": self.first.width, "height": self.first.height, "title": self.title,
            "env": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        }  # fmt: skip
        end = (self.now + LAST_SECONDS, "o", "\x1b[0m")
        lines = [head, *([round(at, 6), kind, data] for at, kind, data in (*self.events, end))]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def reading_seconds(text: str) -> float:
    """Return how long a caption stands: twenty characters a second, two seconds at least, twelve at most."""
    return min(12.0, max(2.0, len(text) / 20))


# -- the screen -------------------------------------------------------------------------------------


class FilmBench(Bench):
    """The bench without timers; its keys step, since the script itself turns the pages."""

    CSS_PATH = str(Path(bench_module.__file__).with_name("bench.tcss"))

    def _start(self) -> None:
        self.run_worker(self._run_engine(), name="engine", exit_on_error=True)

    def action_next(self) -> None:
        """Make one update."""
        self.action_step(1)

    def action_previous(self) -> None:
        """Take one update back."""
        self.action_back(1)

    def tick(self) -> None:
        """Let a twentieth of a second pass for a bench that runs."""
        self._tick()


class FilmApp(Gdtui):
    """The app with that bench on it."""

    def __init__(self, scenario: Scenario, lesson: Lesson | None) -> None:
        super().__init__(scenario.experiment)
        self.bench = FilmBench(scenario.experiment, lesson)

    async def _open(self) -> None:
        await self.push_screen(self.bench)


@dataclass(frozen=True, eq=False)
class Filmed:
    """What came of it: the report, pictures by name ("" at the end), the recording."""

    report: Report
    pictures: dict[str, str]
    cast: str


def film(scenario: Scenario, recorder: Recorder | None = None, *, pictures: bool = True, cast: bool = True) -> Filmed:
    """Go through a script on the real screen.

    Parameters
    ----------
    scenario
        whose script.
    recorder
        takes down the golden trace.
    pictures
        take a picture at every `screenshot` and at the end.
    cast
        make a recording.
    """
    return asyncio.run(_film(scenario, recorder, pictures=pictures, cast=cast))


async def _film(scenario: Scenario, recorder: Recorder | None, *, pictures: bool, cast: bool) -> Filmed:
    lesson = read_lesson(scenario) if scenario.acts else None
    size = next((act.given for act in scenario.acts[:1] if act.verb == "resize"), SIZE)
    assert isinstance(size, tuple)
    with _without("NO_COLOR", "COLUMNS", "LINES"):
        app = FilmApp(scenario, lesson)
        async with app.run_test(size=(int(size[0]), int(size[1]))) as pilot:
            hands = _Hands(app, pilot, Cast(scenario.title) if cast else None, {} if pictures else None)
            await hands.opened(scenario)
            session = app.bench.engine.session
            assert session is not None
            player = Player(scenario, session, recorder, STEP_FRAMES if cast else 1)
            await hands.go_through(player, lesson)
            if hands.pictures is not None and not hands.closed:
                hands.pictures[""] = picture(app)
            return Filmed(player.report(), hands.pictures or {}, hands.cast.text() if hands.cast else "")


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Leave variables out of the environment for a while."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


@dataclass
class _Hands:
    """Does on the screen what the acts say."""

    app: FilmApp
    pilot: Pilot[None]
    cast: Cast | None
    pictures: dict[str, str] | None

    @property
    def bench(self) -> FilmBench:
        return self.app.bench

    @property
    def closed(self) -> bool:
        """Whether a key has closed the app."""
        return self.app._exit

    async def opened(self, scenario: Scenario) -> None:
        """Wait for the bench to be ready, and put on it exactly what a headless replay has."""
        while not self.bench.engine.ready and not self.closed:
            await asyncio.sleep(0.005)
        session = Session(scenario.experiment, scenario.coords)
        self.bench.engine.session = session
        self._bring_up_to_date(session)
        await self.show(reading_seconds(scenario.summary))

    def _bring_up_to_date(self, session: Session) -> None:
        self.bench.engine.snapshot = session.snapshot()
        self.bench._shown(self.bench.engine.snapshot, "")

    async def at_rest(self) -> Frame:
        """Return what is on the screen once it no longer changes."""
        await self.bench.engine.settled()
        before, alike = take(self.app), 0
        for _look in range(MOST_LOOKS):
            await self.pilot.pause()
            now = take(self.app)
            alike = alike + 1 if now == before else 0
            before = now
            if alike == 2:
                break
        return before

    async def show(self, seconds: float) -> None:
        """Put the screen into the recording, and let it stand."""
        if self.cast is not None and not self.closed:
            self.cast.show(await self.at_rest())
            self.cast.wait(seconds)

    async def go_through(self, player: Player, lesson: Lesson | None) -> None:
        """Do every act; turn the lesson's pages where they end."""
        turns = _turns(lesson)
        for number, act in enumerate(player.scenario.acts):
            if act.needs_screen and not player.over:
                player.note(await self._on_screen(act))
                continue
            stepping = isinstance(act.command, Step)
            playing = player.play(act)
            while True:
                try:
                    next(playing)
                except StopIteration:
                    break
                self._bring_up_to_date(player.session)
                await self.show(STEP_SECONDS if stepping else 0.0)
            for page in turns.get(number, ()):
                assert lesson is not None
                self.bench.page = page
                self.bench._show_page()
                shown = lesson.pages[page - 1]
                await self.show(reading_seconds(shown.answer or shown.caption) if not shown.doing else ACT_SECONDS)

    async def _on_screen(self, act: Act) -> Outcome:
        if self.closed:
            return Outcome(act, "error", _("the screen has been closed"))
        match act.verb, act.given:
            case "wait", float(seconds):
                await self._wait(seconds)
            case "press", tuple(keys):
                for key in keys:
                    await self.pilot.press(str(key))
                    if self.closed:
                        break
                    await self.show(KEY_SECONDS)
            case "resize", (int(columns), int(rows)):
                await self.pilot.resize_terminal(columns, rows)
                await self.show(ACT_SECONDS)
            case "screenshot", str(name):
                await self.at_rest()
                if self.pictures is not None:
                    self.pictures[name] = picture(self.app)
            case "expect_screen", tuple(words):
                return _expect(act, await self.at_rest(), [str(word) for word in words])
        if not self.closed:
            await self.at_rest()
        return Outcome(act, "done")

    async def _wait(self, seconds: float) -> None:
        """Let time pass: a bench that runs goes on, one that stands is looked at."""
        if not self.bench.running:
            await self.show(seconds)
            return
        for _frame in range(round(seconds * FRAMES)):
            self.bench.tick()
            await self.bench.engine.settled()
            await self.show(1 / FRAMES)


def _turns(lesson: Lesson | None) -> dict[int, list[int]]:
    """Return which pages are turned to after which act: numbers of pages from 1 by numbers of acts from 0."""
    turns: dict[int, list[int]] = {}
    done = 0
    for number, page in enumerate(lesson.pages if lesson else (), start=1):
        done += len(page.acts)
        turns.setdefault(done - 1, []).append(number)
    return turns


def _expect(act: Act, frame: Frame, words: list[str]) -> Outcome:
    """Judge an `expect_screen`."""
    absent = [word for word in words if not frame.holds(word)]
    if not absent:
        return Outcome(act, "passed")
    lines = [line.strip() for line in frame.text if line.strip()]
    near = difflib.get_close_matches(absent[0], lines, 1, 0.0)
    expected = _("{!r} on the screen").format(absent[0])
    got = _("the line nearest to it: {!r}").format(near[0] if near else "")
    return Outcome(act, "failed", _("expected {}, got {}").format(expected, got), expected, got)
