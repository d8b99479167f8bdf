"""Every error that gdtui raises on purpose, under one root.

Each says which key is at fault, what is wrong with it, and, where something is known, what to do about it. `str(error)`
is a message for people; a front end that knows where the key stands (a file, a form) places it by `key`.
"""

from __future__ import annotations


class GdtuiError(Exception):
    """Something that cannot be done as asked.

    Attributes
    ----------
    key
        what is at fault, as users type it: a setting, a key of a file; "" where it is no single one.
    message
        what is wrong, as a sentence without its full stop.
    hint
        what to do about it, to stand behind the message: "; did you mean 'adam'?"; "" where nothing is known.
    """

    def __init__(self, key: str, message: str, hint: str = "") -> None:
        super().__init__(key, message, hint)
        self.key, self.message, self.hint = key, message, hint

    def __str__(self) -> str:
        return self.message + self.hint


class _Unkeyed(GdtuiError):
    """An error that is about no single key."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__("", message, hint)
        self.args = (message, hint)  # what pickling makes it anew from


class ParameterError(GdtuiError, ValueError):
    """A setting or choice that an optimizer, a lane or an experiment does not have, or out of its range."""


class ObjectiveError(GdtuiError, ValueError):
    """An objective that cannot be built; `key` is the part of its description at fault."""


class ExpressionError(GdtuiError, ValueError):
    """A text that is not a formula that gdtui takes.

    Attributes
    ----------
    column
        where, from 1.
    text
        the formula.
    """

    def __init__(self, message: str, column: int, text: str) -> None:
        super().__init__("formula", message)
        self.args = (message, column, text)
        self.column, self.text = column, text

    def __str__(self) -> str:
        return f"column {self.column}: {self.message}"

    def pointer(self, width: int = 76) -> str:
        """Return two lines: the text (`width` characters around the column) and a caret below the place."""
        start = max(0, min(self.column - 1 - width // 2, len(self.text) + 1 - width))
        shown = "".join(c if " " <= c <= "~" else "?" for c in self.text[start : start + width])
        return f"{shown}\n{' ' * (self.column - 1 - start)}^"


class QuantityError(GdtuiError, ValueError):
    """A quantity or condition that cannot be read, or that a lane does not have.

    Attributes
    ----------
    column
        where in the text, from 1.
    """

    def __init__(self, message: str, column: int = 1, hint: str = "") -> None:
        super().__init__("", message, hint)
        self.args = (message, column, hint)
        self.column = column


class SamplingError(_Unkeyed, ValueError):
    """A way of drawing batches that does not exist."""


class CommandError(_Unkeyed, ValueError):
    """A command that cannot be carried out; nothing has changed."""


class LookError(_Unkeyed, ValueError):
    """Something that is not to be seen here."""


class RecordError(_Unkeyed, ValueError):
    """A session that no scenario file can hold."""


class PluginError(_Unkeyed):
    """A file or package whose optimizers cannot be used."""


class LimitError(_Unkeyed):
    """A run has passed one of its limits."""


class UnsuitableFileError(_Unkeyed):
    """A file that cannot be read as text; the message says why, without the file's name.

    Attributes
    ----------
    problem
        "folder", "device", "size", "encoding" or "damage".
    line, column
        where, from 1; 0: the whole file.
    """

    def __init__(self, message: str, problem: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.args = (message, problem, line, column)
        self.problem, self.line, self.column = problem, line, column
