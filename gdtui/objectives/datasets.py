"""Small datasets, all deterministic, and the models that are fitted to them.

Data come from `numpy.random.RandomState`, whose stream NumPy has frozen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdtui.kernel import Array
from gdtui.objectives import networks
from gdtui.objectives.base import NO_ROWS, Objective, ObjectiveError


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
        the default model.
    teaches
        one line for a learner.
    """

    name: str
    title: str
    make: Callable[[int], tuple[Array, Array]]
    rows: int
    layers: tuple[int, ...]
    loss: str
    teaches: str
    activation: str = "identity"


def _linear_4_3(rows: int) -> tuple[Array, Array]:
    random = np.random.RandomState(0)
    x = 2 * random.rand(rows, 1)
    return x, 4 + 3 * x + random.randn(rows, 1)


def _gaussian(rows: int) -> tuple[Array, Array]:
    random = np.random.RandomState(0)
    x = random.randn(rows, 10)
    weights = random.randn(10, 1)
    return x, x @ weights + random.randn(rows, 1)


DATASETS: dict[str, Dataset] = {
    d.name: d
    for d in (
        Dataset(
            "linear-4-3", "y = 4 + 3x + noise", _linear_4_3, 100, (1, 1), "mse",
            "Two parameters, so the true loss surface can be drawn: a bowl.",
        ),
        Dataset(
            "gaussian-1000x10", "1000 rows of 10 Gaussian inputs, one target", _gaussian, 1000, (10, 1), "mse",
            "What an update costs, and how noisy it is, for all, one or some of the rows.",
        ),
    )
}  # fmt: skip


def build_dataset(name: str, rows: int | None = None, start: tuple[float, ...] | None = None) -> Objective:
    """Return the mean loss of a dataset's model as an objective.

    Parameters
    ----------
    name
        a key of `DATASETS`.
    rows
        how many rows to make (None: the dataset's own number).
    start
        the first parameters (None: zeros, as the linear models here need nothing better).

    Raises
    ------
    ObjectiveError
        no such dataset, or rows or start do not fit.
    """
    if name not in DATASETS:
        raise ObjectiveError("name", f"there is no dataset {name!r} (there are: {', '.join(DATASETS)})")
    entry = DATASETS[name]
    count = entry.rows if rows is None else rows
    if not 1 <= count <= 1_000_000:
        raise ObjectiveError("rows", f"rows is from 1 to 1000000, not {count}")
    inputs, targets = entry.make(count)
    size = networks.parameter_count(entry.layers)
    first = np.zeros(size) if start is None else np.array(start, dtype=np.float64)
    if len(first) != size:
        raise ObjectiveError("start", f"{name} has {size} parameters, start has {len(first)}")
    best = _least_squares(inputs, targets) if len(entry.layers) == 2 and entry.loss == "mse" else None
    shape = networks.describe_shape(entry.layers, entry.activation, entry.loss)
    return Objective(
        kind="dataset",
        name=name,
        formula=entry.title,
        kernel=networks.network,
        start=first,
        names=networks.parameter_names(entry.layers),
        shape=shape,
        work_size=networks.work_size(entry.layers),
        data=np.ascontiguousarray(np.hstack((inputs, targets))),
        train=np.arange(count),
        held_out=NO_ROWS,
        domain=_domain(first, best) if best is not None and size == 2 else (),
        minima=(best,) if best is not None else (),
        teaches=entry.teaches,
    )


def _least_squares(inputs: Array, targets: Array) -> tuple[float, ...]:
    """Return the parameters of the best linear model, then its mean squared error."""
    design = np.column_stack((inputs, np.ones(len(inputs))))
    solution = np.linalg.lstsq(design, targets[:, 0], rcond=None)[0]
    residual = design @ solution - targets[:, 0]
    return (*(float(v) for v in solution), float(np.mean(residual * residual)))


def _domain(start: Array, best: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """Return a box around the best parameters that holds the start as well, in whole numbers."""
    reach = [max(1.0, abs(a - b)) for a, b in zip(start, best, strict=False)]
    return tuple((float(np.floor(b - 1.3 * r)), float(np.ceil(b + 1.3 * r))) for b, r in zip(best, reach, strict=False))
