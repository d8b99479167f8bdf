"""The compiled loop at work on one lane: what goes in, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.objectives.objective import Objective
from gdtui.optimizers.language.compiled_rule import CompiledRule
from gdtui.optimizers.language.rule_text import Numbers
from gdtui.simulation.experiment import Lane
from gdtui.simulation.gradient_transforms import Preparation
from gdtui.simulation.loop import HEAD, advance
from gdtui.simulation.sampling import batches, gradient_noise
from gdtui.simulation.trace import Layout

#: Rows × parameters up to which every recorded batch is compared with the full gradient.
COMPARED = 100_000


@dataclass(frozen=True, eq=False)
class Before:
    """What the last update started from, at the watched coordinates, for the explanation.

    Parameters
    ----------
    theta, grad
        what the rule got: clipped and decayed.
    slots, hyper
        its state and settings.
    start, raw
        parameters and gradient as they were before that.
    norms
        what the gradient at each coordinate was clipped by.
    preparation
        how it was clipped and decayed.
    numbers
        what a solver's update was made of, over all coordinates.
    """

    theta: Array
    grad: Array
    slots: Array
    hyper: Mapping[str, float]
    start: Array
    raw: Array
    norms: Array
    preparation: Preparation = field(default_factory=Preparation)
    numbers: Numbers = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Stretch:
    """Updates made in one go: how many, where that led, the rows written, what the last one started from."""

    made: int
    status: int
    why: int
    rows: Array
    loss: float
    before: Before


class Looping:
    """A rule with a kernel at work on one lane.

    Parameters
    ----------
    spec, objective, seed, layout, coords, blocks
        of the lane.
    stops
        as of the compiled loop, which keeps them up to date.
    """

    def __init__(
        self,
        spec: Lane,
        objective: Objective,
        seed: int,
        layout: Layout,
        coords: Indices,
        blocks: Indices,
        stops: Array,
    ) -> None:
        self.spec, self.objective, self.seed, self.layout = spec, objective, seed, layout
        self.rule, self.coords, self._blocks, self._stops = cast(CompiledRule, spec.rule), coords, blocks, stops
        d = objective.dimension
        self._work = np.zeros(objective.work_size)
        self._scratch = (np.zeros(d), np.zeros(d), np.zeros(d), np.zeros(d), np.zeros(0))
        self._probed = np.zeros((len(self.rule.symbols), len(coords)))
        self._last = np.full(layout.width, np.nan)
        self._outcome = np.zeros(3, dtype=np.int64)
        # the angle to the full gradient costs a pass over the data for each recorded row
        self._compare = objective.has_loss and max(1, len(objective.train)) * d <= COMPARED

    def warm(self) -> None:
        """Compile what an update calls, ahead of the first."""
        advance.compiled  # noqa: B018 - it compiles
        Preparation.of(self.spec.arithmetic, self.rule, self.spec.values()).kernel.compiled  # noqa: B018
        self.rule.kernel.compiled  # noqa: B018
        self.rule.probe.compiled  # noqa: B018

    def make(
        self, theta: Array, slots: Array, t0: int, n: int, values: Mapping[str, float], rates: Array, record: int
    ) -> Stretch:
        """Make up to n updates in one call of the compiled loop, in place.

        Parameters
        ----------
        theta, slots
            parameters and state after update `t0`.
        values, rates
            the settings in force, and the learning rate of each update.
        record
            which rows to write: every so many (0: none).
        """
        o, spec = self.objective, self.spec
        full = not o.in_order and (len(o.train) == 0 or spec.sampling.batch is None)
        if full:
            source, begin, end = o.train, np.zeros(1, dtype=np.int64), np.array([len(o.train)])
        elif o.in_order:
            begin = np.arange(t0, t0 + n) % len(o.data)
            source, end = np.arange(len(o.data)), begin + 1
        else:
            source, begin, end = batches(self.seed, spec.sampling, o.train, t0, n)
        deviation = o.noise / np.sqrt(spec.sampling.size(len(o.train)))
        noise = gradient_noise(self.seed, spec.stream or spec.name, float(deviation), o.dimension, t0, n)
        hyper = np.array([values[name] for name in self.rule.defaults])
        preparation = Preparation.of(spec.arithmetic, self.rule, values)
        flags = np.array([full, o.has_loss, record, self._compare, preparation.style], dtype=np.int64)
        rows = np.empty((n // record + 1 if record else 0, self.layout.width))
        grad, used, start, ahead, none = self._scratch
        # a batch is compared with the full gradient: the loss after the update before can bring it along
        further = ahead if full or (self._compare and record == 1) else none
        held = slots[: len(self.rule.slots), self.coords]
        with np.errstate(all="ignore"):
            made = int(
                advance(
                    o.kernel.pointer, preparation.kernel.pointer, self.rule.kernel.pointer, self.rule.probe.pointer,
                    theta, slots, hyper, rates, t0, n,
                    grad, used, start, ahead, ahead if full else grad, further, none,
                    o.data, o.shape, self._work, o.train, o.held_out, source, begin, end, noise,
                    preparation.settings, self._blocks, self._stops, self.coords, flags,
                    self._probed, rows, self._last, self._outcome,
                )
            )  # fmt: skip
        status, written, why = (int(v) for v in self._outcome)
        rows = rows[:written]
        if written and made > 1:
            blocks = (self.layout.block(slot.name) for slot in self.rule.slots)
            held = np.array([rows[-2, block] for block in blocks if block is not None])
        before = self._before(preparation, {**values, "lr": float(rates[made - 1])}, held)
        return Stretch(made, status, why, rows, float(self._last[HEAD.index("loss")]), before)

    def _before(self, preparation: Preparation, values: Mapping[str, float], slots: Array) -> Before:
        """Return what the update just made started from."""
        raw, used, start = (self._scratch[i][self.coords] for i in range(3))
        theta = preparation.theta(start, values["lr"])
        norms = preparation.norms(self._scratch[0], self._blocks, self.coords) if preparation.clip_norm else raw
        hyper = {key: values[key] for key in self.rule.defaults}
        return Before(theta, used, slots, hyper, start, raw, norms, preparation)
