"""Losses as steps of a scale, from the lowest to the highest: the cells of a map."""

from __future__ import annotations

import numpy as np

from gdtui.kernel import Array, Indices

#: Steps from low losses to high ones, and their characters where there are no colours.
STEPS, GLYPHS = 16, "@@%%##**++==--::"
#: The role of their colours.
ROLE = "field"
#: Losses that are higher above the lowest than this part of the highest are told apart by their logarithms.
FINEST = 1e-8

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


def loss_steps(losses: Array, lost: Flags, start: float, known: float | None = None) -> Indices:
    """Return the step of each loss, 0 the lowest; −1: lost, not finite, or not known.

    Parameters
    ----------
    losses, lost
        [n]; what is lost has no step.
    start
        the loss from which the runs begin: everything above is the highest step, unless nothing is below.
    known
        the lowest loss that there can be.
    """
    good = np.isfinite(losses) & ~lost
    codes = np.full(len(losses), -1, dtype=np.int64)
    if not np.any(good):
        return codes
    lowest = float(losses[good].min())
    lowest = lowest if known is None else min(lowest, known)
    highest = float(np.quantile(losses[good], 0.95))
    highest = min(highest, start) if lowest < start else highest
    if highest <= lowest:
        codes[good] = 0
        return codes
    above = np.maximum((losses[good] - lowest) / (highest - lowest), FINEST)
    depth = max(FINEST, float(np.quantile(above, 0.02)))
    part = 1.0 - np.log(above) / np.log(depth) if depth < 0.1 else above
    codes[good] = np.clip(np.round(part * (STEPS - 1)), 0, STEPS - 1).astype(np.int64)
    return codes
