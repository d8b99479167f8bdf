"""A save that fails, or is killed, at any one of its system calls leaves the old file or the new one, and says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gdtui.saves import check_writable, write_whole
from tests.saving import COUNT, OLD, SAVED, TEXT, TOLD, WANTED

#: The system calls of a save, as Linux has them on machines of either kind.
CALLS = ("?newfstatat", "?openat", "?write", "?fsync", "?lseek", "?close", "?chmod", "?rename", "?umask")
FAULTS = ("error=ENOSPC", "error=EIO", "error=EROFS", "signal=KILL")


def saves(fault: str, folder: Path) -> tuple[dict[Path, int], int]:
    """Save again and again with a fault at one system call after another: exit code by folder, and how many there were.

    A process makes the saves, each in a child, and strace breaks the call number COUNT of each kind in each child: a
    child makes more or fewer calls that do nothing before it saves.
    """
    for name in CALLS:
        for place in range(1, WANTED[name[1:]] + 1):
            made = folder / f"{name[1:]}-{place}"
            made.mkdir()
            (made / "t.toml").write_text(OLD)
    log, calls = folder / "log", ",".join(CALLS)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.saving", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as saver:
        assert saver.stdout is not None
        saver.stdout.readline()
        words = [
            "-f",
            "-p",
            str(saver.pid),
            "-o",
            log,
            "-e",
            f"trace={calls}",
            "-e",
            f"inject={calls}:{fault}:when={COUNT}",
        ]
        with subprocess.Popen(["strace", *words], stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            told, _none = saver.communicate("\n", timeout=60)
            if "attached" not in said:
                pytest.skip(f"strace may not trace here: {said}")
            strace.wait(60)
    codes = {folder / case: int(code) for case, code in map(str.split, told.splitlines())}
    broken = log.read_text().count("KILL" if "KILL" in fault else "INJECTED")
    return codes, broken


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed here")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_system_call_leaves_the_old_file_or_the_new_one(fault: str, tmp_path: Path) -> None:
    codes, broken = saves(fault, tmp_path)
    kept = {folder: (folder / "t.toml").read_text() for folder in codes}
    assert set(kept.values()) == {OLD, TEXT}  # some faults do harm, others none
    for folder, code in codes.items():
        left = [path.name for path in folder.iterdir() if path.name != "t.toml"]
        if code >= 0:  # it lives: it has told what is in the file, and has tidied up
            assert (code, left) == (SAVED if kept[folder] == TEXT else TOLD, []), folder.name
    harmed = [folder.name for folder, code in codes.items() if code != SAVED]
    assert broken >= len(harmed) > 5
    # behind the last call of each kind nothing is left to break
    assert not [name for name in WANTED if f"{name}-{WANTED[name]}" in harmed]


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="no names for open files")
def test_a_pipe_is_written_to_under_the_name_that_a_shell_gives_it() -> None:
    reading, writing = os.pipe()
    with open(reading) as read, open(writing, "w"):
        check_writable(f"/dev/fd/{writing}")
        write_whole(f"/dev/fd/{writing}", "a line\n")
        assert read.readline() == "a line\n"
