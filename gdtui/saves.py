"""Files written completely or not at all.

A module that saves imports this one when it is imported itself, not when it saves: with a full or broken disk the code
that saves, or reports that it could not, must be in memory already.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # from Python 3.12 on it is collections.abc.Buffer
    from typing_extensions import Buffer

#: What the names of files begin with that have not been written to their end.
UNFINISHED = ".gdtui-"


def can_write(folder: Path) -> bool:
    """Try whether files can be written to a folder, or to the nearest one above it that exists.

    Permissions do not say so on every file system.
    """
    nearest = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return True
    except OSError:
        return False


@contextmanager
def whole_file(name: str | os.PathLike[str]) -> Iterator[TextIO]:
    """Open a text file that appears under its name only when it is complete.

    The text is written to a temporary file in the same folder, flushed to disk, and then renamed. If the process ends
    before that, the old file is unchanged. Pipes and devices are written to directly. A link is followed.
    """
    target, shown = os.path.realpath(name), os.fspath(name)
    if os.path.exists(name) and not os.path.isfile(name):  # the target of a link to a pipe has no name of its own
        with _opened(shown, shown) as opened:
            yield opened
        return
    folder = os.path.dirname(target)
    with _named(shown):
        handle, temporary = tempfile.mkstemp(prefix=UNFINISHED, suffix=".part", dir=folder)
    try:
        with _opened(handle, shown) as opened:
            yield opened
            opened.flush()
            with _named(shown):
                os.fsync(handle)
        with _named(shown):
            os.chmod(temporary, _mode(target))
            os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def check_writable(name: str | os.PathLike[str]) -> None:
    """Raise the OSError with which `whole_file` would begin; nothing is changed."""
    target, shown = os.path.realpath(name), os.fspath(name)
    if os.path.isdir(name):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), shown)
    if os.path.isfile(name) or not os.path.exists(name):
        with _named(shown), tempfile.TemporaryFile(dir=os.path.dirname(target)):
            pass


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Make errors show the name that the user gave, not the name of the temporary file."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, name) from None


class _Raw(io.FileIO):
    """A file with its own name for errors."""

    shown = ""

    def write(self, data: Buffer, /) -> int:
        with _named(self.shown):
            return super().write(data)

    def close(self) -> None:
        with _named(self.shown):  # some file systems say only here that they are full
            super().close()


def _opened(file: int | str, shown: str) -> TextIO:
    with _named(shown):
        raw = _Raw(file, "w")
        raw.shown = shown
        return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", newline="\n")


def write_whole(name: str | os.PathLike[str], text: str) -> None:
    """Write a text file completely or not at all."""
    with whole_file(name) as file:
        file.write(text)


def _sync_folder(folder: str) -> None:
    """Flush the new name to disk, if the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mode(target: str) -> int:
    """Return the file mode that a plain `open` would give."""
    with suppress(OSError):
        return stat.S_IMODE(os.stat(target).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
