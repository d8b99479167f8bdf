"""Runs members in tiles, side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from gdtui.kernel import Array, Indices, Kernel
from gdtui.objectives.expression.compilation import members_kernel
from gdtui.objectives.network import over_members as networks
from gdtui.objectives.network.kernels import ON_LOGITS
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.members_source import ROOM
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fields.members import Halt, Members, Outcomes
from gdtui.simulation.fields.tile import SINGLE, SPARE, Rows, advance_tile, squared_distances
from gdtui.simulation.gradient_transforms import GradientTransform, Setting
from gdtui.simulation.sampling import batches_of, noise_of
from gdtui.simulation.stopping import Reason, watch
from gdtui.simulation.suitability import blocks_of
from gdtui.simulation.wrappers import Wrappers

#: The most members of a tile, and the fewest, by which their number can be divided: vector instructions take several.
TILE, FEWEST = 256, 16
#: Parameters of a tile of a formula, which stays in the first cache; of a model, which stays in the second.
COORDINATES, OF_MODELS = 2 * TILE, 160 * TILE
#: Updates of a formula, and about how long they take.
UPDATE_SECONDS = 1e-8
#: Updates in one call if their batches or noise must be at hand.
STRETCH = 512
#: Settings besides a rule's own that tiles take.
TRANSFORMS = ("weight_decay", "clip_norm", "clip_value")

_preparing = threading.Lock()
#: Seconds that a thread waits for its turn to prepare.
COURTESY = 0.02


@contextmanager
def in_turn() -> Iterator[None]:
    """Let one thread at a time prepare: several hand the interpreter to and fro, which takes longer than to wait."""
    got = _preparing.acquire(timeout=COURTESY)
    try:
        yield
    finally:
        if got:
            _preparing.release()


@dataclass(frozen=True)
class Kernels:
    """The kernels of objective and rule over members."""

    objective: Kernel
    rule: Kernel

    def warm(self) -> None:
        """Compile what the members call."""
        for kernel in (self.objective, self.rule, advance_tile):
            kernel.compiled  # noqa: B018 - it compiles


def kernels_of(members: Members, objective: Objective) -> Kernels | None:
    """Return the kernels over members; None: members do not go side by side.

    Side by side run compiled rules on formulas and on models without tables, with what belongs to the rule, clipping
    and weight decay; the schedule must not react to the loss.
    """
    rule = members.lane_of(0).rule.over_members if members.count else None
    if rule is None or not _is_plain(members) or not _compiles(rule):
        return None
    if (formula := objective.expression) is not None:
        return Kernels(members_kernel(formula.text, formula.variables, keep=objective.kernel.keep), rule)
    if objective.model is None or objective.model.tables or objective.dimension > OF_MODELS // FEWEST:
        return None
    return Kernels(networks.network_over_members, rule)


def _compiles(rule: Kernel) -> bool:
    """Say whether a rule can be compiled; of one from elsewhere its lane says why not."""
    if not rule.ready and not rule.function.__module__.startswith("gdtui."):
        with suppress(Exception):
            rule.compiled  # noqa: B018 - it compiles
        return rule.ready
    return True


def _is_plain(members: Members) -> bool:
    """Say whether updates are batch, noise, clipping, decay and rule, and nothing else."""
    lane = members.lane_of(0)
    known = {*lane.rule.defaults, *TRANSFORMS}
    return (
        set(members.settings) <= known and Wrappers.of(lane.values()) == Wrappers() and lane.schedule.kind != "plateau"
    )


def seconds_of(members: Members, objective: Objective) -> float:
    """Return about how long an update of a member takes."""
    model = objective.model
    if model is None:
        return UPDATE_SECONDS
    rows = members.lane.sampling.size(len(objective.train))
    curved = 0 if model.activation in ("identity", "relu", "leaky-relu") else sum(model.layers[1:-1])
    return UPDATE_SECONDS + 1e-9 * rows * (1 + 0.4 * model.size + 15 * curved + 45 * (model.loss in ON_LOGITS))


def tile_of(objective: Objective) -> int:
    """Return how many members go side by side."""
    most = COORDINATES if objective.model is None else OF_MODELS
    return max(1, min(TILE, most // objective.dimension) // FEWEST) * FEWEST


def run_side_by_side(members: Members, objective: Objective, kernels: Kernels, halt: Halt) -> Outcomes:
    """Run members tile by tile; the seeds of a model are all the same."""
    with in_turn():
        d, m, lane = objective.dimension, members.count, members.lane_of(0)
        values = {key: np.full(m, value) for key, value in lane.values().items()} | dict(members.settings)
        start = np.array(lane.start or objective.start, dtype=np.float64)
        theta = members.starts.T if len(members.starts) else np.repeat(start[:, None], m, axis=1)
        slots = lane.rule.initial_slots(theta.ravel(), {key: np.tile(given, d) for key, given in values.items()})
        hyper = np.array([values[name] for name in lane.rule.defaults])
        style, settings = _transforms(lane, values)
        single = np.zeros((SINGLE, m))
        single[Rows.LR], single[Rows.WATCH :] = values["lr"], watch(lane.stop)[:, None]
        single[Rows.AWAY] = _away(theta, members)
        rows = np.vstack((theta, np.zeros((d, m)), slots.reshape(-1, m), hyper, settings, single))
        found = Outcomes.none_yet(m, d)
        found = replace(found, theta=np.ascontiguousarray(found.theta.T))
        tiles = _Tiles(members, objective, kernels, halt, style, (len(slots), len(hyper)))
    for first in range(0, m, tiles.size):
        ids = np.arange(first, min(first + tiles.size, m))
        tiles.run(np.ascontiguousarray(rows[:, first : first + tiles.size]).ravel(), ids, found)
    if tiles.updates == lane.stop.updates:
        found.reasons[found.reasons == Reason.NONE] = Reason.ENOUGH_UPDATES
    return replace(found, theta=found.theta.T)


class _Plan(NamedTuple):
    """What the members of a tile share in n updates: factors on the rate [n], batches, noise [n, d, seeds]."""

    factors: Array
    batches: tuple[bool, Indices, Indices, Indices]
    noise: Array


class _Tiles:
    """Makes all updates of one tile after another; `sizes` are the numbers of slots and of hyperparameters."""

    def __init__(
        self, members: Members, objective: Objective, kernels: Kernels, halt: Halt, style: int, sizes: tuple[int, int]
    ) -> None:
        self._members, self._objective, self._kernels, self._halt = members, objective, kernels, halt
        self._lane, self._style, self._slots_and_hyper = members.lane_of(0), style, sizes
        self.size = min(tile_of(objective), members.count)
        self.updates = min(members.updates, self._lane.stop.updates or members.updates)
        d, model = objective.dimension, objective.model
        self._planned: tuple[tuple[bytes, int, int], _Plan] | None = None
        self._own = np.zeros(members.count, dtype=np.int64)
        self._room = np.empty((2 * d + ROOM + SPARE) * self.size)
        self._work = np.empty(networks.work_size(model.layers, d, self.size) if model else 0)

    def run(self, tile: Array, ids: Indices, found: Outcomes) -> None:
        """Make the updates of a tile's members; put what comes of them into `found`, in which theta is [d, n]."""
        o, lane, halt, live, t0 = self._objective, self._lane, self._halt, len(ids), 0
        first, end = int(ids[0]), int(ids[-1]) + 1  # the tile reorders `ids`
        seeds = self._seeds_of(ids)
        sampled = o.model is not None and lane.sampling.batch is not None
        stretch = STRETCH if sampled or o.noise else self.updates
        while t0 < self.updates and live and not halt.is_set:
            n = min(stretch, self.updates - t0)
            plan = self._plan(seeds, t0, n)
            full, *batches = plan.batches
            with np.errstate(all="ignore"):
                live = advance_tile(
                    self._kernels.objective.pointer, self._kernels.rule.pointer,
                    tile, o.dimension, *self._slots_and_hyper, live, self._style, blocks_of(o),
                    plan.factors, t0, t0 + n == self.updates, self._room,
                    o.data, o.shape, self._work, o.train, *batches, full,
                    plan.noise, self._own, self._members.targets, self._members.reach,
                    ids, found.theta, found.loss, found.updates, found.reasons, found.arrived, halt.switch,
                )  # fmt: skip
            t0 += n
        if sampled:
            self._weigh(first, end, found)

    def _plan(self, seeds: Indices, t0: int, n: int) -> _Plan:
        """Return what n updates share; the next tile often wants the same."""
        key = seeds.tobytes(), t0, n
        if self._planned is None or self._planned[0] != key:
            o, lane = self._objective, self._lane
            plan = _Plan(
                lane.schedule.factors(t0, n), batches_of(o, lane.sampling, int(seeds[0]), t0, n),
                self._noise(seeds, t0, n),
            )  # fmt: skip
            self._planned = key, plan
        return self._planned[1]

    def _seeds_of(self, ids: Indices) -> Indices:
        """Return the different seeds of members; note which of them each has."""
        if not len(self._members.seeds):
            return np.array([self._members.seed])
        seeds, own = np.unique(self._members.seeds_of(ids), return_inverse=True)
        self._own[ids] = own.ravel()
        return seeds

    def _noise(self, seeds: Indices, t0: int, n: int) -> Array:
        """Return the noise of every seed [n, d, seeds]."""
        o, lane = self._objective, self._lane
        if not o.noise:
            return np.zeros((0, 1, 1))
        each = [noise_of(o, lane.sampling, lane.stream or lane.name, seed, t0, n) for seed in seeds.tolist()]
        return np.ascontiguousarray(np.stack(each, axis=2))

    def _weigh(self, first: int, end: int, found: Outcomes) -> None:
        """Write the loss over all rows at the last parameters of members first … end − 1."""
        o, loss = self._objective, np.empty(end - first)
        theta = np.ascontiguousarray(found.theta[:, first:end])
        with np.errstate(all="ignore"):
            self._kernels.objective(
                theta, o.data, o.train, 0, len(o.train), o.shape, self._work, loss, np.empty((0, 1))
            )  # fmt: skip
        found.loss[first:end] = loss


def _away(theta: Array, members: Members) -> Array:
    """Return `Rows.AWAY` at the start: 0 for a member that is near no target."""
    if not len(members.targets):
        return np.full(theta.shape[1], np.inf)
    squared, room = np.empty((2, theta.shape[1]))
    squared_distances(theta, members.targets, squared, room)
    return np.where(squared < members.reach**2, -1.0, 0.0)


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
