"""The catalogue of built-in datasets and the models that are fitted to them by default.

A new dataset is one entry in `DATASETS`, with the function that makes its rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdtui.kernel import Array
from gdtui.objectives.data import generators as make
from gdtui.objectives.data import iris as flowers
from gdtui.objectives.data.csv_data import MAX_ROWS
from gdtui.objectives.data.data_table import Table
from gdtui.objectives.network import embedding
from gdtui.text import N_, _


@dataclass(frozen=True)
class Dataset:
    """A built-in dataset: how to make it and which model to fit to it by default.

    Parameters
    ----------
    make
        rows -> (inputs n x d, targets n x k).
    rows, most
        the default and the largest number of rows.
    tables
        size of the first layer -> (rows, width) of each embedding table; the inputs are then row numbers of the tables.
    """

    name: str
    title: str
    make: Callable[[int], tuple[Array, Array]]
    rows: int
    layers: tuple[int, ...]
    loss: str
    teaches: str
    activation: str = ""
    inputs: tuple[str, ...] = ("x",)
    targets: tuple[str, ...] = ("y",)
    classes: tuple[str, ...] = ()
    most: int = MAX_ROWS
    tables: Callable[[int], tuple[tuple[int, int], ...]] | None = None

    def table(self, rows: int) -> Table:
        """Return this many rows."""
        x, y = self.make(rows)
        return Table(x, y, self.inputs, self.targets, self.classes, (), self.name, _(self.title), _(self.teaches))


_PLANE = ("x1", "x2")
_TEN = tuple(f"x{i}" for i in range(10))
_LABEL = ("label",)
_TWO = ("0", "1")

DATASETS: dict[str, Dataset] = {
    d.name: d
    for d in (
        Dataset(
            "linear-4-3", N_("y = 4 + 3x + noise"), make.linear_4_3, 100, (1, 1), "mse",
            N_("Two parameters, so the true loss surface can be drawn: a bowl."),
        ),
        Dataset(
            "gaussian-1000x10", N_("10 Gaussian inputs, a target linear in them, noise"), make.gaussian, 1000, (10, 1),
            "mse", N_("What an update costs, and how noisy it is, for all, one or some of the rows."),
            inputs=_TEN,
        ),
        Dataset(
            "independent-1000x10", N_("10 Gaussian inputs, a target independent of them"), make.independent, 1000,
            (10, 1), "mse",
            N_("Nothing to learn: the loss ends just below the mean square of the target."),
            inputs=_TEN,
        ),
        Dataset(
            "gaussian-classes", N_("10 Gaussian inputs, two classes"), make.gaussian_classes, 1000, (10, 50, 1), "bce",
            N_("A network of 601 parameters: try Adam on it, in batches of 32."),
            activation="relu", inputs=_TEN, targets=_LABEL, classes=_TWO,
        ),
        Dataset(
            "line", N_("y = 1 + 2x, no noise"), make.line, 20, (1, 1), "mse",
            N_("The loss can reach 0, and every batch agrees on where."),
        ),
        Dataset(
            "noisy-sine", N_("y = sin 2x + noise, few rows"), make.noisy_sine, 30, (1, 64, 64, 1), "mse",
            N_("4353 parameters for 30 rows: hold some out and watch it learn the noise."),
            activation="tanh",
        ),
        Dataset(
            "two-moons", N_("two half circles"), make.two_moons, 200, (2, 8, 1), "bce",
            N_("A line does well, a small network does better."),
            activation="tanh", inputs=_PLANE, targets=_LABEL, classes=_TWO,
        ),
        Dataset(
            "circles", N_("a circle in a circle"), make.circles, 200, (2, 8, 1), "bce",
            N_("No line can do it: the hidden layer must fold the plane."),
            activation="tanh", inputs=_PLANE, targets=_LABEL, classes=("outer", "inner"),
        ),
        Dataset(
            "spirals", N_("two spirals"), make.spirals, 200, (2, 16, 16, 1), "bce",
            N_("Long plateaus, then sudden progress: where adaptive methods earn their keep."),
            activation="tanh", inputs=_PLANE, targets=_LABEL, classes=_TWO,
        ),
        Dataset(
            "xor", N_("the corners of a square"), make.xor, 4, (2, 4, 1), "bce",
            N_("No line divides these four points; from some starts a network gets stuck too."),
            activation="tanh", inputs=_PLANE, targets=_LABEL, classes=_TWO,
        ),
        Dataset(
            "blobs", N_("three clouds"), make.blobs, 150, (2, 3), "softmax",
            N_("A linear model with a softmax: convex, so every method ends at the same place."),
            inputs=_PLANE, targets=_LABEL, classes=("a", "b", "c"),
        ),
        Dataset(
            "iris", N_("Fisher's irises"), flowers.iris, 150, (4, 3), "softmax",
            N_("Real measurements on unlike scales: see what standardising does."),
            inputs=flowers.INPUTS, targets=("species",), classes=flowers.SPECIES, most=150,
        ),
        Dataset(
            "clicks", N_("users, items, clicks"), embedding.clicks, 2, (128, 1), "bce",
            N_("704 129 parameters: two clicks have a gradient for only a few hundred."),
            inputs=embedding.INPUTS, targets=_LABEL, classes=("passed by", "clicked"), tables=embedding.tables,
        ),
    )
}  # fmt: skip
