"""Exit codes, and the errors that carry them up to `main`."""

from __future__ import annotations

from gdtui.errors import GdtuiError

PASSED, FAILED, USAGE, LIMIT, NOTHING, INTERNAL, IO = 0, 1, 2, 4, 5, 70, 74


class CommandFailure(GdtuiError):
    """Ends a command: a message for stderr and an exit code.

    Parameters
    ----------
    placed
        the message begins with the file and line at fault, not with the program's name.
    """

    def __init__(self, message: str, code: int = USAGE, *, placed: bool = False) -> None:
        super().__init__("", message)
        self.code, self.placed = code, placed
