"""What an objective is to everything above: a kernel, its data, and the words to speak of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gdtui.kernel import Array, Indices, Kernel

if TYPE_CHECKING:
    from gdtui.objectives.expression.expression import Expression
    from gdtui.objectives.network.model import Model

#: The signature of an objective's kernel: (theta[d], data[n, f], rows, lo, hi, shape, work, grad[d]) -> the mean
#: loss over data[rows[lo:hi]]. Its gradient is written to grad, unless grad is empty.
OBJECTIVE = "f8(f8[::1], f8[:, ::1], i8[::1], i8, i8, i8[::1], f8[::1], f8[::1])"

NO_ROWS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Objective:
    """Something to be minimised, over `dimension` parameters.

    Parameters
    ----------
    kernel
        loss and gradient, compiled: signature `OBJECTIVE`.
    start
        where lanes begin.
    names
        of the parameters, for people.
    data
        rows x columns, inputs then targets; 0 rows for a surface.
    train, held_out
        row numbers.
    noise
        standard deviation of the gradient noise of one sample.
    expression
        of a surface.
    blocks
        for each block of parameters (first, rows, columns).
    model
        what is fitted to a dataset's rows.
    inputs, targets
        names of the data's columns.
    classes
        names of the classes that the target counts; empty for numbers.
    center, scale
        of standardised inputs: (x − center)/scale is what the data hold; empty where they are not.
    endless
        of a tape: it goes round; False: it ends with its last row.
    """

    kind: str
    name: str
    formula: str
    kernel: Kernel
    start: Array
    names: Sequence[str]
    shape: Indices = field(default_factory=lambda: NO_ROWS)
    work_size: int = 1
    data: Array = field(default_factory=lambda: np.zeros((0, 1)))
    train: Indices = field(default_factory=lambda: NO_ROWS)
    held_out: Indices = field(default_factory=lambda: NO_ROWS)
    noise: float = 0.0
    has_loss: bool = True
    expression: Expression | None = None
    domain: tuple[tuple[float, float], ...] = ()
    minima: tuple[tuple[float, ...], ...] = ()
    teaches: str = ""
    log_levels: bool = False
    blocks: Indices = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    model: Model | None = None
    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    center: Array = field(default_factory=lambda: np.zeros(0))
    scale: Array = field(default_factory=lambda: np.zeros(0))
    endless: bool = True

    @property
    def dimension(self) -> int:
        """How many parameters there are."""
        return len(self.start)

    def evaluate(self, theta: Array, rows: Indices | None = None) -> tuple[float, Array]:
        """Return the mean loss and its gradient at theta, over `rows` (None: all training rows)."""
        chosen = self.train if rows is None else rows
        point = np.ascontiguousarray(theta, dtype=np.float64)
        grad = np.zeros(len(point))
        with np.errstate(all="ignore"):
            value = self.kernel(point, self.data, chosen, 0, len(chosen), self.shape, np.zeros(self.work_size), grad)
        return float(value), grad
