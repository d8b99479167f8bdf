"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast


@contextmanager
def whole_file(name: str | os.PathLike[str]) -> Iterator[TextIO]:
    """Open a file for text that appears under its name only when it is complete.

    It is written beside it, flushed to the disk, and then takes its place; whatever ends the process in between
    leaves the old file as it was. Pipes and devices are written to as they are. A link is followed.

    Raises
    ------
    OSError
        it cannot be written.
    """
    target = os.path.realpath(name)
    if os.path.exists(target) and not stat.S_ISREG(os.stat(target).st_mode):
        with open(target, "w", encoding="utf-8", newline="\n") as file:
            yield file
        return
    folder = os.path.dirname(target)
    handle, temporary = tempfile.mkstemp(prefix=".gdtui-", suffix=".part", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as opened:
            yield cast(TextIO, opened)
            opened.flush()
            os.fsync(opened.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def write_whole(name: str | os.PathLike[str], text: str) -> None:
    """Write a text file whole or not at all."""
    with whole_file(name) as file:
        file.write(text)


def _sync_folder(folder: str) -> None:
    """Have the new name on the disk too, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mode(target: str) -> int:
    """Return the mode that a plain `open` would leave."""
    with suppress(OSError):
        return stat.S_IMODE(os.stat(target).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
