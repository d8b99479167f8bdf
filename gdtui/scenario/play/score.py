"""The score of a student: how often each question was answered, and how, in one small file that is theirs alone."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gdtui.errors import UnsuitableFileError
from gdtui.files import read_text, write_whole, xdg_folder

#: The largest file that is read, and the most questions that are kept.
MOST_BYTES, MOST_QUESTIONS = 2**20, 5000


def score_file() -> Path | None:
    """Return where the score is kept, whether or not there is one; None without a home directory."""
    folder = xdg_folder("XDG_DATA_HOME", ".local", "share")
    return None if folder is None else folder / "score.json"


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


class Score:
    """The tally of each topic. Where nothing can be read or written, nothing is kept; nothing here raises.

    A topic is the name of a lesson, or "quiz" and the topic of new questions.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, Tally] = {}
        self._known = self._read()

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
            known = self._read()  # another program may have written meanwhile
            self._known = {**known, topic: known.get(topic, Tally()) + tally_of(right)}
            self._write()

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._known = {}
            if self._path is not None:
                with suppress(OSError):
                    os.unlink(self._path)

    def _read(self) -> dict[str, Tally]:
        if self._path is None:
            return dict(self._known)
        found: dict[str, Tally] = {}
        with suppress(OSError, ValueError, UnsuitableFileError, RecursionError):
            document = json.loads(read_text(self._path, MOST_BYTES))
            topics = document.get("topics") if isinstance(document, dict) else None
            for topic, value in topics.items() if isinstance(topics, dict) else ():
                counts = [value.get(key) for key in ("right", "wrong", "skipped")] if isinstance(value, dict) else []
                whole = [n for n in counts if type(n) is int and 0 <= n < 10**9]
                if len(whole) == 3:
                    found[str(topic)] = Tally(*whole)
        return found

    def _write(self) -> None:
        if self._path is None:
            return
        newest = list(self._known.items())[-MOST_QUESTIONS:]
        document = {"version": 1, "topics": {topic: vars(tally) for topic, tally in newest}}
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
