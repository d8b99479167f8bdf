"""Words on stderr while something takes long, for people at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """Give a function that says in a line what takes long ("": nothing does any more), if stderr is a terminal."""
    stream = sys.stderr
    if not stream.isatty():
        yield lambda _text: None
        return
    from rich.console import Console  # late: most commands take no time

    status = Console(file=stream).status("")

    def tell(text: str) -> None:
        if text:
            status.update(text)
            status.start()
        else:
            status.stop()

    try:
        yield tell
    finally:
        status.stop()
