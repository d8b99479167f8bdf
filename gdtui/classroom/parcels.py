"""Experiments and lessons on the way to a follower: the text of a scenario file, and that of the CSV file it names.

A follower writes the CSV file into a folder of its own and lets the scenario read it there: a scenario that names any
other file is refused.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gdtui.classroom.transcript import Scene
from gdtui.errors import GdtuiError, RecordError, UnkeyedError, UnsuitableFileError
from gdtui.files import read_text
from gdtui.objectives.specs import Specification
from gdtui.scenario.play.lesson import Lesson, read_lesson
from gdtui.scenario.read.acts import Scenario
from gdtui.scenario.read.lesson_keys import MOST_BYTES
from gdtui.scenario.read.load import parse_scenario
from gdtui.scenario.write.record import text_of
from gdtui.text import _
from gdtui.toml.source import ScenarioError

#: The largest CSV file that travels, in bytes.
MOST_CSV = 4 * 2**20
#: What a follower calls a scenario that has come.
_NAME = "lecture.toml"


class Refused(UnkeyedError):
    """Something that cannot travel, or must not be opened where it arrives."""


class Parcel(BaseModel):
    """A scenario file ("": none), and the CSV file that it names by this name ("": none)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    toml: Annotated[str, Field(max_length=MOST_BYTES)] = ""
    name: Annotated[str, Field(max_length=255)] = ""
    csv: Annotated[str, Field(max_length=MOST_CSV)] = ""


# At the lecturer's ---------------------------------------------------------------------------------


def pack_scene(scene: Scene) -> Parcel:
    """Return an experiment as a parcel; Refused if it cannot travel."""
    csv = _csv_of(scene.experiment.objective)
    try:
        text = text_of(scene.experiment, (), 1, folder=os.path.dirname(os.path.realpath(csv)) if csv else "")
        return (
            Parcel(toml=text, name=os.path.basename(os.path.realpath(csv)), csv=_read(csv))
            if csv
            else Parcel(toml=text)
        )
    except RecordError as error:
        raise Refused(str(error)) from None


def pack_lesson(lesson: Lesson | None) -> Parcel:
    """Return a lesson's file as a parcel; an empty one for no lesson, and for a file that cannot travel."""
    if lesson is None:
        return Parcel()
    try:
        text = read_text(lesson.scenario.path, MOST_BYTES)
        name = _csv_in(text)
        folder = os.path.dirname(lesson.scenario.path)
        return Parcel(toml=text, name=name, csv=_read(os.path.join(folder, name))) if name else Parcel(toml=text)
    except (OSError, ValueError, GdtuiError):
        return Parcel()


def _csv_of(spec: Specification) -> str:
    """Return the path of the file that an objective reads; "" for none."""
    return next((str(getattr(spec, key.name)) for key in spec.fields() if key.metadata.get("path")), "")


def _read(path: str) -> str:
    name = os.path.basename(path)
    try:
        return read_text(path, MOST_CSV)
    except UnsuitableFileError as error:
        if error.problem == "size":
            message = _("{name} is too large to travel to the class: at most {most} MiB")
            raise Refused(message.format(name=name, most=MOST_CSV // 2**20)) from None
        raise Refused(f"{name}: {error}") from None
    except OSError as error:
        raise Refused(f"{name}: {error.strerror or error}") from None


# At a follower's -----------------------------------------------------------------------------------


def unpack(parcel: Parcel, folder: Path) -> Scenario:
    """Return the scenario of a parcel, with its CSV file in that folder; Refused if it names another file."""
    try:
        named = _csv_in(parcel.toml)
        if named != parcel.name:
            raise Refused(_("the lecture names a file that has not come with it"))
        if named:
            place = folder / named
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.write_text(parcel.csv, encoding="utf-8", newline="")
        return parse_scenario(parcel.toml.encode(), folder / _NAME)
    except ScenarioError as error:
        raise Refused(error.faults[0].message) from None
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise Refused(f"{error.strerror or error}") from None


def unpack_lesson(parcel: Parcel, folder: Path, seed: int) -> Lesson | None:
    """Return the lesson of a parcel, with the seed of the lecture; None for none."""
    if not parcel.toml:
        return None
    scenario = unpack(parcel, folder)
    return read_lesson(replace(scenario, experiment=replace(scenario.experiment, seed=seed)))


def _csv_in(toml: str) -> str:
    """Return the CSV file that the text of a scenario names, relative to its folder; "" for none.

    Refused if it lies elsewhere; ValueError for a text that is not TOML.
    """
    objective = tomllib.loads(toml).get("objective")
    name = objective.get("csv", "") if isinstance(objective, dict) else ""
    if (
        not isinstance(name, str)
        or PurePosixPath(name).is_absolute()
        or ".." in PurePosixPath(name).parts
        or "\0" in name
    ):
        raise Refused(_("the lecture names a file outside of its own folder"))
    return name
