"""The words a rule's signature is written in: what each parameter is, and its range.

For a type checker every one of them is `float`; the decorator in `base` reads the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from gdtui.kernel import Array


@dataclass(frozen=True)
class Slot:
    """State that a rule keeps from update to update, one number a coordinate."""

    role: str


@dataclass(frozen=True)
class Hyper:
    """A hyperparameter: the numbers it may be."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False
    whole: bool = False

    def contains(self, value: float) -> bool:
        """Say whether `value` is finite and in range."""
        if not float("-inf") < value < float("inf"):
            return False
        if self.whole and value != int(value):
            return False
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def describe(self) -> str:
        """Return the range as a reader would write it."""
        if self.whole:
            return f"a whole number ≥ {self.low:g}"
        if self.high == float("inf"):
            sign = ">" if self.low_open else "≥"
            return "any finite number" if self.low == float("-inf") else f"{sign} {self.low:g}"
        if self.low == float("-inf"):
            return f"{'<' if self.high_open else '≤'} {self.high:g}"
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"in {left}{self.low:g}, {self.high:g}{right}"


INF = float("inf")

#: First-moment memory: what has been coming in lately.
Velocity = Annotated[float, Slot("velocity")]
#: Second-moment memory: how large it has been.
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
#: A small number against division by zero.
Small = Annotated[float, Hyper(0.0, INF)]
#: A factor that may be anything from 0 up.
Factor = Annotated[float, Hyper(0.0, INF)]
#: A factor that makes smaller, and one that makes larger.
Shrink = Annotated[float, Hyper(0.0, 1.0, low_open=True, high_open=True)]
Grow = Annotated[float, Hyper(1.0, INF)]
#: An exponent that makes something fall.
Falling = Annotated[float, Hyper(-INF, 0.0)]
#: Any finite number.
Number = Annotated[float, Hyper(-INF, INF)]


@dataclass(frozen=True)
class Starts:
    """A slot's first value: a number, or the name of the hyperparameter that gives it."""

    at: float | str


def starts(at: float | str) -> float:
    """Give a slot a first value other than 0, as the default of its parameter."""
    return Starts(at)  # type: ignore[return-value]
