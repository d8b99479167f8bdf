"""The tables of a scenario file other than those of lanes, objectives and acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from gdtui.scenario.read.course_tables import Words
from gdtui.scenario.read.lesson_keys import LessonKeys
from gdtui.session.budget import Limits
from gdtui.simulation.experiment import XAxisName
from gdtui.verbs.base import Count


@dataclass(frozen=True, kw_only=True)
class FormatKey:
    """The first key of a file."""

    format: Annotated[int, Interval(ge=1, le=1)]


@dataclass(frozen=True, kw_only=True)
class HeadTable(LessonKeys, FormatKey):
    """All keys of a file; the tables are read one by one. `zh` has its words in Chinese."""

    zh: Words | None = None
    limits: Limits | None = None
    objective: object
    run: object = None
    lanes: object
    script: object = None


@dataclass(frozen=True)
class RunTable:
    """`[run]`: what a plain `gdtui run` does."""

    seed: Annotated[int, Interval(ge=0, lt=2**64)] = 0
    updates: Count = 500
    x_axis: XAxisName = "updates"


@dataclass(frozen=True)
class ScriptTable:
    """`[script]`: acts in order."""

    do: tuple[object, ...]
