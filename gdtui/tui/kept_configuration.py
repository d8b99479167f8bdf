"""The user's configuration where it can be written: on the screen, not in a list."""

from __future__ import annotations

import tomllib

from gdtui.saves import write_whole
from gdtui.text import _
from gdtui.tui.configuration import Configuration

#: What stands in a new file.
HEADING = "# The configuration of gdtui. `gdtui list themes` and `gdtui list keys` say what there is.\n"


class KeptConfiguration(Configuration):
    """A configuration that remembers what is chosen on the screen."""

    def remember_theme(self, name: str) -> str:
        """Write the theme to the file and leave the rest as it is; return what went wrong, "" for nothing."""
        if self.path is None:
            return ""
        self._read()
        if self._unreadable:
            return _("the theme is not remembered: {fault}").format(fault=self._unreadable)
        text, value = self._source.text, f'"{name}"'
        begin, end = self._source.positions.values.get(("theme",), (-1, -1))
        new = f"{text[:begin]}{value}{text[end:]}" if begin >= 0 else f"theme = {value}\n{text}"
        if self._source.text == "":
            new = f"{HEADING}theme = {value}\n"
        assert tomllib.loads(new) == {**self._document, "theme": name}
        return self._write(new)

    def keep(self) -> str:
        """Write a file if there is none yet; return what went wrong, "" for nothing."""
        return self._write(HEADING) if self.is_new and self.path is not None else ""

    def _write(self, text: str) -> str:
        assert self.path is not None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, text)
        except OSError as error:
            return f"{self.path}: {error.strerror or error}"
        self.is_new = False
        self._read()
        return ""
