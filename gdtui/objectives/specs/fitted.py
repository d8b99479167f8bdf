"""The mean loss of a model over rows of data, for built-in datasets and CSV files alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from annotated_types import Ge, Lt, MinLen

from gdtui.errors import ObjectiveError
from gdtui.kernel import Array, Indices
from gdtui.objectives.data.data_table import Table
from gdtui.objectives.data.random_streams import shuffled
from gdtui.objectives.network import kernels as networks
from gdtui.objectives.network.linear import kernel_for
from gdtui.objectives.network.model import Model
from gdtui.objectives.objective import NO_ROWS, Objective
from gdtui.objectives.specs.specification import MODEL, Count, Point, Specification
from gdtui.text import _

#: The activation of hidden layers if neither the user nor the dataset names one.
DEFAULT_ACTIVATION = "tanh"
#: Losses with a minimum near the least-squares solution.
_NEAR_LEAST_SQUARES = ("mse", "mae", "huber")
#: The most multiplications to spend on least squares: the screen waits for them.
_MOST_WORK = 200_000_000


@dataclass(frozen=True, kw_only=True)
class FittedSpec(Specification):
    """A built-in dataset or a CSV file, and the model that is fitted to it; an empty key is left to the dataset.

    Parameters
    ----------
    rows
        how many rows; None for all that there are.
    validation
        share of the rows held out.
    standardize
        scale each input to mean 0 and variance 1, by the training rows.
    layers, activation, loss, output, init
        the model; see `gdtui.objectives.network.model`.
    start
        the initial parameters, in place of those of `init`.
    """

    kind = "dataset"

    rows: Count | None = None
    validation: Annotated[float, Ge(0.0), Lt(1.0)] = 0.0
    standardize: bool = False
    layers: Annotated[tuple[Count, ...], MinLen(2)] = field(default=(), metadata=MODEL)
    activation: str = field(default="", metadata=MODEL)
    loss: str = field(default="", metadata=MODEL)
    output: str = field(default="", metadata=MODEL)
    init: str = field(default="", metadata=MODEL)
    start: Point = ()

    def model(self, table: Table, layers: tuple[int, ...], activation: str, loss: str) -> Model:
        """Return the model that is asked for; `layers` without the outputs, `activation` and `loss` are the defaults.

        Raises
        ------
        ObjectiveError
            there is no such model, or the loss does not fit the targets.
        """
        activation, loss = self.activation or activation or DEFAULT_ACTIVATION, self.loss or loss
        output = self.output or "identity"
        Model((1, 1), activation, loss, output=output)  # unknown words are refused first
        model = Model(self.layers or (*layers, outputs_for(table, loss)), activation, loss, output=output)
        if self.activation and len(model.layers) == 2:
            message = _("activation is that of hidden layers, and layers {} has none").format(list(model.layers))
            raise ObjectiveError("activation", message)
        if self.init and self.start:
            message = _("init draws the initial parameters, and start gives them: leave one of them out")
            raise ObjectiveError("init", message)
        return model

    @np.errstate(all="ignore")  # numbers near the largest float
    def fit(self, table: Table, model: Model, seed: int) -> Objective:
        """Return the mean loss of `model` over the rows of `table` as an objective.

        Raises
        ------
        ObjectiveError
            the model or a key of this specification does not fit the rows.
        """
        _check_layers(table, model)
        if self.standardize and model.tables:
            message = _("the inputs of {} are numbers of table rows, not measurements")
            raise ObjectiveError("standardize", message.format(table.name))
        train, held_out = split(len(table.x), self.validation, seed)
        center, scale = scaling(table, train) if self.standardize else (np.zeros(0), np.zeros(0))
        x = (table.x - center) / scale if self.standardize else table.x
        initial = np.zeros(model.size) if self.start else model.first_parameters(self.init, seed)
        start = self.starting_point(initial, table.name)
        linear = model.linear and model.output == "identity"
        best = _least_squares(x[train], table.y[train]) if linear and model.loss in _NEAR_LEAST_SQUARES else ()
        notes = [table.title, str(model)]
        if self.standardize:
            notes.append(_("standardised"))
        if len(held_out):
            notes.append(_("{} rows held out").format(len(held_out)))
        return Objective(
            name=table.name,
            formula=" · ".join(notes),
            kernel=kernel_for(model),
            start=start,
            names=model.names,
            shape=model.shape,
            work_size=networks.work_size(model.layers),
            data=np.ascontiguousarray(np.hstack((x, table.y))),
            train=train,
            held_out=held_out,
            domain=_domain(start, best) if best and model.size == 2 else (),
            minima=(best,) if best and model.loss == "mse" else (),
            teaches=table.teaches,
            blocks=model.blocks,
            model=model,
            inputs=table.inputs,
            targets=table.targets,
            classes=table.classes,
            center=center,
            scale=scale,
        )


def outputs_for(table: Table, loss: str) -> int:
    """Return how many outputs a model with this loss has.

    Raises
    ------
    ObjectiveError
        the loss does not fit the targets.
    """
    classes = len(table.classes)
    if classes:
        if loss != "softmax" and classes > 2:
            message = _("there are {classes} classes: the loss is softmax, not {loss}")
            raise ObjectiveError("loss", message.format(classes=classes, loss=loss))
        return classes if loss == "softmax" else 1
    if loss == "softmax":
        if len(table.targets) == 1:
            message = _("softmax wants classes, and {!r} is a number: the loss is mse, mae or huber")
            raise ObjectiveError("loss", message.format(table.targets[0]))
        message = _("softmax wants classes, and there are several columns to predict: the loss is mse, mae or huber")
        raise ObjectiveError("loss", message)
    if loss == "bce" and not np.all((table.y >= 0) & (table.y <= 1)):
        message = _("bce wants classes or targets from 0 to 1: for other numbers it is mse, mae or huber")
        raise ObjectiveError("loss", message)
    return int(table.y.shape[1])


def _check_layers(table: Table, model: Model) -> None:
    """Raise ObjectiveError unless the model has the inputs and outputs that the table needs."""
    n_in, n_out = table.x.shape[1], outputs_for(table, model.loss)
    if not model.tables and model.layers[0] != n_in:
        message = _("{name} has {inputs} inputs, so layers begins with {inputs}, not {given}")
        raise ObjectiveError("layers", message.format(name=table.name, inputs=n_in, given=model.layers[0]))
    if model.layers[-1] != n_out:
        classes = _("{name} has {count} classes, so layers ends with {outputs} for {loss}, not {given}")
        numbers = _("{name} has {count} targets, so layers ends with {outputs} for {loss}, not {given}")
        message = (classes if table.classes else numbers).format(
            name=table.name, count=len(table.classes) or table.y.shape[1], outputs=n_out, loss=model.loss,
            given=model.layers[-1],
        )  # fmt: skip
        raise ObjectiveError("layers", message)


def split(rows: int, validation: float, seed: int) -> tuple[Indices, Indices]:
    """Return random row numbers for training and for validation, each in ascending order."""
    if validation == 0.0:
        return np.arange(rows), NO_ROWS
    held = max(1, round(rows * validation))
    if held >= rows:
        message = _("of {rows} rows {held} would be held out: none would be left to train on")
        raise ObjectiveError("validation", message.format(rows=rows, held=held))
    order = shuffled(seed, "split", rows)
    return np.sort(order[held:]), np.sort(order[:held])


def scaling(table: Table, train: Indices) -> tuple[Array, Array]:
    """Return mean and standard deviation of each input over the training rows; no input may be constant."""
    x = table.x[train]
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    constant = x.min(axis=0) == x.max(axis=0)
    unfit = np.flatnonzero(constant | ~np.isfinite(deviation) | (deviation == 0.0))
    if len(unfit):
        first = int(unfit[0])
        place = f"{table.places[first]}: " if table.places else ""
        same = _("input {name!r} is {value} in every training row: it cannot be standardised; leave the column out")
        extreme = _("input {name!r} has numbers too large or too small to be standardised: scale the column")
        message = same if constant[first] else extreme
        message = message.format(name=table.inputs[first], value=f"{x[0, first]:g}")
        raise ObjectiveError("standardize", place + message)
    return mean, deviation


def _least_squares(x: Array, y: Array) -> tuple[float, ...]:
    """Return the parameters of the best linear model and its mean squared error; () if they are not unique."""
    design = np.column_stack((x, np.ones(len(x))))
    if design.size * design.shape[1] > _MOST_WORK:
        return ()
    try:
        solution, _residuals, rank, _singular = np.linalg.lstsq(design, y, rcond=None)
    except np.linalg.LinAlgError:  # numbers near the largest float
        return ()
    residual = design @ solution - y
    best = (*solution[:-1].T.ravel(), *solution[-1], np.mean(residual * residual))
    return tuple(map(float, best)) if rank == design.shape[1] and np.all(np.isfinite(best)) else ()


def _domain(start: Array, best: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """Return a box with integer bounds that contains the start and has the best parameters in its middle."""
    reach = [max(1.0, abs(a - b)) for a, b in zip(start, best, strict=False)]
    return tuple((float(np.floor(b - 1.3 * r)), float(np.ceil(b + 1.3 * r))) for b, r in zip(best, reach, strict=False))
