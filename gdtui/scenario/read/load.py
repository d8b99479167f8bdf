"""Reading a scenario file: all its faults in one pass, each with line and column. A file with a fault does not run."""

from __future__ import annotations

import math
import os
from dataclasses import fields
from pathlib import Path as FilePath

from gdtui.errors import ParameterError, UnsuitableFileError
from gdtui.files import decoded, read_regular
from gdtui.objectives.objective import Objective
from gdtui.objectives.specs import Specification
from gdtui.scenario.read.acts import Act, Scenario
from gdtui.scenario.read.languages import note_unused, translated
from gdtui.scenario.read.lesson_keys import MOST_BYTES, LessonKeys
from gdtui.scenario.read.objective_table import read_objective
from gdtui.scenario.read.plugins import load_installed
from gdtui.scenario.read.script import read_script
from gdtui.scenario.read.selection import names_in_reach
from gdtui.scenario.read.tables import HeadTable, RunTable
from gdtui.session.budget import Limits
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.simulation.trace_view import watched
from gdtui.text import _, cut, did_you_mean, forbidden
from gdtui.toml.document import read_document
from gdtui.toml.positions import Path
from gdtui.toml.records import kind_of, read_record
from gdtui.toml.source import Fault, Place, ScenarioError, Source
from gdtui.verbs.lane_table import check_fit, read_lane
from gdtui.verbs.point import Point

__all__ = ["Scenario", "ScenarioError", "load_scenario", "parse_scenario"]


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Read a scenario file; ScenarioError with every fault found, OSError for a file that cannot be read."""
    name = os.fspath(path)
    load_installed()
    if "\0" in name:
        raise _unreadable(name, _("a file name has no NUL in it"))
    try:
        return parse_scenario(read_regular(name, MOST_BYTES), FilePath(name))
    except UnsuitableFileError as error:
        raise _unreadable(name, str(error)) from None
    except RecursionError:
        raise _unreadable(name, _("nested too deeply")) from None


def _unreadable(name: str, message: str, line: int = 1, column: int = 1) -> ScenarioError:
    return ScenarioError(name, [Fault(Place(line, column), message)])


def parse_scenario(data: bytes, path: FilePath = FilePath("scenario.toml")) -> Scenario:
    """Read a scenario from the bytes of a file named `path`; ScenarioError with every fault found."""
    try:
        source = Source(str(path), decoded(data).replace("\r\n", "\n"))
    except UnsuitableFileError as error:
        raise _unreadable(str(path), str(error), error.line, error.column) from None
    document = read_document(source)
    _check_values(source, document)
    note_unused(source, document)
    return _scenario(source, translated(document), path)


def _check_values(source: Source, document: dict[str, object]) -> None:
    """Note values that are wrong everywhere: not finite, too large, or text with control characters.

    Whole numbers that are too large become 0: neither a float nor a message could hold them.
    """
    left: list[tuple[Path, dict[str, object] | list[object]]] = [((), document)]
    while left:
        path, table = left.pop()
        for key, value in table.items() if isinstance(table, dict) else enumerate(table):
            here = (*path, key)
            if isinstance(key, str):
                _check_text(source, here, key, key=True)
            if isinstance(value, (dict, list)):
                left.append((here, value))
            elif isinstance(value, str):
                _check_text(source, here, value, key=False)
            elif isinstance(value, float) and not math.isfinite(value):
                source.add(here, _("numbers must be finite, not {}").format(cut(source.written(here), 24)))
            elif isinstance(value, int) and not -(2**63) <= value < 2**64:
                source.add(here, _("this number has more than 64 bits"))
                table[key] = 0  # type: ignore[index]


def _check_text(source: Source, path: Path, text: str, *, key: bool) -> None:
    bad = next((c for c in text if forbidden(c) and c not in "\n\t"), None)
    if bad is not None:
        source.add(path, _("text must not hold the control character U+{:04X}").format(ord(bad)), key=key)


def _scenario(source: Source, document: dict[str, object], path: FilePath) -> Scenario:
    head = read_record(source, (), HeadTable, document)
    if head is not None:
        _check_course(source, head, path)
    run = read_record(source, ("run",), RunTable, document.get("run", {}))
    read = read_objective(source, document["objective"], run.seed if run else 0) if "objective" in document else None
    spec, objective = read or (None, None)
    lanes = _lanes(source, document, objective)
    incomplete = "lanes" not in document or (source.faulty(("lanes",)) and not lanes)
    acts = read_script(Point(source, lanes, objective, incomplete=incomplete), document.get("script"))
    source.close()
    assert head is not None
    assert run is not None
    assert spec is not None
    assert objective is not None
    experiment = _experiment(source, spec, lanes, run, head.title)
    limits, coords = head.limits or Limits(), _coords(objective, acts)
    keys = {key.name: vars(head)[key.name] for key in fields(LessonKeys)}
    return Scenario(
        path=path, **keys, experiment=experiment, limits=limits, acts=acts, coords=coords, objective=objective,
        notes=tuple(source.notes),
    )  # fmt: skip


def _check_course(source: Source, head: HeadTable, path: FilePath) -> None:
    """Note lessons that are needed and do not exist, and an order without a course."""
    if head.order is not None and head.course is None:
        source.add(("order",), _("order is a place in a course: it needs the key course"), key=True)
    beside = names_in_reach(path.parent) if head.needs else set()
    for number, name in enumerate(head.needs):
        if name == path.stem:
            source.add(("needs", number), _("a lesson cannot need itself"))
        elif name not in beside:
            message = _("there is no lesson {!r} beside this file, and none with gdtui").format(name)
            source.add(("needs", number), message + did_you_mean(name, beside))


def _lanes(source: Source, document: dict[str, object], objective: Objective | None) -> dict[str, Lane | None]:
    tables = document.get("lanes", {})
    if not isinstance(tables, dict):
        source.add(("lanes",), _("lanes must be tables, [lanes.NAME], not {}").format(kind_of(tables)))
        return {}
    if "lanes" in document and not tables:
        source.add(("lanes",), _("there must be one lane or more: [lanes.NAME]"), key=True)
    lanes: dict[str, Lane | None] = {}
    for name, table in tables.items():
        path = ("lanes", name)
        if not isinstance(table, dict):
            source.add(path, _("a lane is a table, [lanes.{}]").format(name), key=True)
            lanes[name] = None
            continue
        lanes[name] = read_lane(source, path, name, table)
        check_fit(source, path, lanes[name], objective)
    return lanes


def _experiment(
    source: Source, spec: Specification, lanes: dict[str, Lane | None], run: RunTable, title: str
) -> Experiment:
    sound = tuple(lane for lane in lanes.values() if lane is not None)
    try:
        return Experiment(spec, sound, run.seed, run.updates, run.x_axis, title)
    except ParameterError as error:
        source.add((error.key,), str(error), key=True)
        source.close()
        raise AssertionError from error  # close has raised


def _coords(objective: Objective, acts: tuple[Act, ...]) -> tuple[int, ...] | None:
    """Return the coordinates to record if the script names others than those recorded anyway."""
    usual = set(watched(objective.dimension))
    named = {index for act in acts for index in act.verb.coordinates()}
    return None if named <= usual else tuple(sorted(usual | named))
