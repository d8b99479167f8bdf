"""Hands on the screen: they do what the acts of a script say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from textual.pilot import Pilot

from gdtui.scenario.play.lesson import Lesson
from gdtui.scenario.play.outcome import Outcome
from gdtui.scenario.play.player import Player
from gdtui.scenario.read.acts import Act, Scenario
from gdtui.session import Session
from gdtui.text import _
from gdtui.tui.film.cast import Cast, reading_seconds
from gdtui.tui.film.frames import Frame, picture, take
from gdtui.tui.film.stage import FilmApp, FilmBench
from gdtui.tui.screens.bench import FRAMES
from gdtui.verbs import Step, Verdict
from gdtui.verbs.on_screen import OnScreen
from gdtui.view.charts import Show

#: Seconds that each picture of a long step stands, and that another act and a key take.
STEP_SECONDS, ACT_SECONDS, KEY_SECONDS = 0.06, 0.8, 0.4
#: Looks at the screen until it must have come to rest.
MOST_LOOKS = 500


@dataclass
class Hands:
    """Does on the screen what the acts say."""

    app: FilmApp
    pilot: Pilot[None]
    cast: Cast | None
    pictures: dict[str, str] | None

    @property
    def bench(self) -> FilmBench:
        """The bench under the hands."""
        return self.app.bench

    @property
    def closed(self) -> bool:
        """Whether a key has closed the app."""
        return self.app._exit

    async def opened(self, scenario: Scenario) -> None:
        """Wait for the bench to be ready, and put on it exactly what a headless replay has."""
        while not self.bench.engine.ready and not self.closed:
            await asyncio.sleep(0.005)
        session = Session(scenario.experiment, scenario.coords, scenario.objective)
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
            if isinstance(act.verb, OnScreen) and not player.over:
                player.note(await self._on_screen(player, act, act.verb))
                continue
            stepping = isinstance(act.verb, Step)
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

    async def _on_screen(self, player: Player, act: Act, verb: OnScreen) -> Outcome:
        if self.closed:
            return Outcome(act, "error", _("the screen has been closed"))
        verdict = await verb.do(self)
        if not self.closed:
            await self.at_rest()
        return player.outcome(act, verdict or Verdict("done"))

    # What a script's acts do to the screen: `gdtui.verbs.on_screen.Screen`

    async def wait(self, seconds: float) -> None:
        """Let time pass: a bench that runs goes on, a paused one is looked at."""
        if not self.bench.pace.running:
            await self.show(seconds)
            return
        for _frame in range(round(seconds * FRAMES)):
            self.bench.tick()
            await self.bench.engine.settled()
            await self.show(1 / FRAMES)

    async def press(self, keys: Sequence[str]) -> None:
        """Press keys until one closes the app."""
        for key in keys:
            await self.pilot.press(key)
            if self.closed:
                break
            await self.show(KEY_SECONDS)

    async def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        await self.pilot.resize_terminal(columns, rows)
        await self.show(ACT_SECONDS)

    async def screenshot(self, name: str) -> None:
        """Take a picture of the screen at rest."""
        await self.at_rest()
        if self.pictures is not None:
            self.pictures[name] = picture(self.app)

    async def look(self, show: Show) -> None:
        """Change what is shown."""
        self.bench.show(show)

    async def seen(self) -> Frame:
        """Return what is on the screen at rest."""
        return await self.at_rest()


def _turns(lesson: Lesson | None) -> dict[int, list[int]]:
    """Return which pages are turned to after which act: numbers of pages from 1 by numbers of acts from 0."""
    turns: dict[int, list[int]] = {}
    done = 0
    for number, page in enumerate(lesson.pages if lesson else (), start=1):
        done += len(page.acts)
        turns.setdefault(done - 1, []).append(number)
    return turns
