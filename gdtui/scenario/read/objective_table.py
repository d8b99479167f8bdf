"""From `[objective]` to a built objective; each fault is noted at its key."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import MISSING, field, make_dataclass
from functools import cache
from inspect import getdoc
from typing import Annotated, Literal

from gdtui.errors import ExpressionError, ObjectiveError
from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import KINDS, Specification, TapeSpec, specify
from gdtui.objectives.specs.specification import key_types
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.text import _, did_you_mean
from gdtui.toml.positions import Path
from gdtui.toml.records import Reads, Schema, kind_of, read_sound, short
from gdtui.toml.source import Source
from gdtui.verbs.on_screen import TEXTS_SCHEMA, texts

#: Keys to leave out after a fault in a key, so that the rest can be checked: the key and those that depend on it.
_DEPENDENT = {
    **{key: (key,) for key in ("activation", "output", "init", "rows", "validation", "start", "noise")},
    **dict.fromkeys(("loss", "layers"), ("loss", "layers", "start")),
}
#: The names of objectives, by kind.
_CATALOGUES: dict[str, Iterable[str]] = {"surface": SURFACES, "dataset": DATASETS}


def read_objective(source: Source, data: object, seed: int = 0) -> tuple[Specification, Objective] | None:
    """Return the objective of `[objective]`, built with the run's seed; None after noting its faults."""
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
    table, whole = read_sound(source, path, table_of(kind), data)
    if table is None:
        return None
    spec = _specified(source, path, kind, table)
    if spec is None or source.faulty((*path, "target")):
        return None
    if source.faulty((*path, "model")):  # the number of parameters is not known then
        spec = spec.without(["start"])
    objective = _built(source, path, spec, seed)
    return (spec, objective) if whole and objective is not None else None


@cache
def table_of(kind: str) -> type:
    """Return the record of a kind: the keys of its specifications, with those of the model in a table of their own."""
    specs = KINDS[kind]
    keys: list[tuple[str, object, object]] = [("kind", Literal[kind], MISSING)]
    model: list[tuple[str, object, object]] = []
    for spec in specs:
        for each in spec.fields():
            type_ = key_types(spec)[each.name]
            if each.metadata.get("words"):
                type_ = Annotated[type_, Reads(texts, TEXTS_SCHEMA)]  # type: ignore[assignment]
            required = each.default is MISSING and len(specs) == 1
            key = (each.name, type_, MISSING) if required else (each.name, type_ | None, None)
            if each.name not in (name for name, _type, _default in (*keys, *model)):
                (model if each.metadata.get("model") else keys).append(key)
    if model:
        keys.append(("model", _record("ModelTable", model, "The model that is fitted.") | None, None))
    described = specs[0] if len(specs) == 1 else specs[0].__base__
    return _record(f"{kind.title()}Table", keys, getdoc(described) or "", json_schema_extra=staticmethod(_name_entries))


def _name_entries(schema: Schema) -> None:
    """List the names of the catalogue, for kinds that have one."""
    kind = schema["properties"]["kind"]["const"]
    if kind in _CATALOGUES:
        schema["properties"]["name"]["enum"] = list(_CATALOGUES[kind])


def _record(name: str, keys: list[tuple[str, object, object]], doc: str = "", **attributes: object) -> type:
    fields = [(key, type_, field(default=default)) for key, type_, default in keys]
    return make_dataclass(name, fields, frozen=True, kw_only=True, namespace={"__doc__": doc, **attributes})


def _specified(source: Source, path: Path, kind: str, table: object) -> Specification | None:
    """Return the specification of a checked table; None after noting its fault."""
    keys = dict(vars(table))
    keys |= vars(model) if (model := keys.pop("model", None)) else {}
    paths = {each.name for spec in KINDS[kind] for each in spec.fields() if each.metadata.get("path")}
    given = {
        key: beside(source, value) if key in paths else value
        for key, value in keys.items()
        if value is not None and key != "kind"
    }
    try:
        return specify(kind, given)
    except ObjectiveError as error:
        if not source.faulty(path):
            # a tape with no source or several: the fault is not in one of them
            source.add((*path, "kind" if kind == TapeSpec.kind else error.key), str(error))
        return None


def _built(source: Source, path: Path, spec: Specification, seed: int) -> Objective | None:
    """Return the objective; None after noting a fault in one key and checking the other keys without it."""
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
