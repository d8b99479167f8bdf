"""Exit codes, and the error that carries one up to `main`."""

from __future__ import annotations

from gdtui.errors import GdtuiError

PASSED, FAILED, USAGE, LIMIT, NOTHING, INTERNAL, IO = 0, 1, 2, 4, 5, 70, 74


class CommandFailure(GdtuiError):
    """Ends a command with a message on stderr and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__("", message)
        self.code = code
