"""The tests hold however they are started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import OBEYED

ROOT = Path(__file__).resolve().parents[1]
#: A test that fails if a program that it starts ignores one of these signals; that ours obeys them, test_terminal says.
CHILD = f"""
import subprocess, sys

ASK = "import signal; print([name for name in {OBEYED} if signal.getsignal(getattr(signal, name)) == signal.SIG_IGN])"

def test_a_child_ignores_nothing():
    assert subprocess.check_output([sys.executable, "-c", ASK], text=True) == "[]\\n"
"""


def ignore_as_a_background_job_does() -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


@pytest.mark.terminal
@pytest.mark.skipif(os.name != "posix", reason="signals are ignored for children on POSIX only")
def test_signals_ignored_by_the_starter_are_obeyed_by_what_is_tested(tmp_path: Path) -> None:
    (tmp_path / "test_child.py").write_text(CHILD)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "tests.conftest", str(tmp_path)],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, cwd=ROOT,
        capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=ignore_as_a_background_job_does,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert "1 passed" in done.stdout
