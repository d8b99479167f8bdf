"""A scenario in, what came of it on the screen out."""

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
from gdtui.tui.film.cast import Cast
from gdtui.tui.film.frames import picture
from gdtui.tui.film.keyboard import Hands
from gdtui.tui.film.stage import FilmApp
from gdtui.verbs.resize import Resize

#: The size of the screen until a script resizes it.
SIZE = (120, 36)
#: Pictures of one `step` in a recording.
STEP_FRAMES = 20


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
    first = scenario.acts[0].verb if scenario.acts else None
    columns, rows = first.resize if isinstance(first, Resize) else SIZE
    with _without("NO_COLOR", "COLUMNS", "LINES"):
        app = FilmApp(scenario, lesson)
        async with app.run_test(size=(columns, rows)) as pilot:
            hands = Hands(app, pilot, Cast(scenario.title) if cast else None, {} if pictures else None)
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
