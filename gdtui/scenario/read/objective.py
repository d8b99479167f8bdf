"""From `[objective]` to an objective that is built, each fault put down to the key that has it."""

from __future__ import annotations

import os
from dataclasses import replace

from gdtui.errors import ExpressionError, ObjectiveError
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.objective import Objective
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.scenario.read import model
from gdtui.scenario.read.faults import Source
from gdtui.scenario.read.positions import Path
from gdtui.scenario.read.sections import kind_of, read_sound, short
from gdtui.simulation.experiment import ObjectiveSpec
from gdtui.simulation.simulation import build_objective
from gdtui.text import _, did_you_mean


def read_objective(source: Source, data: object) -> tuple[ObjectiveSpec, Objective] | None:
    """Return the objective of `[objective]`, built, or None: the faults are noted."""
    path: Path = ("objective",)
    if not isinstance(data, dict):
        source.add(path, _("objective must be a table, not {}").format(kind_of(data)))
        return None
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in model.OBJECTIVES:
        kinds = list(model.OBJECTIVES)
        if "kind" not in data:
            source.add(path, _("'kind' is missing (one of: {})").format(", ".join(kinds)))
        else:
            message = _("kind is one of {}, not {}").format(", ".join(kinds), short(kind))
            source.add((*path, "kind"), message + did_you_mean(kind, kinds))
        return None
    table, whole = read_sound(source, path, model.OBJECTIVES[kind], data)
    spec = None if table is None else _objective_spec(source, path, table)
    if spec is None or source.faulty((*path, "target")):
        return None
    if source.faulty((*path, "model")):  # how many parameters there are is not known then
        spec = replace(spec, start=())
    built = _built(source, path, spec)
    return built if whole else None


def _built(source: Source, path: Path, spec: ObjectiveSpec) -> tuple[ObjectiveSpec, Objective] | None:
    """Return the objective, or None: what is wrong with one key is noted, and the others are looked at without it."""
    try:
        return spec, build_objective(spec)
    except ExpressionError as error:
        source.add((*path, "formula"), error.message, column=error.column)
    except ObjectiveError as error:
        of_model = error.key in model.ModelTable.model_fields
        at = (*path, "model", error.key) if of_model else (*path, error.key)
        source.add(at, str(error) + _suggest(spec, error))
        plain = {key: vars(ObjectiveSpec())[key] for key in _GO_WITH.get(error.key, ())}
        if (without := replace(spec, **plain)) != spec:
            _built(source, path, without)
    return None


#: What to leave out when the rest of an objective is looked at: a key at fault, and what depends on it.
_GO_WITH = {
    **{key: (key,) for key in ("activation", "init", "rows", "validation", "start", "noise")},
    **dict.fromkeys(("loss", "layers"), ("loss", "layers", "start")),
}


def _suggest(spec: ObjectiveSpec, error: ObjectiveError) -> str:
    known = DATASETS if spec.kind == "dataset" else SURFACES
    return "" if error.key != "name" or "did you mean" in str(error) else did_you_mean(spec.name, list(known))


def _objective_spec(source: Source, path: Path, table: model.Table) -> ObjectiveSpec | None:
    match table:
        case model.SurfaceTable():
            return ObjectiveSpec("surface", table.name, start=tuple(table.start), noise=table.noise)
        case model.ExpressionTable():
            domain = tuple((pair[0], pair[1]) for pair in table.domain)
            return ObjectiveSpec("expression", "", table.formula, domain, tuple(table.start), table.noise)
        case model.DatasetTable():
            if (table.name is None) == (table.csv is None):
                source.add((*path, "name"), _("a dataset has either a name or a csv"))
            else:
                fitted = table.model or model.ModelTable()
                return ObjectiveSpec(
                    "dataset", table.name or "", start=tuple(table.start), rows=table.rows,
                    csv=beside(source, table.csv), target=_names(table.target), validation=table.validation or 0.0,
                    standardize=table.standardize, layers=tuple(fitted.layers or ()),
                    activation=fitted.activation or "", loss=fitted.loss or "", init=fitted.init or "",
                )  # fmt: skip
        case model.TapeTable():
            given = [key for key in ("gradients", "csv", "pattern") if getattr(table, key) is not None]
            if len(given) == 1:
                return ObjectiveSpec(
                    "tape", "tape", start=tuple(table.start), csv=beside(source, table.csv),
                    gradients=tuple(tuple(row) for row in table.gradients or ()), pattern=table.pattern or "",
                )  # fmt: skip
            if not source.faulty(path):
                source.add((*path, "kind"), _("a tape has one of gradients, csv or pattern"))
    return None


def beside(source: Source, name: str | None) -> str:
    """Return a file named in a scenario, relative to the scenario's folder."""
    return "" if name is None else os.path.join(os.path.dirname(source.file), name)


def _names(target: object) -> tuple[str, ...]:
    return () if target is None else (target,) if isinstance(target, str) else tuple(map(str, target))  # type: ignore[call-overload]
