"""Nothing is left of a follower that was killed, once another one comes; nobody else's folder is touched."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gdtui.classroom.folder import OwnFolder

FOLLOW = "from gdtui.classroom.folder import OwnFolder\nown = OwnFolder()\nprint(own.path, flush=True)\n"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def follower(then: str) -> tuple[subprocess.Popen[str], Path]:
    made = subprocess.Popen([sys.executable, "-c", FOLLOW + then], stdout=subprocess.PIPE, text=True)
    assert made.stdout is not None
    with made.stdout as said:
        return made, Path(said.readline().strip())


def test_the_folder_of_a_killed_follower_is_removed_by_the_next_and_that_of_a_running_one_is_not(
    temporary: Path,
) -> None:
    killed, left = follower("import os; (own.path / 'data.csv').write_text('x'); os.kill(os.getpid(), 9)")
    assert killed.wait(20) == -signal.SIGKILL
    assert (left / "data.csv").exists()
    running, used = follower("import signal; signal.pause()")
    assert not left.exists()
    others = [temporary / "gdtui-1000", temporary / "gdtui-follow"]
    for other in others:
        other.mkdir()
    (temporary / "gdtui-follow-link").symlink_to(others[0])
    (temporary / "gdtui-follow-file").write_text("mine")
    mine = OwnFolder()
    assert used.is_dir()
    assert mine.path.stat().st_mode & 0o777 == 0o700
    assert all(other.is_dir() for other in others)
    assert (temporary / "gdtui-follow-file").read_text() == "mine"
    mine.close()
    assert not mine.path.exists()
    running.kill()
    running.wait(20)
    OwnFolder().close()
    assert not used.exists()


def test_without_locks_a_folder_is_its_owners_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(_handle: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    first, second = OwnFolder(), OwnFolder()
    assert first.path != second.path
    assert first.path.is_dir()
    for each in (first, second):
        each.close()
        assert not each.path.exists()
