"""The JSON Schema of scenario files, from the models that read them: editors complete and underline by it.

What a schema can say well it says: keys, types, ranges, the names of optimizers, surfaces, datasets, schedules. What
depends on more than one place (that a lane exists at that point of the script) only loading finds.
"""

from __future__ import annotations

import json
from typing import Any

from gdtui.objectives.data.datasets import DATASETS
from gdtui.objectives.surfaces.catalogue import SURFACES
from gdtui.optimizers import COMMON, REGISTRY
from gdtui.scenario.read import model
from gdtui.simulation.sampling import SHUFFLES
from gdtui.simulation.schedules import COUNTS, KINDS

Schema = dict[str, Any]

_NUMBER: Schema = {"type": "number"}
_BATCH: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
_NUMBERS: Schema = {"type": "array", "items": _NUMBER}
_COMPARABLE: Schema = {
    "anyOf": [_NUMBER, {**_NUMBERS, "minItems": 1}, {"type": "string"}],
    "description": "a number, an array of numbers, a status, or a quantity such as 'adam.loss'",
}
_WORDS: Schema = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    ]
}
#: What a schema can say of an act beyond its keys.
_ACT_RULES: dict[str, Schema] = {
    "expect": {
        "dependentRequired": {"abs": ["near"], "rel": ["near"], "over": ["trend"]},
        "anyOf": [
            {"required": [key]} for key in ("eq", "ne", "lt", "le", "gt", "ge", "near", "is", "trend")
        ],
        "if": {"required": ["near"]},
        "then": {"anyOf": [{"required": ["abs"]}, {"required": ["rel"]}]},
    },
}  # fmt: skip


def schema_text() -> str:
    """Return the schema as it is stored, `scenarios/scenario.schema.json`."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a scenario file."""
    head = _table(model.Head)
    head["properties"] |= {
        "format": {"const": 1},
        "objective": {"oneOf": [_objective(kind) for kind in model.OBJECTIVES], "description": "what is minimised"},
        "run": _table(model.RunTable),
        "lanes": {
            "type": "object", "minProperties": 1, "maxProperties": 16, "additionalProperties": False,
            "patternProperties": {"^[A-Za-z][A-Za-z0-9_-]{0,31}$": _lane(model.LaneTable)},
        },
        "script": {
            **_table(model.ScriptTable),
            "properties": {"do": {"type": "array", "items": {"anyOf": list(map(_act, model.VERBS))}}},
        },
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gdtui scenario",
        **head,
        "description": "An experiment and what is done with it.",
    }


def _table(table: type[model.Table]) -> Schema:
    """Return a model's schema, with what it refers to put in, without null (TOML has none) and titles."""
    raw = table.model_json_schema(by_alias=True)
    inner = raw.pop("$defs", {})
    cleaned = _cleaned(raw, inner)
    cleaned["additionalProperties"] = False
    for name in list(cleaned["properties"]):
        if name in _COMPARABLES and table is model.ExpectAct:
            cleaned["properties"][name] = _COMPARABLE
    assert isinstance(cleaned, dict)
    return cleaned


_COMPARABLES = ("eq", "ne", "lt", "le", "gt", "ge", "near")


def _cleaned(node: Any, inner: Schema) -> Any:
    if isinstance(node, list):
        return [_cleaned(item, inner) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _cleaned(inner[node["$ref"].rpartition("/")[2]], inner)
    if "anyOf" in node:
        given = [choice for choice in node["anyOf"] if choice != {"type": "null"}]
        if len(given) == 1:
            node = {**{key: value for key, value in node.items() if key != "anyOf"}, **given[0]}
            return _cleaned(node, inner)
    out = {}
    for key, value in node.items():
        if key == "properties":
            out[key] = {name: _cleaned(item, inner) for name, item in value.items()}
        elif not (key == "title" or (key == "default" and value in (None, {}, []))):
            out[key] = _cleaned(value, inner)
    return out


def _objective(kind: str) -> Schema:
    table = _table(model.OBJECTIVES[kind])
    names: dict[str, list[str]] = {"surface": list(SURFACES), "dataset": list(DATASETS)}
    if kind in names:
        table["properties"]["name"] = {"enum": names[kind]}
    if "target" in table["properties"]:
        table["properties"]["target"] = _WORDS
    return table


def _lane(table: type[model.Table]) -> Schema:
    """Return the schema of a lane: its keys, and every hyperparameter and option that any optimizer has."""
    out = _table(table)
    rules = [rule for optimizer in REGISTRY.values() for rule in optimizer.rules]
    numbers = {key for rule in rules for key in rule.defaults} | set(COMMON)
    choices = {key for rule in rules for key in rule.options}
    dialects = sorted({dialect for rule in rules for dialect in rule.dialects})
    out["properties"] |= {
        "optimizer": {"enum": list(REGISTRY)},
        "dialect": {"enum": dialects},
        "sampling": {
            "anyOf": [{"enum": ["full", "single"]}, _BATCH, {
                "type": "object", "additionalProperties": False,
                "properties": {
                    "batch": {"anyOf": [{"enum": ["full", "single"]}, _BATCH]}, "shuffle": {"enum": list(SHUFFLES)},
                    "drop_last": {"type": "boolean"},
                },
            }],
        },
        "schedule": {"oneOf": list(map(_schedule, KINDS))},
    }  # fmt: skip
    for key in sorted(numbers | choices):
        kinds = [kind for kind, keys in (("number", numbers), ("boolean", choices)) if key in keys]
        out["properties"][key] = {"type": kinds[0] if len(kinds) == 1 else kinds}
    return out


def _schedule(name: str) -> Schema:
    kind = KINDS[name]
    whole: Schema = {"type": "number", "minimum": 0, "multipleOf": 1}
    plain: Schema = {"type": "number", "minimum": 0}
    return {
        "type": "object", "additionalProperties": False,
        "properties": {
            "kind": {"const": name}, **{key: whole if key in COUNTS else plain for key in kind.defaults},
        },
        "required": ["kind", *(key for key, default in kind.defaults.items() if default is None)],
    }  # fmt: skip


def _act(verb: str) -> Schema:
    table = model.VERBS[verb]
    out = _lane(table) if issubclass(table, model.Open) else _table(table)
    properties = out["properties"]
    if verb in ("press", "expect_screen"):
        properties[verb] = _WORDS
    if verb == "back":
        properties["back"] = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 10**9}, {"type": "string"}]}
    if verb == "show":
        properties["coordinate"] = {"anyOf": [{"type": "integer", "minimum": 0}, {"const": "norm"}]}
    return {**out, **_ACT_RULES.get(verb, {})}
