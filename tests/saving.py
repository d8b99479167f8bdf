"""Saves files in a row, each in a child, for a tracer that breaks one system call of each (tests.test_saves)."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

from gdtui.saves import write_whole

#: What the file holds before, and what is saved: more than one write.
OLD, TEXT = "old", "new\n" * 50_000
#: The call of each kind that is broken in a child; how often a save makes it, at most, with one more that is sound.
COUNT = 30
WANTED = {
    "newfstatat": 12,
    "openat": 4,
    "write": 4,
    "fsync": 4,
    "lseek": 4,
    "close": 4,
    "chmod": 3,
    "rename": 3,
    "umask": 4,
}
#: Exit codes: it is saved; it is not, and the message has the name of the file; it is not, and nobody knows which.
SAVED, TOLD, UNTOLD = range(3)
PR_SET_PTRACER, ANYBODY = 0x59616D61, 2**64 - 1


def do_nothing(name: str, null: int) -> None:
    """Make one system call of a kind."""
    with suppress(OSError):
        if name == "newfstatat":
            os.stat("/dev/null")
        elif name == "openat":
            os.open("/dev/null/x", os.O_RDONLY)
        elif name == "write":
            os.write(null, b"")
        elif name == "fsync":
            os.fsync(null)
        elif name == "lseek":
            os.lseek(null, 0, os.SEEK_CUR)
        elif name == "close":
            os.close(99)
        elif name == "chmod":
            os.chmod("/dev/null/x", 0)
        elif name == "rename":
            os.replace("/dev/null/x", "/dev/null/y")
        elif name == "umask":
            os.umask(0o22)


def save(path: Path) -> int:
    """Save the text; return what there is to say of it."""
    try:
        write_whole(path, TEXT)
    except OSError as error:
        return TOLD if error.filename == str(path) else UNTOLD
    return SAVED


def main(folder: Path) -> None:
    """Wait for the tracer, then save in each folder in a child, and print the exit codes."""
    with suppress(AttributeError, OSError):  # where only a parent may trace
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(ANYBODY), 0, 0, 0)
    null = os.open("/dev/null", os.O_RDWR)
    print("ready", flush=True)
    sys.stdin.readline()
    said = []
    for name, most in WANTED.items():
        for place in range(1, most + 1):
            child = os.fork()
            if child == 0:
                for _call in range(COUNT - place):
                    do_nothing(name, null)
                os._exit(save(folder / f"{name}-{place}" / "t.toml"))
            said.append(f"{name}-{place} {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")
    print("\n".join(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
