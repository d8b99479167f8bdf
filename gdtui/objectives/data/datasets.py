"""The catalogue of small datasets, and the models that are fitted to them by default.

A new dataset is a function that makes it and an entry in `DATASETS`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array
from gdtui.objectives.data import generators as make
from gdtui.objectives.data import iris as flowers
from gdtui.objectives.data.csv_data import MAX_ROWS, Table, read_dataset
from gdtui.objectives.network import embedding
from gdtui.objectives.network.fit import Wish, fit, outputs_for
from gdtui.objectives.network.model import Model
from gdtui.objectives.objective import Objective

#: What hidden layers do where neither the user nor the dataset says.
DEFAULT_ACTIVATION = "tanh"


@dataclass(frozen=True)
class Dataset:
    """A built-in dataset: how to make it and what to fit to it by default.

    Parameters
    ----------
    make
        rows -> (inputs n x d, targets n x k).
    rows
        how many unless asked otherwise.
    layers, activation, loss
        the default model; activation "" where it has no hidden layers.
    teaches
        one line for a learner.
    inputs, targets
        names of the columns.
    classes
        names of the classes; empty where the targets are numbers.
    most
        rows there can be.
    embedded
        whether the inputs are numbers of rows of embedding tables.
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
    embedded: bool = False


_PLANE = ("x1", "x2")
_TEN = tuple(f"x{i}" for i in range(10))
_LABEL = ("label",)
_TWO = ("0", "1")

DATASETS: dict[str, Dataset] = {
    d.name: d
    for d in (
        Dataset(
            "linear-4-3", "y = 4 + 3x + noise", make.linear_4_3, 100, (1, 1), "mse",
            "Two parameters, so the true loss surface can be drawn: a bowl.",
        ),
        Dataset(
            "gaussian-1000x10", "1000 rows of 10 Gaussian inputs, one target", make.gaussian, 1000, (10, 1), "mse",
            "What an update costs, and how noisy it is, for all, one or some of the rows.",
            inputs=_TEN,
        ),
        Dataset(
            "gaussian-classes", "10 Gaussian inputs, two classes", make.gaussian_classes, 1000, (10, 50, 1), "bce",
            "A network of 601 parameters that Adam trains in batches of 32.",
            activation="relu", inputs=_TEN, targets=_LABEL, classes=_TWO,
        ),
        Dataset(
            "line", "y = 1 + 2x, no noise", make.line, 20, (1, 1), "mse",
            "The loss can reach 0, and every batch agrees on where.",
        ),
        Dataset(
            "noisy-sine", "y = sin 2x + noise, few rows", make.noisy_sine, 30, (1, 64, 64, 1), "mse",
            "4353 parameters for 30 rows: hold some out and watch the network learn the noise.",
            activation="tanh",
        ),
        Dataset(
            "two-moons", "two half circles", make.two_moons, 200, (2, 8, 1), "bce",
            "A line does well, a small network does better.",
            activation="tanh", inputs=_PLANE, targets=_LABEL, classes=_TWO,
        ),
        Dataset(
            "circles", "a circle in a circle", make.circles, 200, (2, 8, 1), "bce",
            "No line can do it: the hidden layer must fold the plane.",
            activation="tanh", inputs=_PLANE, targets=_LABEL, classes=("outer", "inner"),
        ),
        Dataset(
            "spirals", "two spirals", make.spirals, 200, (2, 16, 16, 1), "bce",
            "Long plateaus, then sudden progress: where adaptive methods earn their keep.",
            activation="tanh", inputs=_PLANE, targets=_LABEL, classes=_TWO,
        ),
        Dataset(
            "xor", "the corners of a square", make.xor, 4, (2, 4, 1), "bce",
            "The smallest set that no line divides; from some starts even a network gets stuck.",
            activation="tanh", inputs=_PLANE, targets=_LABEL, classes=_TWO,
        ),
        Dataset(
            "blobs", "three clouds", make.blobs, 150, (2, 3), "softmax",
            "A linear model with a softmax: convex, so every method ends at the same place.",
            inputs=_PLANE, targets=_LABEL, classes=("a", "b", "c"),
        ),
        Dataset(
            "iris", "Fisher's irises", flowers.iris, 150, (4, 3), "softmax",
            "Real measurements on unlike scales: see what standardising does.",
            inputs=flowers.INPUTS, targets=("species",), classes=flowers.SPECIES, most=150,
        ),
        Dataset(
            "clicks", "users, items, clicks", embedding.clicks, 2, (128, 1), "bce",
            "704 129 parameters, of which an update on two clicks has a gradient for 385.",
            inputs=embedding.INPUTS, targets=_LABEL, classes=("passed by", "clicked"), embedded=True,
        ),
    )
}  # fmt: skip


def _count(asked: int | None, default: int, most: int, name: str) -> int:
    count = default if asked is None else asked
    if not 1 <= count <= most:
        raise ObjectiveError("rows", f"{name} has from 1 to {most} rows, not {count}")
    return count


def build_dataset(name: str, rows: int | None = None, wish: Wish | None = None) -> Objective:
    """Return the mean loss of a built-in dataset's model as an objective.

    Parameters
    ----------
    name
        a key of `DATASETS`.
    rows
        how many rows to make (None: the dataset's own number).
    wish
        what is asked of the model (None: nothing).

    Raises
    ------
    ObjectiveError
        no such dataset, or rows or the wish do not fit.
    """
    wish = wish or Wish()
    if name not in DATASETS:
        close = difflib.get_close_matches(name.lower(), DATASETS, 1)
        hint = f"; did you mean {close[0]!r}?" if close else f" (there are: {', '.join(DATASETS)})"
        raise ObjectiveError("name", f"there is no dataset {name!r}{hint}")
    entry = DATASETS[name]
    x, y = entry.make(_count(rows, entry.rows, entry.most, name))
    table = Table(x, y, entry.inputs, entry.targets, entry.classes)
    loss = wish.loss or entry.loss
    layers = wish.layers or (*entry.layers[:-1], *_outputs(table, loss, wish))
    tables = embedding.tables(layers) if entry.embedded else ()
    model = Model(layers, _activation(wish, entry.activation), loss, tables, entry.inputs if tables else ())
    return fit(table, model, wish, name, entry.title, entry.teaches)


def build_csv(path: str, target: tuple[str, ...] = (), rows: int | None = None, wish: Wish | None = None) -> Objective:
    """Return the mean loss of a model of the user's own rows as an objective.

    The default model is linear; its loss is mse for numbers, bce for two classes, softmax for more.

    Parameters
    ----------
    path
        of a CSV file, see `gdtui.objectives.data.csv_data`.
    target
        names of the columns to predict; empty for the last one.
    rows
        how many of the first rows to take (None: all).
    wish
        what is asked of the model (None: nothing).

    Raises
    ------
    ObjectiveError
        the file is at fault, or target, rows or the wish do not fit it.
    """
    wish = wish or Wish()
    name = Path(path).name
    table = read_dataset(path, target, as_classes=wish.loss == "softmax" or (wish.loss == "bce" and len(target) < 2))
    count = _count(rows, len(table.x), len(table.x), name)
    table = replace(table, x=table.x[:count], y=table.y[:count])
    loss = wish.loss or ("mse" if not table.classes else "bce" if len(table.classes) == 2 else "softmax")
    layers = wish.layers or (table.x.shape[1], *_outputs(table, loss, wish))
    return fit(table, Model(layers, _activation(wish, ""), loss), wish, name, name, "Your own data.")


def _outputs(table: Table, loss: str, wish: Wish) -> tuple[int, ...]:
    """Return the size of the last layer; an unknown loss is left to `Model` to refuse."""
    Model((1, 1), _activation(wish, ""), loss)
    return (outputs_for(table, loss),)


def _activation(wish: Wish, default: str) -> str:
    return wish.activation or default or DEFAULT_ACTIVATION
