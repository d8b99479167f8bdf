"""Every error that gdtui raises on purpose, under one root.

`str(error)` is a message for people. A front end that knows the place of the key, in a file or a form, shows it there.
"""

from __future__ import annotations


class GdtuiError(Exception):
    """A request that cannot be met.

    Attributes
    ----------
    key
        the setting or the key of a file at fault, as users type it; "" if it is not a single one.
    message
        what is wrong, as a sentence without a full stop.
    hint
        what to do about it; it follows the message: "; did you mean 'adam'?".
    placed
        whether the message begins with its place in a file.
    """

    placed = False

    def __init__(self, key: str, message: str, hint: str = "") -> None:
        super().__init__(key, message, hint)
        self.key, self.message, self.hint = key, message, hint

    def __str__(self) -> str:
        return self.message + self.hint


class UnkeyedError(GdtuiError):
    """An error that is not about a single key."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__("", message, hint)
        self.args = (message, hint)  # the arguments for unpickling


class ParameterError(GdtuiError, ValueError):
    """A setting or choice that an optimizer, a lane or an experiment does not have, or that is out of range."""


class ObjectiveError(GdtuiError, ValueError):
    """An objective that cannot be built."""


class ExpressionError(GdtuiError, ValueError):
    """A text that is not a valid formula; `column`, from 1, is the place of the error."""

    def __init__(self, message: str, column: int, text: str) -> None:
        super().__init__("formula", message)
        self.args = (message, column, text)
        self.column, self.text = column, text

    def __str__(self) -> str:
        return f"column {self.column}: {self.message}"

    def pointer(self, width: int = 76) -> str:
        """Return two lines: `width` characters of the text around the column, and a caret below the column."""
        start = max(0, min(self.column - 1 - width // 2, len(self.text) + 1 - width))
        shown = "".join(c if " " <= c <= "~" else "?" for c in self.text[start : start + width])
        return f"{shown}\n{' ' * (self.column - 1 - start)}^"


class QuantityError(GdtuiError, ValueError):
    """A quantity or condition that is malformed or that a lane does not have; `column` counts from 1."""

    def __init__(self, message: str, column: int = 1, hint: str = "") -> None:
        super().__init__("", message, hint)
        self.args = (message, column, hint)
        self.column = column


class SamplingError(UnkeyedError, ValueError):
    """A sampling that does not exist."""


class CommandError(UnkeyedError, ValueError):
    """A command that cannot be carried out; it has changed nothing."""


class LookError(UnkeyedError, ValueError):
    """A view of something that cannot be shown; {places} in its message are for the keys of the actions named."""


class RecordError(UnkeyedError, ValueError):
    """A session that cannot be written as a scenario file."""


class PluginError(UnkeyedError):
    """A file or package with optimizers that cannot be used."""

    placed = True


class LimitError(UnkeyedError):
    """A run that has passed one of its limits."""


class UnsuitableFileError(UnkeyedError):
    """A file that cannot be read as text; the message does not name the file.

    Attributes
    ----------
    problem
        "folder", "device", "size", "encoding" or "damage".
    line, column
        the place, from 1; 0 for the whole file.
    """

    def __init__(self, message: str, problem: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.args = (message, problem, line, column)
        self.problem, self.line, self.column = problem, line, column
