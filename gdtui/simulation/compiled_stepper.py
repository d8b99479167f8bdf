"""Updates by the compiled loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import cast

import numpy as np

from gdtui.columns import Column
from gdtui.kernel import Array, Indices, Kernel
from gdtui.objectives.network.narrowing import narrowed
from gdtui.optimizers.language.block_operations import norm
from gdtui.optimizers.language.compiled_rule import CompiledRule
from gdtui.simulation.fused import FEWEST, FusedLoop, fused
from gdtui.simulation.gradient_transforms import GradientTransform
from gdtui.simulation.loop import LONG, Flag, Outcome, advance
from gdtui.simulation.sampling import batches_of, noise_of
from gdtui.simulation.stepping import Before, LaneSetup, State, Stretch, Wrapped
from gdtui.simulation.stopping import Reason, Watch
from gdtui.simulation.wrappers import Kept, Wrappers, weight_of

#: Rows × parameters up to which every recorded batch is compared with the full gradient: the angle costs a pass over
#: the data for each recorded row.
COMPARED = 100_000
#: Rows of batches that are drawn at once: more of them leave the processor's cache.
ROWS = 32768
#: The same where the parameters that they name are updated apart: all of these are in each update of a piece.
ROWS_APART = 64
#: A first guess at the time of an update: of itself, and for each product of a row and a parameter.
CALL_SECONDS, TERM_SECONDS = 1e-6, 4e-9


class CompiledStepper:
    """Makes the updates of a rule with a kernel."""

    spacing = 256

    def __init__(self, setup: LaneSetup) -> None:
        self.setup = setup
        self.rule = cast(CompiledRule, setup.lane.rule)
        objective, d = setup.objective, setup.objective.dimension
        self._work = np.zeros(objective.work_size)
        self._grad, self._used, self._start, self._ahead = (np.zeros(d) for _ in range(4))
        self._part = self._ascended = self._uphill = np.zeros(0)
        self._tables = objective.model is not None and bool(objective.model.tables)
        self._kept_theta, self._kept_slots = np.zeros(0), np.zeros((0, 0))
        self._probed = np.zeros((len(self.rule.symbols), len(setup.coords)))
        self._last = np.full(setup.layout.width, np.nan)
        self._outcome = np.zeros(len(Outcome), dtype=np.int64)
        self._compare = objective.has_loss and max(1, len(objective.train)) * setup.dimension <= COMPARED
        rows = setup.lane.sampling.size(len(objective.train)) + len(objective.train)
        self.seconds = CALL_SECONDS + TERM_SECONDS * d * rows
        self._loop = FusedLoop()

    def kernels(self, values: Mapping[str, float]) -> tuple[Kernel, ...]:
        """Return every kernel that an update with these settings calls, the loop last."""
        rule = self.rule
        return self.setup.objective.kernel, self._transform(values).kernel, rule.kernel, rule.probe, advance

    def plan(self, updates: int) -> None:
        """Take it that so many updates will be made, of which few are recorded."""
        self._loop.plan(updates * self.seconds)

    def advance(
        self, state: State, n: int, values: Mapping[str, float], rates: Array, record: int, *, seen: bool = True,
        hurried: bool = False,
    ) -> Stretch:  # fmt: skip
        """Make up to n updates in one call of the compiled loop; see `Stepper.advance`."""
        setup, o = self.setup, self.setup.objective
        wrappers = Wrappers.of(values)
        self._make_room(state, wrappers)
        begun = perf_counter()
        plain = not hurried and self._is_plain(state, wrappers)
        unrecorded = min(n, record - state.update % record if record else n) - seen
        ahead = self._unrecorded(state, unrecorded, values, rates) if plain else 0
        if ahead == n:
            return Stretch(ahead, float("nan"), np.empty((0, setup.layout.width)), self._last, None)
        n, rates = n - ahead, rates[ahead:]
        each = wrappers.accumulate
        full, source, begin, end = self._batches(state.batches, n * each)
        hyper = np.array([values[name] for name in self.rule.defaults], dtype=np.float64)
        transform = self._transform(values)
        flags = self._flags(state, wrappers, transform, record, full=full)
        earlier = np.empty((len(state.kept), len(setup.coords)))
        rows = np.empty((n // record + 1 if record else 0, setup.layout.width))
        none = np.zeros(0)
        target = self._ahead if full else self._grad
        # where batches are compared with the full gradient, the loss after the update before can bring it along
        further = self._ahead if full or (self._compare and record == 1) else none
        slots = state.slots[: len(self.rule.slots), setup.coords]
        *called, loop = self.kernels(values)
        with np.errstate(all="ignore"):
            made = int(
                (loop.function if hurried else loop)(
                    *(each.function if hurried else each.pointer for each in called),
                    state.theta, state.slots, hyper, rates, state.update, n,
                    self._grad, self._used, self._start, self._ahead, target, further, none,
                    self._part, self._ascended, self._uphill, wrappers.numbers, earlier,
                    o.data, o.shape, self._work, o.train, o.held_out, source, begin, end,
                    self._noise(state.batches, n, each),
                    transform.settings, setup.blocks, setup.parts, state.watched, setup.coords, flags,
                    self._probed, rows, self._last, self._outcome,
                )
            )  # fmt: skip
        state.update += made
        state.batches += made * each
        state.evaluations += made * wrappers.evaluations
        state.reason = Reason(int(self._outcome[Outcome.REASON]))
        rows = rows[: self._outcome[Outcome.ROWS]]
        if record == 1 and made > 1:  # the row before the last is that of the update before
            blocks = (setup.layout.block(slot.name) for slot in self.rule.slots)
            slots = np.array([rows[-2, block] for block in blocks if block is not None])
        before = self._before(transform, {**values, "lr": float(rates[made - 1])}, slots)
        if wrappers != Wrappers():
            before = replace(before, wrapped=self._wrapped(state, wrappers, earlier))
        if not ahead and made > FEWEST and not len(rows):
            self._loop.spend(perf_counter() - begun)
        return Stretch(ahead + made, float(self._last[Column.LOSS]), rows, self._last.copy(), before)

    def _flags(
        self, state: State, wrappers: Wrappers, transform: GradientTransform, record: int, *, full: bool
    ) -> Indices:  # fmt: skip
        """Return the switches of the loop, by their positions in `Flag`."""
        flags = np.zeros(len(Flag), dtype=np.int64)
        flags[Flag.FULL_BATCH], flags[Flag.HAS_LOSS], flags[Flag.EVERY] = full, self.setup.objective.has_loss, record
        flags[Flag.COMPARE], flags[Flag.CLIP] = self._compare, transform.style
        flags[Flag.BATCHES] = 1 if full else wrappers.accumulate
        flags[Flag.EVALUATIONS], flags[Flag.COST] = state.evaluations, wrappers.evaluations
        flags[Flag.LOOKAHEAD], flags[Flag.LOOKAHEAD_FROM] = wrappers.lookahead, state.kept.get(Kept.SLOW, 0)
        flags[Flag.SLOW], flags[Flag.AVERAGE] = self._row(state, Kept.SLOW), self._average(state)
        flags[Flag.AVERAGE_AFTER] = self._average_after(state, wrappers)
        return flags

    def _is_plain(self, state: State, wrappers: Wrappers) -> bool:
        """Say whether updates are nothing but gradient, transform and rule, until one is not finite."""
        limits = state.watched[[Watch.LOSS, Watch.GRAD_NORM, Watch.PATIENCE]]
        return wrappers == Wrappers() and not state.kept and not self.setup.objective.noise and not limits.any()

    def _unrecorded(self, state: State, n: int, values: Mapping[str, float], rates: Array) -> int:
        """Make n updates of which no row is wanted, if the fused loop is there; return how many.

        The update that is not finite, if there is one, is left to the loop with a trace.
        """
        o, transform = self.setup.objective, self._transform(values)
        if n * (1 + o.dimension // LONG) < FEWEST:
            return 0
        loop = fused(o.kernel, transform.kernel, self.rule)
        if loop is None or not self._loop.ready(loop):
            return 0
        hyper = np.array([values[name] for name in self.rule.defaults], dtype=np.float64)
        decays = transform.coupled or transform.decoupled
        apart = self._tables and not decays and self.rule.rests(values, forgotten=True)
        sampling = self.setup.lane.sampling
        drawn = o.in_order or (len(o.train) and sampling.batch is not None)
        each = max(1, (ROWS_APART if apart else ROWS) // sampling.size(len(o.train))) if drawn else n
        made = 0
        while made < n:
            piece = min(n - made, each)
            found = self._fused(loop, state, piece, hyper, rates[made:], transform, apart=apart)
            made += found
            if found < piece:
                break
        return made

    def _fused(
        self, loop: Kernel, state: State, n: int, hyper: Array, rates: Array, transform: GradientTransform, *,
        apart: bool,
    ) -> int:  # fmt: skip
        """Make n updates, or those before one that may not be finite; return how many.

        If those that a batch names can be updated `apart` from the other parameters, only they are.
        """
        o, theta, slots, blocks = self.setup.objective, state.theta, state.slots, self.setup.blocks
        full, source, begin, end = self._batches(state.batches, n)
        found = narrowed(replace(o, data=o.data[source[begin[0] : end[-1]]]), ()) if apart and not full else None
        if found is not None:
            o, live = found
            source, begin, end = np.arange(len(o.data)), begin - begin[0], end - begin[0]
            theta, slots, blocks = theta[live], np.ascontiguousarray(slots[:, live]), o.blocks
        if self._kept_theta.shape != theta.shape or self._kept_slots.shape != slots.shape:
            self._kept_theta, self._kept_slots = np.empty_like(theta), np.empty_like(slots)
        self._kept_theta[:], self._kept_slots[:] = theta, slots
        grad, used = self._grad[: len(theta)], self._used[: len(theta)]
        made = n
        for _again in range(2):
            with np.errstate(all="ignore"):
                good = loop(
                    o.kernel.pointer, theta, slots, hyper, rates, state.update, made,
                    grad, used, o.data, o.shape, self._work, source, begin, end, full, o.has_loss,
                    transform.settings, int(transform.style), blocks,
                )  # fmt: skip
            if good == made:
                break
            made, theta[:], slots[:] = good, self._kept_theta, self._kept_slots
        if found is not None:
            state.theta[live], state.slots[:, live] = theta, slots
        state.update, state.batches, state.evaluations = (
            count + made for count in (state.update, state.batches, state.evaluations)
        )  # fmt: skip
        return made

    def _transform(self, values: Mapping[str, float]) -> GradientTransform:
        return GradientTransform.of(self.setup.lane.arithmetic, self.rule, values)

    def _batches(self, t0: int, n: int) -> tuple[bool, Indices, Indices, Indices]:
        return batches_of(self.setup.objective, self.setup.lane.sampling, self.setup.seed, t0, n)

    def _noise(self, t0: int, n: int, each: int) -> Array:
        """Return the noise of n updates, the mean over the batches of each; no batch before them is number t0 + 1."""
        lane = self.setup.lane
        stream = lane.stream or lane.name
        noise = noise_of(self.setup.objective, lane.sampling, stream, self.setup.seed, t0, n * each)
        return noise if each == 1 or not len(noise) else noise.reshape(n, each, -1).mean(axis=1)

    def _make_room(self, state: State, wrappers: Wrappers) -> None:
        """Give `state` the vectors that the wrappers keep; new ones begin at the parameters."""
        if tuple(state.kept) != wrappers.kept:
            own = max(1, len(self.rule.slots))
            held = dict(zip(state.kept, state.slots[own:], strict=True))
            state.slots = np.vstack([state.slots[:own], *(held.get(name, state.theta) for name in wrappers.kept)])
            state.kept = {name: state.kept.get(name, state.update) for name in wrappers.kept}
        d = self.setup.objective.dimension
        if wrappers.accumulate > 1 and not len(self._part):
            self._part = np.zeros(d)
        if wrappers.sam_rho and not len(self._uphill):
            self._ascended, self._uphill = np.zeros(d), np.zeros(d)

    def _row(self, state: State, name: Kept) -> int:
        """Return the row of the slots that holds a kept vector; −1: there is none."""
        return max(1, len(self.rule.slots)) + tuple(state.kept).index(name) if name in state.kept else -1

    def _average(self, state: State) -> int:
        """Return the row of the slots that holds an average of the parameters, the rule's own or a wrapper's."""
        own = (row for row, slot in enumerate(self.rule.slots) if slot.name == self.rule.answer)
        return next(own, self._row(state, Kept.AVERAGE))

    @staticmethod
    def _average_after(state: State, wrappers: Wrappers) -> int:
        """Return the update after which a wrapper's average begins; −1: there is none."""
        return max(wrappers.average_from - 1, state.kept[Kept.AVERAGE]) if Kept.AVERAGE in state.kept else -1

    def _wrapped(self, state: State, wrappers: Wrappers, earlier: Array) -> Wrapped:
        """Return what the wrappers did around the update just made."""
        coords, t = self.setup.coords, state.update
        nothing = np.full(len(coords), np.nan)
        ascended, uphill = (part[coords] if wrappers.sam_rho else nothing for part in (self._ascended, self._uphill))
        meets = Kept.SLOW in state.kept and (t - state.kept[Kept.SLOW]) % wrappers.lookahead == 0
        begins = self._average_after(state, wrappers)
        weight = weight_of(t - begins, wrappers.average_decay) if begins >= 0 else 0.0
        kept = dict(zip(state.kept, earlier, strict=True))
        with np.errstate(over="ignore"):
            g_norm = norm(self._grad)
        return Wrapped(wrappers, g_norm, ascended, uphill, kept, meets, weight)

    def _before(self, transform: GradientTransform, values: Mapping[str, float], slots: Array) -> Before:
        """Return what the update just made started from."""
        coords = self.setup.coords
        raw, used, start = self._grad[coords], self._used[coords], self._start[coords]
        clipped = self._uphill if values.get("sam_rho") else self._grad
        norms = transform.norms(clipped, self.setup.blocks, coords) if transform.clip_norm else raw
        hyper = {key: values[key] for key in self.rule.defaults}
        return Before(transform.theta(start, values["lr"]), used, slots, hyper, start, raw, norms, transform)
