"""Runs the members of a field: side by side in tiles where the rule and the objective allow it, else one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array, Indices, Kernel
from gdtui.objectives.expression.compilation import members_kernel
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.members_source import ROOM
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fields.members import Members, Outcomes
from gdtui.simulation.fields.tile import TILE, Rows, advance_tile, rows_of
from gdtui.simulation.gradient_transforms import GradientTransform, Setting
from gdtui.simulation.lane import LaneRun
from gdtui.simulation.stopping import Reason, watch
from gdtui.simulation.wrappers import Wrappers
from gdtui.text import _

#: Coordinates of a tile, so that it stays in the cache.
COORDINATES = 2 * TILE
#: Members that are run one by one in a job.
ONE_BY_ONE = 16
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
        returns the objective for a seed; without it all seeds have the same objective.

    Raises
    ------
    ParameterError
        the lane does not fit the objective.
    """

    def __init__(self, members: Members, objective: Objective, build: Build | None = None) -> None:
        self.members, self.objective, self._build = members, objective, build
        if members.count:
            LaneRun(members.lane_of(0), objective, members.seed_of(0))  # raises if it does not fit
        if len(members.starts) and members.starts.shape[1] != objective.dimension:
            message = _("{name} has {count} parameters, start has {given}")
            shape = {"count": objective.dimension, "given": members.starts.shape[1]}
            raise ParameterError("start", message.format(name=objective.name, **shape))
        self.outcomes = Outcomes.none_yet(members.count, objective.dimension)
        self.kernels = side_by_side(members, objective)

    @property
    def part(self) -> int:
        """How many members are run in a job."""
        return ONE_BY_ONE if self.kernels is None else max(8, min(TILE, COORDINATES // self.objective.dimension))

    def warm(self) -> None:
        """Compile what the members call."""
        if self.kernels is None:
            LaneRun(self.members.lane_of(0), self.objective, self.members.seed_of(0)).warm()
        else:
            for kernel in (*self.kernels, advance_tile):
                kernel.compiled  # noqa: B018 - it compiles

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
        pieces = [left[first : first + self.part] for first in range(0, len(left), self.part)]
        if executor is None:
            for piece in pieces:
                if halt.is_set:
                    return
                self._run(piece, halt)
                yield piece
            return
        self.warm()
        under_way: dict[Future[None], Indices] = {}
        waiting = iter(pieces)
        try:
            while True:
                while len(under_way) < AHEAD * threads and (following := next(waiting, None)) is not None:
                    under_way[executor.submit(self._run, following, halt)] = following
                if not under_way:
                    return
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    done.result()
                    yield under_way.pop(done)
        finally:
            if under_way:  # the caller has had enough
                halt.set()
                wait(under_way)

    def _run(self, ids: Indices, halt: Halt) -> None:
        if not halt.is_set:
            (self._one_by_one if self.kernels is None else self._side_by_side)(ids, halt)

    def _one_by_one(self, ids: Indices, halt: Halt) -> None:
        """Run members as lanes."""
        members, found = self.members, self.outcomes
        for member in ids.tolist():
            if halt.is_set:
                return
            seed = members.seed_of(member)
            objective = self.objective if self._build is None else self._build(seed)
            run = LaneRun(members.lane_of(member), objective, seed, (0,))
            run.position = members.updates
            run.make_updates(members.updates, record=0)
            found.theta[member] = run.theta
            with np.errstate(all="ignore"):
                found.loss[member] = objective.evaluate(run.theta)[0] if objective.has_loss else np.nan
            found.reasons[member] = run.stopped
            found.updates[member] = run.update

    def _side_by_side(self, ids: Indices, halt: Halt) -> None:
        """Run members in a tile."""
        assert self.kernels is not None
        objective, rule = self.kernels
        members, found = self.members, self.outcomes
        d, m, lane = self.objective.dimension, len(ids), members.lane_of(int(ids[0]))
        values = {key: np.full(m, value) for key, value in lane.values().items()}
        values |= {key: given[ids] for key, given in members.settings.items()}
        start = np.array(lane.start or self.objective.start, dtype=np.float64)
        theta = members.starts[ids].T if len(members.starts) else np.repeat(start[:, None], m, axis=1)
        slots = lane.rule.initial_slots(theta.ravel(), {key: np.tile(given, d) for key, given in values.items()})
        hyper = np.array([values[name] for name in lane.rule.defaults])
        style, settings = _transforms(lane, values)
        count = len(slots)
        tile = np.zeros((rows_of(d, count, len(hyper)), m))
        tile[:d], tile[2 * d : (2 + count) * d] = theta, slots.reshape(count * d, m)
        single = tile[(2 + count) * d :]
        single[: len(hyper)], single[len(hyper) : len(hyper) + len(Setting)] = hyper, settings
        single = single[len(hyper) + len(Setting) :]
        single[Rows.LR], single[Rows.WATCH :] = values["lr"], watch(lane.stop)[:, None]
        most = lane.stop.updates or members.updates
        n = min(members.updates, most)
        theta, loss, updates, reasons = np.empty((d, m)), np.empty(m), np.full(m, -1), np.zeros(m, dtype=np.int64)
        with np.errstate(all="ignore"):
            advance_tile(
                objective.pointer, rule.pointer, tile.ravel(), d, count, len(hyper), m, style,
                lane.schedule.factors(0, n), np.empty((2 * d + ROOM + 2) * m), np.arange(m),
                np.zeros(m, dtype=np.int64), theta, loss, updates, reasons, halt.switch,
            )  # fmt: skip
        if n == most and lane.stop.updates:
            reasons[reasons == Reason.NONE] = Reason.ENOUGH_UPDATES
        found.put(ids, Outcomes(theta.T, loss, updates, reasons))


def side_by_side(members: Members, objective: Objective) -> tuple[Kernel, Kernel] | None:
    """Return the kernels of objective and rule over members; None: members are run one by one.

    Side by side run the rules that treat each coordinate alone, on formulas without noise, with what belongs to the
    rule, clipping and weight decay; the schedule must not react to the loss.
    """
    if not members.count:
        return None
    lane = members.lane_of(0)
    rule, formula = lane.rule.over_members, objective.expression
    wrapped = Wrappers.of(lane.values()) != Wrappers() or lane.schedule.kind == "plateau"
    known = (*lane.rule.defaults, *TRANSFORMS)
    if (
        rule is None
        or formula is None
        or objective.noise
        or wrapped
        or any(key not in known for key in members.settings)
    ):
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
