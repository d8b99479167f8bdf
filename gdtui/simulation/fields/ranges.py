"""Values that a sweep goes through, as people write them.

`0.001,0.01,0.1` are these values; `LOW:HIGH:COUNT` are so many from LOW to HIGH, `LOW:HIGH:COUNT:log` with a constant
factor between neighbours; `LOW:HIGH` and `LOW:HIGH:log` are ranges to draw from at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.errors import ParameterError
from gdtui.kernel import Array
from gdtui.objectives.data.random_streams import raw_stream, uniforms
from gdtui.text import _

#: The most values of a range, and the most members of a sweep.
MOST = 10_000_000


@dataclass(frozen=True)
class Range:
    """The values of one key: given ones, or `count` from low to high (0: to draw from), spaced evenly or by factors.

    Raises
    ------
    ParameterError
        there are no such values.
    """

    key: str
    given: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0
    count: int = 0
    log: bool = False

    def __post_init__(self) -> None:
        if not all(map(np.isfinite, (*self.given, self.low, self.high))):
            raise ParameterError(self.key, _("{key}: values must be finite").format(key=self.key))
        if self.given:
            return
        if not self.low < self.high:
            message = _("{key}: a range goes up, not from {low:g} to {high:g}")
            raise ParameterError(self.key, message.format(key=self.key, low=self.low, high=self.high))
        if self.log and self.low <= 0:
            message = _("{key}: a logarithmic range begins above 0, not at {low:g}")
            raise ParameterError(self.key, message.format(key=self.key, low=self.low))
        if not 0 <= self.count <= MOST or self.count == 1:
            message = _("{key}: a range has 2 to 10**7 values, not {count}")
            raise ParameterError(self.key, message.format(key=self.key, count=self.count))

    @property
    def is_drawn(self) -> bool:
        """Whether its values are drawn at random."""
        return not self.given and not self.count

    @property
    def values(self) -> Array:
        """The values in order; of a range to draw from none."""
        if self.given:
            return np.array(self.given)
        space = np.geomspace if self.log else np.linspace
        found: Array = space(self.low, self.high, self.count)
        return found

    def draw(self, seed: int, count: int) -> Array:
        """Return values at random, a pure function of seed and key; of given ones any."""
        part = uniforms(raw_stream(seed, f"sweep {self.key}", 0, count))
        if self.given or self.count:
            values = self.values
            found: Array = values[(part * len(values)).astype(np.int64)]
            return found
        if self.log:
            low, high = np.log(self.low), np.log(self.high)
            drawn: Array = np.clip(np.exp(low + part * (high - low)), self.low, self.high)
            return drawn
        return self.low + part * (self.high - self.low)


def read_range(text: str) -> Range:
    """Return the range of a text such as ``lr=1e-4:1:20:log``.

    Raises
    ------
    ParameterError
        it is none; the key is "over".
    """
    key, sign, written = (part.strip() for part in text.partition("="))
    words = [word.strip() for word in written.split(":")]
    log = words[-1] == "log"
    try:
        if not key or not sign:
            raise ValueError
        if ":" not in written:
            return Range(key, tuple(float(word) for word in written.split(",")))
        low, high, *count = words[: len(words) - log]
        if len(count) > 1:
            raise ValueError
        return Range(key, (), float(low), float(high), int(count[0]) if count else 0, log)
    except ParameterError:
        raise
    except ValueError:
        message = _("KEY=A,B,… or KEY=LOW:HIGH:COUNT[:log] is wanted, as lr=1e-4:1:20:log, not {!r}")
        raise ParameterError("over", message.format(text)) from None
