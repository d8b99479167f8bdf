"""The lanes of an experiment, advancing together; each keeps its own count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from gdtui.errors import CommandError, ParameterError
from gdtui.kernel import Array
from gdtui.objectives.objective import Objective
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.lane_updates import Interrupt
from gdtui.simulation.stopping import Status
from gdtui.simulation.timeline import Edit
from gdtui.text import _


class Simulation:
    """A running experiment.

    The coordinates in `coords` are recorded, by default the first 16. `objective` is the experiment's objective if it
    has been built already.

    Raises
    ------
    ObjectiveError, ParameterError
        the experiment cannot be run.
    """

    def __init__(
        self, experiment: Experiment, coords: tuple[int, ...] | None = None, objective: Objective | None = None
    ) -> None:
        self.experiment = experiment
        self.coords = coords
        self.objective = objective or experiment.objective.build(experiment.seed)
        self.lanes: dict[str, LaneRun] = {}
        for lane in experiment.lanes:
            self.lanes[lane.name] = self._run(lane)

    def _run(self, lane: Lane, first: Array | None = None) -> LaneRun:
        run = LaneRun(lane, self.objective, self.experiment.seed, self.coords, first)
        taken = {other.number for other in self.lanes.values()}
        run.number = min(set(range(len(taken) + 1)) - taken)
        return run

    @property
    def going(self) -> bool:
        """Whether any lane can still make an update."""
        return any(lane.status == Status.GOING for lane in self.lanes.values())

    def step(self, n: int, interrupt: Interrupt | None = None) -> int:
        """Advance every lane by n updates; return how many were made before an interrupt.

        The lanes take turns, chunk by chunk, so that an interrupt leaves all of them at the same update.
        """
        done = 0
        while done < n:
            chunk = min(n - done, min(lane.chunk() for lane in self.lanes.values()))
            for lane in self.lanes.values():
                lane.advance(chunk)
            done += chunk
            if interrupt is not None and done < n and interrupt():
                break
        return done

    def record_every(self, record: int, updates: int) -> None:
        """Record only each `record`-th of the next `updates` updates of every lane; see `LaneRun.record_every`."""
        for lane in self.lanes.values():
            lane.record_every(record, updates)

    def epoch(self, n: int) -> None:
        """Advance every lane to the end of its n-th epoch from now; raise ParameterError if there are no data."""
        if len(self.objective.train) == 0:
            raise ParameterError("epoch", _("{} has no data, so no epochs: use step").format(self.objective.name))
        for lane in self.lanes.values():
            lane.advance(lane.end_of_epoch(n) - lane.position)

    def back(self, n: int, interrupt: Interrupt | None = None) -> None:
        """Undo the last n updates of every lane, exactly; CommandError after an interrupt."""
        with self.all_or_nothing():
            for lane in self.lanes.values():
                lane.back(n, interrupt)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Leave every lane where it is if what is done meanwhile is stopped."""
        kept = [(lane, lane.twin()) for lane in self.lanes.values()]
        try:
            yield
        except CommandError:
            for lane, twin in kept:
                lane.return_to(twin)
            raise

    def reset(self) -> None:
        """Put every lane back at its start; edits are dropped."""
        for lane in self.lanes.values():
            lane.reset()

    def lane(self, name: str) -> LaneRun:
        """Return the lane with this name, or raise ParameterError."""
        if name not in self.lanes:
            message = _("there is no lane {name!r} (there are: {names})")
            raise ParameterError("lane", message.format(name=name, names=", ".join(self.lanes)))
        return self.lanes[name]

    def add(
        self, lane: Lane, first: Array | None = None, *, position: int = 0, edits: tuple[Edit, ...] = (),
        interrupt: Interrupt | None = None,
    ) -> None:  # fmt: skip
        """Add a lane, brought to a position with these edits; ParameterError if its name is taken or it does not fit.

        The parameters at update 0 are `first`, or else the lane's start, or else the objective's. CommandError after
        an interrupt: there is no new lane then.
        """
        experiment = replace(self.experiment, lanes=(*self.experiment.lanes, lane))
        run = self._run(lane, first)
        run.restore(position, edits, interrupt)
        self.experiment, self.lanes[lane.name] = experiment, run

    def remove(self, name: str) -> None:
        """Remove a lane; raise ParameterError if it does not exist or is the only one."""
        self.lane(name)
        kept = tuple(lane for lane in self.experiment.lanes if lane.name != name)
        self.experiment = replace(self.experiment, lanes=kept)
        del self.lanes[name]

    def branch(self, name: str, new: str, interrupt: Interrupt | None = None) -> None:
        """Copy a lane and its past to a new name; raise ParameterError if either name is wrong."""
        origin = self.lane(name)
        copy = replace(origin.spec, name=new, stream=origin.spec.stream or origin.spec.name)
        self.add(copy, origin.first, position=origin.position, edits=origin.edits, interrupt=interrupt)

    def rename(self, name: str, new: str) -> None:
        """Give a lane another name; its past and its random stream stay. ParameterError if either name is wrong."""
        run = self.lane(name)
        spec = replace(run.spec, name=new, stream=run.spec.stream or name)
        self.experiment = self._with(name, spec)
        run.spec = spec
        self.lanes = {each.spec.name: each for each in self.lanes.values()}

    def exchange(self, lane: Lane, interrupt: Interrupt | None = None) -> None:
        """Put another lane in the place of the one of its name, in its colour, at the same update with the same edits.

        Edits that it cannot take are dropped. ParameterError if it does not fit, CommandError after an interrupt:
        the old lane is then still there.
        """
        old = self.lane(lane.name)
        experiment = self._with(lane.name, lane)
        new = _again(old, lane, self.objective, experiment.seed, self.coords, interrupt)
        self.experiment, self.lanes = experiment, {**self.lanes, lane.name: new}

    def _with(self, name: str, lane: Lane) -> Experiment:
        lanes = tuple(lane if each.name == name else each for each in self.experiment.lanes)
        return replace(self.experiment, lanes=lanes)

    def move(self, name: str, place: int) -> None:
        """Move a lane to a place among the lanes, counted from 0; ParameterError if there is no such lane."""
        run = self.lane(name)
        order = [other for other in self.lanes.values() if other is not run]
        order.insert(place, run)
        self.lanes = {each.spec.name: each for each in order}
        self.experiment = replace(self.experiment, lanes=tuple(each.spec for each in order))

    def repeated(self, name: str, seed: int) -> LaneRun:
        """Return the lane that another seed of the experiment makes, with all updates and edits still ahead of it."""
        old, objective = self.lane(name), self.objective
        if len(objective.train):  # the seed splits the rows and draws the initial parameters
            objective = self.experiment.objective.build(seed)
        new = _begun(old, old.spec, objective, seed, self.coords)
        new.restore(0, old.edits)
        new.position = old.position
        return new

    def on(self, experiment: Experiment, interrupt: Interrupt | None = None) -> Simulation:
        """Return the same lanes on the objective of another experiment, each brought to its update with its edits.

        Raises
        ------
        ObjectiveError, ParameterError
            the experiment cannot be run.
        CommandError
            there was an interrupt.
        """
        made = Simulation(experiment, self.coords)
        made.lanes = {
            name: _again(run, run.spec, made.objective, experiment.seed, self.coords, interrupt)
            for name, run in self.lanes.items()
        }
        return made


def _again(
    old: LaneRun, lane: Lane, objective: Objective, seed: int, coords: tuple[int, ...] | None,
    interrupt: Interrupt | None,
) -> LaneRun:  # fmt: skip
    """Return a lane that takes the place of another: its number, its position and its edits."""
    new = _begun(old, lane, objective, seed, coords)
    new.restore(old.position, old.edits, interrupt)
    return new


def _begun(old: LaneRun, lane: Lane, objective: Objective, seed: int, coords: tuple[int, ...] | None) -> LaneRun:
    """Return a lane with the number of another, at update 0.

    It begins where the other did if that lane was added at parameters of its own, which no start of a lane states.
    """
    added_there = not (lane.start or old.spec.start or np.array_equal(old.first, old.objective.start))
    new = LaneRun(lane, objective, seed, coords, old.first if added_there else None)
    new.number = old.number
    return new
