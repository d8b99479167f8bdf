"""Keeps what is on the bench in a file while the program runs, and offers it to the next one if this one is killed.

The file is a scenario, named after the process. It is written by a thread of its own, whole and at most every tenth of
a second, and removed when the user quits. A lock beside it, which the system gives up however a program ends, says that
it is in use: the number of a process does not, since another process, container or computer can have it too.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from gdtui.errors import RecordError
from gdtui.files import xdg_folder
from gdtui.saves import UNFINISHED, write_whole
from gdtui.text import _

if TYPE_CHECKING:
    from gdtui.session import Session
    from gdtui.session.session import Log
    from gdtui.simulation.experiment import Experiment

#: Seconds between two writes, and so many times as long as a write takes: a fifth of the time is spent writing.
EVERY, SHARE = 0.1, 4
#: How many files of ended programs are kept, for how many seconds; and files whose writing was cut short.
MOST_FILES, LONGEST, LONGEST_UNFINISHED = 5, 30 * 86_400.0, 3600.0


def state_folder() -> Path | None:
    """Return the folder of the files, whether or not it is there; None without a home directory."""
    folder = xdg_folder("XDG_STATE_HOME", ".local", "state")
    return None if folder is None else folder / "autosave"


class Autosave:
    """The file of this process, and those that other processes have left.

    Nothing here raises or waits: where nothing can be written, nothing is kept, and `tell` is told why, once.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        #: Called on a thread of its own with a message for the user.
        self.tell: Callable[[str], object] = lambda _message: None
        self._own: Path | None = None
        self._lock: int | None = None  # that of the file of one's own
        self._claiming = threading.Lock()
        self._failing = self._closed = False
        self._newest: tuple[Experiment, Log, int] | None = None  # to be written: origin, log, rows of the data
        self._wanted = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None

    def keep(self, session: Session) -> None:
        """Write the session soon; called after each act, on the thread that has done it."""
        self._newest = session.origin, session.log, len(session.simulation.objective.train)
        self._idle.clear()
        self._wanted.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="autosave", daemon=True)
            self._thread.start()

    def _write(self) -> None:
        while self._wanted.wait() and not self._closed:
            self._wanted.clear()
            begun = time.thread_time()
            reason = self._write_newest()
            if reason and not self._failing:
                with suppress(RuntimeError):  # the screen is closed
                    self.tell(_("if gdtui is killed now, the bench is lost: {reason}").format(reason=reason))
            self._failing = bool(reason)
            if not self._wanted.is_set():
                self._idle.set()
            time.sleep(max(EVERY, SHARE * (time.thread_time() - begun)))

    def _write_newest(self) -> str:
        """Write the newest session; return why it cannot be kept, "" if it is."""
        assert self._newest is not None
        try:
            from gdtui.scenario.read.lesson_keys import MOST_BYTES  # late: not before the first frame
            from gdtui.scenario.write.record import text_of

            text = text_of(*self._newest)
            if len(text.encode()) > MOST_BYTES:
                return _("it is larger than {} KiB").format(MOST_BYTES // 1024)
            write_whole(self._path(), text)
        except OSError as error:
            return f"{self._folder}: {error.strerror or error}"
        except (RecordError, RuntimeError, ImportError) as error:
            return str(error)
        return ""

    def _path(self) -> Path:
        """Return the file of this process; it is nobody else's while the process lives."""
        if self._folder is None:
            raise RuntimeError(_("no home directory can be found"))
        with self._claiming:
            if self._own is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                for more in count():  # the number of a process may be in use elsewhere
                    own = self._folder / f"{os.getpid()}{f'-{more}' * bool(more)}.toml"
                    self._lock = _hold(own)
                    if self._lock is not None:
                        self._own = own
                        break
            assert self._own is not None
            return self._own

    def close(self, *, discard: bool) -> None:
        """Remove the file, or wait a moment until the last act is in it."""
        self._idle.wait(1.0)
        self._closed = True
        if discard and self._own is not None and self._lock is not None:
            with suppress(OSError):
                self._own.unlink()
            _let_go(self._own, self._lock)
            self._own = self._lock = None

    def left(self) -> Path | None:
        """Return the newest file that an ended program has left; remove those that are too old or too many."""
        found: list[tuple[float, Path]] = []
        with suppress(OSError):
            for path in list(self._folder.iterdir()) if self._folder is not None else ():
                with suppress(OSError):
                    age = time.time() - path.stat().st_mtime
                    if _is_left(path, age):
                        found.append((age, path))
        found.sort()
        fresh = [path for age, path in found[:MOST_FILES] if age < LONGEST]
        for _age, path in found:
            if path not in fresh:
                with suppress(OSError):
                    path.unlink()
        return fresh[0] if fresh else None

    def take(self, path: Path) -> None:
        """Make a file that was left this program's own; FileNotFoundError if another has taken it."""
        try:
            own = self._path()
        except (OSError, RuntimeError):  # nothing can be written: it stays where it is
            return
        os.replace(path, own)


def _is_left(path: Path, age: float) -> bool:
    """Say whether a file is that of a bench whose program has ended; remove what else a program has left."""
    if path.name.startswith(UNFINISHED):
        if age > LONGEST_UNFINISHED:
            path.unlink()
        return False
    lock = _hold(path)
    if lock is None:
        return False
    _let_go(path, lock)
    return path.suffix == ".toml"


def _hold(path: Path) -> int | None:
    """Lock the lock of a file, and return a handle; None if another program holds it.

    Where there are no locks, none is held.
    """
    beside = path.with_suffix(".lock")
    while True:
        lock = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        except (ImportError, OSError):
            return lock
        with suppress(OSError):
            if os.path.samestat(os.fstat(lock), os.stat(beside)):
                return lock
        os.close(lock)  # it was removed by the program that held it


def _let_go(path: Path, lock: int) -> None:
    """Remove the lock of a file and give it up."""
    with suppress(OSError):
        path.with_suffix(".lock").unlink()
    os.close(lock)
