"""Runs the members of a field: side by side in tiles where the rule and the objective allow it, else one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array, Indices, Kernel
from gdtui.objectives.expression.compilation import members_kernel
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import Specification
from gdtui.optimizers.language.members_source import ROOM
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fields.members import Members, Outcomes
from gdtui.simulation.fields.tile import SINGLE, TILE, Rows, advance_tile
from gdtui.simulation.gradient_transforms import GradientTransform, Setting
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.stopping import Reason, watch
from gdtui.simulation.wrappers import Wrappers
from gdtui.text import _

#: Coordinates of a tile, so that it stays in the cache.
COORDINATES = 2 * TILE
#: The most tiles, and the most members that are run one by one, in a job.
TILES, ONE_BY_ONE = 4, 16
#: Jobs that wait for each thread.
AHEAD = 2
#: Settings besides a rule's own that tiles take.
TRANSFORMS = ("weight_decay", "clip_norm", "clip_value")

Build = Callable[[int], Objective]


@dataclass(frozen=True, eq=False)
class Halt:
    """A switch that compiled loops look at: once set, they give up what they are at."""

    switch: Indices = field(default_factory=lambda: np.zeros(1, dtype=np.int64))

    def set(self) -> None:
        """Give up."""
        self.switch[0] = 1

    @property
    def is_set(self) -> bool:
        """Whether to give up."""
        return bool(self.switch[0])


class Field:
    """Members on an objective, run in parts.

    Parameters
    ----------
    build
        returns the objective for a seed. An executor of other processes needs one that can be pickled: `Built`.

    Raises
    ------
    ParameterError
        the lane does not fit the objective.
    """

    def __init__(self, members: Members, build: Build) -> None:
        self.members, self._build = members, build
        self.objective = objective = build(members.seed_of(0) if members.count else members.seed)
        if members.count:
            LaneRun(members.lane_of(0), objective, members.seed_of(0))  # raises if it does not fit
        if len(members.starts) and members.starts.shape[1] != objective.dimension:
            message = _("{name} has {count} parameters, start has {given}")
            shape = {"count": objective.dimension, "given": members.starts.shape[1]}
            raise ParameterError("start", message.format(name=objective.name, **shape))
        self.outcomes = Outcomes.none_yet(members.count, objective.dimension)
        self._kernels = kernels_of(members, objective)

    @property
    def is_side_by_side(self) -> bool:
        """Whether the members are run side by side; else one by one."""
        return self._kernels is not None

    @property
    def _tile(self) -> int:
        """How many members go side by side."""
        return tile_of(self.objective.dimension)

    def _part(self, members: int, threads: int) -> int:
        """Return how many members a job has: enough to make its preparation cheap, and something for every thread."""
        most = TILES * self._tile if self.is_side_by_side else ONE_BY_ONE
        return max(1, min(most, -(-members // (AHEAD * threads))))

    def warm(self) -> None:
        """Compile what the members call."""
        if self._kernels is not None:
            for kernel in (*self._kernels, advance_tile):
                kernel.compiled  # noqa: B018 - it compiles
        elif self.members.count:
            LaneRun(self.members.lane_of(0), self.objective, self.members.seed_of(0)).warm()

    def run(self, members: Indices | None = None, halt: Halt | None = None) -> None:
        """Run these members that are not known yet (None: all)."""
        for _part in self.parts(members, halt=halt):
            pass

    def parts(
        self, members: Indices | None = None, executor: Executor | None = None, halt: Halt | None = None,
        threads: int = 1,
    ) -> Iterator[Indices]:  # fmt: skip
        """Run these members that are not known yet (None: all) part by part; yield the numbers of each part."""
        halt = halt or Halt()
        wanted = np.arange(self.members.count) if members is None else members
        left = wanted[~self.outcomes.known[wanted]]
        size = self._part(len(left), threads) if executor is not None else self._tile if self.is_side_by_side else 1
        pieces: Iterator[Indices] = (left[at : at + size] for at in range(0, len(left), size))
        if executor is None:
            for piece in pieces:
                if halt.is_set:
                    return
                self.outcomes.put(piece, outcomes_of(self.members.take(piece), self._build, halt))
                yield piece
            return
        self.warm()
        under_way: dict[Future[Outcomes], Indices] = {}
        try:
            while True:
                for piece in islice(pieces, AHEAD * threads - len(under_way)):
                    under_way[executor.submit(outcomes_of, self.members.take(piece), self._build, halt)] = piece
                if not under_way:
                    return
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    self.outcomes.put(under_way[done], done.result())
                    yield under_way.pop(done)
        finally:
            if under_way:  # the caller has had enough
                halt.set()
                wait(under_way)


def tile_of(dimension: int) -> int:
    """Return how many members of so many parameters go side by side."""
    return max(8, min(TILE, COORDINATES // dimension))


@lru_cache(maxsize=32)
def _built(spec: Specification, seed: int) -> Objective:
    return spec.build(seed)


@dataclass(frozen=True)
class Built:
    """Builds the objective of a specification for a seed; a process keeps those that it has built."""

    spec: Specification

    def __call__(self, seed: int) -> Objective:
        """Return the objective."""
        return _built(self.spec, seed)


def outcomes_of(members: Members, build: Build, halt: Halt) -> Outcomes:
    """Run members, in this process and thread; what `halt` stops is not known."""
    objective = build(members.seed_of(0))
    kernels = kernels_of(members, objective)
    if kernels is not None:
        return _side_by_side(members, objective, kernels, halt)
    found = Outcomes.none_yet(members.count, objective.dimension)
    for member in range(members.count):
        if halt.is_set:
            break
        seed = members.seed_of(member)
        objective = build(seed)
        run = LaneRun(members.lane_of(member), objective, seed, (0,))
        run.record_every(0, members.updates)
        run.waypoints.kept = False
        run.position = members.updates
        run.make_updates(members.updates, record=0)
        found.theta[member] = run.theta
        found.loss[member] = objective.evaluate(run.theta)[0] if objective.has_loss else np.nan
        found.reasons[member] = run.stopped
        found.updates[member] = run.update
    return found


def _side_by_side(members: Members, objective: Objective, kernels: tuple[Kernel, Kernel], halt: Halt) -> Outcomes:
    """Run members in a tile."""
    d, m, lane = objective.dimension, members.count, members.lane_of(0)
    values = {key: np.full(m, value) for key, value in lane.values().items()} | dict(members.settings)
    start = np.array(lane.start or objective.start, dtype=np.float64)
    theta = members.starts.T if len(members.starts) else np.repeat(start[:, None], m, axis=1)
    slots = lane.rule.initial_slots(theta.ravel(), {key: np.tile(given, d) for key, given in values.items()})
    hyper = np.array([values[name] for name in lane.rule.defaults])
    style, settings = _transforms(lane, values)
    single = np.zeros((SINGLE, m))
    single[Rows.LR], single[Rows.WATCH :] = values["lr"], watch(lane.stop)[:, None]
    rows = np.vstack((theta, np.zeros((d, m)), slots.reshape(-1, m), hyper, settings, single))
    n = min(members.updates, lane.stop.updates or members.updates)
    factors = lane.schedule.factors(0, n)
    found = Outcomes(np.full((d, m), np.nan), np.full(m, np.nan), np.full(m, -1), np.zeros(m, dtype=np.int64))
    size, pointers = tile_of(d), [kernel.pointer for kernel in kernels]
    room = np.empty((2 * d + ROOM + 2) * min(size, m))
    for first in range(0, m, size):
        ids = np.arange(first, min(first + size, m))
        with np.errstate(all="ignore"):
            advance_tile(
                *pointers, rows[:, ids].ravel(), d, len(slots), len(hyper), len(ids), style, factors, room,
                ids, np.zeros_like(ids), found.theta, found.loss, found.updates, found.reasons, halt.switch,
            )  # fmt: skip
    if n == lane.stop.updates:
        found.reasons[found.reasons == Reason.NONE] = Reason.ENOUGH_UPDATES
    return replace(found, theta=found.theta.T)


def kernels_of(members: Members, objective: Objective) -> tuple[Kernel, Kernel] | None:
    """Return the kernels of objective and rule over members; None: members are run one by one.

    Side by side run the rules that treat each coordinate alone, on formulas without noise, with what belongs to the
    rule, clipping and weight decay; the schedule must not react to the loss.
    """
    if not members.count:
        return None
    lane = members.lane_of(0)
    rule, formula = lane.rule.over_members, objective.expression
    if (
        rule is None
        or formula is None
        or objective.noise
        or not set(members.settings) <= {*lane.rule.defaults, *TRANSFORMS}
    ):
        return None
    if Wrappers.of(lane.values()) != Wrappers() or lane.schedule.kind == "plateau":
        return None
    return members_kernel(formula.text, formula.variables, keep=objective.kernel.keep), rule


def _transforms(lane: Lane, values: Mapping[str, Array]) -> tuple[int, Array]:
    """Return how each gradient is clipped and decayed: the style (−1: none is), and the settings [4, m]."""
    rows = np.array([values.get(key, np.zeros_like(values["lr"])) for key in TRANSFORMS])
    if not np.any(rows):
        return -1, np.zeros((len(Setting), rows.shape[1]))
    kinds, which = np.unique(rows, axis=1, return_inverse=True)
    found = [
        GradientTransform.of(lane.arithmetic, lane.rule, dict(zip(TRANSFORMS, kind, strict=True)))
        for kind in kinds.T.tolist()
    ]
    return int(found[0].style), np.array([one.settings for one in found]).T[:, which.ravel()]
