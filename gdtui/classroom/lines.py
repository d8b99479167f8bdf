"""The lines of JSON on the socket: what the lecturer and the followers may say, checked before anything is done.

A line holds the difference of two transcripts. A log changes by keeping its first commands and getting others behind
them; commands are written with the keys that they have in a scenario file. Experiments and lessons travel as scenario
files, with the CSV file that they name: a follower opens no file of its own because a lecturer says so.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import reduce
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from gdtui import __version__
from gdtui.classroom.parcels import Parcel, Refused, pack_lesson, pack_scene
from gdtui.classroom.transcript import Log, Transcript, shared
from gdtui.errors import UnkeyedError
from gdtui.session import Command, Difference
from gdtui.text import _, forbidden, printable
from gdtui.toml.source import Source
from gdtui.verbs import VERBS, Action
from gdtui.verbs.point import Point

#: The number of the language spoken here.
PROTOCOL = 2
#: The longest line of a lecturer, and of a follower, in bytes.
LONGEST_UPDATE, LONGEST_WORD = 12 * 2**20, 4096
#: Commands of a line.
MOST_ACTS = 500
#: Differences that a detour names, and characters of an answer.
MOST_DIFFERENCES, LONGEST_ANSWER = 20, 80


class WireError(UnkeyedError, ValueError):
    """A line that is not understood."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Hello(_Line):
    """The first line of each side; `refused` is why the lecturer takes no more followers, or not this one."""

    protocol: int = PROTOCOL
    gdtui: Annotated[str, Field(max_length=40)] = __version__
    refused: Annotated[str, Field(max_length=400)] = ""


class Update(_Line):
    """A line of the lecturer: what has changed. A key that is missing has not."""

    scene: Parcel | None = None
    coords: tuple[int, ...] | None = None
    refused: str = ""
    lesson: Parcel | None = None
    keep: Annotated[int, Field(ge=0)] | None = None
    do: tuple[dict[str, JsonValue] | list[dict[str, JsonValue]], ...] = ()
    look: dict[str, JsonValue] = {}
    page: Annotated[int, Field(ge=0)] | None = None
    furthest: Annotated[int, Field(ge=0)] | None = None
    detour: Annotated[tuple[Difference, ...], Field(max_length=MOST_DIFFERENCES)] | None = None
    running: bool | None = None
    level: Annotated[int, Field(ge=0, le=99)] | None = None
    digest: int | None = None
    black: bool | None = None
    over: bool = False


class Word(_Line):
    """A line of a follower: whether they are on their own, or an answer to a question."""

    alone: bool | None = None
    question: Annotated[int, Field(ge=0)] | None = None
    answer: Annotated[str, Field(max_length=LONGEST_ANSWER)] | None = None
    right: bool | None = None


L = TypeVar("L", bound=_Line)


def misfit(hello: Hello) -> str:
    """Return why the other side's version does not fit this one, as a sentence; "": it does."""
    if hello.refused:
        return hello.refused
    if (hello.protocol, hello.gdtui) == (PROTOCOL, __version__):
        return ""
    if hello.gdtui == __version__:
        message = _("both sides are gdtui {version}, but of different builds: a class needs one build")
        return message.format(version=__version__)
    message = _("the other side is gdtui {theirs}, this is gdtui {ours}: a class needs one version")
    return message.format(theirs=hello.gdtui, ours=__version__)


def written(line: BaseModel | Mapping[str, object]) -> bytes:
    """Return a line with its end."""
    keys = line.model_dump(exclude_defaults=not isinstance(line, Hello)) if isinstance(line, BaseModel) else line
    return json.dumps(keys, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def read(kind: type[L], line: bytes) -> L:
    """Return a line once it has been checked; WireError for anything else."""
    try:
        found = kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or _("the line")
        raise WireError(_("{where} is not understood: {reason}").format(where=where, reason=first["msg"])) from None
    for value in _values(found):
        if isinstance(value, str) and any(forbidden(c) and c not in "\n\t\r\ufeff" for c in value):
            raise WireError(_("a control character in a line"))
        if isinstance(value, float) and not math.isfinite(value):
            raise WireError(_("a number in a line is not finite"))
    return found


def _values(value: object) -> Iterator[object]:
    """Yield every key and every value within a value; of a line, what it says: defaults are ours."""
    if isinstance(value, BaseModel):
        for key in value.model_fields_set:
            yield from _values(getattr(value, key))
    elif isinstance(value, Difference):
        yield from _values(vars(value))
    elif isinstance(value, Mapping):
        yield from value
        for each in value.values():
            yield from _values(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _values(each)
    else:
        yield value


# Commands ------------------------------------------------------------------------------------------


def tables_of(command: Command) -> dict[str, object] | list[dict[str, object]]:
    """Return the table of a command; a list of them for one that a file must split."""
    assert isinstance(command, Action)
    tables = [dict(table) for table in command.tables(lambda mark: mark)]
    return tables[0] if len(tables) == 1 else tables


def command_of(tables: object) -> Command:
    """Return the command of a table or a list of them; WireError if there is none."""
    listed = tables if isinstance(tables, list) else [tables]
    if not listed:
        raise WireError(_("a command without a table"))
    return reduce(_joined, map(_command, listed))


def _joined(earlier: Command, later: Command) -> Command:
    joined = earlier.followed_by(later)
    if joined is None:
        raise WireError(_("two commands where one is meant"))
    return joined


def _command(table: object) -> Command:
    names = [key for key in table if key in VERBS] if isinstance(table, Mapping) else []
    if len(names) != 1 or not isinstance(table, Mapping):
        raise WireError(_("a command names one verb, not {count}").format(count=len(names)))
    # names of lanes and marks are checked by the session: here the script before it is not known
    point = Point(Source("", ""), {}, None, incomplete=True)
    verb = None if VERBS[names[0]].refuses(point, table) else VERBS[names[0]].read(point, table)
    if verb is None or point.source.faults or not isinstance(verb, Action):
        faults = [fault.message for fault in point.source.faults.values()] or [names[0]]
        raise WireError(_("a command is not understood: {reason}").format(reason=faults[0]))
    return verb


# Differences ---------------------------------------------------------------------------------------


def lines(before: Transcript | None, now: Transcript) -> Iterator[bytes]:
    """Yield the lines that make the first transcript the second; None is that of a follower who has just come."""
    before = before or Transcript()
    out: dict[str, object] = {}
    log: Log = before.log
    if now.scene is not before.scene and now.scene is not None:
        log = ()
        try:
            out["scene"] = pack_scene(now.scene).model_dump(exclude_defaults=True)
        except Refused as error:
            out["refused"] = str(error)
        if now.scene.coords is not None:
            out["coords"] = now.scene.coords
    if now.lesson is not before.lesson:
        out["lesson"] = pack_lesson(now.lesson).model_dump(exclude_defaults=True)
    out |= _shown(before, now)
    if log is not now.log:
        keep = shared(log, now.log)
        acts = [tables_of(command) for command in now.log[keep:]]
        for first in range(0, len(acts) - MOST_ACTS, MOST_ACTS):
            yield written(out | {"keep": keep + first, "do": acts[first : first + MOST_ACTS]})
            out = {}
        done = len(acts) - (len(acts) - 1) % MOST_ACTS - 1 if acts else 0
        if acts or keep < len(log):
            out |= {"keep": keep + done, "do": acts[done:]}
    if now.digest is not None and (out.keys() & {"scene", "keep"} or now.digest != before.digest):
        out["digest"] = now.digest
    if out:
        yield written(out)


def _shown(before: Transcript, now: Transcript) -> dict[str, object]:
    """Return the keys of what is shown and was not."""
    out: dict[str, object] = {}
    old, new = before.shown, now.shown
    if new.look != old.look:
        was = asdict(old.look)
        out["look"] = {key: value for key, value in asdict(new.look).items() if value != was[key]}
    for key in ("page", "furthest", "running", "level", "black"):
        if getattr(new, key) != getattr(old, key):
            out[key] = getattr(new, key)
    if new.detour != old.detour:
        out["detour"] = [_difference(each) for each in new.detour[:MOST_DIFFERENCES]]
    return out


def _difference(of: Difference) -> dict[str, object]:
    """Return what differs, without what is as usual."""
    told = {"kind": of.kind, "n": of.n, "name": printable(of.name, "")}
    return {key: value for key, value in told.items() if value}
