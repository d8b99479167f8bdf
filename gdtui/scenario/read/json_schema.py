"""The JSON Schema of scenario files, made from their records; editors complete and check files by it.

A schema describes single places: keys, types, ranges, the names of optimizers, surfaces, datasets, schedules. Only
reading the file finds faults that depend on several places, such as a lane that does not exist at that point.
"""

from __future__ import annotations

import json

from gdtui.objectives.specs import KINDS
from gdtui.scenario.read.objective_table import table_of
from gdtui.scenario.read.tables import HeadTable, RunTable, ScriptTable
from gdtui.simulation.experiment import LANE_NAME, MOST_LANES
from gdtui.toml.records import Schema, schema_of
from gdtui.verbs import VERBS
from gdtui.verbs.lane_table import LaneTable


def schema_text() -> str:
    """Return the schema as it is stored, `scenarios/scenario.schema.json`."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a scenario file."""
    shared: Schema = {}
    head, run, lane, script = (
        _part(schema_of(table), shared) for table in (HeadTable, RunTable, LaneTable, ScriptTable)
    )
    script["properties"]["do"]["items"] = {"anyOf": [_part(verb.schema(), shared) for verb in VERBS.values()]}
    objectives = [_part(schema_of(table_of(kind)), shared) for kind in KINDS]
    head["properties"] |= {
        "format": {"const": 1},
        "objective": {"oneOf": objectives, "description": "what is minimised"},
        "run": run,
        "lanes": {
            "type": "object", "minProperties": 1, "maxProperties": MOST_LANES, "additionalProperties": False,
            "patternProperties": {f"^{LANE_NAME.pattern}$": lane},
        },
        "script": script,
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gdtui scenario",
        **head,
        "description": "An experiment and what is done with it.",
        "$defs": shared,
    }


def _part(schema: Schema, shared: Schema) -> Schema:
    """Return a table's schema; move the tables within it to the shared "$defs"."""
    shared |= schema.pop("$defs", {})
    return schema
