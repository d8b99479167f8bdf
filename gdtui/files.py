"""Files: read up to a size limit, written completely or not at all."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gdtui.errors import UnsuitableFileError
from gdtui.text import _

if TYPE_CHECKING:  # from Python 3.12 on it is collections.abc.Buffer
    from typing_extensions import Buffer


#: What the names of files begin with that have not been written to their end.
UNFINISHED = ".gdtui-"


def can_write(folder: Path) -> bool:
    """Try whether files can be written to a folder, or to the nearest one above it that exists.

    Permissions do not say so on every file system.
    """
    import tempfile  # late, here and below: readers need it not

    nearest = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return True
    except OSError:
        return False


def read_text(name: str | os.PathLike[str], most: int) -> str:
    """Return a whole UTF-8 file of at most `most` bytes as text, without its byte order mark.

    Raises
    ------
    UnsuitableFileError
        it is a folder, a pipe, a device, too large, or not UTF-8.
    OSError
        it does not exist or cannot be read.
    """
    return decoded(read_regular(name, most))


def decoded(data: bytes) -> str:
    """Return UTF-8 bytes as text, without a byte order mark, or raise UnsuitableFileError with line and column."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        message = _("this is not UTF-8 (byte 0x{:02X})").format(data[error.start])
        raise UnsuitableFileError(message, "encoding", before.count(b"\n") + 1, column) from None


def read_regular(name: str | os.PathLike[str], most: int) -> bytes:
    """Return a whole file of at most `most` bytes; it raises as `read_text` does, and never waits for a pipe."""
    # O_NONBLOCK: opening a named pipe must not wait for a writer
    handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise UnsuitableFileError(_("this is a directory, not a file"), "folder")
        if not stat.S_ISREG(status.st_mode):
            raise UnsuitableFileError(_("this is not a regular file"), "device")
        with open(handle, "rb", closefd=False) as file:
            data = file.read(most + 1) if status.st_size <= most else b""
    finally:
        os.close(handle)
    if max(len(data), status.st_size) > most:
        raise UnsuitableFileError(_("this is larger than {} KiB").format(most // 1024), "size")
    return data


def xdg_folder(variable: str, *default: str) -> Path | None:
    """Return gdtui's folder under the one that an XDG variable names, or under `default` in the home directory.

    It need not exist yet. None: neither the variable nor a home directory is there.
    """
    base = os.environ.get(variable)
    try:
        return (Path(base) if base and Path(base).is_absolute() else Path.home().joinpath(*default)) / "gdtui"
    except RuntimeError:
        return None


@contextmanager
def whole_file(name: str | os.PathLike[str]) -> Iterator[TextIO]:
    """Open a text file that appears under its name only when it is complete.

    The text is written to a temporary file in the same folder, flushed to disk, and then renamed. If the process ends
    before that, the old file is unchanged. Pipes and devices are written to directly. A link is followed.
    """
    target, shown = os.path.realpath(name), os.fspath(name)
    if os.path.exists(target) and not stat.S_ISREG(os.stat(target).st_mode):
        with _opened(target, shown) as opened:
            yield opened
        return
    import tempfile

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
