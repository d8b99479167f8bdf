"""How far a student is in each lesson."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gdtui.scenario.play.student_file import StudentFile, student_file
from gdtui.scenario.read.selection import folder

#: The signs of a lesson in a list.
DONE, BEGUN, NEW = "✓", "◐", "○"


def progress_file() -> Path | None:
    """Return where progress is kept, whether or not there is any; None without a home directory."""
    return student_file("progress.json")


@dataclass(frozen=True)
class Reached:
    """The furthest page of a lesson that has been turned, and its number of pages then."""

    page: int
    pages: int

    @property
    def done(self) -> bool:
        """Whether the last page has been turned."""
        return self.page >= self.pages


class Progress(StudentFile[Reached]):
    """The furthest page of every lesson."""

    table, most = "lessons", 2000

    def reached(self, lesson: Path) -> Reached | None:
        """Return how far a lesson has been read; None if it has never been begun."""
        return self._known.get(_key(lesson))

    def mark(self, lesson: Path) -> str:
        """Return one sign: a lesson is done, begun, or neither."""
        reached = self.reached(lesson)
        return DONE if reached is not None and reached.done else BEGUN if reached is not None else NEW

    def note(self, lesson: Path, page: int, pages: int) -> None:
        """Keep a page that has been turned, if it is the furthest; may be called on any thread."""
        key = _key(lesson)
        known = self._known.get(key)
        if page < 1 or (known is not None and (known.done or known.page >= page) and known.pages == pages):
            return
        with self._lock:
            self._known = {**self._read(), key: Reached(page, pages)}
            self._write(self._known)

    def entry(self, value: object) -> Reached | None:
        """Return how far a lesson was read, as it was written; None if it is damaged."""
        page, pages = (value.get("page"), value.get("pages")) if isinstance(value, dict) else (None, None)
        return Reached(page, pages) if type(page) is int and type(pages) is int else None

    def written(self, entry: Reached) -> Mapping[str, object]:
        """Return an entry as JSON writes it."""
        return vars(entry)


def _key(lesson: Path) -> str:
    """Return the name of a shipped lesson, the whole path of another."""
    whole = Path(os.path.realpath(lesson))
    return whole.stem if str(whole.parent) == os.path.realpath(folder()) else str(whole)
