"""What happens to a gradient before the rule gets it: clipping and weight decay, as each library does them.

| dialect  | weight decay                                   | clip_norm                        |
|----------|------------------------------------------------|----------------------------------|
| keras    | decoupled, before the update (Optimizer.apply) | clipnorm: of each block          |
| optax    | decoupled (add_decayed_weights)                | clip_by_global_norm              |
| pytorch  | into the gradient (L2)                         | clip_grad_norm_, its 1e-6 in it  |
| others   | into the gradient (L2)                         | of the whole gradient            |

A rule with a `weight_decay` of its own applies it in its own text. The norm is clipped first, then each coordinate.
The formulas are plain functions: the compiled loop calls them, and `gdtui.insight` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

import numpy as np

from gdtui.kernel import Array, Indices, Kernel, kernel
from gdtui.optimizers import Rule
from gdtui.optimizers.language.block_operations import norm

Number = TypeVar("Number", float, Array)

#: The kernel's signature: (grad[d], theta[d], lr, settings, style, blocks[b, 3], used[d]).
TRANSFORM = "void(f8[::1], f8[::1], f8, f8[::1], i8, i8[:, ::1], f8[::1])"

DECOUPLED = ("keras", "optax")


class Clip(IntEnum):
    """How a norm is clipped: of the whole gradient; as torch does it; of each block, as Keras does it."""

    WHOLE = 0
    TORCH = 1
    BLOCKS = 2


class Setting(IntEnum):
    """Positions of the settings in the array that the kernel takes; 0 is off."""

    CLIP_NORM = 0
    CLIP_VALUE = 1
    COUPLED_DECAY = 2
    DECOUPLED_DECAY = 3


CLIPPING = {"pytorch": Clip.TORCH, "schedulefree": Clip.TORCH, "keras": Clip.BLOCKS}


def clipped_by_norm(g: float, g_norm: float, clip_norm: float) -> float:
    """Shorten a gradient that is longer than `clip_norm`: Pascanu, Mikolov & Bengio 2013, alg. 1."""
    return g * min(1.0, clip_norm / g_norm)


def clipped_by_norm_torch(g: float, g_norm: float, clip_norm: float) -> float:
    """Shorten a gradient as torch.nn.utils.clip_grad_norm_ does."""
    return g * min(1.0, clip_norm / (g_norm + 1e-6))


def clipped_by_value(g: float, clip_value: float) -> float:
    """Clip one coordinate of a gradient to ± `clip_value`."""
    return min(max(g, -clip_value), clip_value)


def with_decay(g: float, theta: float, weight_decay: float) -> float:
    """Add the gradient of the penalty ½λ‖θ‖²: it passes through the optimizer's state."""
    return g + weight_decay * theta


def decayed(theta: Number, lr: float, weight_decay: float) -> Number:
    """Let a parameter decay by itself, apart from the update: Loshchilov & Hutter 2019."""
    return theta - lr * weight_decay * theta


def given_to_rule(
    g: float, theta: float, g_norm: float, clip_norm: float, clip_value: float, coupled: float, style: int
) -> float:  # fmt: skip
    """Return one coordinate of a gradient after clipping and the decay that passes through the optimizer's state."""
    if clip_norm > 0.0:
        torch = style == Clip.TORCH
        g = clipped_by_norm_torch(g, g_norm, clip_norm) if torch else clipped_by_norm(g, g_norm, clip_norm)
    if clip_value > 0.0:
        g = clipped_by_value(g, clip_value)
    return with_decay(g, theta, coupled) if coupled > 0.0 else g


@kernel(TRANSFORM)
def unchanged(
    grad: Array, theta: Array, lr: float, settings: Array, style: int, blocks: Indices, used: Array
) -> None:  # fmt: skip
    """Give the rule the gradient as it is."""
    for i in range(theta.shape[0]):
        used[i] = grad[i]


@kernel(TRANSFORM)
def clipped_and_decayed(
    grad: Array, theta: Array, lr: float, settings: Array, style: int, blocks: Indices, used: Array
) -> None:  # fmt: skip
    """Write what the rule gets to `used`; decoupled decay changes theta itself.

    Parameters
    ----------
    settings, style
        see `Setting` and `Clip`.
    """
    d = theta.shape[0]
    clip_norm, clip_value = settings[Setting.CLIP_NORM], settings[Setting.CLIP_VALUE]
    coupled, decoupled = settings[Setting.COUPLED_DECAY], settings[Setting.DECOUPLED_DECAY]
    for b in range(blocks.shape[0] if style == Clip.BLOCKS else 1):
        low = blocks[b, 0] if style == Clip.BLOCKS else 0
        high = low + blocks[b, 1] * blocks[b, 2] if style == Clip.BLOCKS else d
        total = 0.0
        for i in range(low, high):
            total += grad[i] * grad[i]
        length = np.sqrt(total)
        for i in range(low, high):
            g = given_to_rule(grad[i], theta[i], length, clip_norm, clip_value, coupled, style)
            if decoupled > 0.0:
                theta[i] = decayed(theta[i], lr, decoupled)
            used[i] = g


@dataclass(frozen=True)
class GradientTransform:
    """What happens to a gradient with these settings; 0 is off.

    Parameters
    ----------
    clip_norm, clip_value
        the bounds.
    coupled, decoupled
        weight decay through the gradient, and of the parameters themselves.
    style
        how the norm is clipped.
    """

    clip_norm: float = 0.0
    clip_value: float = 0.0
    coupled: float = 0.0
    decoupled: float = 0.0
    style: Clip = Clip.WHOLE

    @classmethod
    def of(cls, dialect: str, rule: Rule, values: Mapping[str, float]) -> GradientTransform:
        """Return the transform of a lane's settings in a rule's dialect."""
        clip_norm, clip_value, decay = (
            values[key] if key in rule.common else 0.0 for key in ("clip_norm", "clip_value", "weight_decay")
        )
        apart = dialect in DECOUPLED
        coupled, decoupled = (0.0, decay) if apart else (decay, 0.0)
        style = CLIPPING.get(dialect, Clip.WHOLE)
        return cls(clip_norm, clip_value, coupled, decoupled, style)

    @property
    def kernel(self) -> Kernel:
        """The compiled function that does it."""
        return clipped_and_decayed if any(self.settings) else unchanged

    @property
    def settings(self) -> Array:
        """The numbers by their positions in `Setting`."""
        return np.array([self.clip_norm, self.clip_value, self.coupled, self.decoupled])

    def theta(self, start: Array, lr: float) -> Array:
        """Return the parameters as the rule gets them."""
        return decayed(start, lr, self.decoupled) if self.decoupled else start

    def norms(self, grad: Array, blocks: Indices, coords: Indices) -> Array:
        """Return for each coordinate the norm by which its gradient is clipped."""
        if self.style != Clip.BLOCKS:
            return np.full(len(coords), norm(grad))
        spans = [(first, first + rows * cols) for first, rows, cols in blocks]
        return np.array([next(norm(grad[a:b]) for a, b in spans if a <= i < b) for i in coords])
