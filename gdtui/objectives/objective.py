"""An objective: a compiled loss and gradient, its data, and how to describe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gdtui.kernel import Array, Indices, Kernel
from gdtui.objectives.expression.expression import Expression
from gdtui.objectives.network.model import Model

NO_ROWS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Objective:
    """A function of `dimension` parameters to be minimised.

    Parameters
    ----------
    name, formula, teaches
        its name, its mathematics on one line, and one line for a learner.
    kernel
        the mean loss over rows of the data and its gradient; the signature is `kernel_signature.OBJECTIVE`.
    start
        the parameters that lanes start from.
    names
        the names of the parameters.
    shape, work_size
        what the kernel is told about the model, and how many numbers of scratch memory it needs.
    data
        rows x columns, inputs then targets; 0 rows for a surface.
    train, held_out
        row numbers for training and for validation.
    noise
        standard deviation of the gradient noise of one sample.
    has_loss
        False where only gradients are known.
    expression
        the formula of a surface.
    domain, minima, log_levels
        the region to draw, the known minima as (coordinates…, value), whether contour levels are logarithmic.
    blocks
        (first, rows, columns) of each block of parameters; none: all parameters are one vector.
    model
        the model that is fitted to the data.
    inputs, targets
        names of the data's columns.
    classes
        names of the classes where the target is a class number; empty for numbers.
    center, scale
        the data hold (x − center)/scale of the inputs; empty where inputs are not standardised.
    in_order
        update t uses row t − 1 of the data, whatever the lane's sampling.
    endless
        with `in_order`: the rows repeat; False: the run ends with the last row.
    """

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
    in_order: bool = False
    endless: bool = True

    @property
    def dimension(self) -> int:
        """The number of parameters."""
        return len(self.start)

    @property
    def last_update(self) -> float:
        """The number of the last update that there is a gradient for; inf where there is no last one."""
        return len(self.data) if self.in_order and not self.endless else float("inf")

    def evaluate(self, theta: Array, rows: Indices | None = None) -> tuple[float, Array]:
        """Return the mean loss and its gradient at `theta` over `rows` (None: all training rows)."""
        chosen = self.train if rows is None else rows
        point = np.ascontiguousarray(theta, dtype=np.float64)
        grad = np.zeros(len(point))
        with np.errstate(all="ignore"):
            value = self.kernel(point, self.data, chosen, 0, len(chosen), self.shape, np.zeros(self.work_size), grad)
        return float(value), grad
