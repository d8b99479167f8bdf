"""What a list says of a lesson: the first keys of its file. Only opening a lesson reads, and checks, the rest."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import get_args

from gdtui.scenario.read.languages import dictionary
from gdtui.scenario.read.lesson_keys import MOST_BYTES, Head, Level, minutes_of
from gdtui.scenario.read.selection import COURSES, folder, shipped
from gdtui.text import _, spoken

#: The header of the first table, and where a script begins.
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_SCRIPT = re.compile(r"^[ \t]*(?:script\b|\[+[ \t]*script\b)", re.MULTILINE)


def heads(paths: Iterable[Path], *, scripted: bool = True) -> dict[str, Head]:
    """Return the heads of scenarios by name, of all or of those with a script; what cannot be read is left out.

    Faults below the first keys are for those who open the file.
    """
    found: dict[str, Head] = {}
    for path in paths:
        with suppress(OSError, ValueError, RecursionError):
            status = path.stat()
            if status.st_size <= MOST_BYTES:
                head, has_script = _read(path, status.st_mtime_ns, status.st_size, spoken())
                if has_script or not scripted:
                    found[path.stem] = head
    return found


@lru_cache(maxsize=512)
def _read(path: Path, _changed: int, _size: int, _language: str) -> tuple[Head, bool]:
    """Return the head of a file as it is now, and whether it has a script."""
    text = path.read_text(encoding="utf-8-sig")
    return _head(path, _first_keys(text)), _SCRIPT.search(text) is not None


def _first_keys(text: str) -> dict[str, object]:
    """Return the keys before the first table, at least; words in other languages stand in tables at the end."""
    table = _TABLE.search(text) if spoken() == "en" else None
    if table is not None:
        with suppress(tomllib.TOMLDecodeError):  # what looks like a header is in a string or an array
            return tomllib.loads(text[: table.start()])
    return tomllib.loads(text)


def _head(path: Path, document: dict[str, object]) -> Head:
    own_words = dictionary(document)

    def text(key: str) -> str:
        value = document.get(key)
        return str(own_words.get(value, value)) if isinstance(value, str) else ""

    def number(key: str) -> int | None:
        value = document.get(key)
        return value if isinstance(value, int) else None

    def texts(key: str) -> tuple[str, ...]:
        value = document.get(key)
        return tuple(map(str, value)) if isinstance(value, list) else ()

    level = next((known for known in get_args(Level) if known == document.get("level")), None)
    return Head(
        path=path, title=text("title") or path.stem, summary=text("summary"), tags=texts("tags"),
        course=text("course") or None, order=number("order"), needs=texts("needs"), minutes=number("minutes"),
        level=level,
    )  # fmt: skip


def shipped_heads() -> dict[str, Head]:
    """Return the heads of the lessons that come with gdtui, by name."""
    return _shipped_heads(spoken())


@cache
def _shipped_heads(_language: str) -> dict[str, Head]:
    return heads(shipped())


@dataclass(frozen=True)
class CourseHead:
    """What a list says of a course: its name, its title and its lessons."""

    name: str
    title: str
    lessons: tuple[Head, ...]

    @property
    def minutes(self) -> int:
        """The minutes of all lessons that state theirs."""
        return minutes_of(self.lessons)


def shipped_course_heads() -> list[CourseHead]:
    """Return the heads of the courses that come with gdtui, the shortest first; only opening one checks its file."""
    known, found = shipped_heads(), []
    for path in sorted((folder() / COURSES).glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        title = document["title"]
        names = [name for part in document["parts"] for name in part["lessons"]]
        found.append(
            CourseHead(path.stem, str(dictionary(document).get(title, title)), tuple(known[name] for name in names))
        )
    return sorted(found, key=lambda head: len(head.lessons))


def level_name(level: Level | None) -> str:
    """Return a level in the user's language; "" for none."""
    names = {"beginner": _("beginner"), "intermediate": _("intermediate"), "advanced": _("advanced")}
    return names[level] if level else ""
