"""Files: read up to a size limit, and the user's own folders; `gdtui.saves` writes them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from gdtui.errors import UnsuitableFileError
from gdtui.text import _


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


def runtime_folder() -> Path:
    """Return gdtui's folder for what lasts no longer than the user is logged in; it need not exist yet."""
    import tempfile  # late: it takes as long to import as a list of names takes to print

    base = os.environ.get("XDG_RUNTIME_DIR", "")
    return (Path(base) if os.path.isabs(base) else Path(tempfile.gettempdir(), f"gdtui-{os.getuid()}")) / "gdtui"


def make_own_folder(folder: Path) -> bool:
    """Make a folder, and the one above it, that only this user can enter; False if somebody else has made it."""
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)
    found = os.lstat(folder)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def xdg_folder(variable: str, *default: str) -> Path | None:
    """Return gdtui's folder under the one that an XDG variable names, or under `default` in the home directory.

    It need not exist yet. None: neither the variable nor a home directory is there.
    """
    base = os.environ.get(variable)
    try:
        return (Path(base) if base and Path(base).is_absolute() else Path.home().joinpath(*default)) / "gdtui"
    except RuntimeError:
        return None
