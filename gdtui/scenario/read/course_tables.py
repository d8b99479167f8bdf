"""The tables of a course: reading them needs no session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Len, MaxLen

#: Text of the file → the same in another language.
Words = dict[str, Annotated[str, Len(1, 4000)]]


@dataclass(frozen=True, kw_only=True)
class CourseTable:
    """A course: lessons in the order in which they are taught, under headings."""

    title: Annotated[str, Len(1, 200)]
    summary: Annotated[str, MaxLen(400)] = ""
    parts: tuple[object, ...]
    zh: Words | None = None


@dataclass(frozen=True, kw_only=True)
class PartTable:
    """A part of a course: its heading, and its lessons by the names of their files."""

    title: Annotated[str, Len(1, 200)]
    lessons: tuple[str, ...]
