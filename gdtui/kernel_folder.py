"""Where compiled kernels are kept: cache files are pickles, so only their user may write there."""

from __future__ import annotations

import os
import stat
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

if sys.platform != "win32":
    import fcntl

#: For so many seconds a kernel is awaited that another process compiles: that one may have been stopped.
PATIENCE = 30.0


def cache_directory() -> Path:
    """Return the folder of compiled kernels, which may not exist yet; RuntimeError: there is no home directory."""
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(given)
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "gdtui" / "kernels"


def spare_directory() -> Path | None:
    """Return the user's folder among temporary files, for want of a cache; None where others could replace it."""
    above = Path(os.environ.get("TMPDIR") or "/tmp")
    if not hasattr(os, "geteuid") or not above.is_absolute():
        return None
    folder = above / f"gdtui-kernels-{os.geteuid()}"
    try:
        mode = above.stat().st_mode
    except OSError:
        return None
    replaceable = mode & 0o022 and not mode & stat.S_ISVTX
    return None if replaceable or folder.is_symlink() else folder


def usable_folder() -> Path | None:
    """Return the first folder that can be used, created (0700); None: kernels cannot be kept."""
    try:
        folders = [cache_directory(), spare_directory()]
    except RuntimeError:
        folders = [spare_directory()]
    return next((folder for folder in folders if folder is not None and _private_writable(folder)), None)


def _private_writable(folder: Path) -> bool:
    """Create `folder` (0700); return whether only this user can write to it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return False
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        return False
    if stat.S_IMODE(status.st_mode) & 0o022:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


@contextmanager
def turn(name: str) -> Iterator[None]:
    """Have the turn to compile the kernel of that name: other processes wait, and find it then.

    Without a file system that locks, or after `PATIENCE`, it goes on without: two that compile the same do no harm.
    """
    file, place, end, held = _turns(cache_directory()), zlib.crc32(name.encode()), time.monotonic() + PATIENCE, False
    while sys.platform != "win32" and file is not None and not held and time.monotonic() < end:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            held = True
        except (BlockingIOError, PermissionError):
            time.sleep(0.02)
        except OSError:
            break
    try:
        yield
    finally:
        if sys.platform != "win32" and file is not None and held:
            fcntl.lockf(file, fcntl.LOCK_UN, 1, place)


@cache
def _turns(folder: Path) -> int | None:
    """Open the file of which each kernel has a byte to lock; it stays open, as closing it would free all of them."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(folder / "turns", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
