"""The destination of a command's output: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from gdtui.cli.exits import IO, CommandFailure
from gdtui.saves import whole_file


def make_folder(option: str, name: str) -> None:
    """Make the folder that an option names, if it is not there; CommandFailure if it cannot be made."""
    try:
        os.makedirs(name, exist_ok=True)
    except OSError as error:
        raise CommandFailure(f"{option} {name}: {error.strerror or error}", IO) from None


@contextmanager
def output(name: str) -> Iterator[TextIO]:
    """Open a file for text, "-" for stdout; a file is written as by `whole_file`."""
    if name == "-":
        yield sys.stdout
        return
    with whole_file(name) as file:
        yield file
