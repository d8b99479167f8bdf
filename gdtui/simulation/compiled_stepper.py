"""Updates by the compiled loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from gdtui.columns import Column
from gdtui.kernel import Array, Indices
from gdtui.optimizers.language.compiled_rule import CompiledRule
from gdtui.simulation.gradient_transforms import GradientTransform
from gdtui.simulation.loop import Flag, Outcome, advance
from gdtui.simulation.sampling import batches, gradient_noise
from gdtui.simulation.stepping import Before, LaneSetup, NoMemory, State, Stretch
from gdtui.simulation.stopping import Reason

#: Rows × parameters up to which every recorded batch is compared with the full gradient.
COMPARED = 100_000


class CompiledStepper:
    """Makes the updates of a rule with a kernel.

    Parameters
    ----------
    setup
        what it works on.
    """

    spacing = 256

    def __init__(self, setup: LaneSetup) -> None:
        self.setup = setup
        self.rule = cast(CompiledRule, setup.lane.rule)
        objective, d = setup.objective, setup.objective.dimension
        self._work = np.zeros(objective.work_size)
        self._grad, self._used, self._start, self._ahead = (np.zeros(d) for _ in range(4))
        self._probed = np.zeros((len(self.rule.symbols), len(setup.coords)))
        self._last = np.full(setup.layout.width, np.nan)
        self._outcome = np.zeros(len(Outcome), dtype=np.int64)
        # the angle to the full gradient costs a pass over the data for each recorded row
        self._compare = objective.has_loss and max(1, len(objective.train)) * d <= COMPARED
        rows = setup.lane.sampling.size(len(objective.train)) + len(objective.train)
        self.seconds = 1e-6 + 4e-9 * d * rows

    def warm(self) -> None:
        """Compile what an update calls, ahead of the first."""
        for kernel in (advance, self._transform(self.setup.lane.values()).kernel, self.rule.kernel, self.rule.probe):
            kernel.compiled  # noqa: B018 - it compiles

    def memory(self, theta: Array) -> NoMemory:
        """Return no memory: parameters and slots are the whole state."""
        return NoMemory()

    def advance(self, state: State, n: int, values: Mapping[str, float], rates: Array, record: int) -> Stretch:
        """Make up to n updates in one call of the compiled loop; see `Stepper.advance`."""
        setup, o = self.setup, self.setup.objective
        full, source, begin, end = self._batches(state.update, n)
        hyper = np.array([values[name] for name in self.rule.defaults], dtype=np.float64)
        transform = self._transform(values)
        flags = np.zeros(len(Flag), dtype=np.int64)
        flags[Flag.FULL_BATCH], flags[Flag.HAS_LOSS], flags[Flag.EVERY] = full, o.has_loss, record
        flags[Flag.COMPARE], flags[Flag.CLIP] = self._compare, transform.style
        rows = np.empty((n // record + 1 if record else 0, setup.layout.width))
        none = np.zeros(0)
        target = self._ahead if full else self._grad
        # where batches are compared with the full gradient, the loss after the update before can bring it along
        further = self._ahead if full or (self._compare and record == 1) else none
        slots = state.slots[: len(self.rule.slots), setup.coords]
        with np.errstate(all="ignore"):
            made = int(
                advance(
                    o.kernel.pointer, transform.kernel.pointer, self.rule.kernel.pointer, self.rule.probe.pointer,
                    state.theta, state.slots, hyper, rates, state.update, n,
                    self._grad, self._used, self._start, self._ahead, target, further, none,
                    o.data, o.shape, self._work, o.train, o.held_out, source, begin, end, self._noise(state.update, n),
                    transform.settings, setup.blocks, state.watched, setup.coords, flags,
                    self._probed, rows, self._last, self._outcome,
                )
            )  # fmt: skip
        state.update += made
        state.reason = Reason(int(self._outcome[Outcome.REASON]))
        rows = rows[: self._outcome[Outcome.ROWS]]
        if len(rows) and made > 1:
            blocks = (setup.layout.block(slot.name) for slot in self.rule.slots)
            slots = np.array([rows[-2, block] for block in blocks if block is not None])
        before = self._before(transform, {**values, "lr": float(rates[made - 1])}, slots)
        return Stretch(made, float(self._last[Column.LOSS]), rows, before)

    def _transform(self, values: Mapping[str, float]) -> GradientTransform:
        return GradientTransform.of(self.setup.lane.arithmetic, self.rule, values)

    def _batches(self, t0: int, n: int) -> tuple[bool, Indices, Indices, Indices]:
        """Return (all rows at once?, order, begin, end): update t0 + j + 1 uses the rows order[begin[j]:end[j]]."""
        o, sampling = self.setup.objective, self.setup.lane.sampling
        if o.in_order:
            begin = np.arange(t0, t0 + n) % len(o.data)
            return False, np.arange(len(o.data)), begin, begin + 1
        if len(o.train) == 0 or sampling.batch is None:
            return True, o.train, np.zeros(1, dtype=np.int64), np.array([len(o.train)])
        return False, *batches(self.setup.seed, sampling, o.train, t0, n)

    def _noise(self, t0: int, n: int) -> Array:
        o, lane = self.setup.objective, self.setup.lane
        deviation = float(o.noise / np.sqrt(lane.sampling.size(len(o.train))))
        return gradient_noise(self.setup.seed, lane.stream or lane.name, deviation, o.dimension, t0, n)

    def _before(self, transform: GradientTransform, values: Mapping[str, float], slots: Array) -> Before:
        """Return what the update just made started from."""
        coords = self.setup.coords
        raw, used, start = self._grad[coords], self._used[coords], self._start[coords]
        norms = transform.norms(self._grad, self.setup.blocks, coords) if transform.clip_norm else raw
        hyper = {key: values[key] for key in self.rule.defaults}
        return Before(transform.theta(start, values["lr"]), used, slots, hyper, start, raw, norms, transform)
