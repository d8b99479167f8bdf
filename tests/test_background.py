"""The tests hold however they are started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Tests whose program must obey each of these signals.
SIGNALLED = [f"tests/tui/test_terminal.py::test_a_signal_ends_it[guard-{number}]" for number in (1, 2, 3)]


def ignore_as_a_background_job_does() -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


@pytest.mark.terminal
@pytest.mark.skipif(os.name != "posix", reason="signals are ignored for children on POSIX only")
def test_signals_ignored_by_the_starter_are_obeyed_by_what_is_tested() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *SIGNALLED],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=ignore_as_a_background_job_does,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
