"""The table of a lane, `[lanes.NAME]` and `{ add = … }`: reading it, with every fault at its place, and writing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Gt, Interval, Len

from gdtui.errors import ParameterError, RecordError, SamplingError
from gdtui.objectives.objective import Objective
from gdtui.optimizers import COMMON, REGISTRY, find
from gdtui.simulation.experiment import Lane, Stop
from gdtui.simulation.sampling import MOST_ROWS, SHUFFLES, Sampling, read_sampling
from gdtui.simulation.schedules import COUNTS, DIVISORS, KINDS, Schedule
from gdtui.simulation.suitability import idle, refusal, wrong_start
from gdtui.text import _, did_you_mean, forbidden, nearest
from gdtui.toml.positions import Path
from gdtui.toml.records import Others, Schema, is_number, keys, kind_of, read_sound
from gdtui.toml.source import Source

#: Keys of a lane that no `set` can change.
FIXED = ("optimizer", "dialect", "sampling", "start", "schedule", "stop", "stream")
#: Keys of a lane's sampling in the form of a table.
SAMPLING = ("batch", "shuffle", "drop_last")


@dataclass(frozen=True)
class StopTable:
    """`stop`: when a lane is done."""

    loss: Annotated[float, Gt(0.0)] | None = None
    grad_norm: Annotated[float, Gt(0.0)] | None = None
    patience: Annotated[int, Interval(ge=1, le=10**9)] | None = None
    updates: Annotated[int, Interval(ge=1, le=10**9)] | None = None


@dataclass(frozen=True, kw_only=True)
class LaneTable:
    """`[lanes.NAME]`: an optimizer; every other key is a hyperparameter or an option of it."""

    optimizer: str
    dialect: str | None = None
    sampling: object = None
    start: tuple[float, ...] = ()
    schedule: dict[str, object] | None = None
    stop: StopTable | None = None
    stream: Annotated[str, Len(1, 64)] | None = None
    others: Annotated[Mapping[str, object], Others()] = field(default_factory=dict)

    @staticmethod
    def json_schema_extra(schema: Schema) -> None:
        """Add the names of the catalogue, and every hyperparameter and option of any optimizer."""
        rules = [rule for optimizer in REGISTRY.values() for rule in optimizer.rules]
        numbers = {key for rule in rules for key in rule.defaults} | set(COMMON)
        choices = {key for rule in rules for key in rule.options}
        schema["properties"] |= {
            "optimizer": {"enum": list(REGISTRY)},
            "dialect": {"enum": sorted({name for o in REGISTRY.values() for name in (*o.dialects, *o.former)})},
            "sampling": _sampling_schema(),
            "schedule": {"oneOf": list(map(_schedule_schema, KINDS))},
        }
        for key in sorted(numbers | choices):
            kinds = [kind for kind, having in (("number", numbers), ("boolean", choices)) if key in having]
            schema["properties"][key] = {"type": kinds[0] if len(kinds) == 1 else kinds}


def _sampling_schema() -> Schema:
    batch = {"anyOf": [{"enum": ["full", "single"]}, {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}]}
    table = {
        "type": "object", "additionalProperties": False,
        "properties": {"batch": batch, "shuffle": {"enum": list(SHUFFLES)}, "drop_last": {"type": "boolean"}},
    }  # fmt: skip
    return {"anyOf": [*batch["anyOf"], table]}


def _schedule_schema(name: str) -> Schema:
    kind = KINDS[name]
    number: Schema = {"type": "number", "minimum": 0}
    above: Schema = {"type": "number", "exclusiveMinimum": 0}
    return {
        "type": "object", "additionalProperties": False,
        "properties": {
            "kind": {"const": name},
            **{
                key: {**number, "multipleOf": 1} if key in COUNTS else above if key in DIVISORS else number
                for key in kind.defaults
            },
        },
        "required": ["kind", *(key for key, default in kind.defaults.items() if default is None)],
    }  # fmt: skip


# Reading -------------------------------------------------------------------------------------------


def read_lane(source: Source, path: Path, name: str, data: object) -> Lane | None:
    """Return the lane of `[lanes.NAME]`, or None after noting its faults."""
    table, _whole = read_sound(source, path, LaneTable, data)
    if table is not None:
        return lane_of(source, path, name, table)
    if isinstance(data, dict):  # without an optimizer, the keys that do not depend on it are checked
        _sampling(source, (*path, "sampling"), data.get("sampling"))
        _schedule(source, (*path, "schedule"), data.get("schedule"))
    return None


def lane_of(source: Source, path: Path, name: str, table: LaneTable, name_key: str = "") -> Lane | None:
    """Return the lane of a checked table; faults are noted.

    A table with faults gives a lane without its settings, so that the script can be checked; None if even its form is
    unknown. `name_key` is the key of the name; "" for a name that is the table's own.
    """
    sampling = _sampling(source, (*path, "sampling"), table.sampling)
    schedule = _schedule(source, (*path, "schedule"), table.schedule)
    if table.optimizer not in REGISTRY:
        hint = did_you_mean(table.optimizer, REGISTRY, _(" (there are: {})").format(", ".join(REGISTRY)))
        source.add((*path, "optimizer"), _("there is no optimizer {!r}").format(table.optimizer) + hint)
        return None
    try:
        lane = Lane(name, table.optimizer)
    except ParameterError as error:
        source.add((*path, name_key) if name_key else path, str(error), key=not name_key)
        return None
    options = {key: value for key, value in table.others.items() if isinstance(value, bool)}
    settings = {key: value for key, value in table.others.items() if key not in options}
    options |= implied_options(table.optimizer, settings)
    lane = _with_rule(source, path, lane, table.dialect, options) or lane
    if source.faulty((*path, "dialect")):
        _check_in_every_dialect(source, path, lane, table, settings, options)
    else:
        _check_settings(source, path, lane, table, settings)
    if source.faulty(path):
        formless = source.faulty((*path, "dialect")) or source.faulty_keys(path)
        return None if formless else lane
    numbers = {key: float(value) for key, value in settings.items() if isinstance(value, (int, float))}
    stop = {key: value for key, value in vars(table.stop or StopTable()).items() if value is not None}
    return Lane(
        name, lane.optimizer, lane.dialect, numbers, lane.options, sampling, table.start, table.stream or "", schedule,
        Stop(**stop),
    )  # fmt: skip


def check_fit(source: Source, path: Path, lane: Lane | None, objective: Objective | None) -> None:
    """Note a start or an optimizer that does not fit the objective, and settings that have no effect on it."""
    if lane is None or objective is None:
        return
    if lane.start and (fault := wrong_start(objective, len(lane.start))):
        source.add((*path, "start"), fault)
    for key, reason in idle(lane.sampling, lane.settings, objective).items():
        source.note((*path, key), reason)
    wrong = refusal(lane, objective)
    if wrong is not None:
        source.add((*path, wrong.key if wrong.key in FIXED else "optimizer"), str(wrong))


def implied_options(optimizer: str, settings: Iterable[str]) -> dict[str, bool]:
    """Return the options that settings imply: a number for momentum chooses the form with momentum."""
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


def _schedule(source: Source, path: Path, given: object) -> Schedule:
    """Return the schedule of `{ kind = …, … }`, noting each of its faults."""
    if not isinstance(given, dict):
        return Schedule()
    kind = given.get("kind")
    if not isinstance(kind, str):
        wrong = _("kind must be a string, not {}").format(kind_of(kind))
        source.add((*path, "kind"), wrong if "kind" in given else _("{!r} is missing").format("kind"))
        return Schedule()
    settings = {}
    for key, value in given.items():
        if is_number(value):
            settings[key] = float(value)
        elif key != "kind":
            source.add((*path, key), _no_number(key, value))
    if kind not in KINDS:
        every = list(dict.fromkeys(key for known in KINDS.values() for key in known.defaults))
        for key in settings.keys() - set(every):
            source.add((*path, key), _("no schedule has {!r}").format(key) + did_you_mean(key, every), key=True)
    while True:  # drop each setting at fault, so that the others are checked
        try:
            return Schedule(kind, settings)
        except ParameterError as error:
            unknown = kind in KINDS and error.key not in KINDS[kind].defaults
            source.add((*path, error.key), str(error), key=unknown)
            if settings.pop(error.key, None) is None:
                return Schedule()


def _with_rule(source: Source, path: Path, lane: Lane, dialect: str | None, options: dict[str, bool]) -> Lane | None:
    """Return the lane in its dialect with its options; None if there is no such dialect."""
    try:
        numbers = Lane(lane.name, lane.optimizer, dialect).rule.settings
    except ParameterError as error:
        source.add((*path, "dialect"), str(error))
        return None
    wrong = [key for key in options if key in numbers]
    for key in wrong:
        source.add((*path, key), _no_number(key, options[key]))
    chosen = {key: value for key, value in options.items() if key not in wrong}
    made = Lane(lane.name, lane.optimizer, dialect, {}, chosen)
    try:
        _rule = made.rule
    except ParameterError as error:
        hint = "" if error.hint else did_you_mean(error.key, [*numbers, *keys(LaneTable)])
        source.add((*path, error.key), str(error) + hint, key=True)
        return Lane(lane.name, lane.optimizer, dialect)
    return made


def _check_in_every_dialect(
    source: Source, path: Path, lane: Lane, table: LaneTable, settings: Mapping[str, object], options: dict[str, bool]
) -> None:
    """Note what is wrong whichever dialect is meant, in the words of the one that is most like the name given."""
    known = find(lane.optimizer).dialects
    meant = nearest(table.dialect, known) or next(iter(known))
    found = {}
    for dialect in known:
        apart = Source(source.file, source.text)
        _check_settings(apart, path, _with_rule(apart, path, lane, dialect, options) or lane, table, settings)
        found[dialect] = apart.faults
    for where, fault in found[meant].items():
        if all(where in faults for faults in found.values()):
            source.faults.setdefault(where, fault)


def _check_settings(source: Source, path: Path, lane: Lane, table: LaneTable, settings: Mapping[str, object]) -> None:
    for key, value in settings.items():
        _check_setting(source, (*path, key), lane, value, keys(type(table)))


def _no_number(key: str, value: object) -> str:
    return _("{} must be a number, not {}").format(key, kind_of(value))


def _check_setting(source: Source, path: Path, lane: Lane, value: object, known_keys: list[str]) -> None:
    """Note the fault of one hyperparameter of a lane."""
    key = str(path[-1])
    if find(lane.optimizer).is_choice(key, lane.dialect):
        source.add(path, _("{key} is true or false, not {value!r}").format(key=key, value=value))
        return
    known = key in (*lane.rule.defaults, *COMMON)
    if known and not isinstance(value, (int, float)):
        source.add(path, _no_number(key, value))
        return
    try:
        lane.check(key, float(value) if isinstance(value, (int, float)) else 0.0)
    except ParameterError as error:
        hint = "" if error.hint else did_you_mean(key, known_keys)
        source.add(path, str(error) + hint, key=not known)


# Writing -------------------------------------------------------------------------------------------


def lane_keys(lane: Lane) -> dict[str, object]:
    """Return the keys of a lane's table that differ from the defaults; RecordError if its stream's name is not text."""
    table: dict[str, object] = {"optimizer": lane.optimizer}
    if lane.dialect is not None:
        table["dialect"] = lane.dialect
    # a number for a key of the same name implies the option
    table |= {key: on for key, on in lane.options.items() if key not in lane.settings}
    table |= {key: float(value) for key, value in lane.settings.items()}
    if lane.sampling != Sampling():
        table["sampling"] = _sampling_value(lane.sampling)
    if lane.start:
        table["start"] = list(map(float, lane.start))
    if not lane.schedule.is_constant:
        table["schedule"] = {"kind": lane.schedule.kind, **lane.schedule.settings}
    if lane.stop != Stop():
        table["stop"] = {key: value for key, value in vars(lane.stop).items() if value}
    if lane.stream not in ("", lane.name):
        if any(map(forbidden, lane.stream)):
            raise RecordError(_("the random stream {!r} is not text").format(lane.stream))
        table["stream"] = lane.stream
    return table


def _sampling_value(sampling: Sampling) -> object:
    plain = "full" if sampling.batch is None else "single" if sampling.batch == 1 else sampling.batch
    if sampling == Sampling(sampling.batch):
        return plain
    whole = sampling.batch if sampling.batch is not None else "full"
    return {"batch": whole, "shuffle": sampling.shuffle, "drop_last": sampling.drop_last}
