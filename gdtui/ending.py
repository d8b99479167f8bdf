"""How the program ends: whether a signal has told it to, and fast.

The signal is kept here because an exception that tells of it can be lost or caught.
"""

from __future__ import annotations

import atexit
import gc
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


def collect_seldom() -> None:
    """Look for garbage seldom, as imports make none, and not at the end, where it would be freed anyway."""
    gc.set_threshold(10_000)
    atexit.register(gc.freeze)
