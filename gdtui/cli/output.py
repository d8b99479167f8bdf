"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast


@contextmanager
def output(name: str) -> Iterator[TextIO]:
    """Open a file for text, "-" for stdout.

    A regular file appears under its name only when it is complete: it is written beside it and then takes its
    place. Pipes and devices are written to as they are.
    """
    if name == "-":
        yield sys.stdout
        return
    target = os.path.realpath(name)
    if os.path.exists(target) and not stat.S_ISREG(os.stat(target).st_mode):
        with open(target, "w", encoding="utf-8", newline="\n") as file:
            yield file
        return
    handle, temporary = tempfile.mkstemp(prefix=".gdtui-", suffix=".part", dir=os.path.dirname(target))
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


def _mode(target: str) -> int:
    """Return the mode that a plain `open` would leave."""
    with suppress(OSError):
        return stat.S_IMODE(os.stat(target).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
