"""Tables of a file as frozen dataclasses: pydantic checks them, and each fault is noted at its place.

The fields of a record are the keys of its table; a field's trailing underscore is dropped (`as_` is the key "as").
Ranges stand in the annotations (`annotated_types`). pydantic is imported when the first table is read: importing it
takes longer than reading a file.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeGuard, TypeVar, Union, get_args, get_origin, get_type_hints

from gdtui.text import _, cut, did_you_mean
from gdtui.toml.positions import Path
from gdtui.toml.source import Source

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
    from pydantic_core.core_schema import ModelSchema, NullableSchema, WithDefaultSchema

    Schema: TypeAlias = JsonSchemaValue
else:
    Schema = dict  # annotations of records are evaluated, which must not import pydantic

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Reads:
    """Annotates a value of more than one form; `read` raises ValueError with a sentence about {key}."""

    read: Callable[[object], object]
    schema: Mapping[str, object] = field(hash=False)

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> object:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _core: object, _handler: object) -> Schema:
        return dict(self.schema)


@dataclass(frozen=True)
class Matches:
    """Annotates a string that must match a regular expression."""

    pattern: str

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Schema]) -> Schema:
        return {**handler(source), "pattern": self.pattern}


@dataclass(frozen=True)
class Others:
    """Annotates the field that takes every other key of the table."""


def keys(record: type) -> list[str]:
    """Return the keys of a record's table."""
    return [each.name.rstrip("_") for each in dataclasses.fields(record) if each.name != _others(record)]


@lru_cache
def _hints(record: type) -> dict[str, object]:
    import annotated_types

    ranges = {name: getattr(annotated_types, name) for name in annotated_types.__all__}
    return get_type_hints(record, localns=ranges, include_extras=True)


@lru_cache
def _others(record: type) -> str:
    """Return the field that takes every other key; "" for none."""
    return next((name for name, hint in _hints(record).items() if Others() in get_args(hint)[1:]), "")


@lru_cache
def model_of(record: type, required: str = "") -> type[BaseModel]:
    """Return the pydantic model of a record; the key `required` must be given even if its field has a default."""
    from pydantic import ConfigDict, Field, create_model

    hints, others = _hints(record), _others(record)
    fields = {}
    for each in dataclasses.fields(record):
        key = each.name.rstrip("_")
        default = ... if each.default is dataclasses.MISSING or key == required else each.default
        if each.name != others:
            fields[each.name] = (_strict(hints[each.name]), Field(default, alias=key))
    config = ConfigDict(
        strict=True, extra="allow" if others else "forbid", frozen=True,
        json_schema_extra=getattr(record, "json_schema_extra", None),
    )  # fmt: skip
    summary = (record.__doc__ or "").partition("\n")[0]
    made: type[BaseModel] = create_model(record.__name__, __config__=config, __doc__=summary, **fields)  # type: ignore[call-overload]
    return made


def _strict(hint: object) -> object:
    """Return a field's type for a strict model: records become models, and an array may be a tuple."""
    from annotated_types import Len
    from pydantic import Strict

    origin, inner = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        return model_of(hint)  # type: ignore[arg-type]
    if origin is Annotated:
        return reduce(lambda made, mark: Annotated[made, mark], inner[1:], _strict(inner[0]))
    if origin in (Union, types.UnionType):
        return reduce(or_, map(_strict, inner))
    if origin is tuple and inner[-1] is ...:
        return Annotated[tuple[_strict(inner[0]), ...], Strict(False)]  # type: ignore[misc]
    if origin is tuple:  # of a fixed length: the message counts the numbers
        return Annotated[tuple[_strict(inner[0]), ...], Strict(False), Len(len(inner), len(inner))]  # type: ignore[misc]
    return hint


def _record(record: type[T], model: BaseModel) -> T:
    """Return a checked table as its record."""
    hints, values = _hints(record), {}
    for name in (each.name for each in dataclasses.fields(record)):  # type: ignore[arg-type]
        if name == _others(record):
            values[name] = dict(model.model_extra or {})
        else:
            value, inner = getattr(model, name), _nested(hints[name])
            values[name] = value if inner is None or value is None else _record(inner, value)
    return record(**values)


def _nested(hint: object) -> type | None:
    """Return the record in a field's type; None for other types."""
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return next((each for each in options if isinstance(each, type) and dataclasses.is_dataclass(each)), None)


# Reading -------------------------------------------------------------------------------------------


def read_record(source: Source, path: Path, record: type[T], data: object, required: str = "") -> T | None:
    """Return the table at `path` as a record; None if it has faults, which are noted."""
    from pydantic import ValidationError

    try:
        return _record(record, model_of(record, required).model_validate(data))
    except ValidationError as error:
        for item in error.errors(include_url=False):
            where = (*path, *item["loc"])
            kind, context, given = item["type"], item.get("ctx", {}), item.get("input")
            if kind == "extra_forbidden":
                hint = did_you_mean(where[-1], keys(_within(record, item["loc"][:-1])))
                source.add(where, _("unknown key {!r}").format(where[-1]) + hint, key=True)
            elif kind == "missing":
                source.add(where, _("{!r} is missing").format(where[-1]))
            else:
                source.add(where, _message(kind, where[-1] if where else "", context, given, item["msg"]))
    return None


def read_sound(source: Source, path: Path, record: type[T], data: object, required: str = "") -> tuple[T | None, bool]:
    """Return the sound part of a table as a record (None if it makes none), and whether the table has no faults.

    The keys at fault are left out, so that the rest of the table can be checked.
    """
    from pydantic import ValidationError

    found = read_record(source, path, record, data, required)
    if found is not None or not isinstance(data, dict):
        return found, found is not None
    try:
        return _record(record, model_of(record, required).model_validate(_sound(source, path, data))), False
    except ValidationError:
        return None, False


def _sound(source: Source, path: Path, data: Mapping[str, object]) -> dict[str, object]:
    """Return a table without the keys at fault, in itself and in the tables within it."""
    sound: dict[str, object] = {}
    for key, value in data.items():
        at = (*path, key)
        if not source.faulty(at):
            sound[key] = value
        elif isinstance(value, dict) and not source.faulty_itself(at):
            sound[key] = _sound(source, at, value)
    return sound


def _within(record: type, loc: Path) -> type:
    """Return the record of the table at `loc` within a record's table."""
    for part in loc:
        inner = _nested(_hints(record).get(str(part)))
        if inner is None:
            break
        record = inner
    return record


# Messages ------------------------------------------------------------------------------------------


def _wanted(kind: str) -> str:
    return {
        "float_type": _("a number"), "int_type": _("a whole number"), "string_type": _("a string"),
        "bool_type": _("true or false"), "tuple_type": _("an array"), "list_type": _("an array"),
        "model_type": _("a table"), "dict_type": _("a table"),
    }.get(kind, "")  # fmt: skip


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a value is a number of TOML: true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def kind_of(value: object) -> str:
    """Return the name of a value's TOML type for a message."""
    if isinstance(value, bool):
        return _("true") if value else _("false")
    names = (
        (str, _("a string")), (int, _("a whole number")), (float, _("a number with a point")), (list, _("an array")),
        (Mapping, _("a table")), ((date, time), _("a date")),
    )  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)


def short(value: object) -> str:
    """Return a value, cut short, for a message."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return cut(text, 40)


def _message(kind: str, key: object, context: Mapping[str, object], given: object, original: str) -> str:
    name = _("this") if isinstance(key, int) else key
    if wanted := _wanted(kind):
        return _("{} must be {}, not {}").format(name, wanted, kind_of(given))
    if kind == "value_error":
        return str(context["error"]).format(key=name)
    if key == "format" and kind in ("less_than_equal", "greater_than_equal"):
        return _("this gdtui reads format = 1, not {}").format(given)
    if kind == "literal_error":
        allowed = str(context["expected"]).replace("True", "true")
        words = [word.strip(" '") for word in allowed.replace(" or ", ", ").split(", ")]
        return _("{} must be {}, not {}").format(name, allowed, short(given)) + did_you_mean(given, words)
    for bound, sign in {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}.items():
        if bound in context and isinstance(given, (int, float)):
            return _("{} must be {} {}, not {}").format(name, sign, context[bound], given)
    if kind == "string_too_short":
        return _("{} must not be empty").format(name)
    if kind == "string_too_long":
        return _("{} has at most {} characters").format(name, context["max_length"])
    if kind in ("too_short", "too_long"):
        text = _("{} has at least {} numbers, not {}") if key == "layers" else _("{} has {} numbers, not {}")
        return text.format(name, context.get("min_length") or context.get("max_length"), context["actual_length"])
    if kind == "string_pattern_mismatch":
        return _("{} is letters, digits, '.', '_' and '-' only (at most 64)").format(name)
    return f"{name}: {original[:1].lower()}{original[1:]}"


# JSON Schema ---------------------------------------------------------------------------------------


def schema_of(record: type, required: str = "") -> Schema:
    """Return the JSON Schema of a record's table, with the tables within it under "$defs"."""
    schema = model_of(record, required).model_json_schema(schema_generator=generator())
    schema.get("required", []).sort(key=lambda key: key != required)
    return schema


@lru_cache
def generator() -> type[GenerateJsonSchema]:
    """Return a generator that leaves out titles, null (TOML has none), and defaults that are empty."""
    from pydantic.json_schema import GenerateJsonSchema

    class Plain(GenerateJsonSchema):
        def field_title_should_be_set(self, _schema: object) -> bool:
            return False

        def nullable_schema(self, schema: NullableSchema) -> Schema:
            return self.generate_inner(schema["schema"])

        def default_schema(self, schema: WithDefaultSchema) -> Schema:
            made = super().default_schema(schema)
            return {key: value for key, value in made.items() if key != "default" or value not in (None, "", [])}

        def model_schema(self, schema: ModelSchema) -> Schema:
            made = super().model_schema(schema)
            made.pop("title", None)
            return {**made, "additionalProperties": False}

    return Plain
