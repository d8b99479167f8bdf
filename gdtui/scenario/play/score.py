"""The score of a student: how often each question was answered, and how."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gdtui.scenario.play.student_file import StudentFile, student_file


def score_file() -> Path | None:
    """Return where the score is kept, whether or not there is one; None without a home directory."""
    return student_file("score.json")


@dataclass(frozen=True)
class Tally:
    """How often questions were answered right, answered wrong, and skipped."""

    right: int = 0
    wrong: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.wrong + other.wrong, self.skipped + other.skipped)

    @property
    def answered(self) -> int:
        """How often they were answered."""
        return self.right + self.wrong


def tally_of(right: bool | None) -> Tally:
    """Return the tally of one answer; None: it was skipped."""
    return Tally(int(right is True), int(right is False), int(right is None))


class Score(StudentFile[Tally]):
    """The tally of each topic: the name of a lesson, or "quiz" and the topic of new questions."""

    table, most = "topics", 5000

    def of(self, topic: str) -> Tally:
        """Return the tally of a topic."""
        return self._known.get(topic, Tally())

    def __iter__(self) -> Iterator[tuple[str, Tally]]:
        return iter(sorted(self._known.items()))

    @property
    def total(self) -> Tally:
        """The tally of all."""
        return sum(self._known.values(), Tally())

    def note(self, topic: str, right: bool | None) -> None:
        """Add an answer; may be called on any thread."""
        with self._lock:
            known = self._read()
            self._known = {**known, topic: known.get(topic, Tally()) + tally_of(right)}
            self._write(self._known)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._known = {}
            if self._path is not None:
                with suppress(OSError):
                    os.unlink(self._path)

    def entry(self, value: object) -> Tally | None:
        """Return a tally as it was written; None if it is damaged."""
        counts = [value.get(key) for key in ("right", "wrong", "skipped")] if isinstance(value, dict) else []
        whole = [n for n in counts if type(n) is int and 0 <= n < 10**9]
        return Tally(*whole) if len(whole) == 3 else None

    def written(self, entry: Tally) -> Mapping[str, object]:
        """Return a tally as JSON writes it."""
        return vars(entry)
