"""What every test starts from, however the run itself was started."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

from gdtui.text import speak

#: A shell ignores SIGINT and SIGQUIT for what it starts in the background, nohup ignores SIGHUP, and children inherit
#: what is ignored. The programs under test must obey signals, so each test process takes them back first.
OBEYED = ("SIGINT", "SIGQUIT", "SIGHUP", "SIGTERM", "SIGTSTP")


#: A configuration of its own, so that no test reads or writes that of the user; its file makes no start a first start.
CONFIGURATION = Path(tempfile.mkdtemp(prefix="gdtui-tests-"))


def pytest_configure() -> None:
    """Undo what the starter of the tests ignores; handlers that pytest has set stay."""
    (CONFIGURATION / "gdtui").mkdir()
    (CONFIGURATION / "gdtui" / "config.toml").touch()
    os.environ["XDG_CONFIG_HOME"] = str(CONFIGURATION)
    os.environ["XDG_STATE_HOME"] = str(CONFIGURATION / "state")
    os.environ["XDG_DATA_HOME"] = str(CONFIGURATION / "data")
    os.environ["XDG_RUNTIME_DIR"] = str(CONFIGURATION / "run")
    os.environ["GDTUI_LANG"] = "en"
    speak("en")
    for name in OBEYED:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


def pytest_unconfigure() -> None:
    """Remove the configuration."""
    shutil.rmtree(CONFIGURATION, ignore_errors=True)
