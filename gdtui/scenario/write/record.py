"""What somebody did on the bench, as a scenario file that replays to the same trace, bit for bit.

A new objective starts a new scenario: what was done before it is left out, and the lanes are those that there were
at that moment. Floats are written by `repr`, so they read back to the same bit.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from gdtui.errors import RecordError
from gdtui.files import write_whole
from gdtui.objectives.specs import Specification
from gdtui.scenario.play.replay import DEFAULT_UPDATES
from gdtui.session import Command, Session
from gdtui.simulation.experiment import Lane, Stop
from gdtui.simulation.sampling import Sampling
from gdtui.text import _, forbidden
from gdtui.verbs import Add, Back, Branch, Epoch, Mark, Remove, Reset, Say, Set, Step, Until

#: The most that one act may ask for (`model.Count`), and the longest title.
MOST_COUNT, LONGEST_TITLE = 10**9, 200

#: What the JSON Schema is called that lies beside scenarios.
SCHEMA = "scenario.schema.json"


def save(session: Session, path: str | os.PathLike[str], title: str = "") -> None:
    """Write what was done in a session as a scenario file, whole or not at all.

    Raises
    ------
    RecordError
        no file can hold it; nothing is written.
    OSError
        it cannot be written; what was there before is still there.
    """
    write_whole(path, to_toml(session, title, os.path.dirname(os.path.realpath(path))))


def to_toml(session: Session, title: str = "", folder: str = "") -> str:
    """Return what was done in a session as the text of a scenario file.

    Parameters
    ----------
    session
        what was done.
    title
        of the scenario; "" for the experiment's own.
    folder
        where the file will be: CSV files at or below it are named from there, others in full; editors are pointed
        to the schema where it lies there.

    Raises
    ------
    RecordError
        a number is not finite, or the name of a random stream is not text.
    """
    experiment, commands = session.origin, session.log
    acts = _Acts()
    for command in commands:
        acts.add(command)
    asked = _updates_asked(session, commands)
    named = _text(title or experiment.title).strip() or _("A session on the bench")
    lines = [*_schema_line(folder), "format = 1", f"title = {quote(named[:LONGEST_TITLE])}"]
    if asked > DEFAULT_UPDATES:  # more than a replay makes unless the file allows it
        lines.append(f"limits = {{ updates = {asked} }}")
    lines += ["", "[objective]", *_table(_objective(experiment.objective, folder))]
    lines += ["", "[run]", f"seed = {experiment.seed}"]
    lines.append(f"updates = {min(max(1, experiment.updates), MOST_COUNT)}")
    lines.append(f"x_axis = {quote(experiment.x_axis)}")
    for lane in experiment.lanes:
        lines += ["", f"[lanes.{lane.name}]", *_table(_lane(lane))]
    if acts.lines:
        lines += ["", "[script]", "do = [", *(f"  {line}," for line in acts.lines), "]"]
    return "\n".join(lines) + "\n"


def _schema_line(folder: str) -> list[str]:
    """Return the line by which editors find the schema, where it lies beside the file."""
    there = folder and os.path.isfile(os.path.join(folder, SCHEMA))
    return [f"#:schema ./{SCHEMA}"] if there else []


def _updates_asked(session: Session, commands: Iterable[Command]) -> int:
    """Return how many updates a replay of these commands asks for, as its budget counts them (or more)."""
    rows = max(1, len(session.simulation.objective.train))
    total = 0
    for command in commands:
        match command:
            case Step(n):
                total += n
            case Until(_condition, most):
                total += most
            case Epoch(n):
                total += n * rows  # at one row an update
    return total


# -- acts -------------------------------------------------------------------------------------------


@dataclass
class _Acts:
    """The lines of `do`, from commands."""

    lines: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)

    def add(self, command: Command) -> None:
        match command:
            case Step(n):
                while n > 0:  # 0: a step that was stopped before its first update
                    self._act(step=min(n, MOST_COUNT))
                    n -= MOST_COUNT
            case Epoch(n):
                self._act(epoch=n)
            case Until(condition, most):
                self._act(until=condition, max=most)
            case Back(to):
                self._act(back=self._mark(to) if isinstance(to, str) else to)
            case Mark(name):
                self._act(mark=self._mark(name))
            case Set(key, value):
                self._act(set=key, to=float(value))
            case Branch(lane, new):
                self.lines.append(f"{{ branch = {quote(lane)}, as = {quote(new)} }}")
            case Add(lane):
                self._act(add=lane.name, **_lane(lane))
            case Remove(lane):
                self._act(remove=lane)
            case Reset():
                self._act(reset=True)
            case Say(text):
                self._act(say=_text(text))
            case _:
                raise TypeError(f"no act for {type(command).__name__}")

    def _act(self, **pairs: object) -> None:
        self.lines.append("{ " + ", ".join(_table(pairs)) + " }")

    def _mark(self, name: str) -> str:
        """Return a name that a file may hold, another for each mark."""
        if name not in self.marks:
            wanted = _text(name) or "mark"
            taken = set(self.marks.values())
            candidates = (wanted if n == 1 else f"{wanted} {n}" for n in range(1, len(taken) + 2))
            self.marks[name] = next(candidate for candidate in candidates if candidate not in taken)
        return self.marks[name]


# -- tables -----------------------------------------------------------------------------------------


def _beside(csv: str, folder: str) -> str:
    """Return the path of a CSV file as a scenario in `folder` names it."""
    whole = os.path.realpath(csv) if csv else ""
    inside = folder and whole.startswith(os.path.join(os.path.realpath(folder), ""))
    return os.path.relpath(whole, os.path.realpath(folder)) if inside else whole


def _objective(spec: Specification, folder: str) -> dict[str, object]:
    """Return the keys of `[objective]` that differ from their defaults."""
    keys: dict[str, object] = {"kind": spec.kind}
    model: dict[str, object] = {}
    given = spec.given()
    for key in spec.fields():
        if key.name in given:
            value = _beside(given[key.name], folder) if key.metadata.get("path") else given[key.name]
            (model if key.metadata.get("model") else keys)[key.name] = _listed(value)
    return keys | ({"model": model} if model else {})


def _listed(value: object) -> object:
    """Return tuples as the arrays that a file holds."""
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _lane(lane: Lane) -> dict[str, object]:
    """Return the keys of a lane's table, its name left out."""
    keys: dict[str, object] = {"optimizer": lane.optimizer}
    if lane.dialect is not None:
        keys["dialect"] = lane.dialect
    # a number for an option's namesake chooses the option
    keys |= {key: on for key, on in lane.options.items() if key not in lane.settings}
    keys |= {key: float(value) for key, value in lane.settings.items()}
    if lane.sampling != Sampling():
        keys["sampling"] = _sampling(lane.sampling)
    if lane.start:
        keys["start"] = list(map(float, lane.start))
    if lane.schedule.kind != "constant":
        keys["schedule"] = {"kind": lane.schedule.kind, **lane.schedule.settings}
    if lane.stop != Stop():
        keys["stop"] = {key: value for key, value in vars(lane.stop).items() if value}
    if lane.stream not in ("", lane.name):
        if any(map(forbidden, lane.stream)):
            raise RecordError(_("the random stream {!r} is not text").format(lane.stream))
        keys["stream"] = lane.stream
    return keys


def _sampling(sampling: Sampling) -> object:
    plain = "full" if sampling.batch is None else "single" if sampling.batch == 1 else sampling.batch
    if sampling == Sampling(sampling.batch):
        return plain
    whole = sampling.batch if sampling.batch is not None else "full"
    return {"batch": whole, "shuffle": sampling.shuffle, "drop_last": sampling.drop_last}


# -- TOML -------------------------------------------------------------------------------------------


def _table(pairs: Mapping[str, object]) -> list[str]:
    return [f"{key} = {_value(key, value)}" for key, value in pairs.items()]


def _value(key: str, value: object) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case int():
            return str(value)
        case float():
            if not math.isfinite(value):
                raise RecordError(_("{} = {!r}: a scenario file holds finite numbers only").format(key, value))
            return repr(value)
        case list():
            return "[" + ", ".join(_value(key, item) for item in value) + "]"
        case Mapping():
            return "{ " + ", ".join(_table(value)) + " }"
    raise TypeError(f"{key}: no TOML for {type(value).__name__}")


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def quote(text: str) -> str:
    """Return text as a TOML string on one line."""
    return '"' + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04X}" if forbidden(c) else c) for c in text) + '"'


def _text(text: str) -> str:
    """Return text without what no scenario file may hold: controls, overrides of direction, halves of characters."""
    return "".join(c if c in "\n\t" or not forbidden(c) else "\N{REPLACEMENT CHARACTER}" for c in text)
