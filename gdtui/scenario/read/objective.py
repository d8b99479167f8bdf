"""From `[objective]` to an objective that is built; each fault is noted at its key."""

from __future__ import annotations

import os
from typing import Any

from gdtui.errors import ExpressionError, ObjectiveError
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import KINDS, Specification, TapeSpec, specify
from gdtui.scenario.read import model
from gdtui.scenario.read.faults import Source
from gdtui.scenario.read.positions import Path
from gdtui.scenario.read.sections import kind_of, read_sound, short
from gdtui.text import _, did_you_mean

#: Keys to leave out when the rest of an objective is checked: a key at fault, and the keys that depend on it.
_DEPENDENT = {
    **{key: (key,) for key in ("activation", "init", "rows", "validation", "start", "noise")},
    **dict.fromkeys(("loss", "layers"), ("loss", "layers", "start")),
}


def read_objective(source: Source, data: object, seed: int = 0) -> tuple[Specification, Objective] | None:
    """Return the objective of `[objective]`, built with the run's seed, or None: the faults are noted."""
    path: Path = ("objective",)
    if not isinstance(data, dict):
        source.add(path, _("objective must be a table, not {}").format(kind_of(data)))
        return None
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        if "kind" not in data:
            source.add(path, _("'kind' is missing (one of: {})").format(", ".join(KINDS)))
        else:
            message = _("kind is one of {}, not {}").format(", ".join(KINDS), short(kind))
            source.add((*path, "kind"), message + did_you_mean(kind, KINDS))
        return None
    table, whole = read_sound(source, path, model.OBJECTIVES[kind], data)
    if table is None:
        return None
    spec = _specified(source, path, kind, table)
    if spec is None or source.faulty((*path, "target")):
        return None
    if source.faulty((*path, "model")):  # the number of parameters is not known then
        spec = spec.without(["start"])
    objective = _built(source, path, spec, seed)
    return (spec, objective) if whole and objective is not None else None


def _specified(source: Source, path: Path, kind: str, table: model.Table) -> Specification | None:
    """Return the specification of a checked table."""
    keys = table.model_dump(exclude={"kind"}, exclude_unset=True)
    keys |= keys.pop("model", {})
    paths = {field.name for spec in KINDS[kind] for field in spec.fields() if field.metadata.get("path")}
    given = {key: beside(source, value) if key in paths else _frozen(value) for key, value in keys.items()}
    try:
        return specify(kind, given)
    except ObjectiveError as error:
        if not source.faulty(path):
            # a tape has none or several sources: that is no fault of one of them
            source.add((*path, "kind" if kind == TapeSpec.kind else error.key), str(error))
        return None


def _built(source: Source, path: Path, spec: Specification, seed: int) -> Objective | None:
    """Return the objective, or None: a fault in one key is noted, and the other keys are checked without it."""
    try:
        return spec.build(seed)
    except ExpressionError as error:
        source.add((*path, "formula"), error.message, column=error.column)
    except ObjectiveError as error:
        of_model = {field.name for field in spec.fields() if field.metadata.get("model")}
        source.add((*path, "model", error.key) if error.key in of_model else (*path, error.key), str(error))
        rest = spec.without(_DEPENDENT.get(error.key, ()))
        if rest != spec:
            _built(source, path, rest, seed)
    return None


def beside(source: Source, name: str) -> str:
    """Return the path of a file named in a scenario, relative to the scenario's folder."""
    return os.path.join(os.path.dirname(source.file), name)


def _frozen(value: Any) -> Any:
    """Return arrays as tuples."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
