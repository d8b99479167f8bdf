"""An objective: a compiled loss and gradient, its data, and how to describe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gdtui.kernel import Array, Indices, Kernel, impatient
from gdtui.objectives.expression.expression import Expression
from gdtui.objectives.network.model import Model

#: Parameters up to which a formula is light.
LIGHT = 16
NO_ROWS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Objective:
    """A function of `dimension` parameters to be minimised.

    Parameters
    ----------
    formula, teaches
        its mathematics, and what it teaches; one line each.
    kernel
        the mean loss over rows of the data and its gradient; the signature is `kernel_signature.OBJECTIVE`.
    shape, work_size
        the model as the kernel takes it, and how many numbers of scratch memory the kernel needs.
    data
        rows x columns, inputs then targets; 0 rows for a surface.
    train, held_out
        row numbers for training and for validation.
    noise
        standard deviation of the gradient noise of one sample.
    domain, minima
        the region to draw, and the known minima as (coordinates…, value).
    blocks
        (first, rows, columns) of each block of parameters; empty if all parameters are one vector.
    inputs, targets
        names of the data's columns.
    classes
        names of the classes; empty if the targets are numbers.
    center, scale
        the data hold (x − center)/scale of the inputs; empty if the inputs are not standardised.
    in_order, endless
        update t uses row t − 1 of the data, whatever the lane's sampling. After the last row they repeat or end.
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
        """The number of the last update that has a gradient; inf if the gradients never end."""
        return len(self.data) if self.in_order and not self.endless else float("inf")

    @property
    def seeded(self) -> bool:
        """Whether a seed decides anything: the noise, or the rows of batches, what is held out, the first weights."""
        return self.noise > 0 or len(self.train) > 0

    @property
    def light(self) -> bool:
        """Whether plain Python evaluates it in no time: a formula of few parameters."""
        return self.expression is not None and self.dimension <= LIGHT

    def evaluate(self, theta: Array, rows: Indices | None = None) -> tuple[float, Array]:
        """Return the mean loss and its gradient at `theta` over `rows` (None: all training rows)."""
        chosen = self.train if rows is None else rows
        point = np.ascontiguousarray(theta, dtype=np.float64)
        grad = np.zeros(len(point))
        with np.errstate(all="ignore"):
            kernel = self.kernel.at_hand if self.light and impatient() else self.kernel
            value = kernel(point, self.data, chosen, 0, len(chosen), self.shape, np.zeros(self.work_size), grad)
        return float(value), grad
