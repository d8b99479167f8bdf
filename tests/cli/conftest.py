"""What tests of the command line share."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gdtui.cli import main
from tests.commands import Gdtui


@pytest.fixture
def gdtui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gdtui:
    """Call a command in this process, where all is imported; nothing that belongs to processes is asked of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gdtui.cli.entry._end_on_signals", lambda: None)

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        code = main(list(words))
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return call
