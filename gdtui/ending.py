"""Whether a signal has told the program to end: an exception that says so can be lost, or caught as another fault."""

from __future__ import annotations

import signal

_received: list[int] = []


def tell(number: int) -> bool:
    """Keep the number of a signal that ends the program; return whether it is the first."""
    _received.append(number)
    return len(_received) == 1


def check() -> None:
    """Raise what the first signal asks for: KeyboardInterrupt, or SystemExit with 128 + n; nothing without one."""
    if _received:
        raise KeyboardInterrupt if _received[0] == signal.SIGINT else SystemExit(128 + _received[0])
