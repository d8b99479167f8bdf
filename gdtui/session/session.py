"""A simulation and what is done to it: `Session.apply(command)` does it and returns a frozen `Snapshot`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from typing import ClassVar

from gdtui.errors import CommandError, ExpressionError, ObjectiveError, ParameterError, QuantityError
from gdtui.kernel import impatient
from gdtui.objectives.objective import Objective
from gdtui.session.futures import Futures
from gdtui.session.lane_view import LaneView, view_of
from gdtui.session.snapshot import Snapshot
from gdtui.session.tried import Tried
from gdtui.simulation.experiment import Experiment
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.lane_updates import Interrupt
from gdtui.simulation.simulation import Simulation
from gdtui.simulation.timeline import Edit
from gdtui.text import _


@dataclass(frozen=True)
class Place:
    """The place of a lane: how many updates have been asked of it, and its edits."""

    position: int
    edits: tuple[Edit, ...]


class Command(ABC):
    """Something that can be done to a session; see `Session.apply`."""

    #: The words of undo for it, formatted with the command: "remove {0.remove}"; "" if going back undoes it already.
    undo_words: ClassVar[str] = ""
    #: Whether it makes something of the user's own, which a file should keep.
    worth_saving: ClassVar[bool] = True

    @property
    def undone_as(self) -> str:
        """The words of undo for this command, as in "remove adam"."""
        return _(self.undo_words).format(self)

    @abstractmethod
    def apply(self, session: Session) -> Command | None:
        """Do it, and return what the log keeps in its place (None: the command itself).

        A GdtuiError means that it cannot be done and nothing has changed. Long steps heed `session.interrupt`.
        """

    def followed_by(self, _later: Command) -> Command | None:
        """Return one command that does the same as both, or None."""
        return None

    def beyond(self, earlier: Command) -> Command | None:
        """Return the command that makes `earlier` this one by `followed_by`, or None."""
        return self if earlier.followed_by(self) == self else None


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """Commands, oldest first; a log never changes, and shares what it has in common with longer ones.

    So every moment that undo can return to has its own log at the price of one command. `Log()` is empty.
    """

    last: Command | None = None
    _earlier: Log | None = None
    _length: int = 0

    def __len__(self) -> int:
        """Return how many commands there are."""
        return self._length

    def __iter__(self) -> Iterator[Command]:
        """Yield the commands, oldest first."""
        log: Log | None = self
        newest_first: list[Command] = []
        while log is not None and log.last is not None:
            newest_first.append(log.last)
            log = log._earlier
        return reversed(newest_first)

    def then(self, command: Command) -> Log:
        """Return a log with one command more."""
        return Log(command, self, self._length + 1)

    def instead(self, command: Command) -> Log:
        """Return a log with another last command."""
        assert self._earlier is not None
        return self._earlier.then(command)


@dataclass(frozen=True, eq=False)
class Saved:
    """A session at one moment, with all that `Session.put_back` needs to return to it exactly."""

    simulation: Simulation
    experiment: Experiment
    lanes: Mapping[str, LaneRun]
    places: Mapping[str, Place]
    origin: Experiment
    log: Log
    marks: Mapping[str, Mapping[str, Place]]
    caption: str
    muted: frozenset[str]


class Session:
    """A simulation and what is done to it.

    Attributes
    ----------
    origin, log
        the experiment, and every command since it was opened: the contents of a scenario file.
    marks
        the places of the lanes, by the name of the mark; never changed, but replaced: moments share it.
    caption
        the words on the screen.
    met
        whether the last command, an `until`, was met; None after any other.
    futures
        the next updates of the lanes, and a lane with other seeds, which snapshots show if asked for.
    interrupt
        asked now and then during long steps; True stops them.
    """

    def __init__(
        self, experiment: Experiment, coords: tuple[int, ...] | None = None, objective: Objective | None = None
    ) -> None:
        self.futures = Futures()
        self.open(experiment, coords, objective)

    def open(
        self, experiment: Experiment, coords: tuple[int, ...] | None = None, objective: Objective | None = None
    ) -> None:
        """Open an experiment at update 0, and record these coordinates of it (None: up to 16).

        The objective is built unless it is given. ObjectiveError and ParameterError leave everything as it was.
        """
        self.simulation = Simulation(experiment, coords, objective)
        self.origin = experiment
        self.log = Log()
        self.marks: Mapping[str, Mapping[str, Place]] = {}
        self.caption = ""
        self.muted: frozenset[str] = frozenset()
        self.met: bool | None = None
        self.interrupt: Interrupt | None = None
        self._tried: Tried | None = None

    def apply(self, command: Command, interrupt: Interrupt | None = None) -> Snapshot:
        """Carry out a command as `do` does, and return what may be shown after it."""
        self.do(command, interrupt)
        return self.snapshot()

    def do(self, command: Command, interrupt: Interrupt | None = None) -> None:
        """Carry out a command; CommandError means that it cannot be done and nothing has changed.

        `interrupt` is asked now and then during long steps; True stops them where they are.
        """
        self.met, self.interrupt = None, interrupt
        log, here, tried, self._tried = self.log, [*self.simulation.lanes.values()], self.tried(command), None
        if tried is not None:
            tried.again(self.simulation.lanes)
        try:
            done = command if tried is not None else command.apply(self) or command
        except (ParameterError, ObjectiveError, QuantityError, ExpressionError) as error:
            raise CommandError(str(error)) from error
        if self.log is log:  # another experiment begins a log of its own
            joined = log.last.followed_by(done) if log.last is not None else None
            self.log = log.then(done) if joined is None else log.instead(joined)
        self._put_aside(here)

    def _put_aside(self, lanes: list[LaneRun]) -> None:
        """Let those lanes hold little memory that are no longer on the bench: undo may hold them."""
        for run in set(lanes).difference(self.simulation.lanes.values()):
            run.spare()

    @contextmanager
    def trying(self, command: Command) -> Iterator[None]:
        """Take back the updates that are made meanwhile.

        If nothing is raised they are those of the command, which need not be made again if it comes next.
        """
        runs, places = self.simulation.lanes, self.places()
        before = {name: run.twin() for name, run in runs.items()}
        try:
            yield
            lanes = {name: copy(run) for name, run in runs.items()}
            self._tried = Tried(command, self.log, places, self.snapshot(), lanes)
        finally:
            for name, twin in before.items():
                runs[name].return_to(twin)

    def tried(self, command: Command) -> Tried | None:
        """Return what a command did when it was tried at this very moment; None: it has not been tried."""
        tried = self._tried
        return tried if tried is not None and tried.fits(command, self.log, self.places()) else None

    def places(self) -> dict[str, Place]:
        """Return the place of every lane."""
        return {name: Place(run.position, run.edits) for name, run in self.simulation.lanes.items()}

    def return_to(self, places: Mapping[str, Place], interrupt: Interrupt | None = None) -> None:
        """Move every lane that still exists back to its place; CommandError after an interrupt."""
        with self.simulation.all_or_nothing():
            for name, place in places.items():
                run = self.simulation.lanes.get(name)
                if run is not None:
                    run.restore(place.position, place.edits, interrupt)

    def saved(self) -> Saved:
        """Return the present moment, to be put back later."""
        simulation = self.simulation
        return Saved(
            simulation, simulation.experiment, dict(simulation.lanes), self.places(),
            self.origin, self.log, self.marks, self.caption,
            self.muted,
        )  # fmt: skip

    def put_back(self, saved: Saved, interrupt: Interrupt | None = None) -> None:
        """Return to a moment of this session: the same lanes at the same places, the same log.

        CommandError after an interrupt: nothing has changed.
        """
        here = [*self.simulation.lanes.values()]
        with self.all_or_nothing(*saved.lanes.values()):
            self._take(saved)
            for name, place in saved.places.items():
                saved.lanes[name].restore(place.position, place.edits, interrupt)
        self._put_aside(here)

    def _take(self, saved: Saved) -> None:
        self.simulation = saved.simulation
        self.simulation.experiment, self.simulation.lanes = saved.experiment, dict(saved.lanes)
        for run, spec in zip(self.simulation.lanes.values(), saved.experiment.lanes, strict=True):
            run.spec = spec  # its name then
        self.origin, self.log, self.marks = saved.origin, saved.log, saved.marks
        self.caption, self.muted, self.met = saved.caption, saved.muted, None

    @contextmanager
    def all_or_nothing(self, *others: LaneRun) -> Iterator[None]:
        """Leave everything as it is after a CommandError: at once, for no update is made again.

        `others` are lanes that are not on the bench now, and may be touched.
        """
        before = self.saved()
        twins = {run: run.twin() for run in (*before.lanes.values(), *others)}
        try:
            yield
        except CommandError:
            for run, twin in twins.items():
                run.return_to(twin)
            self._take(before)
            raise

    @property
    def ready(self) -> bool:
        """Whether the first updates need no kernels: plain Python makes them."""
        return self.simulation.objective.light and impatient()

    def warm(self) -> None:
        """Compile everything that an update calls; where plain Python can make updates, on another thread."""
        for run in self.simulation.lanes.values():
            if not run.hurried():
                run.warm()

    def lane(self, name: str) -> LaneView:
        """Return the present state of one lane, frozen; ParameterError if there is none of that name."""
        return view_of(self.simulation.lane(name))

    @property
    def position(self) -> int:
        """The most updates that have been asked of any lane."""
        return max(run.position for run in self.simulation.lanes.values())

    def look_ahead(self, snapshot: Snapshot, seconds: float) -> Snapshot:
        """Make more of the futures and repeats for about so long; return the snapshot with them."""
        self.futures.look_ahead(self.simulation, self.muted, seconds)
        futures, repeats, more_to_come = self.futures.of(self.simulation, self.muted)
        return replace(snapshot, futures=futures, repeats=repeats, more_to_come=more_to_come)

    def snapshot(self) -> Snapshot:
        """Return the present state, frozen."""
        simulation = self.simulation
        lanes = tuple(map(view_of, simulation.lanes.values()))
        futures, repeats, more_to_come = self.futures.of(simulation, self.muted)
        return Snapshot(
            simulation.experiment, simulation.objective, lanes, tuple(self.marks), self.caption, self.met,
            futures, repeats, more_to_come,
            self.muted, {mark: max(place.position for place in at.values()) for mark, at in self.marks.items()},
        )  # fmt: skip
