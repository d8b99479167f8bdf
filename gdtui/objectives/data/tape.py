"""A given sequence of gradients in place of a function: what an optimizer makes of it can be foretold.

θ moves, but the gradient does not depend on it: update t gets row t − 1. There is no loss.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array, Indices, kernel
from gdtui.objectives.data.csv_data import read_gradients
from gdtui.objectives.objective import OBJECTIVE, Objective

#: Patterns that happen once come round again after so many updates.
LONG = 1000
MAX_COORDINATES = 1024


def impulse() -> Array:
    """1 once, then 0: what is left of it is the optimizer's memory. Again after 1000 updates."""
    return np.eye(1, LONG).ravel()


def step() -> Array:
    """0 ten times, then 1: how fast does the optimizer follow? Again after 1000 updates."""
    return (np.arange(LONG) >= 10).astype(np.float64)


def alternating() -> Array:
    """1, −1, 1, −1 …: gradients that cancel, as across a ravine."""
    return np.array([1.0, -1.0])


def sparse() -> Array:
    """1 in every tenth update, else 0: a rare word, a rare user."""
    return np.eye(1, 10).ravel()


def constant() -> Array:
    """1 always: gradients that agree, as along a slope."""
    return np.array([1.0])


PATTERNS: dict[str, Callable[[], Array]] = {f.__name__: f for f in (impulse, step, alternating, sparse, constant)}


@kernel(OBJECTIVE)
def recorded(
    theta: Array, data: Array, rows: Indices, lo: int, hi: int, shape: Indices, work: Array, grad: Array
) -> Any:
    """Return nan: a tape has no loss; copy row rows[lo] of data into grad unless grad is empty."""
    for i in range(grad.shape[0]):
        grad[i] = data[rows[lo], i] if hi > lo else 0.0
    return np.nan


def pattern_rows(pattern: str) -> Array:
    """Return one period of a pattern: updates x coordinates.

    Parameters
    ----------
    pattern
        a key of `PATTERNS`, or several with commas between them: one for each coordinate.

    Raises
    ------
    ObjectiveError
        there is no such pattern.
    """
    names = [name.strip() for name in pattern.split(",")]
    for name in names:
        if name not in PATTERNS:
            close = difflib.get_close_matches(name, PATTERNS, 1)
            hint = f"; did you mean {close[0]!r}?" if close else f" (there are: {', '.join(PATTERNS)})"
            raise ObjectiveError("pattern", f"there is no pattern {name!r}{hint}")
    periods = [PATTERNS[name]() for name in names]
    whole = lcm(*(len(period) for period in periods))
    return np.column_stack([np.tile(period, whole // len(period)) for period in periods])


def build_tape(
    gradients: tuple[tuple[float, ...], ...] = (), pattern: str = "", csv: str = "", start: tuple[float, ...] = ()
) -> Objective:
    """Return a tape as an objective; exactly one of gradients, pattern and csv is given.

    Parameters
    ----------
    gradients
        one row an update; the tape ends after the last.
    pattern
        see `pattern_rows`; a single name fills as many coordinates as start has. It never ends.
    csv
        path of a file: a column a coordinate, a row an update; the tape ends after the last.
    start
        the first parameters; empty for zeros.

    Raises
    ------
    ObjectiveError
        none or several are given, the rows differ in length, start does not fit, or the file is at fault.
    """
    given = [key for key, value in (("gradients", gradients), ("pattern", pattern), ("csv", csv)) if value]
    if len(given) != 1:
        raise ObjectiveError(
            given[1] if given else "gradients",
            f"a tape is made from one of gradients, pattern and csv, not from {' and '.join(given) or 'none'}",
        )
    names: tuple[str, ...] = ()
    if pattern:
        rows = pattern_rows(pattern)
        if rows.shape[1] == 1 and len(start) > 1:
            rows = np.repeat(rows, len(start), axis=1)
    elif csv:
        names, rows = read_gradients(csv)
    else:
        rows = _inline(gradients)
    width = rows.shape[1]
    if width > MAX_COORDINATES:
        raise ObjectiveError("start", f"a tape has at most {MAX_COORDINATES} coordinates, not {width}")
    if start and len(start) != width:
        raise ObjectiveError("start", f"the tape has {width} coordinates, start has {len(start)}")
    name = pattern or (Path(csv).name if csv else "tape")
    return Objective(
        kind="tape",
        name=name,
        formula=f"g given, {len(rows)} updates" if not pattern else f"g {pattern}",
        kernel=recorded,
        start=np.array(start or (0.0,) * width),
        names=names or (("x",) if width == 1 else tuple(f"x{i}" for i in range(width))),
        data=np.ascontiguousarray(rows),
        has_loss=False,
        endless=bool(pattern),
        teaches="Gradients that are given, so that velocity and accumulator can be foretold.",
    )


def _inline(gradients: tuple[tuple[float, ...], ...]) -> Array:
    width = len(gradients[0])
    for number, row in enumerate(gradients, 1):
        if len(row) != width or width == 0:
            message = (
                f"each row has as many numbers as there are parameters: row 1 has {width}, row {number} {len(row)}"
            )
            raise ObjectiveError("gradients", message)
        if not np.all(np.isfinite(row)):
            raise ObjectiveError("gradients", f"row {number} has a number that is not finite")
    return np.array(gradients, dtype=np.float64)
