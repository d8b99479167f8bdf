"""Objectives from data: a built-in dataset, or the rows of a CSV file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from gdtui.errors import ObjectiveError
from gdtui.objectives.data.csv_data import read_dataset
from gdtui.objectives.data.data_table import Table
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs.fitted import FittedSpec
from gdtui.objectives.specs.specification import PATH, WORDS
from gdtui.text import _, did_you_mean


@dataclass(frozen=True)
class DatasetSpec(FittedSpec):
    """A dataset of the catalogue."""

    name: str

    def build(self, seed: int = 0) -> Objective:
        """Return the mean loss of the dataset's model as an objective."""
        if self.name not in DATASETS:
            known = _(" (there are: {})").format(", ".join(DATASETS))
            message = _("there is no dataset {!r}").format(self.name)
            raise ObjectiveError("name", message, did_you_mean(self.name.lower(), DATASETS, known))
        entry = DATASETS[self.name]
        table = entry.table(_count(self.rows, entry.rows, entry.most, self.name))
        model = self.model(table, entry.layers[:-1], entry.activation, entry.loss)
        if entry.tables is not None:
            model = replace(model, tables=entry.tables(model.layers[0]), labels=entry.inputs)
        if model.layers != entry.layers:  # what it teaches is said of its own model
            table = replace(table, teaches="")
        return self.fit(table, model, seed)


@dataclass(frozen=True)
class CsvSpec(FittedSpec):
    """The rows of the CSV file at a path, with the names of the columns to predict (by default the last one).

    The default model is linear. `gdtui.objectives.data.csv_data` describes the file.
    """

    csv: str = field(metadata=PATH)
    target: tuple[str, ...] = field(default=(), metadata=WORDS)

    def build(self, seed: int = 0) -> Objective:
        """Return the mean loss of the model as an objective: mse for numbers, bce for two classes, softmax for more."""
        as_classes = self.loss == "softmax" or (self.loss == "bce" and len(self.target) < 2)
        table = read_dataset(self.csv, self.target, as_classes=as_classes)
        count = _count(self.rows, len(table.x), len(table.x), table.name)
        table = replace(table, x=table.x[:count], y=table.y[:count])
        table = replace(table, teaches=self._about(table))
        loss = "mse" if not table.classes else "bce" if len(table.classes) == 2 else "softmax"
        return self.fit(table, self.model(table, (table.x.shape[1],), "", loss), seed)

    @np.errstate(all="ignore")  # numbers near the largest float
    def _about(self, table: Table) -> str:
        """Return what is predicted from what, and whether standardising would help."""
        target, inputs = ", ".join(table.targets), ", ".join(table.inputs[:_NAMED])
        if len(table.inputs) > _NAMED:
            inputs = _("{inputs} and {more} more").format(inputs=inputs, more=len(table.inputs) - _NAMED)
        scales = [float(scale) for scale in table.x.std(axis=0) if scale > 0]
        unlike = not self.standardize and len(scales) > 1 and max(scales) > _UNLIKE * min(scales)
        if unlike:
            chosen = _("the inputs' scales differ {ratio} times: standardize; {target} is predicted from {inputs}")
            last = _("scales differ {ratio} times: standardize; {target}, the last column, is predicted from {inputs}")
        else:
            chosen = _("{target} is predicted from {inputs}")
            last = _("{target}, the last column, is predicted from {inputs}")
        ratio = f"{max(scales) / min(scales):.0f}" if unlike else ""
        return (chosen if self.target else last).format(target=target, inputs=inputs, ratio=ratio)


#: Inputs that are named, and the ratio of scales from which on gradient descent crawls along one of them.
_NAMED, _UNLIKE = 6, 10.0


def _count(asked: int | None, default: int, most: int, name: str) -> int:
    count = default if asked is None else asked
    if not 1 <= count <= most:
        message = _("{name} has from 1 to {most} rows, not {count}")
        raise ObjectiveError("rows", message.format(name=name, most=most, count=count))
    return count
