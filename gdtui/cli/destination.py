"""The destination of a command's output: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from gdtui.saves import whole_file


@contextmanager
def output(name: str) -> Iterator[TextIO]:
    """Open a file for text, "-" for stdout; a file is written as by `whole_file`."""
    if name == "-":
        yield sys.stdout
        return
    with whole_file(name) as file:
        yield file
