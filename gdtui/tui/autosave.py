"""Keeps what is on the bench in a file while the program runs, and offers it to the next one if this one is killed.

The file is a scenario, named after the process. It is written by a thread of its own, whole and at most every tenth of
a second, and removed when the user quits.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gdtui.files import write_whole, xdg_folder

if TYPE_CHECKING:
    from gdtui.session import Session

#: Seconds between two writes, and the largest file, which is as large as a scenario may be.
EVERY, MOST_BYTES = 0.1, 2**20
#: How many files of ended programs are kept, and for how many seconds.
MOST_FILES, LONGEST = 5, 30 * 86_400.0


def state_folder() -> Path | None:
    """Return the folder of the files, whether or not it is there; None without a home directory."""
    folder = xdg_folder("XDG_STATE_HOME", ".local", "state")
    return None if folder is None else folder / "autosave"


class Autosave:
    """The file of this process, and those that other processes have left.

    Nothing here raises or waits: where nothing can be written, nothing is kept.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._path = None if folder is None else folder / f"{os.getpid()}.toml"
        self._newest: tuple[object, ...] | None = None  # to be written
        self._wanted = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None

    def keep(self, session: Session) -> None:
        """Write the session soon; called after each act, on the thread that has done it."""
        if self._path is None:
            return
        self._newest = session.origin, tuple(session.log), len(session.simulation.objective.train)
        self._idle.clear()
        self._wanted.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="autosave", daemon=True)
            self._thread.start()

    def _write(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            with suppress(Exception):  # a session that no scenario holds, a full disk
                self._write_newest()
            if not self._wanted.is_set():
                self._idle.set()
            time.sleep(EVERY)

    def _write_newest(self) -> None:
        from gdtui.scenario.write.record import text_of

        assert self._folder is not None
        assert self._path is not None
        assert self._newest is not None
        text = text_of(*self._newest)  # type: ignore[arg-type]
        if len(text.encode()) <= MOST_BYTES:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, text)

    def close(self, *, discard: bool) -> None:
        """Remove the file, or wait a moment until the last act is in it."""
        self._idle.wait(1.0)
        if discard and self._path is not None:
            with suppress(OSError):
                self._path.unlink()

    def left(self) -> Path | None:
        """Return the newest file that an ended program has left; remove those that are too old or too many."""
        found: list[tuple[float, Path]] = []
        with suppress(OSError):
            for path in self._folder.glob("*.toml") if self._folder is not None else ():
                if not path.stem.isdecimal() or not _is_running(int(path.stem[:9])):
                    found.append((path.stat().st_mtime, path))
        found.sort(reverse=True)
        fresh = [path for when, path in found[:MOST_FILES] if time.time() - when < LONGEST]
        for _when, path in found:
            if path not in fresh:
                with suppress(OSError):
                    path.unlink()
        return fresh[0] if fresh else None

    def take(self, path: Path) -> Path:
        """Make a file that was left this program's own, and return where it is now; OSError if another has taken it."""
        assert self._path is not None
        os.replace(path, self._path)
        return self._path


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False  # of an earlier process with this number
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
