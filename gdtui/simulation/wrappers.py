"""What goes around an optimizer, whichever it is: accumulation, SAM, Lookahead, an average of the weights.

| settings                        | what happens                                                                       |
|---------------------------------|------------------------------------------------------------------------------------|
| accumulate = k                  | an update averages the gradients of k batches                                      |
| sam_rho = ρ                     | the gradient is taken at θ + ρ·g/‖g‖, on the same batch: Foret et al. 2021, alg. 1 |
| lookahead = k, lookahead_alpha  | every k updates θ and the slow weights meet: Zhang et al. 2019, alg. 1             |
| average_from = t, average_decay | θ̄ averages θ from update t on; until then it follows θ                             |

With average_decay 0, θ̄ is the mean: SWA with cycle length 1, Izmailov et al. 2018, alg. 1. Otherwise it is a moving
average that begins at the first θ. Both are as in torch.optim.swa_utils.AveragedModel. θ does not depend on θ̄.

The formulas are plain functions: the compiled loop calls them, and `gdtui.insight` shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np

from gdtui.kernel import Array, Indices


class Kept(StrEnum):
    """A vector that a wrapper keeps between updates."""

    SLOW = "slow"
    AVERAGE = "average"


class Wrapper(IntEnum):
    """Positions in the array that the compiled loop takes."""

    #: ρ; 0: no SAM.
    SAM = 0
    LOOKAHEAD_ALPHA = 1
    AVERAGE_DECAY = 2


def ascended(theta: float, g: float, g_norm: float, sam_rho: float) -> float:
    """Go uphill along the gradient by the length `sam_rho`; stay where the gradient is 0."""
    return theta + sam_rho * g / g_norm if g_norm > 0 else theta


def met(slow: float, theta: float, lookahead_alpha: float) -> float:
    """Return where slow and fast weights meet."""
    return slow + lookahead_alpha * (theta - slow)


def averaged(average: float, theta: float, weight: float) -> float:
    """Take the new parameters into the average."""
    return average + weight * (theta - average)


def weight_of(count: int, average_decay: float) -> float:
    """Return the weight of the parameters that are the `count`-th to enter the average; until the first it is 1."""
    if count <= 1:
        return 1.0
    return 1.0 - average_decay if average_decay > 0.0 else 1.0 / count


def mean_gradient(
    objective: Callable[..., float], theta: Array, data: Array, source: Indices, begin: Indices, end: Indices,
    first: int, count: int, shape: Indices, work: Array, grad: Array, part: Array,
) -> float:  # fmt: skip
    """Write the mean gradient of `count` batches from number `first` on to `grad`; return their mean loss."""
    loss = objective(theta, data, source, begin[first], end[first], shape, work, grad)
    for batch in range(first + 1, first + count):
        loss += objective(theta, data, source, begin[batch], end[batch], shape, work, part)
        for i in range(theta.shape[0]):
            grad[i] += part[i]
    if count > 1:
        loss /= count
        for i in range(theta.shape[0]):
            grad[i] /= count
    return loss


@dataclass(frozen=True)
class Wrappers:
    """The wrappers in force; the defaults change nothing."""

    accumulate: int = 1
    sam_rho: float = 0.0
    lookahead: int = 0
    lookahead_alpha: float = 0.5
    average_from: int = 0
    average_decay: float = 0.0

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Wrappers:
        """Return the wrappers that a lane's settings ask for; a rule that takes none has no such settings."""
        return cls(
            int(values.get("accumulate", 1)), values.get("sam_rho", 0.0), int(values.get("lookahead", 0)),
            values.get("lookahead_alpha", 0.5), int(values.get("average_from", 0)), values.get("average_decay", 0.0),
        )  # fmt: skip

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The vectors that they keep."""
        wanted = {Kept.SLOW: self.lookahead, Kept.AVERAGE: self.average_from}
        return tuple(name for name, on in wanted.items() if on)

    @property
    def evaluations(self) -> int:
        """Evaluations of value and gradient that an update costs."""
        return self.accumulate * (2 if self.sam_rho else 1)

    @property
    def numbers(self) -> Array:
        """The numbers by their positions in `Wrapper`."""
        return np.array([self.sam_rho, self.lookahead_alpha, self.average_decay])
