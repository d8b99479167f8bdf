"""Losses as steps of a scale, from the lowest to the highest: the cells of a map, and the key to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array, Indices
from gdtui.plot.figure import Swatch
from gdtui.text import number

#: Steps from low losses to high ones, and their characters where there are no colours.
STEPS, GLYPHS = 16, "@@%%##**++==--::"
#: The role of their colours.
ROLE = "field"
#: Losses that are higher above the lowest than this part of the highest are told apart by their logarithms.
FINEST = 1e-8
#: Digits that a key has at most.
MOST_DIGITS = 8
#: The least depth of an even scale: a deeper one is logarithmic.
DEEP = 0.1
#: A loss that falls by this many times as much as it was at the start has no lowest value, as on a saddle; how low the
#: scale goes then, so that it is a number.
BOTTOMLESS, LOWEST = 1e4, -1e307


def shades_of(
    losses: Array, start: float, minima: Iterable[Sequence[float]]
) -> tuple[Indices, tuple[Swatch, ...]]:  # fmt: skip
    """Return the step of each loss and the key to the steps, as `LossScale` has them; `minima` end with their loss."""
    scale = LossScale.of(losses, start, min((minimum[-1] for minimum in minima), default=None))
    return (np.full(len(losses), -1), ()) if scale is None else (scale.steps(losses), scale.key())


@dataclass(frozen=True)
class LossScale:
    """A scale from the lowest loss to the highest; by logarithms above the lowest if `depth` is below `DEEP`.

    `depth` is the height of the first step above the lowest, as a part of the whole. A `bottomless` scale is by
    logarithms below the highest, and `depth` is the fall of its last step.
    """

    lowest: float
    highest: float
    depth: float
    bottomless: bool = False

    @classmethod
    def of(cls, losses: Array, start: float, known: float | None = None) -> LossScale | None:
        """Return the scale for losses [n]; None: none of them is finite.

        Parameters
        ----------
        start
            the loss from which the runs begin: everything above is the highest step, unless nothing is below.
        known
            the lowest loss that there can be.
        """
        good = losses[np.isfinite(losses)]
        if not len(good):
            return None
        lowest = float(good.min()) if known is None else min(float(good.min()), known)
        highest = float(np.quantile(good, 0.95))
        highest = min(highest, start) if lowest < start else highest
        if highest <= lowest:
            return cls(lowest, lowest, 1.0)
        if known is None and min(highest, start) - lowest > BOTTOMLESS * max(abs(highest), abs(start)):
            lowest = max(lowest, LOWEST)
            falls = (highest - good[good < highest]) / (highest - lowest)
            return cls(lowest, highest, float(np.quantile(falls, 0.02)), bottomless=True)
        above = np.maximum((good - lowest) / (highest - lowest), FINEST)
        return cls(lowest, highest, max(FINEST, float(np.quantile(above, 0.02))))

    def steps(self, losses: Array) -> Indices:
        """Return the step of each loss, 0 the lowest; −1: not finite."""
        codes = np.where(np.isfinite(losses), 0, -1)
        if self.highest > self.lowest:
            good = codes == 0
            part = self._part(losses[good])
            codes[good] = np.clip(np.round(part * (STEPS - 1)), 0, STEPS - 1).astype(np.int64)
        return codes

    def _part(self, losses: Array) -> Array:
        """Return where losses are on the scale: 0 the lowest, 1 the highest; some are beyond."""
        whole = self.highest - self.lowest
        if self.bottomless:
            falls: Array = np.log(np.maximum((self.highest - losses) / whole, self.depth)) / np.log(self.depth)
            return falls
        above = np.maximum((losses - self.lowest) / whole, FINEST)
        return 1.0 - np.log(above) / np.log(self.depth) if self.depth < DEEP else above

    def loss_at(self, step: float) -> float:
        """Return the loss at a position on the scale; halves are the borders between steps."""
        part, whole = step / (STEPS - 1), self.highest - self.lowest
        if self.bottomless:
            return float(self.highest - self.depth**part * whole)
        above = self.depth ** (1.0 - part) if self.depth < DEEP else part
        return float(self.lowest + above * whole)

    def key(self) -> tuple[Swatch, ...]:
        """Return the key: the steps between the losses at the upper border of the first, the middle and the last."""
        if self.highest <= self.lowest:
            text = number(self.lowest)
            return (Swatch((0, 0), text, text),)
        borders = [self.loss_at(step) for step in (0.5, STEPS / 2 - 0.5, STEPS - 1.5)]
        (low, middle, high), (short_low, short_high) = _apart(borders, 3), _apart([borders[0], borders[-1]], 2)
        half = tuple(range(STEPS // 2)), tuple(range(STEPS // 2, STEPS))
        return (
            Swatch((), f"≤{low}", f"≤{short_low}"), Swatch(half[0], middle, ""),
            Swatch(half[1], f"≥{high}", f"≥{short_high}"),
        )  # fmt: skip


def _apart(values: Sequence[float], digits: int) -> list[str]:
    """Return numbers in so many digits, or in as many as tell them apart."""
    texts: list[str] = []
    for more in range(digits, MOST_DIGITS + 1):
        texts = [number(value, more) for value in values]
        if len(set(texts)) == len(texts):
            break
    return texts
