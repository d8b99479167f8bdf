"""What every test starts from, however the run itself was started."""

from __future__ import annotations

import signal

#: A shell ignores SIGINT and SIGQUIT for what it starts in the background, nohup ignores SIGHUP, and children inherit
#: what is ignored. The programs under test must obey signals, so each test process takes them back first.
OBEYED = ("SIGINT", "SIGQUIT", "SIGHUP", "SIGTERM", "SIGTSTP")


def pytest_configure() -> None:
    """Undo what the starter of the tests ignores; handlers that pytest has set stay."""
    for name in OBEYED:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
