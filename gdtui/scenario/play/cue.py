"""What the lecturer's second terminal shows: where the presentation is, its note, what comes next.

A presentation writes it into a file of its own in the user's runtime folder, for that user alone; `gdtui notes` reads
the newest. The file is gone when the presentation has ended.
"""

from __future__ import annotations

import json
import os
import stat
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import MaxLen

from gdtui.errors import GdtuiError
from gdtui.files import make_own_folder, read_text
from gdtui.saves import write_whole

#: The largest file that is read.
MOST_BYTES = 2**16
Text = Annotated[str, MaxLen(4000)]


@dataclass(frozen=True, kw_only=True)
class Cue:
    """A page of a presentation, for the lecturer; times are in seconds since 1970, 0 where there is none.

    `words` are what the class reads, `doing` is what the page did, `note` is for the lecturer; a question has its
    `choices` and the `right` answer; `following` and `then_doing` are words and act of the next page, and
    `next_lesson` follows the last.
    """

    lesson: Text
    page: int
    pages: int
    words: Text = ""
    answer: Text = ""
    doing: Text = ""
    note: Text = ""
    choices: Text = ""
    right: Text = ""
    following: Text = ""
    then_doing: Text = ""
    next_lesson: Text = ""
    detour: Text = ""
    minutes: int = 0
    began: float = 0.0
    course: Text = ""
    place: int = 0
    lessons: int = 0
    course_minutes: int = 0
    course_began: float = 0.0


class CueFile:
    """The file of this process. Where nothing can be written, nothing is: a lecture goes on without notes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"page-{os.getpid()}.json"
        self._lock, self._newest, self._closed = threading.Lock(), "", False

    def show(self, cue: Cue) -> None:
        """Write the page."""
        self.write(self.take(cue))

    def take(self, cue: Cue) -> str:
        """Make a page the newest, and return the text that `write` puts into the file."""
        self._newest = json.dumps(asdict(cue), ensure_ascii=False)
        return self._newest

    def write(self, text: str) -> None:
        """Write a page unless there is a newer one; may be called on any thread."""
        with self._lock, suppress(OSError):
            if text is self._newest and not self._closed and make_own_folder(self._path.parent):
                write_whole(self._path, text)
                os.chmod(self._path, 0o600)

    def close(self) -> None:
        """Remove the file."""
        with self._lock, suppress(OSError):
            self._closed = True
            self._path.unlink()


def newest_cue(folder: Path) -> Path | None:
    """Return the file of the presentation that has turned a page last; None if none is running."""
    found: list[tuple[float, Path]] = []
    with suppress(OSError):
        for path in folder.glob("page-*.json"):
            with suppress(OSError):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid():
                    found.append((status.st_mtime, path))
    running = [pair for pair in found if _is_running(pair[1])]
    return max(running)[1] if running else None


def read_cue(path: Path) -> Cue | None:
    """Return what a file says; None if it is gone, or no such file."""
    from pydantic import ValidationError

    from gdtui.toml.records import model_of

    with suppress(OSError, ValueError, GdtuiError, ValidationError, RecursionError):
        return Cue(**model_of(Cue).model_validate(json.loads(read_text(path, MOST_BYTES))).model_dump())
    return None


def _is_running(path: Path) -> bool:
    number = path.stem.partition("-")[2]
    try:
        os.kill(int(number[:9]) if number.isdecimal() else 0, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return number.isdecimal()
