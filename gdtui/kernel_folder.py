"""Where compiled kernels are kept: cache files are pickles, so only their user may write there."""

from __future__ import annotations

import os
import stat
from pathlib import Path


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
