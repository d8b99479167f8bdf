"""A session as a scenario file that replays to the same trace, bit for bit.

A new objective starts a new scenario, with the lanes of that time and without the earlier commands. Floats are written
by `repr` and read back to the same bit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

from gdtui.objectives.specs import Specification
from gdtui.saves import write_whole
from gdtui.scenario.play.player import DEFAULT_UPDATES
from gdtui.session import Command, Session
from gdtui.simulation.experiment import Experiment
from gdtui.text import _, free_name
from gdtui.toml.write import allowed, inline_table, lines
from gdtui.verbs import Action, Verb
from gdtui.verbs.base import MOST
from gdtui.verbs.lane_table import lane_keys

LONGEST_TITLE = 200
#: The file name of the JSON Schema in a folder of scenarios.
SCHEMA = "scenario.schema.json"


def save(session: Session, path: str | os.PathLike[str], title: str = "") -> None:
    """Write a session as a scenario file, whole or, after RecordError or OSError, not at all."""
    write_whole(path, to_toml(session, title, os.path.dirname(os.path.realpath(path))))


def to_toml(session: Session, title: str = "", folder: str = "") -> str:
    """Return a session as the text of a scenario file; RecordError if none can hold it.

    CSV files at or below `folder`, the place of the file, are named relative to it, others in full; a schema in the
    folder is pointed out to editors. Without a title the experiment's own is used.
    """
    return text_of(session.origin, session.log, len(session.snapshot().objective.train), title, folder)


def text_of(experiment: Experiment, log: Iterable[Command], rows: int, title: str = "", folder: str = "") -> str:
    """Return the text for a session of this origin and log, on an objective with so many rows; see `to_toml`."""
    commands = [command for command in log if isinstance(command, Action)]
    title = allowed(title or experiment.title).strip() or _("A session on the bench")
    head: dict[str, object] = {"format": 1, "title": title[:LONGEST_TITLE]}
    updates = most_updates(commands, max(1, rows))
    if updates > DEFAULT_UPDATES:  # a replay makes more only if the file allows it
        head["limits"] = {"updates": updates}
    run = {"seed": experiment.seed, "updates": min(max(1, experiment.updates), MOST), "x_axis": experiment.x_axis}
    text = [f"#:schema ./{SCHEMA}"] if folder and os.path.isfile(os.path.join(folder, SCHEMA)) else []
    text += [
        *lines(head),
        "",
        "[objective]",
        *lines(_objective(experiment.objective, folder)),
        "",
        "[run]",
        *lines(run),
    ]
    for lane in experiment.lanes:
        text += ["", f"[lanes.{lane.name}]", *lines(lane_keys(lane))]
    if acts := _acts(commands):
        text += ["", "[script]", "do = [", *(f"  {act}," for act in acts), "]"]
    return "\n".join(text) + "\n"


def most_updates(commands: Iterable[Action], rows: int) -> int:
    """Return the most updates of a replay: those that are asked for, and those that are computed again."""
    reached = again = 0
    for command in commands:
        again += reached if command.again else 0
        reached += command.most_updates(rows)
    return reached + again


def _acts(commands: Iterable[Verb]) -> list[str]:
    """Return the lines of `do`."""
    taken: list[str] = []

    @cache
    def mark(name: str) -> str:
        """Return the name of a mark in the file: allowed text, another for each mark."""
        taken.append(free_name(allowed(name) or "mark", taken, " "))
        return taken[-1]

    tables = [table for command in commands for table in command.tables(mark)]
    return [
        inline_table({key: allowed(value) if isinstance(value, str) else value for key, value in table.items()})
        for table in tables
    ]


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
            value = _beside(str(given[key.name]), folder) if key.metadata.get("path") else given[key.name]
            (model if key.metadata.get("model") else keys)[key.name] = value
    return keys | ({"model": model} if model else {})
