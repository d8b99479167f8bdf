"""A lecture without a screen, and followers in the same process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gdtui.classroom.client import Client, shake_hands
from gdtui.classroom.lecture import Attendance, Lecture
from gdtui.classroom.lines import Word
from gdtui.classroom.listener import Listener
from gdtui.classroom.mirror import Mirror
from gdtui.classroom.transcript import Keeper, Shown, Transcript
from gdtui.scenario.play.lesson import Lesson
from gdtui.session import Command, History, Session
from gdtui.simulation.defaults import default_experiment
from gdtui.simulation.experiment import Experiment

PATIENCE = 30.0


class Lecturer:
    """A session that is presented at a socket."""

    def __init__(self, folder: Path, experiment: Experiment | None = None) -> None:
        self.path = folder / "lecture.sock"
        self.attendance: list[Attendance] = []
        self.lecture = Lecture(Listener(self.path), self.attendance.append)
        self.keeper = Keeper(self.lecture.publish)
        self.session = Session(experiment or default_experiment())
        self.history = History()
        self.lecture.start()
        self.keeper.done(self.session)

    def do(self, *commands: Command) -> None:
        for command in commands:
            self.history.apply(self.session, command)
            self.keeper.done(self.session)

    def undo(self) -> None:
        self.history.undo(self.session)
        self.keeper.done(self.session)

    def show(self, shown: Shown, lesson: Lesson | None = None) -> None:
        self.keeper.show(lesson, shown)

    def __enter__(self) -> Lecturer:
        return self

    def __exit__(self, *_error: object) -> None:
        self.lecture.close()


class Follower:
    """A follower without a screen: a session that does what the lecturer's does."""

    def __init__(self, path: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.client, self.mirror = Client(folder), Mirror()
        self.session = Session(default_experiment())
        self.transcript = Transcript()
        self.alone = False
        self._task = asyncio.create_task(self._follow(shake_hands(path)))

    async def _follow(self, connection: socket.socket) -> None:
        async for transcript in self.client.transcripts(connection):
            self.transcript = transcript
            if self.transcript.scene is not None and not self.alone:
                self.mirror.follow(self.session, self.transcript)

    def leave(self) -> None:
        self.alone = True
        self.mirror.leave(self.session)
        self.client.say(Word(alone=True))

    def rejoin(self) -> None:
        self.alone = False
        self.mirror.follow(self.session, self.transcript)
        self.client.say(Word(alone=False))

    async def at(self, lecturer: Lecturer) -> None:
        """Return once the transcript is the lecturer's."""

        def there() -> bool:
            mine, theirs = self.transcript, lecturer.keeper.transcript
            known = mine.refused or mine.digest == theirs.digest
            return bool(known) and (mine.log, mine.shown) == (theirs.log, theirs.shown)

        await until(lambda: there() or self._task.done())
        if self._task.done():
            self._task.result()

    @property
    def gone(self) -> bool:
        return self._task.done()

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.002)

    await asyncio.wait_for(wait(), seconds)


def same_bits(one: Session, other: Session) -> bool:
    """Say whether two sessions have the same lanes, with the same rows to the last bit."""
    ours, theirs = one.snapshot(), other.snapshot()
    return [lane.name for lane in ours.lanes] == [lane.name for lane in theirs.lanes] and all(
        a.trace.rows.tobytes() == b.trace.rows.tobytes() and a.position == b.position and a.edits == b.edits
        for a, b in zip(ours.lanes, theirs.lanes, strict=True)
    )
