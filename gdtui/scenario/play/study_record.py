"""How far a student is in each lesson, kept in one small file that is theirs alone."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gdtui.errors import UnsuitableFileError
from gdtui.files import read_text, write_whole, xdg_folder
from gdtui.scenario.read.selection import folder

#: The largest file that is read, and the most lessons that are kept.
MOST_BYTES, MOST_LESSONS = 2**20, 2000

#: The signs of a lesson in a list.
DONE, BEGUN, NEW = "✓", "◐", "○"


def progress_file() -> Path | None:
    """Return where progress is kept, whether or not there is any; None without a home directory."""
    folder = xdg_folder("XDG_DATA_HOME", ".local", "share")
    return None if folder is None else folder / "progress.json"


@dataclass(frozen=True)
class Reached:
    """The furthest page of a lesson that has been turned, and its number of pages then."""

    page: int
    pages: int

    @property
    def done(self) -> bool:
        """Whether the last page has been turned."""
        return self.page >= self.pages


class Progress:
    """The furthest page of every lesson. Where nothing can be read or written, nothing is kept; nothing here raises."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, Reached] = {}
        self._known = self._read()

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
            self._known = {**self._read(), key: Reached(page, pages)}  # another program may have written meanwhile
            self._write()

    def _read(self) -> dict[str, Reached]:
        if self._path is None:
            return dict(self._known)
        found: dict[str, Reached] = {}
        with suppress(OSError, ValueError, UnsuitableFileError, RecursionError):
            document = json.loads(read_text(self._path, MOST_BYTES))
            lessons = document.get("lessons") if isinstance(document, dict) else None
            for key, value in lessons.items() if isinstance(lessons, dict) else ():
                page, pages = (value.get("page"), value.get("pages")) if isinstance(value, dict) else (None, None)
                if isinstance(page, int) and isinstance(pages, int):
                    found[key] = Reached(page, pages)
        return found

    def _write(self) -> None:
        if self._path is None:
            return
        newest = list(self._known.items())[-MOST_LESSONS:]
        lessons = {key: {"page": reached.page, "pages": reached.pages} for key, reached in newest}
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, json.dumps({"version": 1, "lessons": lessons}, ensure_ascii=False, indent=1) + "\n")


def _key(lesson: Path) -> str:
    """Return the name of a shipped lesson, the whole path of another."""
    whole = Path(os.path.realpath(lesson))
    return whole.stem if str(whole.parent) == os.path.realpath(folder()) else str(whole)
