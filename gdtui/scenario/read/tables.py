"""The tables of a scenario file that are about no single lane, objective or act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Gt, Interval, Len, MaxLen

from gdtui.verbs.base import Count


@dataclass(frozen=True)
class LimitsTable:
    """`limits`: a run that passes them stops with exit code 4."""

    updates: Annotated[int, Interval(ge=1, le=10**15)] | None = None
    seconds: Annotated[float, Gt(0.0)] | None = None


@dataclass(frozen=True, kw_only=True)
class HeadTable:
    """The keys before the first table; the tables themselves are read one by one."""

    format: Annotated[int, Interval(ge=1, le=1)]
    title: Annotated[str, Len(1, 200)]
    summary: Annotated[str, MaxLen(400)] = ""
    tags: tuple[str, ...] = ()
    limits: LimitsTable | None = None
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
