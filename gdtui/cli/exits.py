"""Exit codes, and the errors that carry them up to `main`."""

from __future__ import annotations

PASSED, FAILED, USAGE, LIMIT, NOTHING, INTERNAL, IO = 0, 1, 2, 4, 5, 70, 74


class CommandFailure(Exception):
    """Ends a command: a message for stderr and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code
