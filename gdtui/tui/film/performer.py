"""Performs the acts of a script on the real screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import partial

from textual.pilot import Pilot

from gdtui.scenario.play.lesson import Lesson
from gdtui.scenario.play.outcome import Outcome
from gdtui.scenario.play.player import Player
from gdtui.scenario.read.acts import Act
from gdtui.text import _
from gdtui.tui.app import Gdtui
from gdtui.tui.clock import ManualClock
from gdtui.tui.film.capture import Capture, capture, picture
from gdtui.tui.film.cast import Cast, reading_seconds
from gdtui.tui.screens.bench import FRAMES, Bench
from gdtui.verbs import Step, Verdict
from gdtui.verbs.on_screen import OnScreen
from gdtui.view.look import LookChange

#: Seconds for which a recording shows each frame of a long step, another act, and a key.
STEP_SECONDS, ACT_SECONDS, KEY_SECONDS = 0.06, 0.8, 0.4
#: Seconds for which the bench may be at work before it is said on what.
PATIENCE = 1.0
#: Captures after which a screen counts as at rest.
MOST_CAPTURES = 500


#: Says what takes long; "" when it no longer does.
Tell = Callable[[str], None]


def say_nothing(_text: str) -> None:
    """Keep silent."""


@dataclass
class Performer:
    """Performs a script on a screen, and adds to a recording and to the pictures (SVG by name)."""

    app: Gdtui
    bench: Bench
    pilot: Pilot[None]
    clock: ManualClock
    cast: Cast | None = None
    pictures: dict[str, str] = field(default_factory=dict)
    tell: Tell = say_nothing

    @property
    def closed(self) -> bool:
        """Whether a key has closed the app."""
        return self.app.return_code is not None

    async def perform(self, player: Player, lesson: Lesson | None) -> None:
        """Do every act of the player's script; turn the lesson's pages where they end."""
        while not self.bench.engine.ready and not self.closed:
            await asyncio.sleep(0.005)
        await self.show(reading_seconds(player.scenario.summary))
        turns = _turns(lesson)
        for number, act in enumerate(player.scenario.acts):
            if isinstance(act.verb, OnScreen) and not player.over:
                player.note(await self._on_screen(player, act, act.verb))
                continue
            seconds = STEP_SECONDS if isinstance(act.verb, Step) else 0.0
            advance = partial(_advance, player.play(act))
            # the engine ends with the app; the rest of the script is played all the same
            while advance() if self.closed else await self.bench.engine.advance(advance):
                await self.show(seconds)
            for page in turns.get(number, ()):
                assert lesson is not None
                self.bench.turn_to(page)
                shown = lesson.pages[page - 1]
                await self.show(reading_seconds(shown.answer or shown.caption) if not shown.doing else ACT_SECONDS)

    async def capture(self) -> Capture:
        """Capture the screen once it no longer changes."""
        await self._settled()
        before, alike = capture(self.app), 0
        for _number in range(MOST_CAPTURES):
            await self.pilot.pause()
            now = capture(self.app)
            alike = alike + 1 if now == before else 0
            before = now
            if alike == 2:
                break
        return before

    async def _settled(self) -> None:
        """Wait until the bench is at rest; tell what takes long, as a map of many runs does."""
        settled = asyncio.ensure_future(self.bench.engine.settled())
        while not (await asyncio.wait((settled,), timeout=PATIENCE))[0]:
            if self.bench.frame is not None:
                self.tell(self.bench.frame.picture.title)
        settled.result()
        self.tell("")

    async def show(self, seconds: float) -> None:
        """Add the screen to the recording, for so many seconds."""
        if self.cast is not None and not self.closed:
            self.cast.show(await self.capture())
            self.cast.wait(seconds)

    async def _on_screen(self, player: Player, act: Act, verb: OnScreen) -> Outcome:
        if self.closed:
            return Outcome("error", _("the screen has been closed"), act=act)
        verdict = await verb.do(self)
        if not self.closed:
            await self.capture()
        return player.outcome(act, verdict or Verdict("done"))

    # -- `gdtui.verbs.on_screen.Screen` ------------------------------------------------------------

    async def text(self) -> tuple[str, ...]:
        """Return the lines on the screen."""
        return (await self.capture()).text

    async def look(self, change: LookChange) -> None:
        """Change the look of the bench."""
        self.bench.show(change)

    async def wait(self, seconds: float) -> None:
        """Let time pass: a running bench goes on, a paused one is looked at."""
        if not self.bench.pace.running:
            await self.show(seconds)
            return
        for _frame in range(round(seconds * FRAMES)):
            self.clock.tick()
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
        """Resize the terminal."""
        await self.pilot.resize_terminal(columns, rows)
        await self.show(ACT_SECONDS)

    async def screenshot(self, name: str) -> None:
        """Take a picture."""
        await self.capture()
        self.pictures[name] = picture(self.app)


def _advance(playing: Generator[None, None, Outcome]) -> bool:
    """Go on with an act to its next pause; return False at its end."""
    try:
        next(playing)
    except StopIteration:
        return False
    return True


def _turns(lesson: Lesson | None) -> dict[int, list[int]]:
    """Return the pages to turn to after each act: numbers of pages from 1 by numbers of acts from 0."""
    turns: dict[int, list[int]] = {}
    done = 0
    for number, page in enumerate(lesson.pages if lesson else (), start=1):
        done += len(page.acts)
        turns.setdefault(done - 1, []).append(number)
    return turns
