"""From rows and the description of a model to an objective: split, standardised, started."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array, Indices
from gdtui.objectives.data.csv_data import Table
from gdtui.objectives.data.random_streams import shuffled
from gdtui.objectives.network import kernels as networks
from gdtui.objectives.network.model import Model
from gdtui.objectives.objective import NO_ROWS, Objective

#: Losses whose best linear model lies near that of least squares.
_NEAR_LEAST_SQUARES = ("mse", "mae", "huber")
#: No least squares beyond so many multiplications: it would keep the screen waiting.
_MOST_WORK = 200_000_000


@dataclass(frozen=True)
class Wish:
    """What is asked of a dataset's model; what is empty is left to the dataset.

    Parameters
    ----------
    start
        the first parameters, in place of init's.
    validation
        share of the rows held out, from 0 to below 1.
    standardize
        scale each input to mean 0 and variance 1, by the training rows.
    layers, activation, loss, init
        the model.
    seed
        of the split and of the first parameters.
    """

    start: tuple[float, ...] = ()
    validation: float = 0.0
    standardize: bool = False
    layers: tuple[int, ...] = ()
    activation: str = ""
    loss: str = ""
    init: str = ""
    seed: int = 0


def outputs_for(table: Table, loss: str) -> int:
    """Return how many outputs a model with this loss has.

    Raises
    ------
    ObjectiveError
        the loss does not fit the targets.
    """
    if table.classes:
        if loss == "softmax":
            return len(table.classes)
        if len(table.classes) > 2:
            raise ObjectiveError("loss", f"there are {len(table.classes)} classes: the loss is softmax, not {loss}")
        return 1
    if loss == "softmax":
        what = (
            f"{table.targets[0]!r} is a number" if len(table.targets) == 1 else "there are several columns to predict"
        )
        raise ObjectiveError("loss", f"softmax wants classes, and {what}: the loss is mse, mae or huber")
    if loss == "bce" and not np.all((table.y >= 0) & (table.y <= 1)):
        raise ObjectiveError(
            "loss", "bce wants classes or targets from 0 to 1: for other numbers it is mse, mae or huber"
        )
    return int(table.y.shape[1])


def split(rows: int, validation: float, seed: int) -> tuple[Indices, Indices]:
    """Return the rows to train on and those held out, drawn at random, each in ascending order.

    Raises
    ------
    ObjectiveError
        a share out of range, or one that leaves no row on either side.
    """
    if not 0.0 <= validation < 1.0:
        raise ObjectiveError("validation", f"validation is a share from 0 to below 1, not {validation!r}")
    if validation == 0.0:
        return np.arange(rows), NO_ROWS
    held = max(1, round(rows * validation))
    if held >= rows:
        raise ObjectiveError("validation", f"of {rows} rows {held} would be held out: none would be left to train on")
    order = shuffled(seed, "split", rows)
    return np.sort(order[held:]), np.sort(order[:held])


def scaling(table: Table, train: Indices) -> tuple[Array, Array]:
    """Return mean and standard deviation of each input over the training rows.

    Raises
    ------
    ObjectiveError
        an input that does not vary.
    """
    x = table.x[train]
    constant = np.flatnonzero(x.min(axis=0) == x.max(axis=0))
    if len(constant):
        first = int(constant[0])
        place = f"{table.places[first]}: " if table.places else ""
        raise ObjectiveError(
            "standardize",
            f"{place}input {table.inputs[first]!r} is {x[0, first]:g} in every training row: it cannot be "
            "standardised; leave the column out",
        )
    return x.mean(axis=0), x.std(axis=0)


def fit(table: Table, model: Model, wish: Wish, name: str, title: str, teaches: str = "") -> Objective:
    """Return the mean loss of `model` over the rows of `table` as an objective.

    Raises
    ------
    ObjectiveError
        the model or the wish does not fit the rows.
    """
    n_in = table.x.shape[1]
    if not model.tables and model.layers[0] != n_in:
        raise ObjectiveError("layers", f"{name} has {n_in} inputs, so layers begins with {n_in}, not {model.layers[0]}")
    n_out = outputs_for(table, model.loss)
    if model.layers[-1] != n_out:
        what = f"{len(table.classes)} classes" if table.classes else f"{table.y.shape[1]} targets"
        raise ObjectiveError(
            "layers", f"{name} has {what}, so layers ends with {n_out} for {model.loss}, not {model.layers[-1]}"
        )
    train, held_out = split(len(table.x), wish.validation, wish.seed)
    center = scale = np.zeros(0)
    x = table.x
    if wish.standardize:
        if model.tables:
            raise ObjectiveError("standardize", f"the inputs of {name} are numbers of table rows, not measurements")
        center, scale = scaling(table, train)
        x = (x - center) / scale
    start = np.array(wish.start, dtype=np.float64) if wish.start else model.first_parameters(wish.init, wish.seed)
    if len(start) != model.size:
        raise ObjectiveError("start", f"{name} has {model.size} parameters, start has {len(start)}")
    best = _least_squares(x[train], table.y[train]) if model.linear and model.loss in _NEAR_LEAST_SQUARES else ()
    notes = [str(model)]
    if wish.standardize:
        notes.append("standardised")
    if len(held_out):
        notes.append(f"{len(held_out)} rows held out")
    return Objective(
        kind="dataset",
        name=name,
        formula=f"{title} · {' · '.join(notes)}",
        kernel=networks.network,
        start=start,
        names=model.names,
        shape=model.shape,
        work_size=networks.work_size(model.layers),
        data=np.ascontiguousarray(np.hstack((x, table.y))),
        train=train,
        held_out=held_out,
        domain=_domain(start, best) if best and model.size == 2 else (),
        minima=(best,) if best and model.loss == "mse" else (),
        teaches=teaches,
        blocks=model.blocks,
        model=model,
        inputs=table.inputs,
        targets=table.targets,
        classes=table.classes,
        center=center,
        scale=scale,
    )


def _least_squares(x: Array, y: Array) -> tuple[float, ...]:
    """Return the parameters of the best linear model, then its mean squared error; () if it is not unique."""
    design = np.column_stack((x, np.ones(len(x))))
    if design.size * design.shape[1] > _MOST_WORK:
        return ()
    solution, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
    if rank < design.shape[1]:
        return ()
    residual = design @ solution - y
    parameters = (*solution[:-1].T.ravel(), *solution[-1])
    return (*(float(v) for v in parameters), float(np.mean(residual * residual)))


def _domain(start: Array, best: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """Return a box around the best parameters that holds the start as well, in whole numbers."""
    reach = [max(1.0, abs(a - b)) for a, b in zip(start, best, strict=False)]
    return tuple((float(np.floor(b - 1.3 * r)), float(np.ceil(b + 1.3 * r))) for b, r in zip(best, reach, strict=False))
