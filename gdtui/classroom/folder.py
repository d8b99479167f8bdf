"""A follower's own folder, for the files that come with a lecture; what killed followers have left is removed."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "gdtui-follow-"


class OwnFolder:
    """A folder of this process alone, locked as long as it runs: a folder without a lock has been left."""

    def __init__(self) -> None:
        _remove_left(Path(tempfile.gettempdir()))
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
            self._lock = _locked(self.path)  # -1: there are no locks here, so nobody removes it
            if self.path.exists():  # else another follower took it for left before it was locked
                return

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)


def _remove_left(parent: Path) -> None:
    """Remove the folders of this user's followers that run no more."""
    for path in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            found = os.lstat(path)
            lock = _locked(path) if found.st_uid == os.getuid() else -1
            if lock >= 0:
                shutil.rmtree(path, ignore_errors=True)
                os.close(lock)


def _locked(folder: Path) -> int:
    """Return a handle that locks a folder; -1 if another process has it, or has removed it."""
    import fcntl

    handle = -1
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), os.lstat(folder)):
            return handle
    except OSError:
        pass
    if handle >= 0:
        os.close(handle)
    return -1
