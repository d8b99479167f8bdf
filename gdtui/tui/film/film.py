"""Films of scenarios: their scripts, played on the real screen without a terminal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gdtui.scenario.play.golden import Recorder
from gdtui.scenario.play.lesson import read_lesson
from gdtui.scenario.play.outcome import Report
from gdtui.scenario.play.player import Player
from gdtui.scenario.read.acts import Scenario
from gdtui.session import Session
from gdtui.tui.app import Gdtui
from gdtui.tui.clock import ManualClock
from gdtui.tui.film.capture import picture
from gdtui.tui.film.cast import Cast
from gdtui.tui.film.performer import Performer, Tell, say_nothing
from gdtui.tui.screens.bench import Bench
from gdtui.verbs.resize import Resize

#: The size of the screen until a script resizes it.
SIZE = (120, 36)
#: Frames of one `step` in a recording.
STEP_FRAMES = 20


@dataclass(frozen=True, eq=False)
class Filmed:
    """The report of a film, pictures by name ("" for the end), and the recording."""

    report: Report
    pictures: dict[str, str]
    cast: str


def film(
    scenario: Scenario, recorder: Recorder | None = None, *, pictures: bool = True, cast: bool = True,
    tell: Tell = say_nothing,
) -> Filmed:  # fmt: skip
    """Play a script on the real screen, with pictures at every `screenshot` and at the end, and with a recording."""
    return asyncio.run(_film(scenario, recorder, pictures=pictures, cast=cast, tell=tell))


async def _film(scenario: Scenario, recorder: Recorder | None, *, pictures: bool, cast: bool, tell: Tell) -> Filmed:
    lesson = read_lesson(scenario) if scenario.acts else None
    first = scenario.acts[0].verb if scenario.acts else None
    size = first.resize if isinstance(first, Resize) else SIZE
    session, clock = Session(scenario.experiment, scenario.coords, scenario.objective), ManualClock()
    with _without("NO_COLOR", "COLUMNS", "LINES"):
        bench = Bench(scenario.experiment, lesson, session=session, clock=clock, scripted=True)
        app = Gdtui(bench=bench)
        async with app.run_test(size=size) as pilot:
            performer = Performer(app, bench, pilot, clock, Cast(scenario.title) if cast else None, tell=tell)
            player = Player(scenario, session, recorder, STEP_FRAMES if cast else 1)
            await performer.perform(player, lesson)
            if pictures and not performer.closed:
                performer.pictures[""] = picture(app)
            recording = performer.cast.text() if performer.cast else ""
            return Filmed(player.report(), performer.pictures if pictures else {}, recording)


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Leave variables out of the environment for a while."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
