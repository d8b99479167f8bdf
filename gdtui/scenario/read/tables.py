"""The tables of a scenario file other than those of lanes, objectives and acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, Len, MaxLen

from gdtui.scenario.read.course_tables import Words
from gdtui.session.budget import Limits
from gdtui.verbs.base import Count

Level = Literal["beginner", "intermediate", "advanced"]


@dataclass(frozen=True, kw_only=True)
class HeadTable:
    """The keys before the first table; the tables themselves are read one by one.

    `course` and `order` put a lesson into a course that has no file of its own; `needs` names lessons that come before
    it in any course; `minutes` is how long it takes in class. `zh` has its words in Chinese.
    """

    format: Annotated[int, Interval(ge=1, le=1)]
    title: Annotated[str, Len(1, 200)]
    summary: Annotated[str, MaxLen(400)] = ""
    tags: tuple[str, ...] = ()
    course: Annotated[str, Len(1, 60)] | None = None
    order: Annotated[int, Interval(ge=1, le=10_000)] | None = None
    needs: tuple[str, ...] = ()
    minutes: Annotated[int, Interval(ge=1, le=600)] | None = None
    level: Level | None = None
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
    x_axis: Literal["updates", "epochs", "samples", "evaluations"] = "updates"


@dataclass(frozen=True)
class ScriptTable:
    """`[script]`: acts in order."""

    do: tuple[object, ...]
