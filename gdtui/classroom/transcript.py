"""What a lecture has done so far, and what it shows: all that a follower needs for the same bench."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gdtui.objectives.objective import Objective
from gdtui.scenario.play.lesson import Lesson
from gdtui.scenario.play.marking import Given
from gdtui.session import Command, Difference, Session
from gdtui.simulation.experiment import Experiment
from gdtui.verbs import Action, Step
from gdtui.verbs.ask import Ask
from gdtui.view.look import Look

Log = tuple[Command, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """What a log begins with: an experiment at update 0, and the coordinates that are recorded (None: up to 16).

    `objective` is that of the experiment, if it has been built.
    """

    experiment: Experiment
    coords: tuple[int, ...] | None = None
    objective: Objective | None = None


@dataclass(frozen=True)
class Shown:
    """What the lecturer has chosen to show, and where they are.

    `furthest` is the last update that has ever been made, `detour` is what has been done beside the script;
    `running` and `level` are the pace, `black` hides everything.
    """

    look: Look = field(default_factory=Look)
    page: int = 0
    furthest: int = 0
    detour: tuple[Difference, ...] = ()
    running: bool = False
    level: int = 0
    black: bool = False


@dataclass(frozen=True, eq=False)
class Transcript:
    """A lecture up to now: the scene, the commands since then, the lesson, and what is shown.

    `digest` is a number made of the newest rows of all lanes (`digest_of`); None: not known. `refused` is the reason
    why the scene cannot travel, as a sentence; "": it can.
    """

    scene: Scene | None = None
    log: Log = ()
    lesson: Lesson | None = None
    shown: Shown = field(default_factory=Shown)
    digest: int | None = None
    refused: str = ""


def log_of(session: Session) -> Log:
    """Return the commands of a session that a scenario file can hold."""
    nothing = Step(0)  # a step that was stopped at once
    return tuple(command for command in session.log if isinstance(command, Action) and command != nothing)


def digest_of(session: Session) -> int:
    """Return a number that two sessions share if the newest rows of their lanes are equal to the last bit."""
    digest = 0
    for name, run in session.simulation.lanes.items():
        row = np.where(np.isnan(run.row), 0.0, run.row)  # not every nan has the same bits
        digest = zlib.crc32(row.tobytes(), zlib.crc32(f"{name} {run.position} ".encode(), digest))
    return digest


def question_of(lesson: Lesson | None, page: int) -> int | None:
    """Return the number of the question on a page that waits for an answer, in any language; None: it asks none."""
    if lesson is None or not 0 < page <= len(lesson.pages) or not lesson.pages[page - 1].waits:
        return None
    lines = [act.place.line for act in lesson.pages[page - 1].acts]
    lanes = [(lane.name, lane.optimizer) for lane in lesson.scenario.experiment.lanes]
    return zlib.crc32(repr((page, len(lesson.pages), lines, lanes)).encode())


def answer_of(ask: Ask, given: Given) -> str:
    """Return an answer as it travels: a choice as its number from 1, since each reads the choices in their language."""
    if given is None:
        return ""
    if ask.choices is not None:
        return str(1 + ask.choices.index(given)) if given in ask.choices else ""
    return ", ".join(map(str, given)) if isinstance(given, tuple) else str(given)


def shared(before: Sequence[Command], after: Sequence[Command]) -> int:
    """Return how many commands two logs share at their beginning."""
    most = min(len(before), len(after))
    for count in (most, most - 1):  # nearly always one of these
        if count >= 0 and before[:count] == after[:count]:
            return count
    return next(count for count in range(most) if before[count] != after[count])


class Keeper:
    """Keeps the transcript of a lecture up to date and hands each to `publish`; it may be called on any thread."""

    def __init__(self, publish: Callable[[Transcript], None]) -> None:
        self.transcript = Transcript()
        self._publish = publish
        self._lock = threading.Lock()

    def done(self, session: Session) -> None:
        """Take in what has been done to the session."""
        log, digest, reached = log_of(session), digest_of(session), session.position
        with self._lock:
            scene, shown = self.transcript.scene, self.transcript.shown
            if scene is None or scene.experiment is not session.origin:
                scene, shown = Scene(session.origin, session.simulation.coords), replace(shown, furthest=0)
            if reached > shown.furthest:  # as the screen will say, which would be a line more
                shown = replace(shown, furthest=reached)
            self.transcript = replace(self.transcript, scene=scene, log=log, digest=digest, shown=shown)
            self._publish(self.transcript)

    def show(self, lesson: Lesson | None, shown: Shown) -> None:
        """Take in what is shown; nothing is published if nothing has changed."""
        with self._lock:
            if lesson is not self.transcript.lesson or shown != self.transcript.shown:
                self.transcript = replace(self.transcript, lesson=lesson, shown=shown)
                self._publish(self.transcript)
