"""Members side by side in tiles, as far as one wants them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.objectives.network import over_members as networks
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.members_source import ROOM
from gdtui.simulation.experiment import Lane
from gdtui.simulation.fields.members import Halt, Members, Outcomes
from gdtui.simulation.fields.side_by_side import TRANSFORMS, Kernels, tile_of
from gdtui.simulation.fields.tile import OF_PARAMETER, SINGLE, SPARE, Rows, advance_tile, squared_distances
from gdtui.simulation.gradient_transforms import GradientTransform, Setting
from gdtui.simulation.sampling import batches_of, noise_of
from gdtui.simulation.schedules import plateau_settings
from gdtui.simulation.stopping import Reason, watch
from gdtui.simulation.suitability import blocks_of
from gdtui.simulation.wrappers import Wrappers

#: Updates in one call if their batches or noise must be at hand, and otherwise: each has a factor on the rate.
STRETCH, LONG = 512, 65_536

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


class _Scratch(threading.local):
    """Scratch of a thread: whichever members it is at, it needs no more than one of each."""

    def __init__(self) -> None:
        self._room, self._work = np.empty(0), np.empty(0)

    def room(self, size: int) -> Array:
        """Return scratch of the loop, of at least that size."""
        if len(self._room) < size:
            self._room = np.empty(size)
        return self._room

    def work(self, size: int) -> Array:
        """Return scratch of the objective, of at least that size."""
        if len(self._work) < size:
            self._work = np.empty(size)
        return self._work


_scratch = _Scratch()


class _Plan(NamedTuple):
    """What the members of a tile share in n updates: factors on the rate [n], batches, noise [n, d, seeds]."""

    factors: Array
    batches: tuple[bool, Indices, Indices, Indices]
    noise: Array


@dataclass(eq=False)
class _Tile:
    """Members first … end − 1: the rows of those that go on, and their numbers (the loop changes both)."""

    values: Array
    ids: Indices
    first: int
    end: int
    live: int


class SideBySide:
    """Members with the same batches, all of them as many updates far as has been asked.

    Attributes
    ----------
    made
        the updates that each has made, unless it has stopped.
    """

    def __init__(self, members: Members, objective: Objective, kernels: Kernels, halt: Halt) -> None:
        self._members, self._objective, self._kernels, self._halt = members, objective, kernels, halt
        self._lane, self.made = members.lane_of(0), 0
        d, m, model = objective.dimension, members.count, objective.model
        self._found = replace(Outcomes.none_yet(m, 0), theta=np.full((d, m), np.nan))
        self._planned: tuple[tuple[bytes, int, int], _Plan] | None = None
        self._start: tuple[Array, Array] | None = None  # loss and gradient at the start, if it is everyone's
        schedule = self._lane.schedule
        self._plateau = np.array(plateau_settings(schedule) if schedule.follows_loss else ())
        self._own = np.zeros(m, dtype=np.int64)
        size = min(tile_of(objective), m)
        self._room_size = (OF_PARAMETER * d + ROOM + SPARE) * size
        self._work_size = networks.work_size(model.layers, d, size) if model else 0
        with in_turn():
            rows = self._rows()
            starts = range(0, m, size)
            self._tiles = [self._tile(rows, first, min(first + size, m)) for first in starts]

    @property
    def at_once(self) -> int:
        """Any number of updates; see `running.Group`."""
        return self._members.updates

    @property
    def _last(self) -> int:
        """The last update of those that go on: a lane may have a limit of its own."""
        return min(self.made, self._lane.stop.updates or self.made)

    def _rows(self) -> Array:
        """Return what the tiles hold of every member."""
        members, lane, d, m = self._members, self._lane, self._objective.dimension, self._members.count
        values = {key: np.full(m, value) for key, value in lane.values().items()} | dict(members.settings)
        start = np.array(lane.start or self._objective.start, dtype=np.float64)
        theta = members.starts.T if len(members.starts) else np.repeat(start[:, None], m, axis=1)
        begins = {slot.start for slot in lane.rule.slots}  # some at a hyperparameter
        tiled = {key: np.tile(given, d) for key, given in values.items() if key in begins}
        slots = lane.rule.initial_slots(theta.ravel(), tiled)
        wrappers = Wrappers.of(lane.values())
        if wrappers.lookahead:
            slots = np.vstack((slots, theta.reshape(1, -1)))
        sam_rho = values.get("sam_rho", np.zeros(m))
        self._sam_and_lookahead = bool(np.any(sam_rho > 0)), wrappers.lookahead
        hyper = np.array([values[name] for name in lane.rule.defaults])
        self._style, settings = _transforms(lane, values)
        self._slots_and_hyper = len(slots), len(hyper)
        single = np.zeros((SINGLE, m))
        single[Rows.LR], single[Rows.WATCH :] = values["lr"], watch(lane.stop)[:, None]
        single[Rows.SAM_RHO], single[Rows.LOOKAHEAD_ALPHA] = sam_rho, values.get("lookahead_alpha", 0.0)
        single[Rows.AWAY], single[Rows.BEST], single[Rows.FACTOR] = _away(theta, members), np.inf, 1.0
        return np.vstack((theta, np.zeros((d, m)), slots.reshape(-1, m), hyper, settings, single))

    @staticmethod
    def _tile(rows: Array, first: int, end: int) -> _Tile:
        return _Tile(
            np.ascontiguousarray(rows[:, first:end]).ravel(), np.arange(first, end), first, end, end - first
        )  # fmt: skip

    def advance(self, updates: int) -> None:
        """Make so many more updates of every member; what is halted is not known."""
        before, self.made = self._last, min(self.made + updates, self._members.updates)
        for tile in self._tiles:
            t0 = before
            while t0 < self._last and tile.live and not self._halt.is_set:
                t0 = self._stretch(tile, t0)

    def _evaluate(self, tile: _Tile) -> None:
        """Write loss and gradient at the start of a tile's members; if all begin alike, one is evaluated for all."""
        d, rows = self._objective.dimension, tile.values.reshape(-1, tile.live)
        theta, grad, loss = rows[:d], rows[d : 2 * d], rows[Rows.LOSS - SINGLE]
        if len(self._members.starts):
            self._loss(theta, loss, grad)
            return
        if self._start is None:
            self._start = np.empty(1), np.empty((d, 1))
            self._loss(np.ascontiguousarray(theta[:, :1]), *self._start)
        loss[:], grad[:] = self._start

    def _loss(self, theta: Array, loss: Array, grad: Array) -> None:
        """Write the loss over all rows, and its gradient if there is room for it, at columns of parameters."""
        o = self._objective
        with np.errstate(all="ignore"):
            work = _scratch.work(self._work_size)
            self._kernels.objective(theta, o.data, o.train, 0, len(o.train), o.shape, work, loss, grad)

    def outcomes(self) -> Outcomes:
        """Return what came of the members by now."""
        found = self._found
        for tile in self._tiles if self._is_sampled else ():
            self._weigh(tile)
        if self.made >= (self._lane.stop.updates or np.inf):
            found.reasons[found.reasons == Reason.NONE] = Reason.ENOUGH_UPDATES
        return replace(found, theta=found.theta.T)

    @property
    def _is_sampled(self) -> bool:
        return self._objective.model is not None and self._lane.sampling.batch is not None

    def _stretch(self, tile: _Tile, t0: int) -> int:
        """Make updates of a tile from t0 on, as many as fit in one call; return the last."""
        o, found, members = self._objective, self._found, self._members
        n = min(STRETCH if self._is_sampled or o.noise else LONG, self._last - t0)
        seeds = self._seeds_of(np.arange(tile.first, tile.end))
        plan = self._plan(seeds, t0, n)
        full, *batches = plan.batches
        if full and t0 == 0:
            self._evaluate(tile)
        with np.errstate(all="ignore"):
            tile.live = advance_tile(
                self._kernels.objective.pointer, self._kernels.rule.pointer,
                tile.values, o.dimension, *self._slots_and_hyper, tile.live, self._style, blocks_of(o),
                *self._sam_and_lookahead,
                plan.factors, t0, t0 + n == self._last, _scratch.room(self._room_size),
                o.data, o.shape, _scratch.work(self._work_size), o.train, *batches, full, plan.noise, self._own,
                members.targets, members.reach, self._plateau, tile.ids,
                found.theta, found.loss, found.updates, found.reasons, found.arrived, self._halt.switch,
            )  # fmt: skip
        return t0 + n

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

    def _weigh(self, tile: _Tile) -> None:
        """Write the loss over all rows at the last parameters of a tile's members."""
        loss = np.empty(tile.end - tile.first)
        self._loss(np.ascontiguousarray(self._found.theta[:, tile.first : tile.end]), loss, np.empty((0, 1)))
        self._found.loss[tile.first : tile.end] = loss


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
