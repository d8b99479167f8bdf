"""What becomes of a gradient before the rule gets it: clipping and weight decay, as each library does them.

| dialect  | weight decay                                   | clip_norm                        |
|----------|------------------------------------------------|----------------------------------|
| keras    | decoupled, before the update (Optimizer.apply) | clipnorm: of each block          |
| optax    | decoupled (add_decayed_weights)                | clip_by_global_norm              |
| pytorch  | into the gradient (L2)                         | clip_grad_norm_, its 1e-6 in it  |
| others   | into the gradient (L2)                         | of the whole gradient            |

A rule with a `weight_decay` of its own decays by its own text. The norm is clipped first, then each coordinate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdtui.kernel import Array, Indices, Kernel
from gdtui.optimizers import Rule
from gdtui.optimizers.language.block_operations import norm
from gdtui.simulation.loop import CLIP_BLOCKS, CLIP_TORCH, CLIP_WHOLE, decayed, hand_over, prepare

DECOUPLED = ("keras", "optax")
CLIPPING = {"pytorch": CLIP_TORCH, "keras": CLIP_BLOCKS}


@dataclass(frozen=True)
class Preparation:
    """What is done to a gradient with these settings; 0 = off.

    Parameters
    ----------
    clip_norm, clip_value
        the bounds.
    coupled, decoupled
        the weight decay, in the one way or the other.
    style
        how the norm is clipped, one of the CLIP_… of `gdtui.simulation.loop`.
    """

    clip_norm: float = 0.0
    clip_value: float = 0.0
    coupled: float = 0.0
    decoupled: float = 0.0
    style: int = CLIP_WHOLE

    @classmethod
    def of(cls, dialect: str, rule: Rule, values: Mapping[str, float]) -> Preparation:
        """Return what a rule's dialect makes of a lane's settings."""
        clip_norm, clip_value, decay = (
            values[key] if key in rule.common else 0.0 for key in ("clip_norm", "clip_value", "weight_decay")
        )
        apart = dialect in DECOUPLED
        coupled, decoupled = (0.0, decay) if apart else (decay, 0.0)
        style = CLIPPING.get(dialect, CLIP_WHOLE)
        return cls(clip_norm, clip_value, coupled, decoupled, style)

    @property
    def kernel(self) -> Kernel:
        """What does it, compiled."""
        return prepare if any(self.settings) else hand_over

    @property
    def settings(self) -> Array:
        """The numbers as `gdtui.simulation.loop.prepare` takes them."""
        return np.array([self.clip_norm, self.clip_value, self.coupled, self.decoupled])

    def theta(self, start: Array, lr: float) -> Array:
        """Return the parameters as the rule gets them."""
        after: Any = decayed(start, lr, self.decoupled) if self.decoupled else start  # type: ignore[arg-type]
        return np.asarray(after)

    def norms(self, grad: Array, blocks: Indices, coords: Indices) -> Array:
        """Return for each coordinate the norm that its gradient is clipped by."""
        if self.style != CLIP_BLOCKS:
            return np.full(len(coords), norm(grad))
        spans = [(first, first + rows * cols) for first, rows, cols in blocks]
        return np.array([next(norm(grad[a:b]) for a, b in spans if a <= i < b) for i in coords])
