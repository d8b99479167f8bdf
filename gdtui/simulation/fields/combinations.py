"""A sweep: every lane of an experiment, over a grid or a random sample of settings, starts and seeds."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.fields.members import Halt, Members
from gdtui.simulation.fields.ranges import MOST, Range
from gdtui.simulation.fields.running import Built, Field
from gdtui.text import _

#: The key whose values are seeds.
SEED = "seed"
#: Above, a float has no digits left for every whole number: two seeds would be the same one.
MOST_SEED = 2**53
#: First parameters are named up to this many; beyond, there are too many to sweep over.
MOST_NAMED = 64

Words = np.ndarray[tuple[int], np.dtype[np.str_]]
#: Columns by name: "lane", the keys, "updates", "status", "loss" [n] and "theta" [n, d].
Table = dict[str, "Array | Words"]
#: Values by key, one for each member.
Points = Mapping[str, Array]


def grid(ranges: Sequence[Range]) -> Points:
    """Return every combination of the values; the last range varies fastest.

    Raises
    ------
    ParameterError
        a range has no values of its own, or there are too many combinations.
    """
    for one in ranges:
        if one.is_drawn:
            message = _("{key}: how many values? {key}=LOW:HIGH:COUNT, or draw them at random")
            raise ParameterError("over", message.format(key=one.key))
    _refuse_doubles(ranges)
    values = [one.values for one in ranges]
    if np.prod([float(len(one)) for one in values]) > MOST:
        raise ParameterError("over", _("a sweep has at most 10**7 members"))
    combined = np.meshgrid(*values, indexing="ij") if values else []
    return {one.key: column.ravel() for one, column in zip(ranges, combined, strict=True)}


def sample(ranges: Sequence[Range], count: int, seed: int) -> Points:
    """Return `count` combinations drawn at random; each key has a stream of its own."""
    _refuse_doubles(ranges)
    return {one.key: one.draw(seed, count) for one in ranges}


def _refuse_doubles(ranges: Sequence[Range]) -> None:
    keys = [one.key for one in ranges]
    for key in keys:
        if keys.count(key) > 1:
            raise ParameterError("over", _("{key} is swept over twice").format(key=key))


@dataclass(frozen=True, eq=False)
class Sweep:
    """The fields of an experiment's lanes over the same points.

    Parameters
    ----------
    points
        values by key: settings of the lane, names of parameters (where it starts), or "seed".
    fields
        by the lanes' names.
    """

    experiment: Experiment
    points: Points
    updates: int
    fields: Mapping[str, Field]

    @classmethod
    def of(cls, experiment: Experiment, points: Points, updates: int = 0, kept: int | None = None) -> Sweep:
        """Return the sweep of an experiment, with its own number of updates unless another is given.

        Of the last parameters of each run the first `kept` are kept; None: all.

        Raises
        ------
        ParameterError
            a lane takes no such key or value.
        """
        updates = updates or experiment.updates
        build = Built(experiment.objective)
        objective = build(experiment.seed)
        kept = None if kept is None else min(kept, objective.dimension)
        fields = {
            lane.name: Field(replace(members_of(lane, objective, points, updates, experiment.seed), kept=kept), build)
            for lane in experiment.lanes
        }
        return cls(experiment, points, updates, fields)

    @property
    def size(self) -> int:
        """How many runs there are."""
        return sum(field.members.count for field in self.fields.values())

    @property
    def known(self) -> int:
        """How many runs have been made."""
        return sum(int(np.count_nonzero(field.outcomes.known)) for field in self.fields.values())

    def columns(self) -> Table:
        """Return one row a run: the lane, the point, what came of it, and those of its parameters that are kept."""
        fields = [(name, field.outcomes) for name, field in self.fields.items()]
        lanes = [np.full(len(found.loss), name) for name, found in fields]
        words = [np.array([str(found.status(k)) for k in range(len(found.loss))]) for _name, found in fields]
        joined: dict[str, Array | Words] = {"lane": np.concatenate(lanes)}
        joined |= {key: np.tile(values, len(fields)) for key, values in self.points.items()}
        joined["updates"] = np.concatenate([found.updates for _name, found in fields]).astype(np.float64)
        joined["status"] = np.concatenate(words)
        joined["loss"] = np.concatenate([found.loss for _name, found in fields])
        joined["theta"] = np.concatenate([found.theta for _name, found in fields])
        return joined

    def parts(
        self, executor: Executor | None = None, halt: Halt | None = None, threads: int = 1
    ) -> Generator[tuple[str, Indices], None, None]:
        """Make the runs that are not known yet, part by part; yield the lane and the members of each part."""
        for name, field in self.fields.items():
            for members in field.parts(executor=executor, halt=halt, threads=threads):
                yield name, members


def members_of(lane: Lane, objective: Objective, points: Points, updates: int, seed: int = 0) -> Members:
    """Return the members of a lane at these points.

    Raises
    ------
    ParameterError
        a key is neither a setting of the lane nor the name of a parameter nor "seed".
    """
    count = len(next(iter(points.values()))) if points else 1
    names = list(objective.names) if objective.dimension <= MOST_NAMED else []
    settings, starts, seeds = {}, np.zeros((0, 0)), np.zeros(0, dtype=np.int64)
    for key, values in points.items():
        if key == SEED:
            if not np.all((values >= 0) & (values == np.floor(values)) & (values < MOST_SEED)):
                message = _("seeds of a sweep are whole numbers from 0 to 2**53, as seed=1,5,9 or seed=0:19:20")
                raise ParameterError(SEED, message)
            seeds = values.astype(np.int64)
        elif key in names:
            if not len(starts):
                first = np.array(lane.start or objective.start, dtype=np.float64)
                starts = np.repeat(first[None, :], count, axis=0)
            starts[:, names.index(key)] = values
        else:
            settings[key] = values
    return Members(lane, count, updates, settings, starts, seeds, seed)
