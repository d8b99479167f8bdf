"""Exit codes, and the error that carries one up to `main`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from gdtui.errors import UnkeyedError

PASSED, FAILED, USAGE, LIMIT, NOTHING, INTERNAL, IO = 0, 1, 2, 4, 5, 70, 74


class CommandFailure(UnkeyedError):
    """Ends a command with a message on stderr and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.args = (message, code)
        self.code = code


def is_given(options: argparse.Namespace, name: str) -> bool:
    """Say whether the command line has an option."""
    return getattr(options, name) not in (None, False, [])


def refuse(options: argparse.Namespace, names: Iterable[str], message: str) -> None:
    """Raise CommandFailure, with the option in place of {} in `message`, if one of these is given; none is ignored."""
    for name in names:
        if is_given(options, name):
            raise CommandFailure(message.format(f"--{name}"))


def warn(message: str) -> None:
    """Say something on stderr that stops nothing; "" says nothing."""
    if message:
        print(f"gdtui: {message}", file=sys.stderr)
