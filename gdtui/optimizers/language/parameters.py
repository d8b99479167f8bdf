"""The annotations of a rule's parameters: the roles of slots of state, and the ranges of settings.

For a type checker each is `float` or an array; `signature` reads the rest.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated

from gdtui.kernel import Array
from gdtui.text import _

#: The largest float; a whole number may be larger, and comparing it is exact.
LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Slot:
    """State that a rule keeps between updates, one number per coordinate."""

    role: str


@dataclass(frozen=True)
class Hyper:
    """The range of a hyperparameter."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False
    whole: bool = False

    def contains(self, value: float) -> bool:
        """Say whether `value` is finite and in range."""
        if not -LARGEST <= value <= LARGEST:
            return False
        if self.whole and value != int(value):
            return False
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def describe(self) -> str:
        """Return the range as people write it."""
        if self.whole:
            if self.high == float("inf"):
                return _("a whole number ≥ {low:g}").format(low=self.low)
            return _("a whole number ≥ {low:g} and ≤ {high:.0f}").format(low=self.low, high=self.high)
        if self.high == float("inf"):
            sign = ">" if self.low_open else "≥"
            return _("any finite number") if self.low == float("-inf") else f"{sign} {self.low:g}"
        if self.low == float("-inf"):
            return f"{'<' if self.high_open else '≤'} {self.high:g}"
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return _("in {range}").format(range=f"{left}{self.low:g}, {self.high:g}{right}")

    def scaled(self, value: float, factor: float) -> float:
        """Return the value times a factor, in four digits; `value` itself if that is out of range.

        For a fraction such as a decay β it is the memory 1 / (1 − β) that is multiplied. A whole number changes by 1 or
        more, and 0 becomes `SMALLEST` when it grows.
        """
        if (self.low, self.high) == (0.0, 1.0):
            new = max(0.0, 1.0 - (1.0 - value) / factor)
        elif self.whole:
            new = max(value + 1, round(value * factor)) if factor > 1 else min(value - 1, round(value * factor))
        else:
            new = SMALLEST if value == 0 and factor > 1 else value * factor
        new = float(f"{new:.4g}")
        return new if self.contains(new) else value


INF = float("inf")
#: What a setting of 0 becomes when it is turned up.
SMALLEST = 1e-4

#: First moment: an average or sum of recent gradients.
Velocity = Annotated[float, Slot("velocity")]
#: Second moment: how large the gradients have been.
Accumulator = Annotated[float, Slot("accumulator")]
#: Any other state.
Memory = Annotated[float, Slot("other")]

#: The same in a rule over whole blocks of parameters.
Velocities = Annotated[Array, Slot("velocity")]
Accumulators = Annotated[Array, Slot("accumulator")]
Memories = Annotated[Array, Slot("other")]

#: A learning rate.
Rate = Annotated[float, Hyper(0.0, INF)]
#: A decay of a moving average.
Decay = Annotated[float, Hyper(0.0, 1.0, high_open=True)]
#: The part of a velocity that an update keeps; with 1 it never forgets.
Momentum = Annotated[float, Hyper(0.0, 1.0)]
#: A small number that prevents division by zero.
Small = Annotated[float, Hyper(0.0, INF)]
#: A factor of at least 0.
Factor = Annotated[float, Hyper(0.0, INF)]
#: A factor below 1, and one of at least 1.
Shrink = Annotated[float, Hyper(0.0, 1.0, low_open=True, high_open=True)]
Grow = Annotated[float, Hyper(1.0, INF)]
#: An exponent of at most 0.
Falling = Annotated[float, Hyper(-INF, 0.0)]
#: A whole number from 1 up.
Count = Annotated[float, Hyper(1.0, INF, whole=True)]
#: Any finite number.
Number = Annotated[float, Hyper(-INF, INF)]


@dataclass(frozen=True)
class Starts:
    """A slot's initial value: a number, the name of the hyperparameter that holds it, or "theta": the parameters."""

    at: float | str


def starts(at: float | str) -> float:
    """Return the default of a slot's parameter that gives it an initial value other than 0."""
    return Starts(at)  # type: ignore[return-value]
