"""A lane that works on those parameters only that ever move; the others stay as they began, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.objectives.network.narrowing import narrowed
from gdtui.simulation.gradient_transforms import GradientTransform
from gdtui.simulation.stepping import LaneSetup, State
from gdtui.simulation.suitability import blocks_of
from gdtui.simulation.waypoints import MOST


@dataclass(frozen=True, eq=False)
class Narrow:
    """The parameters that move, and what the others keep.

    Parameters
    ----------
    setup
        what the stepper works on.
    live
        the numbers of the parameters that move.
    theta, slots
        all parameters and the rule's whole state at the start.
    """

    setup: LaneSetup
    live: Indices
    theta: Array
    slots: Array

    def part(self, state: State) -> State:
        """Return the part of a state that changes."""
        return replace(state, theta=state.theta[self.live], slots=np.ascontiguousarray(state.slots[:, self.live]))

    def whole(self, state: State) -> State:
        """Return a state of all parameters."""
        return replace(state, theta=self.all_theta(state.theta), slots=self.all_slots(state.slots))

    def all_theta(self, theta: Array) -> Array:
        """Return all parameters."""
        whole = self.theta.copy()
        whole[self.live] = theta
        return whole

    def all_slots(self, slots: Array) -> Array:
        """Return the whole state: the rule's, then vectors that wrappers keep, which begin at the parameters."""
        whole = np.vstack((self.slots, np.tile(self.theta, (len(slots) - len(self.slots), 1))))
        whole[:, self.live] = slots
        return whole


def narrow(setup: LaneSetup, theta: Array, settings: Sequence[Mapping[str, float]]) -> Narrow | None:
    """Return what a lane can work on in place of all parameters; None if all of them may move, or most.

    Parameters
    ----------
    setup
        what it works on as it is.
    theta
        the parameters at the start.
    settings
        those of the start, and those after each change.
    """
    o = setup.objective
    if o.dimension <= MOST or o.noise or not np.all(np.isfinite(theta)) or not at_rest(setup, settings):
        return None
    found = narrowed(o, setup.layout.coords)
    if found is None or len(found[1]) > o.dimension // 2:
        return None
    fewer, live = found
    coords, parts = np.searchsorted(live, setup.coords), np.searchsorted(live, setup.parts)
    inner = replace(setup, objective=fewer, coords=coords, blocks=blocks_of(fewer), parts=parts)
    return Narrow(inner, live, theta, setup.lane.rule.initial_slots(theta, settings[0]))


def at_rest(setup: LaneSetup, settings: Sequence[Mapping[str, float]]) -> bool:
    """Say whether with all these settings a parameter that never has a gradient stays as it is."""
    rule, dialect = setup.lane.rule, setup.lane.arithmetic
    decays = (GradientTransform.of(dialect, rule, values) for values in settings)
    return all(map(rule.rests, settings)) and not any(decay.coupled or decay.decoupled for decay in decays)
