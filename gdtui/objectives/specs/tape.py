"""A tape: a given sequence of gradients instead of a function, so that the result can be predicted.

θ moves, but the gradient does not depend on it: update t gets row t − 1. There is no loss.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import lcm
from pathlib import Path

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array, Indices, kernel
from gdtui.objectives.data.csv_data import read_gradients
from gdtui.objectives.kernel_signature import OBJECTIVE
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs.specification import PATH, Point, Specification
from gdtui.text import _, did_you_mean

#: The number of updates after which a pattern with a single event repeats.
LONG = 1000
MAX_COORDINATES = 1024


def impulse() -> Array:
    """1 once, then 0: everything after is the optimizer's memory. Repeats after 1000 updates."""
    return np.eye(1, LONG).ravel()


def step() -> Array:
    """0 ten times, then 1: how fast does the optimizer follow? Repeats after 1000 updates."""
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
) -> float:
    """Return nan: a tape has no loss; copy row rows[lo] of data into grad unless grad is empty."""
    for i in range(grad.shape[0]):
        grad[i] = data[rows[lo], i] if hi > lo else 0.0
    return np.nan


def pattern_rows(pattern: str) -> Array:
    """Return one period of a pattern (updates x coordinates).

    A pattern is a key of `PATTERNS`, or several separated by commas: one for each coordinate.
    """
    names = [name.strip() for name in pattern.split(",")]
    _check_width("pattern", len(names))
    for name in names:
        if name not in PATTERNS:
            known = _(" (there are: {})").format(", ".join(PATTERNS))
            message = _("there is no pattern {!r}").format(name)
            raise ObjectiveError("pattern", message, did_you_mean(name, PATTERNS, known))
    periods = [PATTERNS[name]() for name in names]
    whole = lcm(*(len(period) for period in periods))
    return np.column_stack([np.tile(period, whole // len(period)) for period in periods])


def _check_width(key: str, width: int) -> None:
    """Raise ObjectiveError for too many coordinates, before anything of that size is built."""
    if width > MAX_COORDINATES:
        message = _("a tape has at most {most} coordinates, not {width}")
        raise ObjectiveError(key, message.format(most=MAX_COORDINATES, width=width))


@dataclass(frozen=True)
class TapeSpec(Specification):
    """Gradients that are given; exactly one of gradients, csv and pattern is their source.

    Parameters
    ----------
    gradients, csv
        one row for each update, in place or in a file at this path; the tape ends after the last row.
    pattern
        see `pattern_rows`; a single name fills as many coordinates as `start` has. It never ends.
    """

    kind = "tape"

    gradients: tuple[tuple[float, ...], ...] = ()
    csv: str = field(default="", metadata=PATH)
    pattern: str = ""
    start: Point = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        sources = [key for key in ("gradients", "csv", "pattern") if getattr(self, key)]
        if len(sources) != 1:
            key = sources[1] if sources else "gradients"
            raise ObjectiveError(key, _("a tape has one of gradients, csv or pattern"))

    def build(self, seed: int = 0) -> Objective:
        """Return the tape as an objective; `seed` changes nothing."""
        names, rows = self._rows()
        width = rows.shape[1]
        _check_width("csv", width)
        if self.start and len(self.start) != width:
            message = _("the tape has {width} coordinates, start has {given}")
            raise ObjectiveError("start", message.format(width=width, given=len(self.start)))
        return Objective(
            name=self.pattern or (Path(self.csv).name if self.csv else "tape"),
            formula=f"g {self.pattern}" if self.pattern else _("g given, {} updates").format(len(rows)),
            kernel=recorded,
            start=np.array(self.start or (0.0,) * width),
            names=names or (("x",) if width == 1 else tuple(f"x{i}" for i in range(width))),
            data=np.ascontiguousarray(rows),
            has_loss=False,
            in_order=True,
            endless=bool(self.pattern),
            teaches=_("Given gradients, so that velocity and accumulator can be predicted."),
        )

    def _rows(self) -> tuple[tuple[str, ...], Array]:
        """Return the names of the coordinates (empty if the source has none) and the gradients."""
        if self.csv:
            return read_gradients(self.csv)
        if self.gradients:
            _check_width("gradients", len(self.gradients[0]))
            return (), _checked(self.gradients)
        _check_width("start", len(self.start))
        rows = pattern_rows(self.pattern)
        return (), np.repeat(rows, len(self.start), axis=1) if rows.shape[1] == 1 and len(self.start) > 1 else rows


def _checked(gradients: tuple[tuple[float, ...], ...]) -> Array:
    """Return the rows as an array; raise if they differ in length or a number is not finite."""
    width = len(gradients[0])
    for number, row in enumerate(gradients, 1):
        if len(row) != width or width == 0:
            message = _("each row has as many numbers as there are parameters: row 1 has {width}, row {row} {given}")
            raise ObjectiveError("gradients", message.format(width=width, row=number, given=len(row)))
        if not np.all(np.isfinite(row)):
            raise ObjectiveError("gradients", _("row {} has a number that is not finite").format(number))
    return np.array(gradients, dtype=np.float64)
