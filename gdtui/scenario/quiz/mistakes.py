"""Wrong choices that are common mistakes, kept apart from the right one and from each other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

#: How many choices a question has, and how far apart they are, as a part of the largest distance.
CHOICES, APART = 4, 0.04
DIGITS = 4


def rounded(value: float) -> float:
    """Return a number with so many significant digits as a choice shows."""
    return float(f"{value:.{DIGITS}g}")


def choices_of(right: float, mistakes: Iterable[float], others: Iterable[float]) -> list[float] | None:
    """Return the right number and the first mistakes that differ clearly, then others; None if there are too few.

    A choice differs clearly if nobody who computes in the head takes it for another one.
    """
    found = [rounded(right)]
    wrong = [rounded(value) for value in (*mistakes, *others) if math.isfinite(value)]
    for value in wrong:
        scale = max(abs(value), *(abs(each) for each in found))
        if all(abs(value - each) > APART * scale for each in found) and len(found) < CHOICES:
            found.append(value)
    return found if len(found) >= 3 else None


def tolerance(choices: Iterable[float]) -> float:
    """Return a tolerance that takes one choice alone: a tenth of the least distance, and more than rounding."""
    ordered = sorted(choices)
    gap = min(b - a for a, b in pairwise(ordered))
    return float(f"{gap / 10:.2g}")
