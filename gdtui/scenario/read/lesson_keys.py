"""What a lesson says of itself in the first keys of its file: the one record of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

if TYPE_CHECKING:  # `toml.records` knows them; lists check nothing
    from annotated_types import Interval, Len, MaxLen

#: The largest scenario file that is read.
MOST_BYTES = 2**20

Level = Literal["beginner", "intermediate", "advanced"]


@dataclass(frozen=True, kw_only=True)
class LessonKeys:
    """The keys that a list shows and a course goes by.

    `course` and `order` put a lesson into a course that has no file of its own; `needs` names lessons that come before
    it in any course; `minutes` is how long it takes in class.
    """

    title: Annotated[str, Len(1, 200)]
    summary: Annotated[str, MaxLen(400)] = ""
    tags: tuple[str, ...] = ()
    course: Annotated[str, Len(1, 60)] | None = None
    order: Annotated[int, Interval(ge=1, le=10_000)] | None = None
    needs: tuple[str, ...] = ()
    minutes: Annotated[int, Interval(ge=1, le=600)] | None = None
    level: Level | None = None


@dataclass(frozen=True, kw_only=True)
class Head(LessonKeys):
    """A lesson by the first keys of its file."""

    path: Path

    @property
    def name(self) -> str:
        """The name by which courses and progress know it: its file's, without the ending."""
        return self.path.stem


def minutes_of(lessons: Iterable[Head]) -> int:
    """Return the minutes of all lessons that state theirs."""
    return sum(lesson.minutes or 0 for lesson in lessons)
