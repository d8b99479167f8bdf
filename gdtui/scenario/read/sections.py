"""From the tables of a file to records and lanes, each fault put down to the key that has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any, TypeVar

from pydantic import ValidationError

from gdtui.errors import ParameterError, SamplingError
from gdtui.optimizers import COMMON, REGISTRY
from gdtui.scenario.read import model
from gdtui.scenario.read.faults import Source
from gdtui.scenario.read.positions import Path
from gdtui.simulation.experiment import Lane, Stop
from gdtui.simulation.sampling import SHUFFLES, Sampling, read_sampling
from gdtui.simulation.schedules import KINDS, Schedule
from gdtui.text import _, did_you_mean

T = TypeVar("T", bound=model.Table)
#: Keys of a lane's sampling, where it is a table.
SAMPLING = ("batch", "shuffle", "drop_last")


def _wants(kind: str) -> str:
    return {
        "float_type": _("a number"), "int_type": _("a whole number"), "string_type": _("a string"),
        "bool_type": _("true or false"), "list_type": _("an array"), "model_type": _("a table"),
        "dict_type": _("a table"),
    }.get(kind, "")  # fmt: skip


def kind_of(value: object) -> str:
    """Name the TOML type of a value, for people."""
    if isinstance(value, bool):
        return _("true") if value else _("false")
    names = (
        (str, _("a string")), (int, _("a whole number")), (float, _("a number with a point")), (list, _("an array")),
        (Mapping, _("a table")), ((date, time), _("a date")),
    )  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)


def _keys(table: type[model.Table]) -> list[str]:
    return [info.alias or name for name, info in table.model_fields.items()]


def _nested(table: type[model.Table], loc: Path) -> type[model.Table]:
    """Return the model of the table at `loc` within `table`."""
    for part in loc:
        info = table.model_fields.get(str(part))
        inner = getattr(info, "annotation", None)
        candidates = (inner, *getattr(inner, "__args__", ()))
        found = next((c for c in candidates if isinstance(c, type) and issubclass(c, model.Table)), None)
        if found is None:
            return table
        table = found
    return table


def read_table(source: Source, path: Path, table: type[T], data: object) -> T | None:
    """Return `data` as a model, or None: the faults are noted."""
    try:
        return table.model_validate(data)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            where = (*path, *item["loc"])
            kind, context, given = item["type"], item.get("ctx", {}), item.get("input")
            if kind == "extra_forbidden":
                keys = _keys(_nested(table, item["loc"][:-1]))
                source.add(where, _("unknown key {!r}").format(where[-1]) + did_you_mean(where[-1], keys), key=True)
            elif kind == "missing":
                source.add(where, _("{!r} is missing").format(where[-1]))
            else:
                source.add(where, _message(kind, where[-1] if where else "", context, given, item["msg"]))
    return None


def read_sound(source: Source, path: Path, table: type[T], data: object) -> tuple[T | None, bool]:
    """Return `data` as a model, without the keys that are at fault, and whether there were none.

    So what is right about a table can be looked at beside what is wrong with it. None where that leaves no table.
    """
    found = read_table(source, path, table, data)
    if found is not None or not isinstance(data, dict):
        return found, found is not None
    try:
        return table.model_validate(_sound(source, path, data)), False
    except ValidationError:
        return None, False


def _sound(source: Source, path: Path, data: dict[str, Any]) -> dict[str, Any]:
    """Return a table without what is at fault in it; a table within it stays, without its own faults."""
    sound = {}
    for key, value in data.items():
        at = (*path, key)
        if not source.faulty(at):
            sound[key] = value
        elif isinstance(value, dict) and not source.faulty_itself(at):
            sound[key] = _sound(source, at, value)
    return sound


def _message(kind: str, key: object, context: Mapping[str, Any], given: object, original: str) -> str:
    name = _("this") if isinstance(key, int) else key
    if wanted := _wants(kind):
        return _("{} must be {}, not {}").format(name, wanted, kind_of(given))
    if key == "format" and kind in ("less_than_equal", "greater_than_equal"):
        return _("this gdtui reads format = 1, not {}").format(given)
    if kind == "literal_error":
        allowed = str(context["expected"]).replace("True", "true")
        words = [word.strip(" '") for word in allowed.replace(" or ", ", ").split(", ")]
        return _("{} must be {}, not {}").format(name, allowed, short(given)) + did_you_mean(given, words)
    bounds = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    for word, sign in bounds.items():
        if word in context and isinstance(given, (int, float)):
            return _("{} must be {} {}, not {}").format(name, sign, context[word], given)
    if kind in ("comparable", "back", "coordinate", "words"):
        return f"{name} {original}"
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


def short(value: object) -> str:
    """Return a value as it may stand in a message."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


# -- lanes ------------------------------------------------------------------------------------------


def read_lane(source: Source, path: Path, name: str, data: object) -> Lane | None:
    """Return the lane of `[lanes.NAME]`, or None: the faults are noted."""
    table, _whole = read_sound(source, path, model.LaneTable, data)
    if table is not None:
        return lane_of(source, path, name, table)
    if isinstance(data, dict):  # of what optimizer is not known
        _sampling(source, (*path, "sampling"), data.get("sampling"))
        schedule = data.get("schedule")
        _schedule(source, (*path, "schedule"), schedule if isinstance(schedule, dict) else None)
    return None


def lane_of(source: Source, path: Path, name: str, table: model.LaneTable | model.AddAct) -> Lane | None:
    """Return a lane from its checked table; faults are noted.

    Of a lane at fault its bare form is returned, so that what the script says of it can be checked; None, where that
    is not known either.
    """
    verb = isinstance(table, model.AddAct)
    sampling = _sampling(source, (*path, "sampling"), table.sampling)
    schedule = _schedule(source, (*path, "schedule"), table.schedule)
    if table.optimizer not in REGISTRY:
        known = list(REGISTRY)
        hint = did_you_mean(table.optimizer, known) or _(" (there are: {})").format(", ".join(known))
        source.add((*path, "optimizer"), _("there is no optimizer {!r}").format(table.optimizer) + hint)
        return None
    try:
        lane = Lane(name, table.optimizer)
    except ParameterError as error:
        source.add((*path, "add") if verb else path, str(error), key=not verb)
        return None
    extra = table.model_extra or {}
    options = {key: value for key, value in extra.items() if isinstance(value, bool)}
    settings = {key: value for key, value in extra.items() if key not in options}
    options |= implied_options(table.optimizer, settings)
    lane = _with_rule(source, path, lane, table.dialect, options) or lane
    if not source.faulty((*path, "dialect")):
        keys = _keys(type(table))
        for key, value in settings.items():
            _setting(source, (*path, key), lane, value, keys)
    if source.faulty(path):
        formless = source.faulty((*path, "dialect")) or source.faulty_keys(path)
        return None if formless else lane
    settings = {key: float(value) for key, value in settings.items()}
    start = tuple(table.start)
    stop = Stop(**table.stop.model_dump(exclude_none=True)) if table.stop else Stop()
    return Lane(
        name, lane.optimizer, lane.dialect, settings, lane.options, sampling, start, table.stream or "", schedule, stop
    )


def implied_options(optimizer: str, settings: Iterable[str]) -> dict[str, bool]:
    """Return the options that settings bring with them: a number for momentum chooses the form that has momentum."""
    rules = REGISTRY[optimizer].rules
    both = {key for rule in rules for key, on in rule.options.items() if on and key in rule.defaults}
    return {key: True for key in settings if key in both}


def _sampling(source: Source, path: Path, given: object) -> Sampling:
    if isinstance(given, dict):
        for key in given.keys() - set(SAMPLING):
            has = _("sampling has no key {!r} (it has: {})").format(key, ", ".join(SAMPLING))
            source.add((*path, key), has + did_you_mean(key, SAMPLING), key=True)
        given = {key: value for key, value in given.items() if key in SAMPLING}
        for key, value in given.items():
            try:
                read_sampling({key: value})
            except SamplingError as error:
                hint = did_you_mean(value, SHUFFLES) if key == "shuffle" else ""
                source.add((*path, key), str(error) + hint)
        return Sampling() if source.faulty(path) else read_sampling(given)
    try:
        return read_sampling(given)
    except SamplingError as error:
        source.add(path, str(error))
        return Sampling()


def _schedule(source: Source, path: Path, given: dict[str, Any] | None) -> Schedule:
    """Return the schedule of `{ kind = …, … }`; each of its faults is noted."""
    if given is None:
        return Schedule()
    kind = given.get("kind")
    if not isinstance(kind, str):
        wrong = _("kind must be a string, not {}").format(kind_of(kind))
        source.add((*path, "kind"), wrong if "kind" in given else _("{!r} is missing").format("kind"))
        return Schedule()
    settings = {}
    for key, value in given.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            settings[key] = float(value)
        elif key != "kind":
            source.add((*path, key), _("{} must be a number, not {}").format(key, kind_of(value)))
    if kind not in KINDS:
        every = list(dict.fromkeys(key for known in KINDS.values() for key in known.defaults))
        for key in settings.keys() - set(every):
            source.add((*path, key), _("no schedule has {!r}").format(key) + did_you_mean(key, every), key=True)
    while True:
        try:
            return Schedule(kind, settings)
        except ParameterError as error:
            unknown = kind in KINDS and error.key not in KINDS[kind].defaults
            source.add((*path, error.key), str(error), key=unknown)
            if settings.pop(error.key, None) is None:
                return Schedule()


def _with_rule(source: Source, path: Path, lane: Lane, dialect: str | None, options: dict[str, bool]) -> Lane | None:
    """Return the lane in its dialect with its options, or None: there is no such form."""
    try:
        numbers = [*Lane(lane.name, lane.optimizer, dialect).rule.defaults, *COMMON]
    except ParameterError as error:
        source.add((*path, "dialect"), str(error))
        return None
    wrong = [key for key in options if key in numbers]
    for key in wrong:
        source.add((*path, key), _("{} must be a number, not {}").format(key, kind_of(options[key])))
    chosen = {key: value for key, value in options.items() if key not in wrong}
    made = Lane(lane.name, lane.optimizer, dialect, {}, chosen)
    try:
        _rule = made.rule
    except ParameterError as error:
        hint = "" if error.hint else did_you_mean(error.key, [*numbers, *_keys(model.LaneTable)])
        source.add((*path, error.key), str(error) + hint, key=True)
        return Lane(lane.name, lane.optimizer, dialect)
    return made


def _setting(source: Source, path: Path, lane: Lane, value: object, keys: list[str]) -> None:
    """Note what is wrong with one hyperparameter of a lane."""
    key = str(path[-1])
    known = key in (*lane.rule.defaults, *COMMON)
    if known and not isinstance(value, (int, float)):
        source.add(path, _("{} must be a number, not {}").format(key, kind_of(value)))
        return
    try:
        lane.check(key, float(value) if isinstance(value, (int, float)) else 0.0)
    except ParameterError as error:
        hint = "" if error.hint else did_you_mean(key, keys)
        source.add(path, str(error) + hint, key=not known)
