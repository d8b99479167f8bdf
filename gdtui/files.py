"""Files that are read within bounds, and written whole or not at all."""

from __future__ import annotations

import io
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from gdtui.errors import UnsuitableFileError
from gdtui.text import _


def read_regular(name: str | os.PathLike[str], most: int) -> bytes:
    """Return a whole file; nothing is waited for, and nothing larger than `most` bytes is taken into memory.

    Raises
    ------
    UnsuitableFileError
        it is a folder, a pipe, a device, or too large.
    OSError
        it is not there or cannot be read.
    """
    # O_NONBLOCK: opening a named pipe must not wait for a writer
    handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise UnsuitableFileError(_("this is a directory, not a file"))
        if not stat.S_ISREG(mode):
            raise UnsuitableFileError(_("this is not a regular file"))
        with open(handle, "rb", closefd=False) as file:
            data = file.read(most + 1)
    finally:
        os.close(handle)
    if len(data) > most:
        raise UnsuitableFileError(_("this is larger than {} KiB").format(most // 1024))
    return data


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
    target, shown = os.path.realpath(name), os.fspath(name)
    if os.path.exists(target) and not stat.S_ISREG(os.stat(target).st_mode):
        with _named(shown):
            opened = _opened(target, shown)
        with opened:
            yield opened
        return
    folder = os.path.dirname(target)
    with _named(shown):
        handle, temporary = tempfile.mkstemp(prefix=".gdtui-", suffix=".part", dir=folder)
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


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Have errors name the file as the user did, not as it is called while it is written."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, name) from None


class _Raw(io.FileIO):
    """A file that says its name when it cannot be written."""

    shown = ""

    def write(self, data: Any, /) -> int:
        with _named(self.shown):
            return super().write(data)


def _opened(file: int | str, shown: str) -> TextIO:
    raw = _Raw(file, "w")
    raw.shown = shown
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", newline="\n")


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
